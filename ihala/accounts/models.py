"""Who signs in. A user is a name to sign in with; what a person is and may do stands in the membership."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ihala.core.models import KEY, WHEN, Clear, Model, Sensitivity


class UserManager(BaseUserManager["User"]):
    """Names to sign in with are the same in capitals and small letters, so they are kept in small ones."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of this name, however it is typed."""
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser, Model):
    """Somebody who signs in."""

    username = models.CharField(_("User name"), max_length=150, unique=True)
    email = models.EmailField(_("E-mail"), blank=True)
    is_active = models.BooleanField(default=True)
    one_time_password = models.BooleanField(default=False)
    date_joined = models.DateTimeField()
    last_login = (
        None  # the audit log says when people signed in; this would be one more write at each sign-in
    )

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    sensitivity: ClassVar[Sensitivity] = {
        "id": KEY,
        "username": Clear("the name a staff member signs in with"),
        "password": Clear("an Argon2id hash"),
        "email": Clear("a staff member's address at work, read by their own organisation"),
        "is_active": Clear("whether this person may sign in"),
        "one_time_password": Clear("whether the password must be changed at the next sign-in"),
        "date_joined": WHEN,
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(username=Lower("username")),
                name="user_name_in_small_letters",
                violation_error_message=_("A user name is written in small letters."),
            )
        ]

    def __str__(self) -> str:
        return self.username
