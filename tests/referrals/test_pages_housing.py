"""Beds on the pages of a referral: what the receiver is advised, chooses and holds, and what the sender is told."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.core.text import hour
from ihala.referrals.actions import housing
from ihala.referrals.models import Referral
from ihala.shelter import actions as shelter
from ihala.shelter.models import Hold
from tests import given
from tests.shelter import houses

from .test_housing import REVIEWED, accepted, flat, reviewed


@pytest.fixture
def dubai(db: None) -> houses.Place:
    """The Dubai Foundation's house."""
    by = given.actor("dfwac.supervisor")
    with acting(by):
        return houses.a_house(by, code="D")


def page(client: Client, referral: Referral, step: str = "") -> str:
    return client.get(address(referral, step)).content.decode()


def unit(code: str) -> str:
    """As the pages name it, with a code that never parts from its word."""
    house, unit = (
        f'<span class="nowrap">{word}\u00a0<bdi dir="ltr">{one}</bdi></span>'
        for word, one in (("House", "D"), ("unit", code))
    )
    return f"{house}, {unit}"


def address(referral: Referral, step: str = "") -> str:
    return f"/referrals/{referral.reference}/" + (f"step/{step}/" if step else "")


def form_of(client: Client, referral: Referral, step: str) -> dict[str, Any]:
    form = client.get(address(referral, step)).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}


def test_the_receiver_sees_which_units_fit_and_the_sender_does_not(dubai: houses.Place) -> None:
    referral = reviewed()
    ours = page(given.signed_in("dfwac.supervisor", Client(), "en"), referral)
    assert "Which units fit this family" in ours and unit("1") in ours
    assert "the boy&#x27;s exact age" in ours and "Nobody alike was found" in ours
    theirs = page(given.signed_in("aman.supervisor", Client(), "en"), referral)
    assert not any(words in theirs for words in ("Which units fit", unit("1"), "Nobody alike", "Comparison"))


def test_a_family_that_fits_nowhere_is_said_so_and_free_units_stay_a_choice(dubai: houses.Place) -> None:
    with acting(given.actor("dfwac.supervisor")):
        shelter.take_out_of_use(dubai.beds("1"), reason="maintenance", by=given.actor("dfwac.supervisor"))
    referral = reviewed()
    client = given.signed_in("dfwac.supervisor", language="en")
    assert "No: there are not enough free places in one unit." in page(client, referral)
    choices = client.get(address(referral, "accept")).context["form"].fields["place"].choices
    assert choices[0][1] == f"<span>{unit('3')} — No: no free unit is as accessible as needed.</span>"
    data = {**form_of(client, referral, "accept"), "place": choices[0][0]}
    assert client.post(address(referral, "accept"), data).status_code == 302
    with acting(given.actor("dfwac.supervisor")):
        assert Hold.objects.count() == 1


def test_the_first_suggestion_is_chosen_beforehand_and_held(dubai: houses.Place) -> None:
    referral = reviewed()
    client = given.signed_in("dfwac.duty", language="en")
    data = form_of(client, referral, "accept")
    with acting(given.actor("dfwac.supervisor")):
        assert data["place"] == "beds:" + ",".join(map(str, flat(dubai)))
    assert client.post(address(referral, "accept"), data).status_code == 302
    with acting(given.actor("dfwac.supervisor")):
        until = Hold.objects.get().until
    for name in ("dfwac.supervisor", "aman.supervisor"):
        shown = page(given.signed_in(name, Client(), "en"), referral)
        assert "Held until" in shown and hour(until) in shown
    assert unit("1") not in page(given.signed_in("aman.supervisor", Client(), "en"), referral)


def test_taking_the_answer_opens_nothing_and_asks_nobody_what_fits(
    dubai: houses.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    referral = reviewed()
    client = given.signed_in("dfwac.supervisor")
    data = form_of(client, referral, "accept")
    monkeypatch.setattr(housing, "household_of", lambda *_asked, **_who: pytest.fail("opened"))
    assert client.post(address(referral, "accept"), data).status_code == 302


def test_who_is_too_late_for_a_bed_is_told_at_once_what_else_fits(dubai: houses.Place) -> None:
    referral = reviewed()
    client = given.signed_in("dfwac.supervisor", language="en")
    data = form_of(client, referral, "accept")
    by = given.actor("dfwac.supervisor")
    with acting(by):
        shelter.hold(dubai.beds("1", "1"), family=houses.a_family(by), until=houses.tomorrow(), by=by)
    answer = client.post(address(referral, "accept"), data)
    shown = answer.content.decode()
    assert answer.status_code == 409 and "Someone was faster" in shown and unit("3") in shown
    assert data["place"] not in shown


@pytest.mark.parametrize("place", ["", "beds:", "beds:1;drop", "none:nothing", "beds:99999999"])
def test_nonsense_holds_nothing(dubai: houses.Place, place: str) -> None:
    referral = reviewed()
    client = given.signed_in("dfwac.supervisor")
    answer = client.post(address(referral, "accept"), {**form_of(client, referral, "accept"), "place": place})
    assert answer.status_code == 422
    with acting(given.actor("dfwac.supervisor")):
        assert not Hold.objects.exists()


def test_another_reason_for_no_beds_is_told_in_words(dubai: houses.Place) -> None:
    referral = reviewed()
    client = given.signed_in("dfwac.supervisor", language="en")
    data = {**form_of(client, referral, "accept"), "place": "none:other"}
    assert client.post(address(referral, "accept"), data).status_code == 422
    assert client.post(address(referral, "accept"), {**data, "text": "a hotel"}).status_code == 302
    shown = page(client, referral)
    assert "Accepted without beds held: Other, with text" in shown and "Held until" not in shown


def test_beds_are_changed_kept_longer_and_a_lapsed_hold_is_held_again(dubai: houses.Place) -> None:
    referral = accepted(dubai, given.actor("dfwac.supervisor"))
    client = given.signed_in("dfwac.supervisor", language="en")
    version = form_of(client, referral, "hold_beds")
    assert client.post(address(referral, "hold_beds"), version).status_code == 422
    day = (now() + timedelta(days=3)).date().isoformat()
    longer = {**version, "day": day, "hour": "10:00", "reason": "safety"}
    assert client.post(address(referral, "hold_beds"), longer).status_code == 302
    assert "10:00" in page(given.signed_in("aman.supervisor", Client(), "en"), referral)
    room = "beds:" + ",".join(str(bed.pk) for bed in _beds(dubai, "3"))
    data = {**form_of(client, referral, "hold_beds"), "place": room}
    assert client.post(address(referral, "hold_beds"), data).status_code == 302
    with acting(given.actor("dfwac.supervisor")):
        shelter.free_holds(backs=referral.pk, reason="mistake", by=given.actor("dfwac.supervisor"))
    assert "No beds are held now" in page(client, referral)
    form = client.get(address(referral, "hold_beds")).context["form"]
    assert set(form.fields) == {"version", "place"}


def _beds(place: houses.Place, unit: str) -> list[Any]:
    with acting(given.actor("dfwac.supervisor")):
        return place.beds(unit)


def test_without_beds_of_its_own_an_organisation_is_offered_none(db: None) -> None:
    scene = given.acted(given.a_scene(of=given.HELEN), f"{REVIEWED} accept")
    client = given.signed_in("dfwac.supervisor")
    assert "hold_beds" not in page(client, scene.subject)


def test_a_tie_is_shown_to_the_receiver_alone(dubai: houses.Place) -> None:
    from .test_keep_apart import DANIEL, sent, staff_called

    referral = sent()
    staff_called(DANIEL)
    given.signed_in("dfwac.duty").post(address(referral, "acknowledge"), {"version": referral.version})
    ours = page(given.signed_in("dfwac.supervisor", Client(), "en"), referral)
    assert "Look closer" in ours and "Telephone the sender before attesting" in ours
    theirs = page(given.signed_in("aman.supervisor", Client(), "en"), referral)
    assert "Look closer" not in theirs and not re.search("compar", theirs, re.IGNORECASE)
