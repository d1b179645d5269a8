"""Is whom she fears among the receiver's people, however his name is written there? Asked as the product asks it."""

from collections.abc import Iterator
from typing import Any

import pytest

from ihala.audit.models import Event
from ihala.cases import actions as cases
from ihala.cases.content import CaseContent
from ihala.core.acting import acting
from ihala.matching import spellings
from ihala.matching.bare import Bare
from ihala.organisations.models import Membership
from ihala.referrals import actions
from ihala.referrals.enums import ConflictResult, Likeness
from ihala.referrals.models_apart import MOST_COMPARISONS, Comparison
from ihala.shelter import actions as shelter
from ihala.vault.likeness import likeness
from tests import given
from tests.shelter import houses

SUPERVISOR = "dfwac.supervisor"


@pytest.fixture(autouse=True)
def _as_the_product(db: None, settings: Any) -> Iterator[None]:
    settings.IHALA_LIKENESS = "ihala.matching.spellings.spelled"
    likeness.cache_clear()
    yield
    likeness.cache_clear()


def sent() -> Any:
    """Whom she fears is دانيال كيبيدي."""
    return given.acted(given.a_scene(of=given.HELEN), "case consent draft send").subject


def staff_called(name: str) -> None:
    with acting(given.actor("dfwac.admin")):
        Membership.objects.filter(pk=given.actor("dfwac.caseworker").membership_id).update(name_en=name)


def acknowledged(referral: Any) -> str:
    by = given.actor(SUPERVISOR)
    with acting(by):
        actions.acknowledge(referral, by=by)
        last = Comparison.objects.filter(referral=referral).order_by("-number").first()
        return last.result if last else ""


@pytest.mark.parametrize(
    ("name", "said"), [("Danyal Kebedi", Likeness.CLOSER), ("Samuel Kebede", Likeness.CLEAR)], ids=["he", "his brother"]
)  # fmt: skip
def test_a_colleague_is_recognised_in_the_other_script_and_his_brother_is_not(name: str, said: str) -> None:
    referral = sent()
    staff_called(name)
    assert acknowledged(referral) == said
    with acting(given.actor("aman.supervisor")):
        assert not Comparison.objects.exists()
        assert [event.detail for event in Event.objects.filter(name="sealed.compared")] == [{}]


def test_whom_a_resident_fears_is_recognised_in_latin_letters(db: None) -> None:
    referral = sent()
    by = given.actor(SUPERVISOR)
    with acting(by):
        fears = {"name": "Mr. Danial KEBEDE", "nationality": "ET"}
        case = cases.create_case(
            CaseContent("domestic_violence", {"sex": "female"}, persons_of_concern=(fears,)), by=by
        )
        shelter.admit(houses.a_house(by, code="D").beds("3", "1"), family=case.pk, by=by)
    assert acknowledged(referral) == Likeness.CLOSER


def test_guessing_with_ones_own_people_ends_after_a_few_comparisons() -> None:
    """An insider renames a colleague again and again; the last answer stands and tells nothing new."""
    referral = sent()
    by = given.actor(SUPERVISOR)
    with acting(by):
        row = actions.acknowledge(referral, by=by)
    for guess in ("Omar Saleh", "Hassan Ali", "Danyal Kebedi", "Peter Paul"):
        staff_called(guess)
        with acting(by):
            row = actions.attest_conflict_check(row, by=by, spoke_with="Amal", result=ConflictResult.CLEAR)
            assert {one.result for one in Comparison.objects.all()} == {Likeness.CLEAR}
            assert Comparison.objects.count() <= MOST_COMPARISONS
    with acting(given.actor("aman.dpo")):
        assert Event.objects.filter(name="sealed.compared").count() == MOST_COMPARISONS


def test_a_comparison_that_could_not_be_made_is_said_and_made_at_the_attestation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    referral = sent()
    staff_called("Danyal Kebedi")
    client = given.signed_in(SUPERVISOR)
    with monkeypatch.context() as away:
        away.setattr(spellings, "CHILD", Bare("ihala.matching.no_such_module"))
        assert acknowledged(referral) == ""
    assert "لم تُجرَ المقارنة بعد" in client.get(f"/referrals/{referral.reference}/").content.decode()
    by = given.actor(SUPERVISOR)
    with acting(by):
        actions.attest_conflict_check(referral, by=by, spoke_with="Amal", result=ConflictResult.CLEAR)
        assert Comparison.objects.get().result == Likeness.CLOSER
    assert "لم تُجرَ المقارنة بعد" not in client.get(f"/referrals/{referral.reference}/").content.decode()
