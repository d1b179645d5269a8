"""A mother in a wheelchair and her two children are held beds, move in, get a larger unit, and leave one day."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from ihala.cases.models import Case
from ihala.core import clock
from ihala.core.acting import acting
from ihala.shelter.models import FAR, ClaimedBed, Hold, Stay
from tests import given
from tests.shelter.houses import a_family, a_house

from . import hands
from . import site as sites

KEPT = "جواز سفر إثيوبي\nخاتم ذهب"


def open_act(page: Page, act: str) -> str:
    """Unfold the form of this act; its selector."""
    form = f'form[action$="/do/{act}/"]'
    details = page.locator(f"details:has({form})")
    if details.count() and details.get_attribute("open") is None:
        details.locator("summary").click()
    return form


def act(page: Page, name: str, beds: list[int] | None = None, **fields: str) -> None:
    """Fill in the form of an act, tick its beds, and send it."""
    form = open_act(page, name)
    boxes = page.locator(f'{form} input[name="{name}-beds"]')
    for number in range(boxes.count() if beds is not None else 0):
        boxes.nth(number).set_checked(int(boxes.nth(number).get_attribute("value") or 0) in (beds or []))
    hands.fill(page, **{f"{name}-{key}": value for key, value in fields.items()})
    hands.press(page, f"{form} button[type=submit]")


def in_bed() -> int:
    return ClaimedBed.objects.filter(claim__kind="stay", ends_at=FAR).count()


@pytest.mark.parametrize("phone_first", [False, True], ids=["desk then phone", "phone then desk"])
def test_a_family_is_held_beds_moves_in_gets_a_larger_unit_and_departs(visit, phone_first):
    """Helen waits at the clinic. The caseworker sees on the board what is free, holds beds for the night, and when
    she stands at the door the hold becomes her home: checked, her things kept with a receipt, each child with a bed.
    Two weeks later, from the telephone (or the other way round), she is given the larger flat; and one day she leaves,
    with her ring.
    """
    helen, worker = given.helens_case(), given.actor("aman.caseworker")
    supervisor = given.actor("aman.supervisor")
    with acting(supervisor):
        place = a_house(supervisor)
        small = [bed.pk for bed in place.beds("1", "1", "2", "3")]
        large = [bed.pk for bed in place.beds("1", "1", "2", "3", "4")]
    desk, phone = visit("ar", phone=phone_first), visit("ar", phone=not phone_first)
    sites.sign_in(desk.page, "aman.caseworker")
    page = desk.page
    page.goto("/shelter/board/")
    assert page.locator("td.free").count() == 9 and sites.axe(page) == []
    page.locator("td.free a").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 3, (
        "the arrow keys go from bed to bed"
    )

    page.goto(f"/cases/{helen.reference}/")
    hands.press(page, f'a[href="/shelter/families/{helen.reference}/"]')
    assert "كرسي متحرك" in page.locator(".unit").first.inner_text(), (
        "what the unit offers stands beside its beds"
    )
    until = (clock.now() + timedelta(hours=8)).astimezone(clock.DUBAI).strftime("%Y-%m-%dT%H:%M")
    act(page, "hold", small, until=until)
    with acting(worker):
        assert Hold.objects.get(ended_at=None).family == helen.pk
    act(page, "arrive")
    for item in ("health", "room"):
        hands.press(page, f'form:has(input[value="{item}"]) button')
    page.locator('select[name="check-language"]').select_option("am")
    hands.press(page, 'form:has(input[value="rules"]) button')
    act(page, "belongings", items=KEPT)
    assert "خاتم" not in page.content()
    hands.press(page, 'a[href$="/receipt/"]')
    assert "خاتم ذهب" in page.locator("article").inner_text() and sites.axe(page) == []
    with acting(worker):
        assert in_bed() == 3

    sites.sign_in(phone.page, "aman.caseworker")
    page = phone.page
    page.goto("/shelter/")
    hands.press(page, f'a[href="/shelter/families/{helen.reference}/"]')
    act(page, "move", large, reason="larger")
    with acting(worker):
        assert in_bed() == 4
    assert sites.axe(page) == []
    hands.press(page, 'form[action$="/do/belongings_back/"] button')
    act(page, "depart", departure="planned", destination="own_home")
    with acting(worker):
        assert Stay.objects.get().departure == "planned" and in_bed() == 0
    assert page.locator('form[action$="/do/hold/"]').count() == 1, "her beds are free for the next family"


def test_two_colleagues_at_the_last_room_see_at_once_who_has_it(visit):
    """Both have the page open; one is faster. The other is told so, keeps what was typed, sees what is left."""
    by = given.actor("aman.supervisor")
    with acting(by):
        place = a_house(by)
        (room,) = place.beds("2")
        cases = [a_family(by), a_family(by)]
        references = [Case.objects.get(pk=key).reference for key in cases]
    first, second = visit("ar"), visit("en")
    until = (clock.now() + timedelta(hours=8)).astimezone(clock.DUBAI).strftime("%Y-%m-%dT%H:%M")
    for visitor, reference in zip((first, second), references, strict=True):
        sites.sign_in(visitor.page, "aman.supervisor")
        visitor.page.goto(f"/shelter/families/{reference}/")
    act(first.page, "hold", [room.pk], until=until)
    act(second.page, "hold", [room.pk], until=until)
    assert second.page.locator(".error-summary").count() == 1
    assert second.page.locator('input[name="hold-until"]').input_value() == until
    assert second.page.locator('input[name="hold-beds"]').count() == 8
    second.complaints.clear()  # the browser notes the answer 422
    with acting(by):
        assert [hold.family for hold in Hold.objects.all()] == [cases[0]]
