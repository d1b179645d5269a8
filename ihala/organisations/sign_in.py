"""Signing in, as far as it concerns the organisation: it finds every success and every failure in its log."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from ihala.accounts.adapters import AccountAdapter
from ihala.accounts.models import User
from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.core.acting import acting, at_the_door

from .models import Membership
from .rules import actor_of

NOBODY = 0


class RecordedSignIn(AccountAdapter):
    """allauth's adapter with a log. Known and unknown names cost the same queries."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """On record and committed on its own, whatever becomes of the request."""
        name = str(credentials.get("username") or "").strip().lower()
        with at_the_door():
            user_id = User.objects.filter(username=name).values_list("pk", flat=True).first() or NOBODY
        membership = membership_of(user_id)
        concerns = None if membership is None else membership.organisation_id
        audit.record_at_door(EventName.SIGN_IN_FAILED, user_id=user_id, concerns=concerns)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """On record before the response leaves."""
        record_sign_in(user.pk)
        return super().post_login(request, user, **kwargs)

    def logout(self, request: HttpRequest) -> None:
        """On record if somebody was signed in."""
        actor = getattr(request, "actor", None)
        if actor is not None:
            audit.record(actor, EventName.SIGN_OUT)
        super().logout(request)


def membership_of(user_id: int) -> Membership | None:
    """Where the person works now, read as that person."""
    with at_the_door(user_id or -1):
        found = Membership.objects.select_related("organisation", "user")
        return found.filter(user=user_id, active=True, organisation__is_active=True).first()


def record_sign_in(user_id: int) -> None:
    """The event of a sign-in that succeeded; at the door if the person works nowhere."""
    membership = membership_of(user_id)
    if membership is None:
        audit.record_at_door(EventName.SIGN_IN_SUCCEEDED, user_id=user_id)
        return
    actor = actor_of(membership)
    with acting(actor):
        audit.record(actor, EventName.SIGN_IN_SUCCEEDED)
