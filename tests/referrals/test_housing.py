"""Real beds behind an acceptance: held in the same transaction, kept, moved into, and freed by every ending."""

from datetime import timedelta
from typing import Any

import pytest

from ihala.core.acting import acting
from ihala.core.clock import at, now
from ihala.core.refusal import Refused
from ihala.notifications.models import Notification
from ihala.organisations.models import Actor
from ihala.referrals import actions
from ihala.referrals.actions import housing
from ihala.referrals.enums import NoBeds, SafetyCheck, State
from ihala.referrals.models import Referral
from ihala.shelter import actions as shelter
from ihala.shelter.enums import ExtendReason
from ihala.shelter.fit_words import Clause, Verdict
from ihala.shelter.models import Hold, Stay
from ihala.shelter.tasks import mind_holds
from tests import given
from tests.shelter import houses

REVIEWED = "case consent draft send ack conflict"


@pytest.fixture
def by(db: None) -> Actor:
    """The Dubai Foundation's supervisor, who accepts."""
    return given.actor("dfwac.supervisor")


@pytest.fixture
def dubai(by: Actor) -> houses.Place:
    """House D: a wheelchair flat of four beds and a cot, a single room, a shared room."""
    with acting(by):
        return houses.a_house(by, code="D")


def reviewed(**how: Any) -> Referral:
    """The mother and two children, ready to be accepted."""
    return given.acted(given.a_scene(of=given.HELEN, **how), REVIEWED).subject


def flat(place: houses.Place) -> list[int]:
    return [bed.pk for bed in place.beds("1", "1", "2", "3")]


def accepted(place: houses.Place, by: Actor) -> Referral:
    referral = reviewed()
    with acting(by):
        return actions.accept(referral, by=by, beds=flat(place))


def code_of(call: Any) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.refusal.code


def test_before_acceptance_the_units_that_fit_are_known_from_numbers_and_needs_alone(
    dubai: houses.Place, by: Actor
) -> None:
    referral = reviewed()
    with acting(by):
        household = housing.household_of(referral, by=by)
        assert household.needs == {"wheelchair"}
        advice = housing.advice(referral, household, by=by)
        (first,) = advice.suggestions
        assert (first.verdict, first.clauses) == (Verdict.CONDITIONS, (Clause.BOYS_AGE,))
        assert list(first.beds) == flat(dubai)
        ((against, answer),) = advice.against
        assert (against.name, answer.why) == ("D · 3", Clause.ACCESSIBLE)


def test_accepting_holds_the_very_beds_and_the_sender_learns_until_when_and_nothing_else(
    dubai: houses.Place, by: Actor
) -> None:
    referral = accepted(dubai, by)
    with acting(by):
        held = Hold.objects.get()
        assert (held.backs, held.tells_id) == (referral.pk, referral.sender_id)
        assert sorted(held.claims.get().beds.values_list("bed_id", flat=True)) == flat(dubai)
        assert housing.held_for(referral) == housing.Held(held.until, "")
    with acting(given.actor("aman.caseworker")):
        told = housing.held_for(referral)
        assert told is not None and told.live and told.until == held.until
        assert not Hold.objects.exists()
    with acting(given.actor("sharjah.caseworker")):
        assert housing.held_for(referral) is None


def test_a_bed_that_somebody_took_meanwhile_stops_the_acceptance_as_a_whole(
    dubai: houses.Place, by: Actor
) -> None:
    referral = reviewed()
    with acting(by):
        shelter.hold(dubai.beds("1", "1"), family=houses.a_family(by), until=houses.tomorrow(), by=by)
        assert code_of(lambda: actions.accept(referral, by=by, beds=flat(dubai))) == "beds_taken"
        referral.refresh_from_db()
        assert (referral.state, Hold.objects.count()) == (State.UNDER_REVIEW, 1)
        assert not referral.sides.filter(organisation=by.organisation_id, case__isnull=False).exists()


def test_without_a_bed_an_acceptance_says_why(dubai: houses.Place, by: Actor) -> None:
    referral = reviewed()
    with acting(by):
        for wrong in ({}, {"no_beds": "x"}, {"no_beds": NoBeds.OTHER}):
            assert code_of(lambda given_=wrong: actions.accept(referral, by=by, **given_)) == "place_needed"
        after = actions.accept(referral, by=by, no_beds=NoBeds.FOUND_OTHERWISE)
        assert after.state == State.ACCEPTED and not Hold.objects.exists()
        assert referral.records.get(kind="no_beds").code == NoBeds.FOUND_OTHERWISE
        assert housing.held_for(after) is None


def test_another_organisations_bed_is_no_bed(dubai: houses.Place, by: Actor) -> None:
    aman = given.actor("aman.supervisor")
    with acting(aman):
        theirs = flat(houses.a_house(aman))
    referral = reviewed()
    with acting(by):
        assert code_of(lambda: actions.accept(referral, by=by, beds=theirs)) == "no_beds"
        assert housing.beds_in("1,x") == [] and housing.beds_in("12,13") == [12, 13]


def step(referral: Referral, name: str, who: str, **how: Any) -> Referral:
    actor = given.actor(who)
    with acting(actor):
        return getattr(actions, name)(Referral.objects.get(pk=referral.pk), by=actor, **how)


def to_handover(referral: Referral, hours: int = 3) -> Referral:
    plan = {"escort": "a", "meeting_point": "b", "code_word": "c"}
    step(referral, "plan_handover", "aman.caseworker", eta=now() + timedelta(hours=hours), details=plan)
    step(referral, "confirm_plan", "aman.caseworker")
    return step(referral, "confirm_plan", "dfwac.supervisor")


def until(by: Actor) -> Any:
    with acting(by):
        return Hold.objects.get().until


def test_a_plan_keeps_the_beds_until_after_the_arrival_expected(dubai: houses.Place, by: Actor) -> None:
    referral = accepted(dubai, by)
    before = until(by)
    to_handover(referral, hours=3)
    assert until(by) == before
    with acting(by):
        housing.keep(referral, now() + timedelta(days=40), ExtendReason.TRANSPORT)
    assert before < until(by) <= now() + timedelta(days=30)


def test_the_arrival_turns_the_hold_into_a_stay(dubai: houses.Place, by: Actor) -> None:
    referral = to_handover(accepted(dubai, by))
    step(referral, "confirm_arrival", "dfwac.supervisor")
    with acting(by):
        assert not Stay.objects.exists()
    step(referral, "confirm_arrival", "aman.caseworker")
    with acting(by):
        stay = Stay.objects.get()
        assert stay.family == referral.sides.get(organisation=by.organisation_id).case_id
        assert Hold.objects.get().ended_how == "arrived"
    step(referral, "withdraw_consent", "aman.supervisor")
    with acting(by):
        assert Stay.objects.get().departed_at is None


@pytest.mark.parametrize("happened", ["admitted already", "beds taken since it lapsed", "never held"])
def test_an_arrival_is_confirmed_whatever_became_of_the_beds(
    dubai: houses.Place, by: Actor, happened: str
) -> None:
    if happened == "never held":
        referral = reviewed()
        with acting(by):
            referral = actions.accept(referral, by=by, no_beds="found_otherwise")
    else:
        referral = accepted(dubai, by)
    to_handover(referral)
    with acting(by):
        if happened == "admitted already":
            shelter.admit(dubai.beds("3", "1", "2", "3"), family=Hold.objects.get().family, by=by)
        elif happened != "never held":
            with at(now() + timedelta(days=2)):
                mind_holds(timestamp=0)
                shelter.hold(dubai.beds("1", "1"), family=houses.a_family(by), until=houses.tomorrow(), by=by)
    with at(now() + timedelta(days=2, hours=1)):
        step(referral, "confirm_arrival", "dfwac.supervisor")
        assert step(referral, "confirm_arrival", "aman.caseworker").state == State.ARRIVED
    with acting(by):
        assert Stay.objects.count() == (1 if happened == "admitted already" else 0)


ENDINGS = [
    ("withdraw", "aman.caseworker", {"reason": "safer_option"}),
    ("withdraw_consent", "dfwac.caseworker", {}),
    ("survivor_declines", "aman.caseworker", {"reason": "stays"}),
    ("enter_in_error", "aman.supervisor2", {"reason": "duplicate"}),
]


@pytest.mark.parametrize(("name", "who", "how"), ENDINGS, ids=[ending[0] for ending in ENDINGS])
def test_every_ending_frees_the_beds_in_the_same_transaction(
    dubai: houses.Place, by: Actor, name: str, who: str, how: dict[str, Any]
) -> None:
    referral = accepted(dubai, by)
    who = "dfwac.supervisor" if name == "withdraw_consent" else who.replace("supervisor2", "supervisor")
    step(referral, name, who, **how)
    if name == "survivor_declines":
        with acting(by):
            assert Hold.objects.get().ended_at is None
        step(referral, "record_next_step", "aman.caseworker", kind="keep_and_support")
    with acting(by):
        assert (Hold.objects.get().ended_how, Hold.objects.get().free_reason) == ("freed", "referral_ended")
        assert not Hold.objects.get().claims.filter(ends_at__gt=now()).exists()


def test_who_has_not_arrived_keeps_her_beds_until_the_check_is_closed(dubai: houses.Place, by: Actor) -> None:
    referral = to_handover(accepted(dubai, by))
    with at(now() + timedelta(hours=22)):
        step(referral, "report_not_arrived", "dfwac.supervisor")
        assert until(by) > now() + timedelta(hours=23)
        step(referral, "close_safety_check", "aman.supervisor", done=SafetyCheck.values, text="she is safe")
    with acting(by):
        assert (Hold.objects.get().ended_how, Hold.objects.get().free_reason) == ("freed", "not_arrived")


def test_a_hold_that_lapses_is_told_to_both_sides_and_says_nothing_but_that(
    dubai: houses.Place, by: Actor
) -> None:
    referral = accepted(dubai, by)
    with at(now() + timedelta(hours=23)):
        mind_holds(timestamp=0)
    with at(now() + timedelta(hours=25)):
        mind_holds(timestamp=0)
        for name in ("aman.duty", "dfwac.duty"):
            with acting(given.actor(name)):
                told = Notification.objects.filter(subject_id=referral.pk, kind__startswith="deadline")
                assert sorted(told.values_list("kind", flat=True)) == ["deadline_near", "deadline_passed"]
                held = housing.held_for(referral)
                assert held is not None and held.lapsed and not held.live


def test_beds_are_held_anew_changed_or_kept_longer(dubai: houses.Place, by: Actor) -> None:
    referral = accepted(dubai, by)
    later = now() + timedelta(days=3)
    with acting(by):
        actions.hold_beds(referral, by=by, until=later, reason=ExtendReason.SAFETY)
        assert Hold.objects.get(ended_at=None).until == later
        room = [bed.pk for bed in dubai.beds("3")]
        actions.hold_beds(referral, by=by, beds=room)
        assert Hold.objects.filter(ended_how="freed", free_reason="other_beds").count() == 1
        assert housing.advice(referral, housing.household_of(referral, by=by), by=by).suggestions
        assert code_of(lambda: actions.hold_beds(referral, by=by)) == "place_needed"
        shelter.free_holds(backs=referral.pk, reason="mistake", by=by)
        late = {"until": later, "reason": ExtendReason.SAFETY}
        assert code_of(lambda: actions.hold_beds(referral, by=by, **late)) == "hold_ended"
        held = housing.held_for(referral)
        assert held is not None and not held.live and not held.lapsed
        actions.hold_beds(referral, by=by, beds=flat(dubai))
        assert Hold.objects.filter(ended_at=None).count() == 1


def test_who_keeps_no_beds_here_or_shelters_nobody_is_asked_for_none(by: Actor) -> None:
    referral = reviewed()
    with acting(by):
        assert not housing.needs_place(referral, by)
        assert actions.accept(referral, by=by).state == State.ACCEPTED
