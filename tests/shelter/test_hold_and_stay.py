"""A family is held beds, arrives, moves, departs; what is taken is refused in words."""

from datetime import timedelta
from uuid import uuid4

import pytest

from ihala.audit.models import Event
from ihala.core import clock
from ihala.core.acting import acting
from ihala.shelter import actions, rules
from ihala.shelter.enums import HoldEnd, VoidReason
from ihala.shelter.models import FAR, Bed, ClaimedBed, Extension, Hold, Stay, Void
from tests import given
from tests.refused import refusal_of as refused

from .houses import Place, a_family, a_house, tomorrow


def free(place: Place) -> set[str]:
    found = rules.free_beds(clock.now()).filter(unit__house=place.house).select_related("unit")
    return {f"{bed.unit.code}.{bed.code}" for bed in found}


ALL = {"1.1", "1.2", "1.3", "1.4", "1.C", "2.1", "3.1", "3.2", "3.3"}


def test_a_hold_becomes_a_stay_in_the_very_beds_and_a_departure_frees_them(place, inside):
    family = a_family(inside)
    held = actions.hold(place.beds("1", "1", "2", "C"), family=family, until=tomorrow(), by=inside)
    assert free(place) == ALL - {"1.1", "1.2", "1.C"}
    stay = actions.arrive(held, by=inside)
    held.refresh_from_db()
    assert (held.ended_how, stay.hold_id) == (HoldEnd.ARRIVED, held.pk)
    assert free(place) == ALL - {"1.1", "1.2", "1.C"}
    actions.depart(stay, departure="planned", destination="own_home", by=inside)
    assert free(place) == ALL
    events = list(
        Event.objects.filter(case_id=family, name__startswith="shelter").values_list("name", flat=True)
    )
    assert sorted(events) == ["shelter.hold_made", "shelter.stay_begun", "shelter.stay_ended"]


def test_a_bed_that_is_taken_and_a_unit_of_another_family_are_refused(place, inside):
    one, other = a_family(inside), a_family(inside)
    actions.hold(place.beds("1", "1"), family=one, until=tomorrow(), by=inside)
    assert (
        refused(actions.hold, place.beds("1", "1"), family=other, until=tomorrow(), by=inside) == "beds_taken"
    )
    assert refused(actions.admit, place.beds("1", "2"), family=other, by=inside) == "unit_taken"
    assert refused(actions.hold, place.beds("2"), family=one, until=tomorrow(), by=inside) == "held_already"
    actions.admit(place.beds("3", "1"), family=other, by=inside)
    third = a_family(inside)
    actions.admit(place.beds("3", "2"), family=third, by=inside)
    assert refused(actions.admit, place.beds("2"), family=third, by=inside) == "stays_already"


def test_a_family_moves_to_a_larger_unit_and_its_old_bed_is_free(place, inside):
    family, mother, child = a_family(inside), uuid4(), uuid4()
    (single,) = place.beds("2")
    stay = actions.admit([single], family=family, by=inside, people={single.pk: mother})
    (second,) = place.beds("1", "2")
    actions.move(stay, place.beds("1", "1", "2"), reason="larger", by=inside, people={second.pk: child})
    assert free(place) == ALL - {"1.1", "1.2"}
    kept = place.beds("1", "1", "2", "C")
    actions.move(stay, kept, reason="larger", by=inside)
    sleeping = dict(
        ClaimedBed.objects.filter(claim__stay=stay, ends_at=FAR).values_list("bed__code", "person")
    )
    assert sleeping == {"1": None, "2": child, "C": None}
    assert refused(actions.move, stay, [], reason="wish", by=inside) == "no_beds"


def test_a_held_unit_keeps_its_beds_when_a_move_into_it_is_refused(place, inside):
    one, other = a_family(inside), a_family(inside)
    actions.hold(place.beds("1", "1"), family=one, until=tomorrow(), by=inside)
    stay = actions.admit(place.beds("2"), family=other, by=inside)
    assert refused(actions.move, stay, place.beds("1", "2"), reason="larger", by=inside) == "unit_taken"
    assert free(place) == ALL - {"1.1", "2.1"}


def test_a_hold_is_extended_with_a_reason_and_its_beds_follow(place, inside):
    held = actions.hold(place.beds("2"), family=a_family(inside), until=tomorrow(), by=inside)
    later = tomorrow() + timedelta(hours=6)
    actions.extend_hold(held, until=later, reason="transport", by=inside)
    with clock.at(later - timedelta(minutes=1)):
        assert "2.1" not in free(place)
    with clock.at(later):
        assert "2.1" in free(place)
    assert Extension.objects.get().reason == "transport"
    assert refused(actions.extend_hold, held, until=tomorrow(), reason="health", by=inside) == "until_later"


def test_a_hold_that_has_run_out_frees_its_beds_by_itself_and_is_told_once(place, inside):
    family = a_family(inside)
    held = actions.hold(place.beds("2"), family=family, until=tomorrow(), by=inside)
    with clock.at(held.warn_at):
        assert actions.mind_holds(by=inside) == ([held], [])
        assert actions.mind_holds(by=inside) == ([], [])
    with clock.at(held.until):
        assert "2.1" in free(place)
        assert actions.mind_holds(by=inside) == ([], [held])
        assert actions.mind_holds(by=inside) == ([], [])
        again = actions.arrive(held, by=inside)
    assert again.hold_id == held.pk


def test_a_new_hold_lets_go_of_one_whose_time_has_run_out(place, inside):
    family = a_family(inside)
    held = actions.hold(place.beds("2"), family=family, until=tomorrow(), by=inside)
    with clock.at(held.until):
        assert (
            refused(actions.extend_hold, held, until=tomorrow(), reason="health", by=inside) == "hold_ended"
        )
        actions.hold(place.beds("2"), family=family, until=tomorrow(), by=inside)
    held.refresh_from_db()
    assert held.ended_how == HoldEnd.LAPSED


def test_freeing_never_refuses_and_may_be_repeated(place, inside):
    referral = uuid4()
    held = actions.hold(place.beds("2"), family=a_family(inside), until=tomorrow(), by=inside, backs=referral)
    assert actions.free_holds(backs=referral, reason="referral_ended", by=inside) == 1
    assert actions.free_holds(backs=referral, reason="referral_ended", by=inside) == 0
    assert actions.free_hold(held, reason="mistake", by=inside).free_reason == "referral_ended"
    assert free(place) == ALL
    assert refused(actions.arrive, held, by=inside) == "hold_ended"


def test_beds_out_of_use_take_nobody_until_they_are_brought_back(place, inside):
    void = actions.take_out_of_use(place.beds("2"), reason=VoidReason.MAINTENANCE, by=inside)
    assert refused(actions.admit, place.beds("2"), family=a_family(inside), by=inside) == "beds_taken"
    actions.bring_back(void, by=inside)
    actions.bring_back(void, by=inside)
    actions.admit(place.beds("2"), family=a_family(inside), by=inside)
    assert refused(actions.close_unit, place.units["2"], by=inside) == "beds_taken"


def test_a_bed_added_to_a_closed_unit_is_closed_too(place, inside):
    void = actions.close_unit(place.units["2"], by=inside)
    actions.make_bed(place.units["2"], "9", by=inside)
    assert not free(place) & {"2.1", "2.9"}
    actions.bring_back(void, by=inside)
    assert free(place) == ALL | {"2.9"}


def test_a_house_makes_beds_ready_after_a_departure(inside):
    place = a_house(inside, "B", turnaround_hours=3)
    stay = actions.admit(place.beds("2"), family=a_family(inside), by=inside)
    actions.depart(stay, departure="planned", destination="own_home", by=inside)
    assert "2.1" not in free(place)
    with clock.later(timedelta(hours=3)):
        assert "2.1" in free(place)
    assert Void.objects.get().reason == VoidReason.TURNAROUND


def test_a_family_that_was_shared_with_cannot_be_made_alone_afterwards(place, inside):
    for bed in place.beds("3", "1", "2"):
        actions.admit([bed], family=a_family(inside), by=inside)
    room = place.units["3"]
    alone = actions.Layout("shared_room", shared=False)
    assert refused(actions.change_unit, room, alone, version=1, by=inside) == "was_shared"
    assert refused(actions.change_unit, room, alone, version=7, by=inside) == "stale_version"
    backwards = actions.Layout("flat", ages_from=9, ages_to=3)
    assert refused(actions.change_unit, place.units["1"], backwards, version=1, by=inside) == "ages_in_order"
    actions.change_unit(place.units["2"], actions.Layout("single_room", shared=True), version=1, by=inside)


def test_who_has_no_access_to_the_case_places_nobody(place, inside):
    family = a_family(inside)
    for name, code in {"aman.caseworker": "not_visible", "aman.director": "not_permitted"}.items():
        actor = given.actor(name)
        with acting(actor):
            assert refused(actions.hold, place.beds("2"), family=family, until=tomorrow(), by=actor) == code
    assert (
        refused(actions.hold, place.beds("2"), family=uuid4(), until=tomorrow(), by=inside) == "not_visible"
    )
    assert not Hold.objects.exists() and not Stay.objects.exists()


def test_a_house_is_read_on_record_and_its_code_names_no_place(place, inside):
    assert actions.open_house(place.house, by=inside) == ("دار السكينة", "شارع الواحة 7")
    opened = Event.objects.get(name="sealed.opened", subject_id=place.house.pk)
    assert (opened.case_id, opened.referral_id, opened.detail["classes"]) == (None, None, ["safety"])
    code = refused(actions.make_house, "دار", name="x", address="y", by=inside)
    assert (code, refused(actions.make_house, "a", name="x", address="y", by=inside)) == (
        "not_neutral",
        "code_known",
    )
    actions.change_house(place.house, name="دار", address="شارع", turnaround_hours=2, by=inside)
    place.house.refresh_from_db()
    assert actions.open_house(place.house, by=inside) == ("دار", "شارع")
    assert not Bed.objects.exclude(organisation_id=inside.organisation_id).exists()


@pytest.mark.django_db
def test_everybody_is_given_one_bed(place, inside):
    stay = actions.admit(place.beds("1", "1", "2"), family=a_family(inside), by=inside)
    one, two = (bed.pk for bed in place.beds("1", "1", "2"))
    mother = uuid4()
    actions.give_beds(stay, {one: mother}, by=inside)
    assert refused(actions.give_beds, stay, {one: mother, two: mother}, by=inside) == "one_bed_each"
    assert refused(actions.give_beds, stay, {two: mother}, by=inside) == "one_bed_each"
    assert refused(actions.give_beds, stay, {place.beds("2")[0].pk: mother}, by=inside) == "no_beds"
    actions.give_beds(stay, {one: None, two: mother}, by=inside)
