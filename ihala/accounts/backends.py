"""Checking a password: outside of any transaction, and alike for names that exist and names that do not."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from ihala.core.acting import at_the_door

from .models import User


class PasswordBackend(BaseBackend):
    """Reads the user at the door, closes the door, then hashes: no connection waits for a hash."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> User | None:
        """The active user of this name and password; None otherwise, after the same work."""
        if not username or not password:
            return None
        with at_the_door():
            user = User.objects.filter(username=username.strip().lower()).first()
        if user is None:
            make_password(password)
            return None
        return user if check_password(password, user.password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The user of a session, for views outside of the actor's transaction."""
        with at_the_door(user_id):
            return User.objects.filter(pk=user_id, is_active=True).first()
