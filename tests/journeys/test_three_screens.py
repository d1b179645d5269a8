"""From a case to a referral: three screens, counted."""

from playwright.sync_api import Page

from ihala.referrals.enums import State
from tests import given

from . import hands
from . import site as sites

MOST_SCREENS, MOST_CLICKS, MOST_FIELDS = 3, 12, 8
COUNT = """
    window.addEventListener("click", (event) => event.isTrusted && window.counted("click"), true);
    window.addEventListener("change", (event) => event.isTrusted && window.counted("field"), true);
"""


def counting(page: Page) -> dict[str, int]:
    """Count real clicks, fields that change and pages that come, whatever the test believes it does."""
    counted = {"click": 0, "field": 0, "screen": 0}

    def one(what: str) -> None:
        counted[what] += 1

    page.expose_function("counted", one)
    page.add_init_script(COUNT)
    page.on("framenavigated", lambda frame: one("screen") if frame == page.main_frame else None)
    return counted


def test_an_urgent_referral_from_a_case_with_consent_takes_three_screens(visit):
    """Aman's caseworker has the case open; the survivor has agreed. From the button on the case to the referral that
    waits for the supervisor there are three screens, twelve clicks and eight fields at most, and on each of them the
    one thing to do next is in sight without scrolling.
    """
    case = given.helens_case()
    aman = visit("ar")
    page = aman.page
    sites.sign_in(page, "aman.caseworker")
    counted = counting(page)
    page.goto(f"/cases/{case.reference}/")
    counted.update(click=0, field=0, screen=0)

    hands.press(page, f'a[href="/referrals/new/{case.reference}/"]')
    hands.fill(page, urgency="urgent", services=["shelter", "psychological", "legal"])
    for _screen in range(MOST_SCREENS):
        assert page.locator(hands.SEND).is_visible()
        box = page.locator(hands.SEND).bounding_box()
        assert box is not None and box["y"] + box["height"] <= sites.DESK["height"]
        hands.press(page, hands.SEND)

    assert hands.stands(page, State.AWAITING_APPROVAL)
    assert counted["screen"] - 1 <= MOST_SCREENS, counted  # the last one is the referral's own page
    assert 4 < counted["click"] <= MOST_CLICKS, counted
    assert 3 < counted["field"] <= MOST_FIELDS, counted
