"""Searching for people: found however they are written, on record without what was typed, gone when they are erased."""

from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from config.databases import AGENT_ROLE
from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.cases import actions as cases
from ihala.cases.models import Case, Person
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.erasure.actions import carry_out, confirm, request
from ihala.erasure.enums import AskedBy, Ground, Unit
from ihala.matching import asked, finding, keeping
from ihala.matching.actions import People, answer, search, set_rule
from ihala.matching.engine import Engine
from ihala.matching.forms import asked_in
from ihala.matching.keeping import Away, Keeper
from ihala.matching.known import NotHeld, known_of
from ihala.matching.models import Question, SearchRule
from tests import given

pytestmark = pytest.mark.django_db

MARIAM = {
    "name": "مريم عبد الرحمن", "name_latin": "Mariam Abdulrahman", "sex": "female", "nationality": "SY",
    "birth": {"date": "1990-07-01", "approximate": True, "given": "1990", "calendar": "gregorian"},
    "phones": [{"number": "+971 50 123 4567"}], "documents": [{"type": "passport", "number": "N 0118462"}],
}  # fmt: skip


def mariams_case(by="aman.caseworker", **more):
    actor = given.actor(by)
    content = replace(given.family().content, survivor=MARIAM | more)
    with acting(actor):
        return cases.create_case(content, by=actor)


def find(typed, by="aman.caseworker", top=10):
    actor = given.actor(by)
    with acting(actor):
        return finding.find(actor, asked.read(typed, 2026), "search", top)


def cases_of(found, by="aman.caseworker"):
    with acting(given.actor(by)):
        return list(
            Case.objects.filter(people__in=[one.person for one in found])
            .values_list("pk", flat=True)
            .distinct()
        )


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Mariam Abdulrahman", {"name"}),
        ("مريم عبد الرحمن", {"name"}),
        ("maryem abdel rahmen", {"name"}),
        ("Mariam", {"name"}),
        ("1234567", {"phone_part"}),
        ("050 123 4567", {"phone"}),
        ("+971-50-123-4568", {"phone_near"}),
        ("n0118462", {"document"}),
        ("Mariam Abdulrahman 1991", {"name", "year_near"}),
        ("Abdulrahman 4567", {"name", "phone_part"}),
    ],
)
def test_she_is_found_and_it_is_said_why(typed, codes):
    given.a_case()
    case = mariams_case()
    first = find(typed)[0]
    assert cases_of([first]) == [case.pk]
    assert codes <= set(first.codes)


def test_somebody_else_is_not_found_and_a_stranger_finds_nobody():
    mariams_case()
    assert find("Xochitl Quetzalcoatl") == []
    assert find("99887766") == []
    assert find("") == []
    assert find("Mariam Abdulrahman", by="dfwac.caseworker") == []


def test_another_sex_and_nationality_lower_what_a_form_finds():
    mariams_case()
    actor = given.actor("aman.caseworker")

    def score(**traits):
        with acting(actor):
            question = asked.Asked("Mariam Abdulrahman", **traits)
            return finding.find(actor, question, "intake", 5)[0].score

    assert score(sex="female", nationality="SY") > score() > score(sex="male")


def test_a_sex_that_was_not_said_speaks_neither_for_nor_against():
    mariams_case(sex="unknown")
    assert known_of({"sex": "unknown"}).sex == ""
    typed = {"survivor-name": "Mariam Abdulrahman"}
    assert asked_in(typed | {"survivor-sex": "unknown"}) == asked_in(typed)
    (found,) = {one.score for one in _asked_with("female") + _asked_with("male") + _asked_with("")}
    assert found > 0


def _asked_with(sex):
    actor = given.actor("aman.caseworker")
    with acting(actor):
        return finding.find(actor, asked.Asked("Mariam Abdulrahman", sex=sex), "intake", 5)[:1]


def test_a_changed_name_is_found_and_the_old_one_is_not():
    case, worker = mariams_case(), given.actor("aman.caseworker")
    assert find("Mariam Abdulrahman")
    with acting(worker):
        content = replace(given.family().content, survivor={"name": "Ludmila Petrova", "sex": "female"})
        cases.update_case(case, content, by=worker, version=1)
    assert cases_of(find("Людмила Петрова") or find("Ludmilla Petrowa")) == [case.pk]
    assert find("Mariam Abdulrahman") == []


def erase(case, unit=Unit.CASE):
    """As the data protection officer asks, the director confirms and the worker carries out."""
    dpo, director = given.actor("aman.dpo"), given.actor("aman.director")
    system = director.system_of(director.organisation_id)
    with acting(dpo):
        person = case.people.get(role="companion", position=0) if unit == Unit.PERSON else None
        erasure = request(
            case, by=dpo, unit=unit, ground=Ground.RIGHT, asked_by=AskedBy.SURVIVOR, asked_on=timezone.localdate(),
            disclosure_class="identity" if unit == Unit.CLASS else "", person=person,
        )  # fmt: skip
    with acting(director):
        confirm(erasure, by=director)
    with acting(system):
        carry_out(erasure.pk, by=system)


@pytest.mark.parametrize("unit", [Unit.CASE, Unit.CLASS])
def test_the_erased_are_found_no_more(unit):
    case = mariams_case()
    assert find("Mariam Abdulrahman")
    erase(case, unit)
    assert find("Mariam Abdulrahman") == []
    assert find("0501234567") == []


def test_an_erased_companion_is_found_no_more_and_the_survivor_still_is():
    case = mariams_case()
    (daughter, *_others) = find("جواهر حمدان")
    erase(case, Unit.PERSON)
    assert daughter.person not in {one.person for one in find("جواهر حمدان")}
    assert cases_of(find("Mariam Abdulrahman")) == [case.pk]


def test_a_search_is_on_record_with_how_many_were_found_and_nothing_that_was_typed():
    mariams_case()
    find("Mariam Abdulrahman 0501234567")
    with acting(given.actor("aman.dpo")):
        (searched,) = Event.objects.filter(name=EventName.PEOPLE_SEARCHED)
        loads = Event.objects.filter(name=EventName.SEALED_LOADED)
        assert searched.user_id == given.actor("aman.caseworker").user_id
        assert searched.detail == {"purpose": "search", "found": 1}
        assert all(set(one.detail) == {"source", "cases"} for one in loads) and loads
    with acting(given.actor("dfwac.dpo")):
        assert not Event.objects.filter(
            name__in=[EventName.PEOPLE_SEARCHED, EventName.SEALED_LOADED]
        ).exists()


def test_one_leaf_is_written_for_a_load_however_many_cases():
    for _turn in range(3):
        mariams_case()
    find("Mariam")
    with acting(given.actor("aman.dpo")):
        (load,) = Event.objects.filter(name=EventName.SEALED_LOADED)
        assert load.detail["cases"] == 3
    find("Mariam")
    with acting(given.actor("aman.dpo")):
        assert Event.objects.filter(name=EventName.SEALED_LOADED).count() == 1


@pytest.mark.parametrize("typed", ["\u202e" * 500, "🙂" * 300, "a" * 10000, "ا", "1" * 5000, "أم", "\0", "ُُُُ"])
def test_odd_input_answers(typed):
    mariams_case()
    assert isinstance(find(typed), list)


def test_a_second_start_reads_the_snapshot_and_what_changed_since(settings, tmp_path):
    settings.SALTS_DIR = tmp_path / "salts"
    case, worker = mariams_case(), given.actor("aman.caseworker")
    question = asked.read("Mariam Abdulrahman", 2026)
    organisation = worker.organisation_id
    with acting(worker):
        first = Keeper(Engine(), keeps=True)
        first.load(organisation)
        gone = mariams_case()
        second = Keeper(Engine(), keeps=True)
        second.load(organisation)
        assert len(second.found(organisation, question, 10)) == 2
        assert _sources() == ["rows", "snapshot"]
        second.drop(organisation)
        with pytest.raises(NotHeld):
            second.found(organisation, question, 10)
        second.forget(organisation, gone.pk)  # nobody is held: only what was kept goes
        second.load(organisation)
        assert _sources()[-1] == "rows" and len(second.found(organisation, question, 10)) == 2
        assert case.pk in {row.case_id for row in Person.objects.filter(role="survivor")}


def _sources():
    with acting(given.actor("aman.dpo")):
        found = Event.objects.filter(name=EventName.SEALED_LOADED).order_by("at", "id")
        return list(found.values_list("detail__source", flat=True))


@pytest.fixture
def away():
    """No search process answers."""

    class Silent:
        def ask(self, question, blob=b"", **arguments):
            raise Away(question)

    keeping.use(Keeper(Silent(), keeps=False))
    yield
    keeping.use(None)


def test_a_search_that_is_away_is_refused_and_on_record(away):
    actor = given.actor("aman.caseworker")
    with acting(actor):
        for ask in (lambda: finding.find(actor, asked.Asked("Mariam"), "search", 10), finding.state):
            with pytest.raises(Refused) as refused:
                ask()
            assert refused.value.refusal.code == "search_away"
    with acting(given.actor("aman.dpo")):
        (searched,) = Event.objects.filter(name=EventName.PEOPLE_SEARCHED)
        assert searched.refusal == "search_away"


def test_how_many_are_held_is_said_to_who_looks_after_the_machine():
    mariams_case()
    find("Mariam")
    assert finding.state()[str(given.cast().aman.pk)] >= 1


def test_somebody_removed_since_is_left_out_and_who_writes_no_case_is_told_of_none(monkeypatch):
    case, officer = mariams_case("dfwac.caseworker"), given.actor("dfwac.dpo")
    with acting(officer):
        set_rule(by=officer, tells_colleagues=True)
    for username, hidden in (("dfwac.practitioner", ()), ("dfwac.duty", (case.pk,))):
        with acting(given.actor(username)):
            assert search("Mariam Abdulrahman", by=given.actor(username)) == People((), hidden)
    monkeypatch.setattr(finding, "find", lambda *asked: [finding.Found(uuid4(), 20.0, ["name"])])
    actor = given.actor("dfwac.caseworker")
    with acting(actor):
        assert search("Mariam Abdulrahman", by=actor) == People()
        with pytest.raises(Refused):
            search("Mariam", by=officer)
        missing = Question(pk=uuid4())
        with pytest.raises(Refused):
            answer(missing, by=actor, gives=True)


def test_the_database_answers_for_ones_own_organisation_alone_and_only_the_agent_for_any(server):
    case, ours = mariams_case(), given.cast().aman.pk
    questions = (("ihala_search_stamps(%s)", [ours]), ("ihala_search_rows(%s, %s)", [ours, [case.pk]]))

    def rows(question, values):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {question}", values)
            return cursor.fetchall()

    for username, many in (("aman.caseworker", True), ("dfwac.caseworker", False)):
        with acting(given.actor(username)):
            assert [bool(rows(*one)) for one in questions] == [many, many]
    with pytest.raises(DatabaseError), transaction.atomic():
        rows(*questions[0])  # nobody acts
    with psycopg.connect(server.address(AGENT_ROLE, connection.settings_dict["NAME"])) as raw:
        for question, values in questions:
            assert (
                raw.execute(f"SELECT * FROM {question}", values).fetchall() == []
            )  # what is committed: nothing yet


def test_a_question_is_not_there_for_the_other_organisation_and_who_asked_is_never_rewritten():
    case, asker = mariams_case(), given.actor("aman.duty")
    with acting(asker):
        question = Question.objects.create(
            organisation_id=asker.organisation_id,
            case=case,
            asked_by_id=asker.membership_id,
            asked_at=clock.now(),
        )
        for column, value in (
            ("asked_by_id", given.actor("aman.supervisor").membership_id),
            ("case_id", uuid4()),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                Question.objects.filter(pk=question.pk).update(**{column: value})
    other = given.actor("dfwac.supervisor")
    with acting(other):
        assert not Question.objects.exists() and not SearchRule.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Question.objects.create(
                organisation_id=other.organisation_id, case_id=case.pk, asked_by_id=other.membership_id,
                asked_at=clock.now(),
            )  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            SearchRule.objects.create(
                organisation_id=asker.organisation_id, tells_colleagues=True, set_at=clock.now(),
                set_by_id=asker.membership_id,
            )  # fmt: skip
