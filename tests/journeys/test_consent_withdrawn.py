"""She takes her consent back in the middle of the way."""

from ihala.referrals.enums import State
from tests import given

from . import hands
from . import site as sites

ATTESTED = "The printed letter was shredded; no copy is left."


def test_consent_taken_back_closes_the_package_at_once_and_the_receiver_attests_the_destruction(visit):
    """On the telephone with the Foundation's duty officer she says that she does not want to go through with it. The
    duty officer records it with two clicks. From that moment nobody at the Foundation can open what was disclosed, its
    own expected case is gone, the referral has ended for both sides, and the supervisor is asked to attest what was
    destroyed. Aman keeps its case.
    """
    scene = given.a_scene_at(State.ACCEPTED)
    reference, name = scene.subject.reference, scene.family.content.survivor["name"]
    dubai, aman = visit("en"), visit("en")
    sites.sign_in(dubai.page, "dfwac.duty")
    sites.sign_in(aman.page, "aman.caseworker")

    hands.open_referral(dubai.page, reference)
    assert name in dubai.page.locator("main").inner_text()
    own = dubai.page.locator('main a.back[href^="/cases/"]').get_attribute("href")
    hands.step(dubai.page, "withdraw_consent", text="")
    assert hands.stands(dubai.page, State.CONSENT_WITHDRAWN)
    assert name not in hands.seen_on(dubai.page)
    assert not {"accept", "plan_handover", "withdraw_consent"} & hands.offered(dubai.page)
    assert sites.axe(dubai.page) == []
    gone = dubai.page.goto(str(own))
    assert gone is not None and gone.status == 404

    hands.open_referral(aman.page, reference)
    assert hands.stands(aman.page, State.CONSENT_WITHDRAWN)
    aman.page.goto(f"/cases/{scene.file.reference}/")
    assert name in aman.page.locator("main").inner_text(), "the sender's own case is untouched"

    dubai.context.clear_cookies(name="ihala_session")
    sites.sign_in(dubai.page, "dfwac.supervisor")
    hands.press(dubai.page, f'main a[href="/referrals/{reference}/"]')
    hands.press(dubai.page, 'main a[href$="/attest/"]')
    hands.fill(dubai.page, text=ATTESTED)
    hands.press(dubai.page, hands.CONFIRM)
    assert dubai.page.locator('main a[href$="/attest/"]').count() == 0
    assert dubai.page.locator("main > .notice.success").count() == 1

    hands.open_referral(aman.page, reference)
    assert aman.page.locator("main > .notice.success").count() == 1, "the sender reads that it was attested"
    assert ATTESTED not in hands.seen_on(aman.page), "and not the words"
