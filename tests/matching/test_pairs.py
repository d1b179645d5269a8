"""Two cases of one person: found in any spelling, seen by who may open both, linked by hand, taken back, erased."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from ihala.audit.models import Event
from ihala.cases import actions as cases
from ihala.cases.models import Case
from ihala.core import text
from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.core.refusal import Refused
from ihala.matching import actions, doubles, keeping, pairs_rules, tasks
from ihala.matching.models import Pair, PairsLook
from ihala.organisations.models import Actor
from tests import given
from tests.erasure.conftest import erased
from tests.matching.consented import ASKER, a_case

SUPERVISOR = "aman.supervisor"


@pytest.fixture(autouse=True)
def _own_keeper(db: None) -> Any:
    keeping.use(None)
    yield
    keeping.use(None)


def sought(organisation: str = "aman") -> list[Pair]:
    system = Actor.system_of(given.cast().organisations[organisation].pk)
    with acting(system):
        actions.seek_pairs(by=system, until=now())
        return list(Pair.objects.order_by("found_at"))


def a_pair(by: str = ASKER) -> Pair:
    """Found or not: two cases of the same caseworker, and the pair of them."""
    first, second = a_case(by), a_case(by, name="Mariam Abdulrahman")
    one, other = sorted((first, second), key=lambda case: case.pk)
    with acting(given.actor(by)):
        return Pair.objects.create(
            organisation_id=one.organisation_id,
            one=one,
            other=other,
            reasons=["name", "year"],
            found_at=now(),
        )


def test_the_same_person_is_found_in_another_spelling_or_by_a_document_and_a_sister_is_not() -> None:
    a_case(ASKER)
    a_case(ASKER, name="Mariam Abdulrahman")
    a_case(ASKER, name="فاطمة عبدالرحمن")
    a_case(ASKER, name="Sara Khalid", birth=None, documents=[{"number": "A 99 88 77"}])
    a_case(ASKER, name="نورة سالم", birth=None, documents=[{"number": "a998877"}])
    found = sought()
    assert sorted(pair.reasons for pair in found) == [["document"], ["name", "year"]]
    assert sought() == found
    with acting(given.actor("dfwac.supervisor")):
        assert not Pair.objects.exists()


def test_the_worker_looks_at_what_was_written_since_and_waits_where_search_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a_case(ASKER)
    asked: list[int] = []

    def away(by: Any, batch: list[Any]) -> list[Any]:
        asked.append(len(batch))
        raise Refused(doubles.refusals.SEARCH_AWAY)

    with monkeypatch.context() as patch:
        patch.setattr(doubles, "doubles", away)
        tasks.pairs(0)
        assert asked == []  # what was written a moment ago may not be committed everywhere
        patch.setattr(actions.pairs, "COMMITTED", timedelta(0))
        tasks.pairs(0)
    assert asked == [1]
    with acting(given.actor(ASKER)):
        assert not PairsLook.objects.filter(until__gt=actions.pairs.LONG_AGO).exists()
    monkeypatch.setattr(actions.pairs, "COMMITTED", timedelta(0))
    monkeypatch.setattr(doubles, "doubles", lambda by, batch: asked.append(len(batch)) or [])
    tasks.pairs(0)
    tasks.pairs(0)
    assert asked == [1, 1]


def test_only_who_may_open_both_sees_a_pair_and_a_supervisor_assigns_it() -> None:
    pair = a_pair()
    for who, sees, assigns in ((ASKER, 1, 0), (SUPERVISOR, 0, 1), ("aman.director", 0, 0)):
        with acting(given.actor(who)):
            assert pairs_rules.visible_to(given.actor(who)).count() == sees
            assert pairs_rules.to_assign(given.actor(who)).count() == assigns
    client = given.signed_in(SUPERVISOR, language="en")
    assert client.get(f"/pairs/{pair.pk}/").status_code == 404
    page = client.get("/pairs/").content.decode()
    assert "To assign" in page and "مريم" not in page
    by = given.actor(SUPERVISOR)
    assert client.post(f"/pairs/{pair.pk}/assign/", {"member": 0}).status_code == 404
    client.post(f"/pairs/{pair.pk}/assign/", {"member": by.membership_id})
    with acting(by):
        assert pairs_rules.visible_to(by).get() == pair
        assert not pairs_rules.to_assign(by).exists()
    with acting(given.actor(ASKER)), pytest.raises(Refused) as refused:
        actions.assign_pair(pair, by=given.actor(ASKER), membership_id=by.membership_id)
    assert refused.value.refusal.code == "not_permitted"


def test_side_by_side_decided_linked_shown_and_taken_back() -> None:
    pair = a_pair()
    client = given.signed_in(ASKER, language="en")
    page = client.get(f"/pairs/{pair.pk}/").content.decode()
    assert "مريم عبدالرحمن" in page and "Mariam Abdulrahman" in page and "It matches" in page
    assert page.count(text.day(pair.one.opened_at)) >= 2, "in the table and beside the choice"
    assert client.post(f"/pairs/{pair.pk}/", {"decision": "same"}).status_code == 422
    with acting(given.actor(ASKER)):
        one, other = Case.objects.get(pk=pair.one_id), Case.objects.get(pk=pair.other_id)
    client.post(f"/pairs/{pair.pk}/", {"decision": "same", "go_on_with": other.reference})
    page = client.get(f"/cases/{one.reference}/").content.decode()
    assert (
        "Another case of the same person" in page and other.reference in page and "Work goes on there" in page
    )
    assert "Work goes on there" not in client.get(f"/cases/{other.reference}/").content.decode()
    assert "Take back" in client.get(f"/pairs/{pair.pk}/").content.decode()
    assert "Decided" in client.get("/pairs/").content.decode()
    client.post(f"/pairs/{pair.pk}/undo/")
    assert "Another case" not in client.get(f"/cases/{one.reference}/").content.decode()
    with acting(given.actor("aman.dpo")):
        done = [
            e.name for e in Event.objects.filter(case_id=one.pk, name__startswith="pairs.").order_by("at")
        ]
        assert done == ["pairs.decided", "pairs.undone"]


def test_who_comes_second_hears_that_it_is_decided_and_nothing_is_taken_back_twice() -> None:
    pair = a_pair()
    by = given.actor(ASKER)
    with acting(by):
        actions.decide_pair(pair, "different", by=by)
        for act, code in (
            (lambda: actions.decide_pair(pair, "same", by=by, primary=pair.one), "pair_decided"),
            (lambda: actions.assign_pair(pair, by=given.actor(SUPERVISOR), membership_id=1), "pair_decided"),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.refusal.code == code
        actions.undo_pair(pair, by=by)
        with pytest.raises(Refused) as refused:
            actions.undo_pair(pair, by=by)
        assert refused.value.refusal.code == "pair_undecided"
        with pytest.raises(Refused) as refused:
            actions.decide_pair(pair, "same", by=by)
        assert refused.value.refusal.code == "primary_needed"
    for who in ("aman.supervisor2", "dfwac.supervisor"):
        with acting(given.actor(who)):
            for act in (actions.undo_pair, lambda one, by: actions.decide_pair(one, "different", by=by)):
                with pytest.raises(Refused) as refused:
                    act(pair, by=given.actor(who))
                assert refused.value.refusal.code == "not_visible"


def test_the_database_keeps_pairs_at_home_and_as_they_were_found() -> None:
    pair = a_pair()
    theirs = a_case("dfwac.supervisor")
    with acting(given.actor("dfwac.supervisor")):
        assert not Pair.objects.exists()
        assert not Pair.objects.filter(pk=pair.pk).delete()[0]
        with pytest.raises(DatabaseError), transaction.atomic():
            Pair.objects.create(
                organisation_id=theirs.organisation_id, one_id=min(pair.one_id, theirs.pk),
                other_id=max(pair.one_id, theirs.pk), found_at=now(),
            )  # fmt: skip
    with acting(given.actor(ASKER)):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Pair.objects.filter(pk=pair.pk).update(reasons=["phone"])
        with pytest.raises(IntegrityError, match="pair_decided_by_when"), transaction.atomic():
            Pair.objects.filter(pk=pair.pk).update(decision="different")


def test_erasing_one_of_them_removes_the_pair() -> None:
    pair = a_pair()
    with acting(given.actor(ASKER)):
        other = Case.objects.get(pk=pair.other_id)
    erased(other)
    with acting(given.actor(ASKER)):
        assert not Pair.objects.exists()
        assert cases.open_case(pair.one, by=given.actor(ASKER), purpose="work").survivor["name"]
