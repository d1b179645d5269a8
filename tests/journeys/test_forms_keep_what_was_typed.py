"""Nothing typed is lost, nothing is sent twice, and leaving leaves nothing behind."""

from playwright.sync_api import Page, expect

from ihala.cases.files.kinds import LARGEST
from ihala.core.acting import acting
from ihala.core.veil import veil
from ihala.referrals.enums import State
from ihala.referrals.models import Referral
from tests import given

from . import hands
from . import site as sites
from .conftest import shared_site as site  # noqa: F401  one database for all of them

NAME = "نورة المختلقة"
LATE = "سؤال لا ينبغي أن يضيع"


def test_a_case_that_is_being_typed_is_there_again_after_the_page_was_closed(visit):
    """The caseworker is writing down a new case when the battery dies. On the next morning the form is as she left it,
    and says that nothing of it is in the case yet."""
    given.cast()
    aman = visit("ar")
    sites.sign_in(aman.page, "aman.caseworker")
    aman.page.goto("/cases/new/?category=" + veil("domestic_violence"))
    form = aman.page.locator("form[data-autosave-url]")
    name = form.locator('input[type="text"], input:not([type])').first
    name.fill(NAME)
    field = str(name.get_attribute("name"))
    saved = aman.page.locator("[data-autosave-status]")
    expect(saved).to_contain_text(str(saved.get_attribute("data-saved")))
    aman.page.close(run_before_unload=False)

    again = aman.context.new_page()
    again.goto("/cases/new/")
    assert again.locator(f'[name="{field}"]').input_value() == NAME
    assert NAME not in again.url and NAME not in again.title()
    assert sites.axe(again) == []


def test_a_tab_that_went_stale_is_refused_in_words_and_keeps_what_was_typed(visit):
    """Two officers have the same referral open. One waitlists it; the other one's question comes too late. She reads
    who was faster and what stands now, and her question is still in the form."""
    reference = given.a_referral(State.UNDER_REVIEW).reference
    slow, quick = visit("ar"), visit("ar")
    sites.sign_in(slow.page, "dfwac.supervisor")
    sites.sign_in(quick.page, "dfwac.supervisor2")
    slow.page.goto(f"/referrals/{reference}/step/ask/")
    hands.fill(slow.page, questions=["danger"], text=LATE)
    hands.open_referral(quick.page, reference)
    hands.step(quick.page, "waitlist", text="")

    answer = hands.press(slow.page, hands.CONFIRM)
    assert answer is not None and answer.status == 409
    assert slow.page.locator('[name="text"]').input_value() == LATE
    assert slow.page.locator('[name="questions"][value="danger"]').is_checked()
    told = slow.page.locator("main").inner_text()
    assert given.actor("dfwac.supervisor2").name_ar in told and str(State.WAITLISTED.label) in told
    assert sites.axe(slow.page) == []


def test_without_a_connection_nothing_is_sent_and_nothing_is_lost(visit):
    """On the way through the tunnel she presses the button. The page stays, says so, and sends it on the other side.
    A scan that is too large is said so before it travels."""
    reference = given.a_referral(State.UNDER_REVIEW).reference
    dubai = visit("ar", phone=True)
    sites.sign_in(dubai.page, "dfwac.supervisor")
    page = dubai.page
    page.goto(f"/referrals/{reference}/step/ask/")
    hands.fill(page, questions=["danger"], text=LATE)
    dubai.context.set_offline(True)
    page.locator(hands.CONFIRM).click()
    told = page.locator('[data-told="offline"]')
    expect(told).to_be_focused()
    assert page.locator('[name="text"]').input_value() == LATE
    assert sites.axe(page) == []
    dubai.context.set_offline(False)
    expect(told).to_have_count(0)
    hands.press(page, hands.CONFIRM)
    assert hands.stands(page, State.INFO_REQUESTED)

    aman = visit("en")
    sites.sign_in(aman.page, "aman.caseworker")
    case = given.acted(given.a_scene(), "case").file
    aman.page.goto(f"/cases/{case.reference}/files/")
    scan = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-" + b"0" * LARGEST}
    aman.page.locator("input[type=file]").set_input_files(scan)
    aman.page.locator("form.upload button").click()
    expect(aman.page.locator('[data-told="large"]')).to_contain_text("larger than 8 MB")


def test_a_double_click_on_send_is_one_referral(visit):
    """An impatient finger."""
    scene = given.acted(given.a_scene(), "case consent draft")
    aman = visit("ar")
    sites.sign_in(aman.page, "aman.caseworker")
    aman.page.goto(f"/referrals/{scene.subject.reference}/review/")
    posts = []
    aman.page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    with aman.page.expect_navigation():
        aman.page.locator(hands.SEND).dblclick()
    aman.page.wait_for_url(f"**/referrals/{scene.subject.reference}/")
    assert hands.stands(aman.page, State.SENT)
    assert len(posts) == 1, "the second click sends nothing"
    with acting(given.actor("aman.supervisor")):
        assert Referral.objects.filter(sides__case=scene.file).count() == 1


def test_quick_exit_leaves_nothing_and_signs_out(visit):
    """He is at the door. One click, or Escape three times: the screen is empty, the page is gone from the history, and
    the way back leads to the sign-in page. So does what stands open in another tab,
    and the letter that was opened from it."""
    reference = given.a_referral(State.ACCEPTED).reference
    aman = visit("ar")
    for way in ("button", "escape"):
        page = aman.context.new_page()
        sites.sign_in(page, "aman.caseworker")
        other = aman.context.new_page()
        for tab in (other, page):
            hands.open_referral(tab, reference)
        with page.context.expect_page() as opened:
            other.locator("a[data-paper]").first.click()
        paper = opened.value
        length = page.evaluate("history.length")
        if way == "button":
            page.locator("form[data-quick-exit] button").click()
        else:
            for _time in range(3):
                page.keyboard.press("Escape")
        page.wait_for_url("**/exit/")
        assert page.evaluate("history.length") <= length, "the page itself was replaced"
        other.wait_for_url("**/exit/")
        assert paper.is_closed() or paper.wait_for_event("close", timeout=5000), (
            "the letter went with the rest"
        )
        assert not any(reference in hands.seen_on(tab) for tab in (page, other))
        other.close()
        assert not [cookie for cookie in aman.context.cookies() if cookie["name"] == "ihala_session"]
        page.goto(f"/referrals/{reference}/")
        assert reference not in page.locator("body").inner_text(), "signed out"
        back_to_nothing(page, reference)
        page.close()


def back_to_nothing(page: Page, reference: str) -> None:
    """No step back in the history shows anything."""
    for _step in range(4):
        page.go_back()
        assert page.locator(".facts, .timeline").count() == 0


def test_the_privacy_screen_covers_the_page_and_lifts_again(visit):
    """Somebody comes round the corner; the page is covered, for a reader of screens too, and lifted with one key."""
    reference = given.a_referral(State.ACCEPTED).reference
    aman = visit("ar", phone=True)
    sites.sign_in(aman.page, "aman.caseworker")
    hands.open_referral(aman.page, reference)
    aman.page.locator("button[data-cover]").click()
    expect(aman.page.locator("#cover")).to_be_visible()
    expect(aman.page.locator("h1")).to_be_hidden()
    assert sites.axe(aman.page) == []
    aman.page.keyboard.press("Enter")
    expect(aman.page.locator("h1")).to_be_visible()


def test_a_referral_that_arrives_appears_in_the_open_inbox_by_itself(visit):
    """The duty officer has her inbox open and touches nothing; Aman sends; the referral stands there, and a reader of
    screens is told when something is late."""
    scene = given.acted(given.a_scene(), "case consent draft")
    reference = scene.subject.reference
    dubai, aman = visit("ar"), visit("ar")
    sites.sign_in(dubai.page, "dfwac.duty")
    dubai.page.clock.install()
    dubai.page.goto("/inbox/")
    row = dubai.page.locator(f'main a[href="/referrals/{reference}/"]')
    expect(row).to_have_count(0)

    sites.sign_in(aman.page, "aman.caseworker")
    aman.page.goto(f"/referrals/{reference}/review/")
    hands.press(aman.page, hands.SEND)
    dubai.page.evaluate("window.same = true")
    dubai.page.clock.fast_forward(21_000)
    expect(row).to_have_count(1)
    assert dubai.page.evaluate("window.same"), "the page was not loaded anew"


def test_the_language_changes_on_the_same_page(visit):
    """She learns better in English: one press, the same page, the other direction, and it stays so."""
    reference = given.a_referral(State.ACCEPTED).reference
    aman = visit("ar")
    sites.sign_in(aman.page, "aman.caseworker")
    hands.open_referral(aman.page, reference)
    html = aman.page.locator("html")
    assert (html.get_attribute("lang"), html.get_attribute("dir")) == ("ar-AE", "rtl")
    hands.press(aman.page, "form.language:visible button")
    assert aman.page.url.endswith(f"/referrals/{reference}/")
    assert (html.get_attribute("lang"), html.get_attribute("dir")) == ("en", "ltr")
    hands.press(aman.page, '.nav a[href="/"]')
    assert html.get_attribute("lang") == "en"
