"""A decline, in English: never by one person alone, and never the end of it."""

from ihala.referrals.enums import State
from tests import given

from . import hands
from . import site as sites

WHY = "Both family rooms are taken until Thursday."
NEXT = "She stays in our waiting room tonight; the clinic sees her at nine."


def test_a_decline_takes_two_people_and_the_sender_records_what_happens_to_her_now(visit):
    """The Foundation is full. Its supervisor proposes to decline; nobody at Aman sees anything of it, and she cannot
    confirm it herself. Her colleague does. Aman's caseworker reads the reason, and the referral stays on her work list
    until she has written down what happens to the family now.
    """
    reference = given.a_referral(State.UNDER_REVIEW).reference
    proposer, second, aman = visit("en"), visit("en"), visit("en")
    sites.sign_in(proposer.page, "dfwac.supervisor")
    sites.sign_in(second.page, "dfwac.supervisor2")
    sites.sign_in(aman.page, "aman.caseworker")

    hands.open_referral(proposer.page, reference)
    hands.step(proposer.page, "propose_decline", reason="no_capacity", text=WHY)
    assert hands.stands(proposer.page, State.DECLINE_PROPOSED)
    assert "confirm_decline" not in hands.offered(proposer.page)
    proposer.page.goto(f"/referrals/{reference}/step/confirm_decline/")
    assert proposer.page.locator(hands.CONFIRM).count() == 0, "the proposer cannot reach it by address either"

    hands.open_referral(aman.page, reference)
    assert hands.stands(aman.page, State.UNDER_REVIEW)
    assert WHY not in hands.seen_on(aman.page)
    assert "record_next_step" not in hands.offered(aman.page)

    hands.open_referral(second.page, reference)
    hands.press(second.page, 'a[href$="/step/confirm_decline/"]')
    assert WHY in second.page.locator("main").inner_text(), "the second person reads what is proposed"
    hands.press(second.page, hands.CONFIRM)
    assert hands.stands(second.page, State.DECLINED)

    hands.press(aman.page, '.nav a[href="/"]')
    hands.press(aman.page, f'main a[href="/referrals/{reference}/"]')
    assert hands.stands(aman.page, State.DECLINED)
    assert WHY in aman.page.locator("main").inner_text()
    assert sites.axe(aman.page) == []
    hands.step(aman.page, "record_next_step", kind="keep_and_support", text=NEXT)
    assert "record_next_step" not in hands.offered(aman.page)
    hands.press(aman.page, '.nav a[href="/"]')
    assert reference not in aman.page.locator("main").inner_text(), "only now is it off her work list"

    hands.open_referral(second.page, reference)
    assert NEXT not in hands.seen_on(second.page), "what becomes of her is the sender's"
