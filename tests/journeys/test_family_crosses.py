"""A family crosses from Aman to the Dubai Foundation, in the browser and in Arabic."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page
from pypdf import PdfReader

from ihala.core import clock
from ihala.referrals.enums import State
from tests import given

from . import hands
from . import site as sites

FORM = "01-emergency-dv-mother-two-children.json"
QUESTION, ANSWER = "هل يكفي باب عرضه تسعون سنتيمترًا؟", "يكفي، والكرسي يُطوى."
MEETING_POINT, ESCORT = "البوابة الشرقية للمكتبة العامة", "الأخصائية مريم، 0501112233"
OUTCOME = "انتقلت الأسرة إلى سكن دائم، والطفلان في المدرسة."


def identity(tree: dict[str, Any]) -> Iterator[str]:
    """Every name, number, address and piece of the story on the paper form."""
    for person in (tree["survivor"], *tree["companions"], *tree["persons_of_concern"]):
        for key in ("name", "name_latin", "address", "works_for"):
            if key in person:
                yield person[key]
        yield from (document["number"] for document in person.get("documents", ()))
    yield from ("4567", "1188")  # the telephones, however they are written
    yield from (words for words in re.split(r"[،.]\s*", tree["reason"]) if words)


def told(page: Page, tree: dict[str, Any]) -> list[str]:
    """Which of them the page tells, anywhere."""
    return [value for value in identity(tree) if value in hands.seen_on(page)]


def quiet(page: Page, tree: dict[str, Any]) -> bool:
    """Address and title tell nothing: no name, category, organisation or reference of the paper."""
    words = ("أمان", "دبي", "عنف", "violence", "aman", "dfwac", tree["reference"], *identity(tree))
    path = page.url.removeprefix("http://")
    return not [word for word in words if word in page.title() or word in path]


def test_the_family_of_the_paper_form_is_referred_received_accepted_handed_over_and_arrives(visit):
    """At night a mother with two children sits in Aman's waiting room, one of them in a wheelchair, and there is no
    place. Aman's caseworker uploads the paper form and refers the family from the case through three screens. The
    Foundation's duty officer sees that a family needs a place, and nothing of who they are; she acknowledges, asks
    whether the doors are wide enough, attests the conflict check and accepts. Now she reads the names. Both sides plan
    the way and confirm it; both confirm the arrival, and the Foundation's own case is filled without retyping. Months
    later the Foundation's supervisor reports how it went, and Aman's caseworker reads it.
    """
    given.cast()
    paper, tree = hands.paper(FORM)
    aman, dubai = visit("ar"), visit("ar")
    sites.sign_in(aman.page, "aman.caseworker")
    sites.sign_in(dubai.page, "dfwac.duty")

    reference = refers(aman.page, paper, tree)
    decides(dubai.page, aman.page, reference, tree)
    crosses(aman.page, dubai.page, reference)

    case = arrives(dubai.page, reference, tree)
    dubai.context.clear_cookies(name="ihala_session")
    sites.sign_in(dubai.page, "dfwac.supervisor")
    reports(dubai.page, reference, case, tree)
    hands.open_referral(aman.page, reference)
    assert hands.stands(aman.page, State.COMPLETED)
    assert OUTCOME in aman.page.locator("main").inner_text()
    assert quiet(aman.page, tree) and quiet(dubai.page, tree)


def refers(page: Page, paper: bytes, tree: dict[str, Any]) -> str:
    """From the upload to the sent referral."""
    hands.press(page, '.nav a[href="/intake/"]')
    page.locator("input[type=file]").set_input_files(
        {"name": "form.json", "mimeType": "application/json", "buffer": paper}
    )
    hands.press(page, "main form.upload button[type=submit]")
    hands.press(page, 'main a[href^="/cases/"]')
    kept = page.locator("main").inner_text()
    assert [value for value in identity(tree) if value not in kept and not value.isdigit()] == []
    assert quiet(page, tree)
    hands.press(page, 'main a[href^="/referrals/R-"]')
    assert page.locator('[name=urgency][value="emergency"]').is_checked()
    reference = hands.three_screens(page)
    assert hands.stands(page, State.SENT)
    assert quiet(page, tree)
    return reference


def decides(page: Page, sender: Page, reference: str, tree: dict[str, Any]) -> None:
    """From the inbox to the acceptance, blind until then."""
    hands.press(page, '.nav a[href="/inbox/"]')
    assert told(page, tree) == []
    hands.press(page, f'main a[href="/referrals/{reference}/"]')
    assert "accept" not in hands.offered(page)
    hands.step(page, "acknowledge")
    hands.step(page, "ask", questions=["mobility"], text=QUESTION)
    assert hands.stands(page, State.INFO_REQUESTED)
    blind(page, reference, tree)

    hands.open_referral(sender, reference)
    assert QUESTION in sender.locator("#thread").inner_text()
    assert not {"accept", "acknowledge", "propose_decline"} & hands.offered(sender)
    hands.step(sender, "answer", text=ANSWER)

    hands.open_referral(page, reference)
    assert ANSWER in page.locator("#thread").inner_text()
    assert "accept" not in hands.offered(page), "no acceptance before the conflict check"
    hands.step(page, "attest_conflict_check", spoke_with="هند، أمان، قبل دقيقتين", result="clear")
    blind(page, reference, tree)
    hands.step(page, "accept")
    assert hands.stands(page, State.ACCEPTED)
    read = page.locator("main").inner_text()
    assert [value for value in identity(tree) if value not in read and not value.isdigit()] == []
    assert "4567" in read and quiet(page, tree)


def blind(page: Page, reference: str, tree: dict[str, Any]) -> None:
    """Before acceptance no page of the receiver's tells who they are, on the phone neither, nor does the letter."""
    desk = page.viewport_size
    for address in (
        f"/referrals/{reference}/",
        f"/referrals/{reference}/receipts/",
        "/inbox/",
        "/notifications/",
    ):
        page.goto(address)
        assert told(page, tree) == []
        assert quiet(page, tree)
    page.set_viewport_size(sites.PHONE)
    hands.open_referral(page, reference)
    assert told(page, tree) == []
    assert sites.axe(page) == []
    page.set_viewport_size(desk)
    letter = page.request.get(f"/reporting/{reference}/letter.pdf?lang=en")
    text = " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(letter.body())).pages)
    assert reference in text and "Helen" not in text and "EP4471203" not in text
    hands.open_referral(page, reference)


def crosses(sender: Page, receiver: Page, reference: str) -> None:
    """Both sides plan the way and confirm it, then the arrival; the phone serves in the car."""
    hands.open_referral(sender, reference)
    eta = clock.now().astimezone(clock.DUBAI) + timedelta(hours=3)
    plan = {"day": eta.date(), "hour": f"{eta:%H:%M}", "escort": ESCORT, "meeting_point": MEETING_POINT}
    hands.step(sender, "plan_handover", **plan)
    assert MEETING_POINT in sender.locator("#plan").inner_text()
    hands.step(sender, "confirm_plan")
    assert hands.stands(sender, State.ACCEPTED), "one side alone begins no handover"

    hands.open_referral(receiver, reference)
    assert MEETING_POINT in receiver.locator("#plan").inner_text()
    hands.step(receiver, "confirm_plan")
    assert hands.stands(receiver, State.HANDOVER)
    sender.set_viewport_size(sites.PHONE)
    hands.open_referral(sender, reference)
    hands.step(sender, "confirm_arrival")
    assert hands.stands(sender, State.HANDOVER), "one side alone ends no handover"
    assert sites.axe(sender) == []
    sender.set_viewport_size(sites.DESK)


def arrives(page: Page, reference: str, tree: dict[str, Any]) -> str:
    """The receiver confirms; the address of its own case, filled from the package."""
    hands.open_referral(page, reference)
    hands.step(page, "confirm_arrival")
    assert hands.stands(page, State.ARRIVED)
    return str(page.locator('main a.back[href^="/cases/"]').get_attribute("href"))


def reports(page: Page, reference: str, case: str, tree: dict[str, Any]) -> None:
    """The supervisor reads the Foundation's own case and says how it ended."""
    page.goto(case)
    filled = page.locator("main").inner_text()
    assert [value for value in identity(tree) if value not in filled and not value.isdigit()] == []
    hands.open_referral(page, reference)
    hands.step(page, "complete", reason="goals_met", text=OUTCOME)
    assert hands.stands(page, State.COMPLETED)
