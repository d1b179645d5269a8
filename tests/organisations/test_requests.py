"""Who acts in a request: closed unless marked, one transaction, and what is left after an error."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from ihala.accounts.models import User
from ihala.accounts.rules import public_view
from ihala.audit import actions as audit
from ihala.audit.models import Event
from ihala.core import clock
from ihala.core.acting import acting, at_the_door
from ihala.core.refusal import Refused
from ihala.organisations import actions, middleware, refusals
from ihala.organisations.models import Membership, Organisation

from .cast import Party
from .test_pages import as_member


def mine(request: Any) -> HttpResponse:
    return HttpResponse(f"{request.actor.username} {Membership.objects.count()} {request.user.pk}")


def writes_and(error: Exception) -> Any:
    def view(request: Any) -> HttpResponse:
        audit.record(request.actor, "test.written")
        raise error

    return view


def says_500(request: Any) -> HttpResponse:
    audit.record(request.actor, "test.written")
    return HttpResponse(status=500)


@public_view
def everybody(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


urlpatterns = [
    path("mine/", mine),
    path("open/", everybody),
    path("lost/", writes_and(Http404())),
    path("broken/", writes_and(RuntimeError())),
    path("says-500/", says_500),
    path("refused/", writes_and(Refused(refusals.NOT_PERMITTED))),
    path("", include("config.urls")),
]
pytestmark = pytest.mark.urls("tests.organisations.test_requests")


def written(party: Party) -> bool:
    with acting(party.dpo):
        return Event.objects.filter(name="test.written").exists()


def test_a_view_just_queries_as_whoever_is_signed_in(aman: Party, dfwac: Party) -> None:
    client = as_member(aman, "duty")
    client.get("/mine/")
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/mine/")
    assert page.content.decode() == f"aman.duty 7 {aman.duty.user_id}"
    # Session, who acts, the view; the savepoint and the restoring are the test's own.
    assert len(captured) <= 9


def test_a_stranger_is_sent_to_the_sign_in_and_back(aman: Party, client: Client) -> None:
    assert client.get("/mine/?a=1")["Location"] == "/sign-in/?next=%2Fmine%2F%3Fa%3D1"
    assert client.post("/mine/")["Location"] == "/sign-in/"
    assert client.get("/open/").content == b"open"
    assert client.get("/no-such-address/").status_code == 404


def test_what_was_written_when_the_sign_in_ended_is_shown_once_and_only_to_whoever_sent_it_from_here(
    aman: Party, client: Client
) -> None:
    client.cookies["ihala_language"] = "en"
    sent = {
        "text": "<b>a long answer that took an hour</b>",
        "code": "danger",
        "csrfmiddlewaretoken": "x" * 64,
    }
    ours = {"Sec-Fetch-Site": "same-origin", "Referer": "http://testserver/mine/form/"}
    answer = client.post("/mine/", sent, headers=ours)
    body = answer.content.decode()
    assert answer.status_code == 403 and answer["Cache-Control"] == "no-store"
    assert (
        "&lt;b&gt;a long answer that took an hour" in body and "x" * 64 not in body and "danger</" not in body
    )
    assert 'href="/sign-in/?next=%2Fmine%2Fform%2F"' in body
    elsewhere = ours | {"Referer": "http://testserver//elsewhere.example/form/"}
    back = client.post("/mine/", sent, headers=elsewhere).content.decode()
    assert 'href="/sign-in/?next=%2Felsewhere.example%2Fform%2F"' in back, "no way to another site"
    for other in (
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        ours | {"HX-Request": "true"},
    ):
        refused = client.post("/mine/", sent, headers=other)
        assert "took an hour" not in refused.content.decode(), other
    assert client.post("/mine/", {"code": "danger"}, headers=ours)["Location"] == "/sign-in/"
    hidden = {"password1": "correct horse battery staple", "credential": "x" * 40}
    assert client.post("/mine/", hidden, headers=ours)["Location"] == "/sign-in/"


def test_the_demo_sends_a_stranger_to_its_cast(aman: Party, client: Client, settings: Any) -> None:
    settings.DOOR = "demo_sign_in"
    assert client.get("/mine/")["Location"] == "/demo/?next=%2Fmine%2F"


def test_a_fragment_asks_the_whole_page_to_go(aman: Party, client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/work/?page=2"}
    answer = client.get("/mine/", headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in/?next=%2Fwork%2F")
    assert client.get("/mine/", headers={"HX-Request": "true"})["HX-Redirect"] == "/sign-in/"


@pytest.mark.parametrize("address", ["lost", "says-500"])
def test_an_error_leaves_nothing_behind(aman: Party, address: str) -> None:
    answer = as_member(aman, "duty").get(f"/{address}/")
    assert answer.status_code in (404, 500)
    assert not written(aman)


def test_an_unexpected_error_leaves_nothing_behind(aman: Party) -> None:
    client = as_member(aman, "duty")
    client.raise_request_exception = False
    assert client.get("/broken/").status_code == 500
    assert not written(aman)


def test_a_refusal_is_shown_and_its_event_stays(aman: Party) -> None:
    assert as_member(aman, "duty").get("/refused/").status_code == 403
    assert written(aman)


def test_who_may_not_be_in_any_more_is_signed_out(aman: Party) -> None:
    left, closed = as_member(aman, "duty"), as_member(aman, "caseworker")
    assert left.get("/mine/").status_code == closed.get("/mine/").status_code == 200
    with acting(aman.admin):
        actions.deactivate(aman.members["duty"], by=aman.admin)
    with at_the_door():
        User.objects.filter(pk=aman.caseworker.user_id).update(is_active=False)
    for client in (left, closed):
        assert client.get("/mine/")["Location"].startswith("/sign-in/")
        assert not client.session.keys()
        assert client.get("/open/").status_code == 200


def test_an_organisation_that_takes_no_part_lets_nobody_in(aman: Party, owner: Any) -> None:
    client = as_member(aman, "duty")
    assert middleware.opening_of("/mine/") is middleware.Opening.CLOSED
    assert Organisation.objects.get(pk=aman.id).is_active
    assert client.get("/mine/").status_code == 200


def test_a_changed_password_ends_the_other_sessions(aman: Party) -> None:
    client = as_member(aman, "duty")
    with acting(aman.admin):
        actions.new_password(aman.members["duty"], by=aman.admin)
    assert client.get("/mine/")["Location"].startswith("/sign-in/")


def test_no_session_lasts_longer_than_twelve_hours(aman: Party) -> None:
    client = as_member(aman, "duty")
    assert client.get("/mine/").status_code == 200
    with clock.later(timedelta(hours=11, minutes=59)):
        assert client.get("/mine/").status_code == 200
    with clock.later(timedelta(hours=12, minutes=1)):
        assert client.get("/mine/")["Location"].startswith("/sign-in/")


def test_a_one_time_password_is_changed_first(aman: Party) -> None:
    with at_the_door():
        User.objects.filter(pk=aman.duty.user_id).update(one_time_password=True)
    client = as_member(aman, "duty")
    assert client.get("/mine/")["Location"] == "/sign-in/password/"
    assert client.get("/mine/", headers={"HX-Request": "true"})["HX-Redirect"] == "/sign-in/password/"
    assert client.get("/sign-in/password/").status_code == 200


# ── Leaving at once ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_quick_exit_signs_out_empties_the_browser_and_shows_a_neutral_page(aman: Party) -> None:
    client = Client(enforce_csrf_checks=True)
    with at_the_door():
        client.force_login(User.objects.get(pk=aman.duty.user_id))
    answer = client.post("/exit/")
    assert (answer.status_code, answer["Location"]) == (303, "/exit/")
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert client.get("/mine/")["Location"].startswith("/sign-in/")
    page = client.get("/exit/").content.decode()
    for word in ("Ihala", "ihala", "إحالة", "css", "sign", "script"):
        assert word not in page
    with acting(aman.dpo):
        assert Event.objects.filter(name="quick_exit").count() == 1


def test_the_quick_exit_works_for_somebody_who_is_out_already(db: None, client: Client) -> None:
    assert client.post("/exit/").status_code == 303


# ── The demo's door ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_demo_lets_one_in_as_one_of_the_cast(
    aman: Party, dfwac: Party, client: Client, language: str
) -> None:
    client.cookies["ihala_language"] = language
    page = client.get("/demo/?next=/mine/").content.decode()
    assert "aman.duty" in page and "dfwac.supervisor" in page
    answer = client.post("/demo/", {"username": "aman.duty", "next": "/mine/"})
    assert answer["Location"] == "/mine/"
    assert client.get("/mine/").content.startswith(b"aman.duty")
    assert client.session["account_authentication_methods"][-1]["reauthenticated"]
    assert (
        client.post("/demo/", {"username": "dfwac.dpo", "next": "https://elsewhere.example/"})["Location"]
        == "/"
    )
    assert client.get("/mine/").content.startswith(b"dfwac.dpo")
    assert client.post("/demo/", {"username": "nobody"})["Location"] == "/demo/"
    with acting(aman.dpo):
        assert Event.objects.filter(name="sign_in.succeeded").count() == 1


def test_without_the_demo_setting_there_is_no_such_door(aman: Party, client: Client, settings: Any) -> None:
    import importlib

    from config import urls

    settings.DEMO = False
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/", {"username": "aman.duty"}).status_code == 404
    try:
        importlib.reload(urls)
        assert "demo_sign_in" not in {getattr(pattern, "name", None) for pattern in urls.urlpatterns}
    finally:
        settings.DEMO = True
        importlib.reload(urls)
