"""Is she known to the other organisation? Asked under terms and consent, answered to two people and nobody else."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from ihala.audit.models import Event
from ihala.core.acting import acting
from ihala.core.clock import today
from ihala.core.refusal import Refused
from ihala.matching import actions, private
from ihala.matching import known_rules as rules
from ihala.matching.actions import known as known_actions
from ihala.matching.bare import Bare
from ihala.matching.enums import Result, Says
from ihala.matching.limits import MOST_A_DAY, MOST_A_PERSON
from ihala.matching.models import KnownQuestion, KnownSide
from ihala.notifications.models import Notification
from ihala.organisations.models import Terms
from tests import given
from tests.matching.consented import ASKER, THEIRS, a_case, consent_to


def ask(case: Any, by: str = ASKER) -> KnownQuestion:
    actor = given.actor(by)
    with acting(actor):
        return actions.ask_known(case, by=actor, partner=given.cast().dfwac.pk)


def refused(case: Any, by: str = ASKER) -> str:
    """The refusal; what went on record of it stays, as it does when the key agent is asked."""
    actor = given.actor(by)
    with acting(actor), pytest.raises(Refused) as said:
        actions.ask_known(case, by=actor, partner=given.cast().dfwac.pk)
    return said.value.refusal.code


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the comparison says, without making it."""

    def says(result: str, place: int | None = 0) -> None:
        monkeypatch.setattr(private, "compared", lambda *_asked: (result, place))

    return says


@pytest.mark.parametrize(
    ("theirs", "result"),
    [
        ({"name": "Mariam Abdulrahman"}, Result.YES),
        ({"name": "Fatima Ali", "documents": [{"number": "784-1990-1234567-1"}]}, Result.YES),
        ({"name": "Maryem Abdelkarim"}, Result.CLOSER),
        ({"name": "Fatima Khalid Alsuwaidi", "birth": None}, Result.NO),
    ],
    ids=["the other script", "another name, the same document", "perhaps", "another person"],
)
def test_she_is_recognised_or_not_and_only_the_answer_leaves(
    db: None, theirs: dict[str, Any], result: str
) -> None:
    there = a_case(THEIRS, **theirs)
    here = a_case(ASKER, documents=[{"number": "784199012345671"}])
    consent_to(here)
    question = ask(here)
    assert question.result == result
    with acting(given.actor(THEIRS)):
        seen = rules.visible_to(given.actor(THEIRS)).get()
        assert (seen.result, seen.asking_id) == (result, given.cast().aman.pk)
        mine = list(KnownSide.objects.all())
        assert [side.case_id for side in mine] == ([] if result == Result.NO else [there.pk])
    with acting(given.actor(ASKER)):
        assert [side.case_id for side in KnownSide.objects.all()] == [here.pk]


def test_both_logs_know_that_it_was_asked_and_not_what_was_answered(db: None, answering: Any) -> None:
    answering("yes")
    a_case(THEIRS)
    here = a_case(ASKER)
    consent_to(here)
    question = ask(here)
    with acting(given.actor("dfwac.dpo")):
        event = Event.objects.get(name="known.asked")
        assert (event.detail, event.case_id, event.subject_id) == ({}, None, question.pk)
        told = Notification.objects.get(subject_id=question.pk)
        assert (told.kind, told.roles) == ("something_changed", ["supervisor"])
    with acting(given.actor("aman.dpo")):
        assert {event.case_id for event in Event.objects.filter(name="known.asked")} == {None, here.pk}


def test_without_terms_or_consent_nothing_is_asked_whatever_the_server_says(
    db: None, answering: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key agent asks the rows itself: a server that lies about consent hears the same."""
    answering("yes")
    a_case(THEIRS)
    here = a_case(ASKER)
    for consent in ({"purposes": ("transfer",)}, {"classes": ("narrative",)}):
        consent_to(here, **consent)
        assert refused(here) == "no_consent_to_ask"
    monkeypatch.setattr(rules, "why_not_ask", lambda *_asked: None)
    assert refused(here) == "no_consent_to_ask"
    with acting(given.actor("dfwac.dpo")):
        assert Event.objects.get(name="known.asked").refusal == "no_consent_to_ask"
    given_once = consent_to(here)
    from ihala.consent import actions as consents

    with acting(given.actor(ASKER)):
        consents.withdraw(given_once.pk, by=given.actor(ASKER))
    assert refused(here) == "no_consent_to_ask"
    consent_to(here)
    monkeypatch.setattr(
        private, "_asked", lambda question, *_rest: None if question == private.TERMS else True
    )
    assert refused(here) == "not_agreed"


def test_terms_that_say_by_people_tell_no_yes_at_once(
    db: None, answering: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering("yes")
    a_case(THEIRS)
    here = a_case(ASKER)
    consent_to(here)
    real = private._asked
    monkeypatch.setattr(
        private,
        "_asked",
        lambda question, *rest: "by_people" if question == private.TERMS else real(question, *rest),
    )
    assert ask(here).result == Result.CLOSER


def test_who_has_no_access_or_no_such_role_asks_nothing_and_sees_no_answer(db: None, answering: Any) -> None:
    answering("closer")
    a_case(THEIRS)
    here = a_case(ASKER)
    consent_to(here)
    assert refused(here, "aman.director") == "not_permitted"
    with pytest.raises(Refused) as said, acting(given.actor("aman.duty")):
        actions.ask_known(here, by=given.actor("aman.duty"), partner=given.cast().dfwac.pk)
    assert said.value.refusal.code == "not_visible"
    question = ask(here)
    for who in ("aman.supervisor", "aman.director", "dfwac.caseworker", "dfwac.duty", "sharjah.caseworker"):
        with acting(given.actor(who)):
            assert not rules.visible_to(given.actor(who)).exists()
            with pytest.raises(Refused):
                actions.say_known(question, Says.YES, by=given.actor(who))
        assert given.signed_in(who).get(f"/known/{question.pk}/").status_code == 404


def test_asking_again_and_again_ends_for_the_person_for_the_organisation_and_in_the_database(
    db: None, answering: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering("no", None)
    people = [a_case("aman.supervisor", name=f"مريم {n}") for n in range(MOST_A_PERSON)]
    people += [a_case(ASKER, name=f"سلمى {n}") for n in range(MOST_A_PERSON)]
    extra = a_case(ASKER, name="سلمى سالم")
    for n, case in enumerate([*people, extra]):
        consent_to(case, "aman.supervisor" if n < MOST_A_PERSON else ASKER)
    for case in people[:MOST_A_PERSON]:
        ask(case, "aman.supervisor")
    assert refused(people[0], "aman.supervisor") == "asked_already"
    for case in people[MOST_A_PERSON:]:
        ask(case)
    assert refused(extra) == "asked_often"
    monkeypatch.setattr(rules, "why_not_ask", lambda *_asked: None)
    assert refused(extra) == "asked_often"
    by = given.actor(ASKER)
    with acting(by), pytest.raises(IntegrityError, match="known_few_a"), transaction.atomic():
        KnownQuestion.objects.create(
            asking_id=by.organisation_id, asked_id=given.cast().dfwac.pk, day=today(), slot=MOST_A_DAY + 1, turn=1,
            asked_by_id=0, at=people[0].opened_at, result="no",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "result"),
    [
        (("yes", "yes"), Result.YES), (("yes", "no"), Result.NO), (("no", ""), Result.NO),
        (("yes", "cannot"), Result.UNCLEAR), (("yes", ""), Result.CLOSER),
    ],
)  # fmt: skip
def test_in_between_two_people_say_a_word_each_and_the_answer_follows(
    db: None, answering: Any, words: tuple[str, str], result: str
) -> None:
    answering("closer")
    a_case(THEIRS)
    here = a_case(ASKER)
    consent_to(here)
    question = ask(here)
    for who, word in zip((ASKER, THEIRS), words, strict=True):
        if word:
            with acting(given.actor(who)):
                question = actions.say_known(question, word, by=given.actor(who))
    assert question.result == result
    with acting(given.actor(ASKER)), pytest.raises(Refused) as again:
        actions.say_known(question, Says.YES, by=given.actor(ASKER))
    assert again.value.refusal.code == ("said" if result == Result.CLOSER else "settled")


def test_neither_side_writes_the_others_word_nor_a_result_that_does_not_follow(
    db: None, answering: Any
) -> None:
    answering("closer")
    a_case(THEIRS)
    here = a_case(ASKER)
    consent_to(here)
    question = ask(here)
    changes: list[dict[str, str]] = [
        {"asking_says": "yes", "asked_says": "yes", "result": "yes"},
        {"result": "yes"},
        {"asking_says": "yes", "result": "no"},
    ]
    for who in (ASKER, THEIRS):
        for change in changes:
            with acting(given.actor(who)), pytest.raises(DatabaseError), transaction.atomic():
                KnownQuestion.objects.filter(pk=question.pk).update(**change)
    asking, asked = given.cast().aman.pk, given.cast().dfwac.pk
    forged = KnownQuestion(
        asking_id=asking, asked_id=asked, day=today(), slot=2, turn=2, asked_by_id=question.asked_by_id, at=question.at,
        result="yes", asked_says="yes", settled_at=question.at,
    )  # fmt: skip
    with acting(given.actor(ASKER)):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            forged.save(force_insert=True)
        with pytest.raises(IntegrityError, match="known_settled_with_a_result"), transaction.atomic():
            KnownQuestion.objects.filter(pk=question.pk).update(settled_at=question.at)
        mine = KnownSide.objects.get()
        KnownSide.objects.all().delete()
    with acting(given.actor(THEIRS)):
        theirs = KnownSide.objects.get().case_id
    mine.pk, mine.case_id = None, theirs
    with (
        acting(given.actor(ASKER)),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        mine.save(force_insert=True)
    with acting(given.actor("sharjah.caseworker")):
        assert not KnownQuestion.objects.exists() and not KnownSide.objects.exists()
        assert not KnownQuestion.objects.filter(pk=question.pk).update(result="no")


def test_a_run_that_is_killed_says_so_and_leaves_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    a_case(THEIRS)
    here = a_case(ASKER)
    consent_to(here)
    started: list[Bare] = []

    class Killed(Bare):
        def start(self) -> Any:
            process = super().start()
            started.append(self)
            process.kill()
            return process

    monkeypatch.setattr(private, "Bare", Killed)
    assert refused(here) == "not_compared"
    with acting(given.actor(ASKER)):
        assert not KnownQuestion.objects.exists() and not KnownSide.objects.exists()
    assert all(one.process is None for one in started)
    with acting(given.actor("dfwac.dpo")):
        assert Event.objects.filter(name="known.asked").count() == 1


def test_of_whom_nothing_is_known_nothing_is_asked_and_no_no_is_told(db: None) -> None:
    """A "no" would settle it, and nobody could ask again once her name is written."""
    a_case(THEIRS)
    here = a_case(ASKER, name={"absent": "unknown"}, birth=None)
    consent_to(here)
    assert refused(here) == "nothing_to_compare"
    with acting(given.actor(ASKER)):
        assert not KnownQuestion.objects.exists()


def test_a_consent_to_the_question_alone_is_no_basis_for_a_referral(db: None) -> None:
    from ihala.consent.rules import basis_for, live_consent

    here = a_case(ASKER)
    consent_to(here)
    with acting(given.actor(ASKER)):
        assert live_consent(here.pk, given.cast().dfwac.pk) is None
        assert basis_for(here.pk, given.cast().dfwac.pk) is None


def test_terms_signed_before_tell_nothing(db: None) -> None:
    with acting(given.actor(ASKER)):
        terms = Terms.objects.get(active_from__isnull=False)
        assert terms.data["known"]
        from ihala.organisations.terms import read_terms

        before = {key: value for key, value in terms.data.items() if key not in ("known", "joint_count")}
        read = read_terms(before, (terms.agreement.a_id, terms.agreement.b_id))
        assert (str(read.tells_known(terms.agreement.a_id)), read.joint_count) == ("none", False)


def test_two_who_ask_at_once_take_a_slot_each_and_a_slot_that_stays_taken_is_said(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, partner = given.actor(ASKER), given.cast().dfwac.pk
    with acting(by):
        known_actions._kept(uuid4(), "no", by, partner)
        told = iter([(1, 1), (2, 2), (2, 2)])  # the first look was before the other's row
        monkeypatch.setattr(known_actions, "_next", lambda *_asked: next(told))
        assert known_actions._kept(uuid4(), "no", by, partner).slot == 2
        monkeypatch.setattr(known_actions, "_next", lambda *_asked: (1, 1))
        with pytest.raises(IntegrityError), transaction.atomic():
            known_actions._kept(uuid4(), "no", by, partner)
