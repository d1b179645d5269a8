"""allauth's forms in our words. Placeholders go: a label stands above every field."""

from contextlib import suppress
from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as second_factor
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm as BaseActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn import forms as passkeys
from cryptography.exceptions import InvalidTag
from django import forms
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from ihala.core.acting import at_the_door
from ihala.core.text import western_digits

from . import sealing


def _say(form: forms.Form, **labels: Any) -> None:
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        if name in labels:
            field.label = labels[name]
            field.help_text = ""


class LoginForm(account.LoginForm):
    """The view runs outside of a transaction, so that hashing holds no connection; signing in opens the door."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, login=_("User name"), password=_("Password"))
        self.fields["login"].widget.attrs |= {
            "dir": "ltr", "autocapitalize": "none", "autocorrect": "off", "spellcheck": "false",
        }  # fmt: skip

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Everything after the password: the second factor, the session."""
        with at_the_door():
            return super().login(request, redirect_url=redirect_url)


class ReauthenticateForm(account.ReauthenticateForm):
    """The password again, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, password=_("Password"))


class ChangePasswordForm(account.ChangePasswordForm):
    """A new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self,
            oldpassword=_("Present password"),
            password1=_("New password"),
            password2=_("New password again"),
        )
        self.fields["password1"].help_text = _(
            "At least 12 characters; a few words in a row are easy to remember."
        )


class CodeField(forms.CharField):
    """A code of six or eight digits, in the digits of whatever keyboard stands on the screen."""

    widget = forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"})

    def to_python(self, value: Any) -> str:
        """In the digits an app computes with."""
        return western_digits(str(super().to_python(value)))


class ActivateTOTPForm(BaseActivateTOTPForm):
    """The first code of a new authenticator app."""

    code = CodeField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._keep_sealed(context.request.session)
        _say(self, code=_("Code from the app"))

    def _keep_sealed(self, session: SessionBase) -> None:
        """Until it is confirmed, the secret waits in the session: sealed there too, before the session is stored."""
        with suppress(InvalidTag, ValueError):  # made just now
            self.secret: str = sealing.unseal(self.secret)
        session[SECRET_SESSION_KEY] = sealing.seal(self.secret)


class AuthenticateForm(second_factor.AuthenticateForm):
    """The second factor at sign-in; a wrong code is recorded like a wrong password."""

    code = CodeField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code=_("Code from the app, or a recovery code"))

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        get_adapter().authentication_failed(context.request, username=self.user.get_username())


class ReauthenticateCodeForm(second_factor.ReauthenticateForm):
    """The second factor again, before something that matters."""

    code = CodeField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code=_("Code from the app, or a recovery code"))

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        get_adapter().authentication_failed(context.request, username=self.user.get_username())


class AddPasskeyForm(passkeys.AddWebAuthnForm):
    """A new passkey or security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, name=_("Name of this passkey"), passwordless=_("Sign in with this passkey alone"))
        self.fields["passwordless"].help_text = _("The device then asks for a fingerprint, a face or a PIN.")
        self.fields["passwordless"].initial = True


class EditPasskeyForm(passkeys.EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, name=_("Name of this passkey"))
