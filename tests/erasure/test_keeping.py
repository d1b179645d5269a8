"""Legal holds, retention periods, and what the schedule puts to the officer."""

from datetime import date, timedelta

import pytest

from ihala.audit.models import Event
from ihala.cases import actions as cases
from ihala.cases.models import Case, Person
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.vocabulary import AgeBand, Category
from ihala.erasure import actions, rules, tasks
from ihala.erasure.enums import AskedBy, Ground, HoldReason, Standing, Unit
from ihala.erasure.models import Erasure, LegalHold, RetentionRule
from ihala.organisations.models import Actor
from tests import given
from tests.erasure.conftest import OFFICER, ask, carry_out, confirm
from tests.refused import refusal_of

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)


def hold(case, until=None, by=OFFICER):
    officer = given.actor(by)
    with acting(officer):
        return actions.place_hold(case, by=officer, reason=HoldReason.COURT_ORDER, until=until)


def test_a_legal_hold_blocks_asking_and_confirming_and_says_why(aman):
    case = given.a_case()
    waiting = ask(case)
    placed = hold(case)
    assert refusal_of(confirm, waiting) == "legal_hold"
    assert refusal_of(ask, case) == "legal_hold"
    officer = given.actor(OFFICER)
    with acting(officer):
        assert str(rules.live_hold(case).get_reason_display()) in str(rules.why_not_now(case).message)
        assert placed.is_live
        actions.lift_hold(placed, by=officer)
        assert not placed.is_live
        assert refusal_of(actions.lift_hold, placed, by=officer) == "not_waiting"
        names = set(Event.objects.filter(case_id=case.pk).values_list("name", flat=True))
        assert {"legal_hold.placed", "legal_hold.lifted"} <= names
    assert carry_out(confirm(waiting)).carried_out_at


def test_a_hold_ends_with_its_last_day(aman):
    case = given.a_case()
    placed = hold(case, until=clock.today())
    assert refusal_of(ask, case) == "legal_hold"
    with clock.later(timedelta(days=2)):
        assert not placed.is_live
        assert ask(case)


def test_only_the_officer_holds_and_sets_periods_and_only_at_home(aman):
    case = given.a_case()
    for who in (aman, given.actor("aman.director")):
        with acting(who):
            assert refusal_of(actions.place_hold, case, by=who, reason="claim") == "not_permitted"
            assert (
                refusal_of(actions.set_retention, "child_abuse", by=who, years=1, minors_until=21)
                == "not_permitted"
            )
            assert refusal_of(actions.lift_hold, LegalHold(), by=who) == "not_permitted"
    assert refusal_of(hold, case, by="dfwac.dpo") == "no_such_case"
    carry_out(confirm(ask(case)))
    assert refusal_of(hold, case) == "case_erased"
    with acting(given.actor("dfwac.dpo")):
        assert not Erasure.objects.exists()


# ------------------------------------------------------------------------------------------------------- retention


def set_period(years=5, minors_until=21, category=Category.DOMESTIC_VIOLENCE):
    officer = given.actor(OFFICER)
    with acting(officer):
        return actions.set_retention(category, by=officer, years=years, minors_until=minors_until)


def closed_case(aman, of=None):
    case = given.a_case() if of is None else of
    with acting(aman):
        return cases.close_case(case, by=aman, reason="need_met")


def test_a_period_is_set_changed_and_taken_away(aman):
    assert set_period(years=5).years == 5
    assert set_period(years=7).years == 7
    with acting(given.actor(OFFICER)):
        assert RetentionRule.objects.count() == 1
    assert set_period(years=None) is None
    with acting(given.actor(OFFICER)):
        assert not RetentionRule.objects.exists()
        assert Event.objects.filter(name="retention.set").count() == 3


def test_a_minors_file_is_kept_until_the_age_and_never_too_short(aman):
    case = closed_case(aman)
    rule = set_period(years=5, minors_until=21)
    with acting(aman):
        Person.objects.filter(case=case, role="companion").update(age_band=AgeBand.CHILD)
        Person.objects.filter(case=case, role="survivor").update(age_band=AgeBand.ADULT)
        kept = rules.retained_until(case, rule)
        closed = case.closed_at.astimezone(clock.DUBAI).date()
        grown = closed.year + (21 - 5 if case.people.filter(role="companion").exists() else 5)
        assert kept.year == grown
        Person.objects.filter(case=case).update(age_band=AgeBand.ADULT)
        assert rules.retained_until(Case.objects.get(pk=case.pk), rule).year == closed.year + 5
    assert rules._years_on(date(2024, 2, 29), 1) == date(2025, 3, 1)


def test_what_is_due_is_shown_ahead_asked_by_the_schedule_and_released_by_the_officer(aman):
    case = closed_case(aman)
    with acting(aman):
        Person.objects.filter(case=case).update(age_band=AgeBand.ADULT)
    set_period(years=1)
    officer = given.actor(OFFICER)
    with clock.later(YEAR - timedelta(days=30)):
        with acting(officer):
            (due,) = rules.due_soon()
            assert (due.case.pk, due.is_due, due.hold) == (case.pk, False, None)
        tasks.tick(0)
        with acting(officer):
            assert not Erasure.objects.exists()
    with clock.later(YEAR + timedelta(days=3)):
        tasks.tick(0)
        tasks.tick(0)
        with acting(officer):
            erasure = Erasure.objects.get()
            assert (erasure.unit, erasure.ground, erasure.asked_by) == (
                Unit.CASE,
                Ground.RETENTION_OVER,
                AskedBy.SCHEDULE,
            )
            assert erasure.requested_by is None
            assert erasure.standing == Standing.REQUESTED
        confirm(erasure, by=OFFICER)
        tasks.tick(0)
        with acting(officer):
            assert Erasure.objects.get().carried_out_at


def test_a_held_case_is_shown_as_held_and_not_asked_for(aman):
    case = closed_case(aman)
    with acting(aman):
        Person.objects.filter(case=case).update(age_band=AgeBand.ADULT)
    set_period(years=1)
    placed = hold(case)
    with clock.later(YEAR + timedelta(days=3)):
        tasks.tick(0)
        with acting(given.actor(OFFICER)):
            (due,) = rules.due_soon()
            assert due.hold == placed
            assert not Erasure.objects.exists()


def test_what_the_officer_cancelled_is_left_alone_for_a_while(aman):
    case = closed_case(aman)
    with acting(aman):
        Person.objects.filter(case=case).update(age_band=AgeBand.ADULT)
    set_period(years=1)
    system, officer = Actor.system_of(aman.organisation_id), given.actor(OFFICER)

    def asked():
        with acting(system):
            return actions.request_due(by=system)

    with clock.later(YEAR + timedelta(days=3)):
        (first,) = asked()
        with acting(officer):
            actions.cancel(first, by=officer)
        assert asked() == []
    with clock.later(YEAR + timedelta(days=100)):
        assert [one.case_id for one in asked()] == [case.pk]
