"""A place is found before a name is told: asked, referred, held and moved into, in two browsers and in Arabic."""

import pytest
from django.db import connection
from playwright.sync_api import Page

from config import postgres
from ihala.core.acting import acting
from ihala.core.text import hour
from ihala.referrals.enums import State
from ihala.shelter import actions as shelter
from ihala.shelter.enums import BedKind, UnitKind
from ihala.shelter.models import Hold, Stay
from tests import given

from . import hands
from . import site as sites
from .test_family_crosses import crosses

UNITS = (
    ("1", shelter.Layout(UnitKind.FLAT, wheelchair=True, ground_floor=True, boys_until=17), 3),
    ("2", shelter.Layout(UnitKind.FAMILY_ROOM, ages_to=17), 2),
    ("3", shelter.Layout(UnitKind.SHARED_ROOM, shared=True, sexes=["female"], ages_from=18), 2),
)
ANSWER = "article.card"


def a_house() -> None:
    """The Dubai Foundation's: a flat a wheelchair gets into, a children's room, a room women share."""
    by = given.actor("dfwac.supervisor")
    with acting(by):
        house = shelter.make_house("D", name="دار السنا", address="الورقاء، مجمع 21", by=by)
        for code, layout, beds in UNITS:
            unit = shelter.make_unit(house, code, layout, by=by)
            for number in range(beds):
                shelter.make_bed(unit, str(number + 1), kind=BedKind.BED, by=by)


def tells_no_place(page: Page) -> bool:
    """Neither the address nor the unit nor how many live there is anywhere on the page."""
    seen = hands.seen_on(page) + page.locator("body").inner_text()
    return not [
        words for words in ("الورقاء", "دار السنا", "الوحدة\u00a01", "الوحدة\u00a03") if words in seen
    ]


BOTH = pytest.mark.parametrize("size", [sites.PHONE, sites.DESK], ids=["phone", "desk"])


@BOTH
def test_a_place_is_asked_for_held_on_acceptance_and_moved_into(visit, size):
    """Aman's caseworker stands in the waiting room with her phone, or sits at her desk. She opens the family's case and
    asks who could take a mother and two children tonight, one of them in a wheelchair; she reads that the Foundation
    could, and nobody was named. From that answer she refers. The Foundation's duty officer sees which flat fits and
    why, acknowledges, attests and accepts: the very beds are held. Aman's side reads until when, and neither where nor
    which. They arrive, and the hold has become their stay.
    """
    a_house()
    case = given.helens_case()
    aman, dubai = visit("ar"), visit("ar")
    sites.sign_in(aman.page, "aman.caseworker")
    page = aman.page
    for one in (page, dubai.page):
        one.set_viewport_size(size)
    page.goto(f"/cases/{case.reference}/")
    hands.press(page, f'a[href="/fit/case/{case.reference}/"]')
    assert sites.axe(page) == []
    hands.press(page, "main form .submit button.primary")
    assert "مناسب: يتوفر مكان الليلة." in page.locator(ANSWER).first.inner_text()
    assert tells_no_place(page) and sites.axe(page) == []
    hands.press(page, f'{ANSWER} a[href^="/referrals/new/"]')
    reference = hands.three_screens(page, urgency="emergency")
    assert hands.stands(page, State.SENT)

    receives(dubai.page, reference)
    hands.open_referral(page, reference)
    with acting(given.actor("dfwac.supervisor")):
        until = Hold.objects.get(ended_at=None).until
    assert hour(until) in page.locator("main").inner_text() and tells_no_place(page)
    crosses(page, dubai.page, reference)
    hands.open_referral(dubai.page, reference)
    hands.step(dubai.page, "confirm_arrival")
    assert hands.stands(dubai.page, State.ARRIVED)
    with acting(given.actor("dfwac.supervisor")):
        assert Stay.objects.get().claims.get().beds.count() == 3


@BOTH
def test_a_boy_alone_fits_only_where_boys_of_his_age_live(visit, size, server):
    """A boy of fourteen has nobody. The Foundation's women's room and the room for small boys are no place for him, and
    Aman's caseworker reads so; when a room for children up to seventeen is set up, there is a place. At the Foundation
    the duty officer sees both questions.
    """
    dubai = given.actor("dfwac.supervisor")
    with acting(dubai):
        house = shelter.make_house("D", name="دار السنا", address="الورقاء، مجمع 21", by=dubai)
        women = shelter.Layout(UnitKind.SHARED_ROOM, shared=True, sexes=["female"])
        small = shelter.Layout(UnitKind.FAMILY_ROOM, ages_to=17, boys_until=11)
        for code, layout in (("1", women), ("2", small)):
            shelter.make_bed(shelter.make_unit(house, code, layout, by=dubai), "1", by=dubai)
    page, asked = visit("ar").page, visit("ar").page
    page.set_viewport_size(size)
    asked.set_viewport_size(size)
    sites.sign_in(page, "aman.caseworker")

    def answer() -> str:
        page.goto("/fit/")
        hands.fill(page, people__male__3=1, category="child_abuse")
        hands.press(page, "main form .submit button.primary")
        return page.locator(ANSWER).first.inner_text()

    assert "غير مناسب: لا يقيم هنا فتيان في هذا العمر." in answer()
    assert tells_no_place(page) and sites.axe(page) == []
    with acting(dubai):
        boys = shelter.make_unit(house, "3", shelter.Layout(UnitKind.FAMILY_ROOM, ages_to=17), by=dubai)
        shelter.make_bed(boys, "1", by=dubai)
    with server.connect(postgres.SUPERUSER, connection.settings_dict["NAME"]) as raw:  # some hours go by
        raw.execute("""UPDATE shelter_asking SET "window" = "window" - interval '3 hours'""")
    assert "مناسب: يتوفر مكان الليلة." in answer()
    sites.sign_in(asked, "dfwac.duty")
    asked_and_limited(asked)


def receives(page: Page, reference: str) -> None:
    """From the inbox to the acceptance that holds the flat."""
    sites.sign_in(page, "dfwac.duty")
    hands.open_referral(page, reference)
    hands.step(page, "acknowledge")
    advice = page.locator("section:has(#advice-head)").inner_text()
    assert "الدار\u00a0D، الوحدة\u00a01" in advice and "مناسب: تبقى الأسرة معاً في وحدة واحدة" in advice
    assert "لا تطابق" in page.locator("section:has(#comparison-head)").inner_text()
    assert sites.axe(page) == []
    hands.step(page, "attest_conflict_check", spoke_with="هند، أمان، قبل دقيقتين", result="clear")
    hands.step(page, "accept")
    assert hands.stands(page, State.ACCEPTED)


def asked_and_limited(page: Page) -> None:
    """The Foundation sees both questions, and that two of today's eight are used."""
    page.goto("/fit/asked/")
    assert "2 من 8" in page.locator("main").inner_text()
    assert sites.axe(page) == []


@BOTH
def test_of_two_who_accept_for_the_last_flat_one_is_told_at_once_what_else_there_is(visit, size):
    """Two families wait, each with a child in a wheelchair; there is one flat a wheelchair gets into. Two supervisors
    have the acceptance open at the same moment. The first holds the flat; the second reads that somebody was faster
    and, on the same page with everything kept, what is still free.
    """
    a_house()
    scenes = [
        given.acted(given.a_scene(of=given.HELEN), "case consent draft send ack conflict")
        for _family in range(2)
    ]
    references = [scene.subject.reference for scene in scenes]
    first, second = visit("ar"), visit("ar")
    for person, name, reference in ((first, "dfwac.supervisor", 0), (second, "dfwac.supervisor2", 1)):
        sites.sign_in(person.page, name)
        person.page.goto(f"/referrals/{references[reference]}/step/accept/")
        assert "الدار\u00a0D، الوحدة\u00a01" in person.page.locator(".confirm").inner_text()
    for person in (first, second):
        person.page.set_viewport_size(size)
    hands.press(first.page, hands.CONFIRM)
    assert hands.stands(first.page, State.ACCEPTED)
    answer = hands.press(second.page, hands.CONFIRM)
    assert answer is not None and answer.status == 409
    shown = second.page.locator(".confirm").inner_text()
    assert "الوحدة\u00a01" not in shown and second.page.locator("[name=place]").count() >= 3
    assert sites.axe(second.page) == []
    hands.fill(second.page, place="none:found_otherwise")
    hands.press(second.page, hands.CONFIRM)
    assert hands.stands(second.page, State.ACCEPTED)
    with acting(given.actor("dfwac.supervisor")):
        assert Hold.objects.count() == 1
