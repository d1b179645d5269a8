"""Arrival worked through, belongings kept, nights away, repairs, and families kept apart."""

from datetime import timedelta
from uuid import uuid4

import pytest

from ihala.audit.models import Event
from ihala.core import clock
from ihala.core.acting import acting
from ihala.shelter import actions, rules
from ihala.shelter.models import Absence, ArrivalCheck, House, Maintenance, Stay, Unit, Void
from tests import given
from tests.refused import refusal_of as refused

from .houses import a_family


@pytest.fixture
def stay(place, inside):
    return actions.admit(place.beds("1", "1", "2"), family=a_family(inside), by=inside)


def test_the_arrival_is_worked_through_item_by_item(stay, inside):
    assert refused(actions.check_off, stay, "rules", by=inside) == "language_needed"
    for item in ("health", "health"):
        actions.check_off(stay, item, by=inside)
    actions.check_off(stay, "rules", by=inside, language="am")
    stay.refresh_from_db()
    assert stay.rules_language == "am"
    assert set(ArrivalCheck.objects.values_list("item", flat=True)) == {"health", "rules"}


def test_belongings_are_kept_sealed_and_given_back_even_after_she_left(stay, inside):
    assert actions.open_belongings(stay, by=inside) == []
    assert refused(actions.keep_belongings, stay, " \n ", by=inside) == "text_needed"
    assert refused(actions.give_belongings_back, stay, by=inside) == "nothing_kept"
    actions.keep_belongings(stay, "جواز سفر\n\n  خاتم ذهب ", by=inside)
    again = actions.keep_belongings(stay, "جواز سفر\nخاتم ذهب\nمفتاح", by=inside)
    assert actions.open_belongings(again, by=inside) == ["جواز سفر", "خاتم ذهب", "مفتاح"]
    assert "خاتم".encode() not in bytes(again.belongings)
    assert Event.objects.filter(name="sealed.opened", case_id=stay.family).count() == 1
    assert refused(actions.move, stay, [], reason="wish", by=inside) == "no_beds"
    actions.depart(stay, departure="planned", destination="own_home", by=inside)
    given_back = actions.give_belongings_back(stay, by=inside)
    assert actions.give_belongings_back(stay, by=inside).belongings_back_at == given_back.belongings_back_at
    for action, kwargs in (
        (actions.check_off, {"item": "health"}),
        (actions.go_away, {"kind": "court"}),
        (actions.depart, {"departure": "planned", "destination": "unknown"}),
    ):
        assert refused(action, stay, by=inside, **kwargs) == "stay_ended"


def test_somebody_is_away_and_comes_back_and_the_bed_stays_theirs(stay, inside):
    child = uuid4()
    away = actions.go_away(stay, kind="hospital", person=child, by=inside, expected_on=clock.today())
    assert refused(actions.go_away, stay, kind="visit", person=child, by=inside) == "away_already"
    whole = actions.go_away(stay, kind="travel", by=inside)
    first = actions.be_back(away, by=inside)
    assert actions.be_back(away, by=inside).back_at == first.back_at
    actions.depart(stay, departure="by_choice", destination="relatives", by=inside)
    whole.refresh_from_db()
    assert whole.back_at and not Absence.objects.filter(back_at=None).exists()


def test_a_planned_end_is_moved_with_a_reason_and_frees_nothing_when_it_passes(place, stay, inside):
    day = clock.today() + timedelta(days=10)
    actions.extend_stay(stay, planned_until=day, reason="care", by=inside)
    assert refused(actions.extend_stay, stay, planned_until=day, reason="care", by=inside) == "planned_later"
    actions.extend_stay(stay, planned_until=day + timedelta(days=1), reason="housing", by=inside)
    assert stay.extensions.count() == 2
    with clock.at(clock.now() + timedelta(days=30)):
        assert (
            refused(actions.admit, place.beds("1", "1"), family=a_family(inside), by=inside) == "beds_taken"
        )


def test_two_families_are_kept_apart_for_a_sealed_reason(inside):
    one, other = a_family(inside), a_family(inside)
    assert refused(actions.keep_apart, one, one, reason="x", by=inside) == "not_a_pair"
    assert refused(actions.keep_apart, one, uuid4(), reason="x", by=inside) == "not_a_pair"
    assert refused(actions.keep_apart, one, other, reason="  ", by=inside) == "text_needed"
    mark = actions.keep_apart(other, one, reason="هو عمها", by=inside)
    assert actions.keep_apart(one, other, reason="مرة أخرى", by=inside) == mark
    assert rules.kept_apart_from(one) == {other} and rules.kept_apart_from(other) == {one}
    assert actions.open_keep_apart(mark, by=inside) == "هو عمها"
    stranger = given.actor("aman.duty")
    with acting(stranger):
        assert refused(actions.open_keep_apart, mark, by=stranger) == "not_visible"
        assert refused(actions.lift_keep_apart, mark, by=stranger) == "not_visible"
    lifted = actions.lift_keep_apart(mark, by=inside)
    assert actions.lift_keep_apart(mark, by=inside).lifted_at == lifted.lifted_at
    assert rules.kept_apart_from(one) == set()


def test_a_repair_is_reported_with_sealed_words_and_done_once(place, inside):
    row = actions.report_maintenance(place.units["1"], kind="locks", by=inside, note="قفل غرفة سارة")
    assert "سارة".encode() not in bytes(row.note)
    assert actions.report_maintenance(place.units["1"], kind="water", by=inside).note is None
    done = actions.finish_maintenance(row, by=inside)
    assert actions.finish_maintenance(row, by=inside).done_at == done.done_at
    assert Maintenance.objects.filter(done_at=None).count() == 1


def test_what_is_not_there_is_refused_as_not_visible(place, stay, inside):
    other = given.actor("dfwac.supervisor")
    held = actions.hold(
        place.beds("2"), family=a_family(inside), until=clock.now() + timedelta(hours=5), by=inside
    )
    void = actions.take_out_of_use(place.beds("3"), reason="reserved", by=inside)
    layout, foreign = actions.Layout("flat"), place.beds("1")
    with acting(other):
        tries = (
            (actions.extend_hold, held, {"until": held.until, "reason": "care"}),
            (actions.depart, stay, {"departure": "planned", "destination": "unknown"}),
            (actions.bring_back, void, {}),
            (actions.change_unit, place.units["1"], {"layout": layout, "version": 1}),
            (actions.change_house, place.house, {"name": "x", "address": "y", "turnaround_hours": 0}),
        )
        for action, row, kwargs in tries:
            assert refused(action, row, by=other, **kwargs) == "not_visible"
        assert refused(actions.hold, foreign, family=a_family(other), until=held.until, by=other) == "no_beds"
    assert refused(actions.take_out_of_use, [], reason="closed", by=inside) == "no_beds"


def test_who_does_not_manage_houses_sets_up_nothing(place, inside):
    worker = given.actor("aman.caseworker")
    with acting(worker):
        for action, row, kwargs in (
            (actions.make_house, "Z", {"name": "x", "address": "y"}),
            (actions.make_unit, place.house, {"code": "9", "layout": actions.Layout("flat")}),
            (actions.make_bed, place.units["1"], {"code": "9"}),
            (actions.close_unit, place.units["1"], {}),
        ):
            assert refused(action, row, by=worker, **kwargs) == "not_permitted"
    assert (House.objects.count(), Unit.objects.count(), Void.objects.count()) == (1, 3, 0)


def test_an_error_of_ours_is_not_taken_for_a_refusal(stay, inside):
    """A constraint nobody has words for is a defect and is raised as one."""
    from django.db import IntegrityError

    with pytest.raises(IntegrityError), clock.at(stay.arrived_at - timedelta(days=1)):
        actions.depart(stay, departure="planned", destination="unknown", by=inside)
    assert Stay.objects.get().departed_at is None
