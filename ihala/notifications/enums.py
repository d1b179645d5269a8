"""What a notification can say. Nothing about whom, what, or where: content-free by construction."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """The code of a notification; its label is its whole text."""

    SOMETHING_WAITS = "something_waits", _("Something waits for an answer.")
    SOMETHING_CHANGED = "something_changed", _("Something has changed.")
    DEADLINE_NEAR = "deadline_near", _("A deadline is near.")
    DEADLINE_PASSED = "deadline_passed", _("A deadline has passed.")
    SIGN_IN_CHANGED = "sign_in_changed", _("Your sign-in was reset. If you did not ask for it, call at once.")
    LOOK_AT_LOG = "look_at_log", _("Something in the log needs your attention.")
    COLLEAGUE = "colleague", _("There is a question or an answer from a colleague.")
    EMERGENCY_ACCESS = "emergency_access", _("A case was opened in an emergency.")
    GIVEN_TO_YOU = "given_to_you", _("Something was given to you.")
