"""Who could take this family tonight: what is told, what is not, and how often one may ask."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError
from hypothesis import given as drawn
from hypothesis import settings as how
from hypothesis import strategies as st

from ihala.accounts.roles import Role
from ihala.audit.models import Event
from ihala.cases.actions import give_access
from ihala.cases.enums import AccessReason
from ihala.core.acting import acting
from ihala.core.clock import DUBAI, at
from ihala.core.refusal import Refused
from ihala.organisations.models import Actor
from ihala.shelter import actions, capacity
from ihala.shelter.actions import asking as asking_module
from ihala.shelter.asked import Partner, asked_of, replies, slots_today
from ihala.shelter.enums import BedKind
from ihala.shelter.fit import Household, Member
from ihala.shelter.fit_words import Clause, Verdict
from ihala.shelter.models import MOST_A_DAY, Asking, Bed, Enquiry
from ihala.shelter.shapes import coarse, household_of, shape_of, window_of
from tests import given

from . import houses
from .test_fit import HOUSEHOLDS, UNITS, household, people

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=DUBAI)
MOTHER = Household(people("F18 F5 F5 M5"))
WOMAN = Household(people("F18"))


@pytest.fixture
def dubai(db: None) -> houses.Place:
    """The Dubai Foundation's house, which is asked about."""
    with acting(given.actor("dfwac.supervisor")):
        return houses.a_house(given.actor("dfwac.supervisor"), code="D")


@pytest.fixture
def asker(db: None) -> Actor:
    """Aman's caseworker."""
    return given.actor("aman.caseworker")


def ask(by: Actor, household: Household = MOTHER, **given_: Any) -> Enquiry:
    with acting(by):
        given_ = {"category": "domestic_violence", "urgency": "emergency", "services": ["shelter"], **given_}
        return actions.ask(household, by=by, **given_)


def said(by: Actor, enquiry: Enquiry) -> tuple[str, list[str]]:
    with acting(by):
        (reply,) = replies(enquiry)
        assert reply.asking is not None
        return reply.asking.verdict, reply.asking.clauses


def taken(place: houses.Place, unit: str, *codes: str) -> None:
    by = given.actor("dfwac.supervisor")
    with acting(by):
        actions.hold(place.beds(unit, *codes), family=houses.a_family(by), until=houses.tomorrow(), by=by)


def test_one_question_is_answered_from_live_beds_in_three_words(dubai: houses.Place, asker: Actor) -> None:
    with at(NOON):
        assert said(asker, ask(asker)) == (Verdict.FITS, [Clause.PLACE])
        boy = Household(people("F18 M12"), frozenset({"wheelchair"}))
        assert said(asker, ask(asker, boy)) == (Verdict.CONDITIONS, [Clause.BOYS_AGE])
        assert said(asker, ask(asker, Household(people("F18 F5 F5 F5 F5 F5")))) == (
            Verdict.NO,
            [Clause.TONIGHT],
        )


def test_the_same_question_has_the_same_answer_for_some_hours_whatever_changes(
    dubai: houses.Place, asker: Actor
) -> None:
    with at(NOON):
        first = ask(asker)
        taken(dubai, "1")
        again = ask(asker)
        assert said(asker, first) == said(asker, again) == (Verdict.FITS, [Clause.PLACE])
        with acting(asker):
            assert Asking.objects.count() == 1
    with at(NOON + timedelta(hours=3)):
        assert said(asker, ask(asker)) == (Verdict.NO, [Clause.TONIGHT])


def test_other_askers_hear_what_was_said_in_the_same_hours(dubai: houses.Place, asker: Actor) -> None:
    with at(NOON):
        before = said(asker, ask(asker))
        taken(dubai, "1")
        third = Actor.system_of(given.cast().sharjah.pk)
        with acting(Actor.system_of(given.cast().dfwac.pk)):
            row = Asking.objects.get()
            Asking.objects.create(
                asked_id=row.asked_id, asking_id=third.organisation_id, shape="x|", window=row.window, day=row.day,
                slot=1, at=row.at, verdict="no", answered_at=row.at,
            )  # fmt: skip
            from ihala.shelter.actions.asking import _answers
            from ihala.shelter.asked import Partner

            partner = Partner(given.cast().dfwac, "automatic", ("shelter",), ())  # type: ignore[arg-type]
            again = _answers([partner], Enquiry(shape=row.shape, window=row.window)).get(partner.id)
        assert again is not None and (again.verdict, list(again.clauses)) == before


def test_a_day_has_a_few_questions_and_the_database_counts_them(dubai: houses.Place, asker: Actor) -> None:
    with at(NOON):
        for number in range(MOST_A_DAY):
            ask(asker, Household(people("F18 " * (number + 1))))
        last = ask(asker, Household(people("F18 M5")))
        with acting(asker):
            (reply,) = replies(last)
            assert (reply.asking, reply.why) == (None, "often")
            assert Event.objects.filter(refusal="asked_often").count() == 1
        answerer = given.actor("dfwac.duty")
        with acting(answerer):
            assert slots_today(answerer) == [(given.cast().aman, MOST_A_DAY)]
            row = asked_of(answerer)[0]
            with pytest.raises(IntegrityError, match="asking_few_a_day"), transaction.atomic():
                Asking.objects.create(
                    asked_id=row.asked_id, asking_id=row.asking_id, shape="more|", window=row.window, day=row.day,
                    slot=MOST_A_DAY + 1, at=row.at, verdict="no", answered_at=row.at,
                )  # fmt: skip
            for column in ("slot", "day", "shape", "at", "asking_id"):
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    connection.cursor().execute(f"UPDATE shelter_asking SET {column} = {column}")
    with at(NOON + timedelta(days=1)):
        assert said(asker, ask(asker, Household(people("F18 M5"))))[0] == Verdict.FITS


def test_both_logs_say_that_it_was_asked_and_neither_says_of_whom(dubai: houses.Place, asker: Actor) -> None:
    enquiry = ask(asker)
    for name in ("aman.dpo", "dfwac.dpo"):
        with acting(given.actor(name)):
            found = Event.objects.filter(
                name="fit.asked", concerns_organisation_id=given.cast().dfwac.pk
            ).get()
            assert found.detail == {"answer": "fits", "slot": 1}
    with acting(given.actor("dfwac.dpo")):
        assert not Event.objects.filter(subject_id=enquiry.pk).exists()
        assert not Enquiry.objects.exists()


def test_an_organisation_that_answers_by_hand_is_told_and_answers_with_one_word(
    dubai: houses.Place, asker: Actor, django_assert_max_num_queries: Any
) -> None:
    sign(dfwac="by_hand")
    enquiry = ask(asker)
    assert said(asker, enquiry) == ("", [])
    answerer = given.actor("dfwac.duty")
    with acting(answerer):
        asking = asked_of(answerer).get()
        assert actions.answer_by_hand(asking, "conditions", by=answerer).verdict == "conditions"
        with pytest.raises(Refused) as refused:
            actions.answer_by_hand(asking, "no", by=answerer)
        assert refused.value.refusal.code == "answered"
    with acting(asker), pytest.raises(Refused) as refused:
        actions.answer_by_hand(asking, "fits", by=asker)
    assert refused.value.refusal.code == "not_visible"
    assert said(asker, enquiry) == (Verdict.CONDITIONS, [Clause.AGREED])


def test_who_has_not_signed_for_it_is_not_asked_and_says_nothing(dubai: houses.Place, asker: Actor) -> None:
    sign(dfwac="none")
    enquiry = ask(asker)
    with acting(asker):
        (reply,) = replies(enquiry)
        assert (reply.asking, reply.why) == (None, "none")
        assert not Asking.objects.exists()


def sign(services: list[str] | None = None, categories: list[str] | None = None, **answers: str) -> None:
    """New terms between Aman and the Dubai Foundation: how each answers, or fewer services or categories."""
    from ihala.demo import cast as the_cast
    from ihala.organisations.terms import default_terms

    cast = given.cast()
    data = default_terms(cast.aman.pk, cast.dfwac.pk)
    for code, answer in answers.items():
        data["enquiries"][str(getattr(cast, code).pk)] = answer
    for direction in data["directions"]:
        direction["services"] = services or direction["services"]
    data["categories"] = categories or data["categories"]
    the_cast.sign(cast.actors, the_cast.propose(cast.actors, data))


def test_without_an_agreement_there_is_nobody_to_ask_and_nothing_to_see(
    dubai: houses.Place, asker: Actor
) -> None:
    outside = given.actor("sharjah.caseworker")
    enquiry = ask(outside)
    ask(asker)
    with acting(outside):
        assert replies(enquiry) == []
        assert not Asking.objects.exists()
        assert list(Enquiry.objects.all()) == [enquiry]


@pytest.mark.parametrize(
    ("who", "household", "services", "code"),
    [
        ("aman.director", MOTHER, ["shelter"], "not_permitted"),
        ("aman.caseworker", Household(()), ["shelter"], "nobody_to_house"),
        ("aman.caseworker", Household(people("F18 " * 13)), ["shelter"], "nobody_to_house"),
        ("aman.caseworker", MOTHER, [], "no_services"),
    ],
)
def test_a_question_without_people_services_or_a_role_is_refused(
    db: None, who: str, household: Household, services: list[str], code: str
) -> None:
    by = given.actor(who)
    with acting(by), pytest.raises(Refused) as refused:
        actions.ask(household, by=by, category="child_abuse", urgency="urgent", services=services)
    assert refused.value.refusal.code == code


@pytest.mark.parametrize("narrower", [{"services": ["legal"]}, {"categories": ["child_abuse"]}])
def test_what_the_terms_in_force_do_not_cover_is_neither_asked_nor_answered(
    dubai: houses.Place, asker: Actor, narrower: dict[str, list[str]]
) -> None:
    """Nor is the answer shown that the same shape got while the terms were wider, or for another category."""
    with at(NOON):
        assert said(asker, ask(asker, category="human_trafficking"))[0] == Verdict.FITS
        sign(**narrower)
        for household in (MOTHER, WOMAN):
            enquiry = ask(asker, household)
            with acting(asker):
                assert [(reply.asking, reply.why) for reply in replies(enquiry)] == [(None, "not_covered")]
        with acting(asker):
            assert Asking.objects.count() == 1
        if "categories" in narrower:
            assert said(asker, ask(asker, WOMAN, category="child_abuse"))[0] == Verdict.FITS


SEXES, BANDS = ["female", "male", "unknown"], ["0-1", "2-4", "5-11", "12-17", "18-59", "60+", "unknown"]
members = st.builds(Member, st.sampled_from(SEXES), st.sampled_from(BANDS))
needs = st.frozensets(st.sampled_from(["wheelchair", "mobility", "pregnancy", "cot", "care"]), max_size=2)
households = st.builds(Household, st.lists(members, min_size=1, max_size=6).map(tuple), needs)


@drawn(households)
@how(max_examples=60, deadline=None)
def test_a_shape_reads_back_as_the_household_it_stands_for(household: Household) -> None:
    read = household_of(shape_of(household))
    assert sorted(map(str, read.members)) == sorted(map(str, household.members))
    assert (read.needs, shape_of(read)) == (household.needs, shape_of(household))


@drawn(households, st.sets(st.sampled_from(sorted(UNITS))), st.data())
@how(max_examples=150, deadline=None)
def test_two_occupancies_with_the_same_word_give_the_same_answer_letter_by_letter(
    household: Household, units: set[str], data: st.DataObject
) -> None:
    """The asker against two shelters that are built alike and filled differently: only the three words can differ."""
    from dataclasses import replace

    every = [replace(UNITS[name], lodgers=()) for name in sorted(units)]
    fillings = st.lists(st.integers(0, 6), min_size=len(every), max_size=len(every))

    def filled(counts: list[int]) -> list[Any]:
        return [
            replace(
                unit, beds=unit.beds[count:],
                lodgers=(houses_of(count),) if count else (),
            )
            for unit, count in zip(every, counts, strict=True)
        ]  # fmt: skip

    one = coarse(household, filled(data.draw(fillings)), every)
    other = coarse(household, filled(data.draw(fillings)), every)
    if one.verdict == other.verdict:
        assert one == other


def houses_of(count: int) -> Any:
    from ihala.shelter.fit import Lodgers

    return Lodgers(None, people("F18 M5 F5 F12 M12 F60")[:count])


def test_a_window_begins_every_three_hours_of_dubai() -> None:
    assert window_of(NOON) == NOON
    assert window_of(NOON + timedelta(hours=2, minutes=59)) == NOON
    assert window_of(NOON + timedelta(hours=3)) == NOON + timedelta(hours=3)


def test_capacity_knows_what_is_free_and_who_lives_there(dubai: houses.Place) -> None:
    by = given.actor("dfwac.supervisor")
    with acting(by):
        family = houses.a_family(by)
        actions.admit(dubai.beds("3", "1"), family=family, by=by)
        actions.hold(dubai.beds("3", "2"), family=houses.a_family(by), until=houses.tomorrow(), by=by)
        free, every = capacity.places(by.organisation_id)
    room = next(place for place in free if place.shared)
    assert (len(room.beds), len(room.lodgers), room.name) == (1, 2, "D · 3")
    assert {one.family for one in room.lodgers} >= {family}
    assert [len(place.beds) for place in every] == [4, 1, 3]
    assert sum(len(place.cots) for place in every) == Bed.objects.none().count() + 1


def test_of_alike_units_as_many_are_read_as_a_household_can_use_and_the_answer_is_the_same(db: None) -> None:
    """The sixty households of the table, and adult relatives who sleep next door, before two houses half lived in."""
    by, worker = given.actor("dfwac.supervisor"), given.actor("dfwac.caseworker")
    with acting(by):
        for code in ("D", "E"):
            place = houses.a_house(by, code=code)
            for unit, (layout, beds) in list(houses.LAYOUTS.items()) * 2:
                made = actions.make_unit(place.house, f"{unit}{code}{len(place.units)}", layout, by=by)
                place.units[made.code] = made
                for bed in beds:
                    actions.make_bed(made, bed, by=by, kind=BedKind.COT if bed == "C" else BedKind.BED)
            actions.admit(place.beds("1"), family=houses.a_family(by), by=by)
            actions.admit(place.beds(made.code, "1"), family=houses.a_family(by), by=by)
    families = [given.a_case(by=worker.username) for _unit in range(2)]
    with acting(worker):
        for case in families:
            give_access(case, by=worker, role=Role.SUPERVISOR, reason=AccessReason.SUPERVISES)
    with acting(by):
        actions.admit(place.beds("3", "1"), family=families[0].pk, by=by)
        actions.admit(place.beds(made.code, "2"), family=families[1].pk, by=by)
        asked = [household(row) for row in HOUSEHOLDS]
        asked += [Household(people("F18 " * adults)) for adults in range(1, 9)]
        free, every = capacity.places(by.organisation_id)
        read = [capacity.of_each([by.organisation_id], one)[by.organisation_id] for one in asked]
    said = [coarse(one, free, every) for one in asked]
    assert [coarse(one, *few) for one, few in zip(asked, read, strict=True)] == said
    assert len({answer.verdict for answer in said}) == 3
    assert len(read[-8][0]) < len(free) == 18
    assert len(list(read[-8][1])) == len(read[-8][0])


def test_about_a_case_its_own_category_is_asked_for_whatever_else_is_said(
    dubai: houses.Place, asker: Actor
) -> None:
    case = given.helens_case()
    assert case.category != "child_abuse"
    assert ask(asker, category="child_abuse", case=case).category == case.category
    assert ask(asker, category="child_abuse").category == "child_abuse"


def test_two_who_ask_at_once_take_two_slots_or_share_one_answer(dubai: houses.Place, asker: Actor) -> None:
    """The later one meets the constraint: the same question has its answer, another one takes the next slot."""
    with at(NOON):
        enquiry = ask(asker, WOMAN)
        partner = _partner()
        with acting(asker):
            same = asking_module._asked([partner], enquiry)[partner.id]
            assert same.pk == Asking.objects.get().pk


def _partner() -> Partner:
    return Partner(given.cast().dfwac, "automatic", ("shelter",), ())  # type: ignore[arg-type]


@pytest.mark.parametrize(("collisions", "asked"), [(1, True), (MOST_A_DAY, False)])
def test_a_slot_that_was_taken_meanwhile_is_not_the_end(
    dubai: houses.Place, asker: Actor, monkeypatch: pytest.MonkeyPatch, collisions: int, asked: bool
) -> None:
    """Somebody else's question took the slot between counting and writing; after a whole day of that it is a no."""
    with at(NOON):
        enquiry, partner = ask(asker, WOMAN), _partner()
        real, met = asking_module._written, []

        def written(rows: Any) -> Any:
            met.append(rows)
            return [] if len(met) <= collisions else real(rows)

        enquiry.shape = shape_of(MOTHER)
        monkeypatch.setattr(asking_module, "_written", written)
        with acting(asker):
            assert (partner.id in asking_module._asked([partner], enquiry)) is asked


def test_whoever_asks_is_afterwards_who_she_was_and_asked_nobody_s_rows_but_the_askings(
    dubai: houses.Place, asker: Actor, django_assert_max_num_queries: Any
) -> None:
    """Being asked in turn happens on the server under each organisation's own policies, and leaves no trace of that."""
    before = "SELECT current_setting('ihala.organisation'), current_setting('ihala.user')"
    with acting(asker), connection.cursor() as cursor:
        cursor.execute(before)
        was = cursor.fetchone()
        with django_assert_max_num_queries(12):
            actions.ask(
                MOTHER, by=asker, category="domestic_violence", urgency="urgent", services=["shelter"]
            )
        cursor.execute(before)
        assert cursor.fetchone() == was and not Bed.objects.exists()
