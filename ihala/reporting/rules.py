"""What a manager may be told: numbers from which nobody can be recognised.

A count from one to four is told as "fewer than 5", and there are no sums, so that nothing small can be worked out.
"""

from django.utils.translation import gettext as _

SMALL = 5


def is_small(number: int) -> bool:
    """Is this a count that could point at somebody?"""
    return 0 < number < SMALL


def told(number: int) -> str:
    """A number as it may be told."""
    return _("fewer than %(number)d") % {"number": SMALL} if is_small(number) else str(number)
