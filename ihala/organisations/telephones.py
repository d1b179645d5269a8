"""The lines of an organisation: which number to dial when its people have to be spoken with, and how it is written.

The mechanism sends people to the telephone when the other side does not answer, for the conflict check and when a plan
falls through; at three in the morning that needs a number. It is the organisation's own, of no person. Whoever has or
had terms in force with it reads it, by database policy too: a referral goes on when terms end, and its two sides still
have to reach each other (decision 65).
"""

import re
from typing import ClassVar

import phonenumbers
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ihala.core.models import KEY, WHEN, Clear, Model, Sensitivity
from ihala.core.text import clean, western_digits

LONGEST = 16
"""A sign and the fifteen digits that a number may have at most (ITU-T E.164)."""
WRITTEN = r"^(\+[1-9][0-9]{6,14}|800[0-9]{2,9})?$"
TOLL_FREE = re.compile(r"800[0-9]{2,9}")
"""Dialled within the Emirates as it is; it has no international form."""
REGION = "AE"
LINES = {"duty": _("Duty line"), "supervisor": _("Supervisor's line")}


class Telephones(Model):
    """Two lines of one organisation, as they are dialled: "+97142345678", or toll-free "800111". Empty: not told."""

    organisation = models.OneToOneField(
        "organisations.Organisation", models.CASCADE, primary_key=True, related_name="telephones"
    )
    duty = models.CharField(LINES["duty"], max_length=LONGEST, blank=True)
    supervisor = models.CharField(LINES["supervisor"], max_length=LONGEST, blank=True)
    changed_at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        "organisation": KEY,
        **dict.fromkeys(
            ("duty", "supervisor"), Clear("a line of the institution, for its partners; no person's number")
        ),
        "changed_at": WHEN,
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(duty__regex=WRITTEN) & Q(supervisor__regex=WRITTEN),
                name="telephones_as_dialled",
                violation_error_message=_("This is not a telephone number in use."),
            )
        ]


def as_dialled(typed: str) -> str | None:
    """The number in the form that is kept; "" for nothing typed, None for what is no number in use."""
    plain = western_digits(clean(typed, one_line=True))
    if not plain:
        return ""
    digits = re.sub(r"[\s().-]", "", plain)
    if TOLL_FREE.fullmatch(digits):
        return digits
    try:
        number = phonenumbers.parse(plain, REGION)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
