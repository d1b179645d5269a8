"""Who acts in this request. Closed unless a view is marked as public.

One transaction spans the view. In it the database knows who acts, so a view just queries; it commits before the
response leaves, and rolls back after any error but a refusal (whose audit event stays).
"""

from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db.models import BigIntegerField, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.crypto import constant_time_compare

from ihala.accounts.rules import is_public
from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.core.acting import at_the_door, becoming
from ihala.core.clock import now
from ihala.core.kept import Given, kept
from ihala.core.middleware import form_of, written
from ihala.core.refusal import Refusal, Status

from .models import Membership, Request
from .rules import actor_of

SINCE = "ihala_since"
CONFIRMATIONS = "account_authentication_methods"
"""Where allauth notes in the session by what means and when somebody has shown that it is they."""
LONGEST_SESSION = timedelta(hours=12)
SIGN_IN_VIEWS = ("account_", "mfa_")
OPENS_ITSELF = "account_login"  # hashes passwords, so it opens the door only for its queries
PENDING = "account_login"
"""Where allauth notes in the session that the password was right and the second step waits."""


class Opening(Enum):
    """How a view opens to somebody who has not signed in."""

    PUBLIC = "public"
    SIGN_IN = "sign-in"
    CLOSED = "closed"


class _Undone(Exception):
    """Leaves the transaction so that it rolls back; carries the error page."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


class ActorMiddleware:
    """Sets `request.actor`, None for somebody who has not signed in, and opens the transaction in which they act."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.actor = None  # type: ignore[assignment]
        opening = opening_of(request.path_info, pending=PENDING in request.session)
        user_id = request.session.get(SESSION_KEY)
        if user_id is None:
            return self._stranger(request, opening)
        response = self._known(request, int(user_id), opening)
        if response is not None:
            return response
        request.session.flush()
        return self._stranger(request, opening)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Any error but a refusal, which `RefusalMiddleware` has answered before, leaves nothing behind."""
        request.ihala_failed = True

    def _known(self, request: Request, user_id: int, opening: Opening) -> HttpResponse | None:
        """The answer to somebody who has signed in; None if they may not be in any more."""
        try:
            with at_the_door(user_id):
                membership = _membership(request, user_id)
                if membership is None:
                    return None
                request._cached_user = membership.user  # type: ignore[attr-defined]
                request.actor = actor_of(membership)
                if membership.user.one_time_password and opening is Opening.CLOSED:
                    return _send_to(request, reverse("account_change_password"))
                response = self._answer(request)
                _record_refusal(request)
                return response
        except _Undone as undone:
            return undone.response

    def _stranger(self, request: Request, opening: Opening) -> HttpResponse:
        if opening is Opening.CLOSED:
            return sign_in_first(request)
        if opening is Opening.PUBLIC:
            return self.get_response(request)
        try:
            with at_the_door():
                return self._answer(request)
        except _Undone as undone:
            return undone.response

    def _answer(self, request: Request) -> HttpResponse:
        before = request.session.get(CONFIRMATIONS)
        response = self.get_response(request)
        if request.actor is not None and request.session.get(CONFIRMATIONS) not in (None, before):
            audit.record(request.actor, EventName.SIGN_IN_CONFIRMED)  # the key agent looks there (step-up)
        if response.status_code >= 500 or getattr(request, "ihala_failed", False):
            raise _Undone(response)
        return response


def _record_refusal(request: Request) -> None:
    """Who asks for what is not theirs is on record, though no action was reached; twice is better than never."""
    refusal: Refusal | None = getattr(request, "ihala_refused", None)
    if refusal is not None and refusal.status in (Status.FORBIDDEN, Status.NOT_VISIBLE):
        page = request.resolver_match.view_name if request.resolver_match else ""
        audit.record(request.actor, EventName.PAGE_REFUSED, refusal=refusal.code, detail={"page": page})


def opening_of(path: str, *, pending: bool = False) -> Opening:
    """How the view at this path opens; an unknown address is answered "not found" by Django itself.

    `pending`: the second step waits. Then the page for signing in hashes nothing and leads there, for which it asks who
    it is that waits.
    """
    try:
        match = resolve(path)
    except Resolver404:
        return Opening.PUBLIC
    if is_public(match.func) or (match.url_name == OPENS_ITSELF and not pending):
        return Opening.PUBLIC
    return Opening.SIGN_IN if (match.url_name or "").startswith(SIGN_IN_VIEWS) else Opening.CLOSED


def sign_in_first(request: Request) -> HttpResponse:
    """To the installation's door and back here afterwards; a fragment asks the whole page to go."""
    fragment = request.headers.get("HX-Request") == "true"
    back = urlsplit(request.headers.get("HX-Current-URL", "")).path if fragment else request.get_full_path()
    if not fragment and (typed := written(request)):
        door = f"{reverse(settings.DOOR)}?{urlencode({'next': form_of(request)})}"
        return render(request, "errors/ended.html", {"typed": typed, "door": door}, status=Status.FORBIDDEN)
    query = f"?{urlencode({'next': back})}" if back and (fragment or request.method == "GET") else ""
    return _send_to(request, reverse(settings.DOOR) + query)


def _send_to(request: Request, address: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _membership(request: Request, user_id: int) -> Membership | None:
    """The active membership of an active user in an active organisation whose session is fresh.

    One query, which also lets the organisation act from here on."""
    since = request.session.setdefault(SINCE, now().timestamp())
    if now().timestamp() - since > LONGEST_SESSION.total_seconds():
        return None
    membership = next(iter(_entering(None, user=user_id)), None)
    signed = request.session.get(HASH_SESSION_KEY, "")
    if membership is None or not constant_time_compare(signed, membership.user.get_session_auth_hash()):
        return None
    return membership


@kept
def _entering(actor: None) -> QuerySet[Membership]:
    """The membership in which somebody works, who acts for its organisation from here on."""
    found = Membership.objects.select_related("user", "organisation").filter(
        user=Given("user", BigIntegerField()), active=True, user__is_active=True, organisation__is_active=True
    )
    return found.annotate(acts=becoming("organisation_id"))[:1]
