"""What a chosen password must be, in our words: Django's catalogue has no Arabic for its newest ones."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """Length is what keeps a password from being guessed (NIST SP 800-63B, 5.1.1.2)."""

    def get_error_message(self) -> str:
        """How many characters are needed."""
        return ngettext(
            "Too short: at least %(number)d character.",
            "Too short: at least %(number)d characters.",
            self.min_length,
        ) % {"number": self.min_length}
