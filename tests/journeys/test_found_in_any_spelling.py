"""She is found however her name is written; a colleague hears that there is something to ask, and no more."""

import pytest

from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.core.acting import acting
from ihala.demo.people import MARIAM
from ihala.matching.actions import set_rule
from tests import given

from . import hands
from . import site as sites

SPELLINGS = ("Mariam Abdulrahman", "مريم عبد الرحمن", "maryem abdel rahmen", "050 002 34", "3456")


def searched(page, typed):
    """Type it where "/" leads to, from whatever page this is; whoever is told to wait a moment presses again."""
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type(typed)
    for _turn in range(20):
        with page.expect_navigation():
            page.keyboard.press("Enter")
        if not page.locator("[data-refusal=search_away]").count():
            return
        page.wait_for_timeout(3000)  # the first time its loops are compiled
        page.locator("#search").focus()
    raise AssertionError("the search stayed away")


@pytest.mark.parametrize("allowed", [True, False])
def test_she_is_found_in_any_spelling_and_a_colleague_is_told_only_where_the_rule_allows(visit, allowed):
    """Hind types the name as the mother says it, as the passport has it, as a neighbour wrote it, and the part of the
    telephone she remembers: each time it is the same case. She goes there with the arrow and Enter. Maryam, on duty,
    may not open the case; where the officer allows it she is told that there is something to ask, asks, and Hind lets
    her in. The log tells who searched and never what for.
    """
    case = given.acted(given.a_scene(of=MARIAM), "case").file
    officer = given.actor("aman.dpo")
    with acting(officer):
        set_rule(by=officer, tells_colleagues=allowed)
    hind, maryam = visit("ar"), visit("ar")
    sites.sign_in(hind.page, "aman.caseworker")
    sites.sign_in(maryam.page, "aman.duty")

    for typed in SPELLINGS if allowed else SPELLINGS[:1]:
        searched(hind.page, typed)
        assert hind.page.locator("[data-found] a").all_inner_texts() == [case.reference], typed
        assert hind.page.url.endswith("/search/") and typed not in hind.page.title()
    assert "مريم" not in hind.page.locator("[data-found]").inner_text()
    assert sites.axe(hind.page) == []
    hind.page.keyboard.press("ArrowDown")
    with hind.page.expect_navigation():
        hind.page.keyboard.press("Enter")
    assert hind.page.url.endswith(f"/cases/{case.reference}/")

    searched(maryam.page, "maryem abdel rahmen")
    assert case.reference not in maryam.page.content()
    assert maryam.page.locator("[data-hidden]").count() == int(allowed)
    if allowed:
        assert sites.axe(maryam.page) == []
        hands.press(maryam.page, "[data-hidden] button")
        hind.page.goto("/search/questions/")
        assert "maryem" not in hind.page.content()
        hands.press(hind.page, 'button[name="gives"][value="1"]')
        searched(maryam.page, "maryem abdel rahmen")
        assert maryam.page.locator("[data-found] a").all_inner_texts() == [case.reference]

    with acting(officer):
        searches = Event.objects.filter(name=EventName.PEOPLE_SEARCHED, refusal="")
        assert {set(one.detail) == {"purpose", "found"} for one in searches} == {True}
        assert {given.actor("aman.caseworker").user_id, given.actor("aman.duty").user_id} == {
            one.user_id for one in searches
        }
        assert Event.objects.filter(name=EventName.PEOPLE_HINTED, case_id=case.pk).exists() is allowed
