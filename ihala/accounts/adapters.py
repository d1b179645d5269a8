"""django-allauth, as this product uses it: no sign-up, no e-mail, our words, sealed secrets."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import sealing
from .models import User

WRONG = _("The user name or the password is not right.")
WRONG_CODE = _("This code is not right.")
TOO_MANY = _("Too many attempts. Wait a few minutes and try again.")


class AccountAdapter(DefaultAccountAdapter):
    """Signing in with a name and a password."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG,
        "invalid_login": WRONG,
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("The present password is not right."),
        "incorrect_code": WRONG_CODE,
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Administrators add staff; nobody signs up."""
        return False

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """The same as any sign-in that fails."""
        return redirect("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """To where a passkey is added next, and it is said that the password holds."""
        messages.success(request, gettext("The password is changed."))
        return reverse("mfa_index")

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """A chosen password replaces a one-time one."""
        assert isinstance(user, User)  # noqa: S101
        user.set_password(password)
        user.one_time_password = False
        user.save(update_fields=["password", "one_time_password"])

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Pages say what happened; allauth's own messages are not shown, but for its errors."""
        if kwargs.get("message"):
            super().add_message(request, level, *args, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """No e-mail leaves from here: only content-free notifications do."""


class MFAAdapter(DefaultMFAAdapter):
    """The second factor: passkeys, codes of an app, recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "cannot_generate_recovery_codes": _("Recovery codes are made once another second factor is set up."),
    }

    def encrypt(self, text: str) -> str:
        """Sealed under the installation's key."""
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again."""
        return sealing.unseal(encrypted_text)

    def _get_site_name(self) -> str:
        return "Ihala"

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """Passkeys are numbered until somebody names them."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": number}
