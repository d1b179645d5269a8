"""How many survivors both served: agreed by both, counted once without names, told rounded or not at all."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from ihala.audit.jointly import Run
from ihala.audit.models import Event
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.clock import today
from ihala.core.refusal import Refused
from ihala.matching import actions, bare, encoding, joint, joint_rules, private, tasks, unit
from ihala.matching.known import Known
from ihala.matching.models import JointCount
from ihala_names.hardened import new_key
from tests import given
from tests.matching.consented import ASKER, a_case

AMAN, DUBAI = "aman.director", "dfwac.director"


def proposed(year: int | None = None) -> JointCount:
    by = given.actor(AMAN)
    with acting(by):
        return actions.propose_joint(given.cast().dfwac.pk, year or today().year - 1, by=by)


def agreed(row: JointCount, agrees: bool = True) -> JointCount:
    by = given.actor(DUBAI)
    with acting(by):
        return actions.answer_joint(row, by=by, agrees=agrees)


def counted(row: JointCount) -> JointCount:
    tasks.count_joint(given.cast().dfwac.pk, str(row.pk))
    with acting(given.actor(AMAN)):
        return JointCount.objects.get(pk=row.pk)


def person(name: str, year: int | None = 1990, **numbers: Any) -> dict[str, Any]:
    return {"names": [name], "year": year, "phones": [], "documents": [], **numbers}


def test_each_person_is_counted_once_and_a_key_of_another_run_joins_nothing() -> None:
    ours = [person("مريم عبدالرحمن"), person("سلمى خالد", 1985), person("x y", None, documents=["A998877"])]
    huda = person("Huda Ali", 1970, documents=["A998877"])
    theirs = [person("Mariam Abdulrahman"), person("Salma Khaled", 1985), huda]
    key, other = new_key(), new_key()
    left = encoding.encoded(ours, key)
    assert unit.answer({"of": "joint", "one": left, "others": encoding.encoded(theirs, key)}) == 3
    assert unit.answer({"of": "joint", "one": left, "others": encoding.encoded(theirs, other)}) == 0
    assert unit.nearest(encoding.encoded(ours[:1], key), encoding.encoded(ours[:1], other)) == ("no", None)
    assert not set(left["marks"][2]) & set(encoding.encoded(ours, other)["marks"][2])
    assert unit.nearest(left, encoding.encoded([], key)) == ("no", None)
    same_phone = encoding.encoded([person("هدى علي", phones=["0501234567"])], key)
    nora = encoding.encoded([person("Nora", 1960, phones=["+971501234567"])], key)
    assert unit.nearest(same_phone, nora)[0] == "closer"


def test_the_processes_that_hold_nothing_count_as_well() -> None:
    known = Known(("مريم عبدالرحمن",), 1990), Known(("Mariam Abdulrahman",), 1990)
    one, other = ([(uuid4(), person)] for person in known)
    assert private.compared("joint", one, other, 120.0) == 1


def test_small_counts_are_not_told_and_one_person_more_mostly_changes_nothing() -> None:
    told = [joint.told_of(number) for number in range(13)]
    assert told == [None, None, None, None, None, 5, 5, 5, 10, 10, 10, 10, 10]


def test_proposed_agreed_counted_once_and_on_record_at_both(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []

    def compared(of: str, one: list[Any], other: list[Any], patience: float) -> int:
        asked.append((len(one), len(other)))
        return 12

    monkeypatch.setattr(private, "compared", compared)
    here = a_case(ASKER)
    with acting(given.actor(ASKER)):
        type(here).objects.filter(pk=here.pk).update(
            opened_at=here.opened_at.replace(year=here.opened_at.year - 1)
        )
    a_case("dfwac.supervisor")  # of this year
    row = proposed()
    assert _refuses(row)
    agreed(row)
    row = counted(row)
    assert (row.told, asked) == (10, [(0, 1)])
    assert counted(row).told == 10 and len(asked) == 1
    with pytest.raises(Refused) as again:
        proposed()
    assert again.value.refusal.code == "counted_already"
    for who in ("aman.dpo", "dfwac.dpo"):
        with acting(given.actor(who)):
            assert (
                Event.objects.filter(name="joint.counted", concerns_organisation_id__isnull=False).count()
                == 1
            )
            assert Event.objects.filter(name="joint.proposed").count() == 1
            assert Event.objects.filter(name="joint.agreed").count() == 1


def _refuses(row: JointCount) -> bool:
    """Before both agreed the key agent counts nothing."""
    with pytest.raises(Refused) as refused:
        counted(row)
    return refused.value.refusal.code == "not_agreed"


def test_who_may_not_and_what_is_not_over_is_refused(db: None) -> None:
    for who, year, code in (
        ("aman.dpo", today().year - 1, "not_permitted"),
        (AMAN, today().year, "year_not_over"),
    ):
        with acting(given.actor(who)), pytest.raises(Refused) as refused:
            actions.propose_joint(given.cast().dfwac.pk, year, by=given.actor(who))
        assert refused.value.refusal.code == code
    with acting(given.actor(AMAN)), pytest.raises(Refused) as refused:
        actions.propose_joint(given.cast().sharjah.pk, today().year - 1, by=given.actor(AMAN))
    assert refused.value.refusal.code == "not_agreed"
    row = proposed()
    with acting(given.actor(AMAN)), pytest.raises(Refused) as refused:
        actions.answer_joint(row, by=given.actor(AMAN), agrees=True)
    assert refused.value.refusal.code == "not_permitted"
    agreed(row, agrees=False)
    with acting(given.actor(DUBAI)), pytest.raises(Refused) as refused:
        actions.answer_joint(row, by=given.actor(DUBAI), agrees=True)
    assert refused.value.refusal.code == "answered"
    assert proposed().pk != row.pk


def test_nobody_agrees_for_the_other_side_or_rewrites_a_count(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private, "compared", lambda *_asked: 3)
    row = proposed()
    with acting(given.actor(AMAN)), pytest.raises(DatabaseError), transaction.atomic():
        JointCount.objects.filter(pk=row.pk).update(agreed_at=row.proposed_at)
    for change in ({"counted_at": row.proposed_at, "told": 500}, {"answerer_id": 7}):
        with acting(given.actor(AMAN)), pytest.raises(DatabaseError), transaction.atomic():
            JointCount.objects.filter(pk=row.pk).update(**change)
    agreed(row)
    for change in ({"counted_at": row.proposed_at, "told": 7}, {"answerer_id": 7}):
        with acting(given.actor(DUBAI)), pytest.raises(DatabaseError), transaction.atomic():
            JointCount.objects.filter(pk=row.pk).update(**change)
    assert counted(row).told is None
    for who in (AMAN, DUBAI):
        with acting(given.actor(who)), pytest.raises(DatabaseError), transaction.atomic():
            JointCount.objects.filter(pk=row.pk).update(counted_at=None)
    with acting(given.actor("sharjah.caseworker")):
        assert not JointCount.objects.exists()


def test_a_count_that_breaks_off_is_tried_again_and_not_for_ever(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adding somebody and counting again would tell whether they are known; three runs are all there are."""
    monkeypatch.setattr(private, "Bare", lambda *_asked: bare.Bare("ihala.matching.no_such_module"))
    row = agreed(proposed())
    system = given.actor(DUBAI)
    with acting(system):
        codes = []
        for _try in range(3):
            with pytest.raises(Refused) as refused:
                actions.count_joint(row.pk, by=system)
            codes.append(refused.value.refusal.code)
        assert codes == ["not_compared"] * 3
        assert joint_rules.waiting(system) == []  # the job's own tries come first
    with clock.later(timedelta(days=1)):
        tasks.joint_waiting(0)
    with acting(system):
        given_up = JointCount.objects.get(pk=row.pk)
        assert given_up.broke_off_at and given_up.counted_at is None
        with pytest.raises(DatabaseError, match="stands"), transaction.atomic():
            JointCount.objects.filter(pk=row.pk).update(counted_at=given_up.broke_off_at, told=500)
    page = given.signed_in(AMAN, language="en").get("/joint/").content.decode()
    assert "It may be proposed again" in page
    assert proposed().pk != row.pk


def test_a_count_whose_job_gave_up_is_made_later(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private, "compared", lambda *_asked: 12)
    row = agreed(proposed())
    tasks.joint_waiting(0)
    with acting(given.actor(AMAN)):
        assert JointCount.objects.get(pk=row.pk).counted_at is None
    with clock.later(timedelta(days=1)):
        tasks.joint_waiting(0)
    with acting(given.actor(AMAN)):
        assert JointCount.objects.get(pk=row.pk).told == 10


def test_the_page_tells_both_sides_and_the_other_side_answers_there(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private, "compared", lambda *_asked: 2)
    ours, theirs = given.signed_in(AMAN, language="en"), given.signed_in(DUBAI)
    assert "Propose a count" in ours.get("/joint/").content.decode()
    assert ours.post("/joint/", {"partner": "x"}).status_code == 422
    ours.post("/joint/", {"partner": given.cast().dfwac.pk, "year": today().year - 1})
    assert "Waits for the other organisation" in ours.get("/joint/").content.decode()
    with acting(given.actor(DUBAI)):
        row = joint_rules.visible_to(given.actor(DUBAI)).get()
    assert "الموافقة والعدّ" in theirs.get("/joint/").content.decode()
    theirs.post(f"/joint/{row.pk}/", {"agrees": "1"})
    assert "يجري العدّ" in theirs.get("/joint/").content.decode()
    counted(row)
    assert "أقل من 5" in theirs.get("/joint/").content.decode()
    assert "Fewer than 5" in given.signed_in("aman.dpo", language="en").get("/joint/").content.decode()
    assert given.signed_in(ASKER).get("/joint/").status_code == 403
    assert given.signed_in("sharjah.caseworker").post(f"/joint/{row.pk}/", {"agrees": "1"}).status_code == 404


def test_a_year_that_was_proposed_is_not_offered_again_unless_it_was_refused(db: None) -> None:
    last = today().year - 1
    ours = given.signed_in(AMAN, language="en")

    def offered() -> list[int]:
        page = ours.get("/joint/").content.decode()
        return [year for year in joint_rules.years() if f'<option value="{year}">' in page]

    assert offered() == joint_rules.years()
    row = proposed(last)
    assert offered() == joint_rules.years()[1:]
    agreed(row, agrees=False)
    assert offered() == joint_rules.years()
    for year in joint_rules.years():
        proposed(year)
    assert "Propose a count" not in ours.get("/joint/").content.decode()


def test_who_proposes_second_hears_it_and_a_count_that_is_not_there_is_not_answered(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed()
    monkeypatch.setattr(
        joint_rules, "why_not_propose", lambda *_asked: None
    )  # both looked before either wrote
    with pytest.raises(Refused) as second:
        proposed()
    assert second.value.refusal == joint_rules.COUNTED_ALREADY
    with pytest.raises(Refused) as nothing:
        agreed(JointCount(pk=uuid4()))
    assert nothing.value.refusal == joint_rules.NOT_VISIBLE


def test_a_run_opens_the_values_of_its_two_parties_alone() -> None:
    with pytest.raises(ValueError, match="no party"):
        Run((1, 2)).open(3, [])
