"""Is she known there, and are these two cases of one person? Asked and answered in the browser, on both sides."""

from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.matching.models import KnownQuestion, Pair
from tests import given
from tests.matching.consented import ASKER, THEIRS, a_case, consent_to

from . import hands
from . import site as sites


def test_she_is_asked_about_and_both_sides_say_a_word_and_both_logs_show_it(visit):
    """In Arabic. Aman's caseworker opens the case, reads what will happen, and asks whether the Dubai Foundation knows
    her. It knows somebody of nearly her name: look closer. The Foundation's supervisor finds the question and no name;
    they telephone, and each says that it is the same person. Both data protection officers find it in their log.
    """
    there = a_case(THEIRS, name="Maryem Abdelrahim")
    here = a_case(ASKER)
    consent_to(here)
    aman, dubai = visit("ar"), visit("ar")
    sites.sign_in(aman.page, ASKER)
    page = aman.page
    page.goto(f"/cases/{here.reference}/")
    hands.press(page, f'a[href="/known/case/{here.reference}/"]')
    assert sites.axe(page) == []
    hands.press(page, "main form button.primary")
    assert "يلزم التدقيق" in page.locator("main").inner_text()
    assert there.reference not in page.content() and sites.axe(page) == []
    address = page.url
    hands.fill(page, says="yes")
    page.locator('main [name="telephoned"]').check()
    hands.press(page, "main form .submit button.primary")
    assert "بانتظار الجهة الأخرى" in page.locator("main").inner_text()

    sites.sign_in(dubai.page, THEIRS)
    dubai.page.goto("/known/")
    hands.press(dubai.page, "main article a")
    seen = dubai.page.locator("main").inner_text()
    assert there.reference in seen and here.reference not in dubai.page.content() and "مريم" not in seen
    assert sites.axe(dubai.page) == []
    hands.fill(dubai.page, says="yes")
    dubai.page.locator('main [name="telephoned"]').check()
    hands.press(dubai.page, "main form .submit button.primary")
    page.goto(address)
    assert "معروفة لدى الجهتين" in page.locator("main").inner_text()
    with acting(given.actor(THEIRS)):
        assert KnownQuestion.objects.get().result == "yes"

    for who in ("aman.dpo", "dfwac.dpo"):
        officer = visit("ar")
        sites.sign_in(officer.page, who)
        officer.page.goto("/audit/")
        assert "سؤال عمّا إذا كانت مستفيدة معروفة" in officer.page.locator("main").inner_text()


def test_two_cases_are_compared_linked_and_taken_back(visit):
    """In English. A caseworker finds that two of her cases may be of one person, reads both side by side, links them,
    sees the link on the case's page, and takes it back.
    """
    one, other = sorted((a_case(ASKER), a_case(ASKER, name="Mariam Abdulrahman")), key=lambda case: case.pk)
    with acting(given.actor(ASKER)):
        Pair.objects.create(
            organisation_id=one.organisation_id,
            one=one,
            other=other,
            reasons=["name", "year"],
            found_at=now(),
        )
    aman = visit("en")
    page = aman.page
    sites.sign_in(page, ASKER)
    page.goto("/pairs/")
    assert sites.axe(page) == []
    hands.press(page, "main article a")
    seen = page.locator("main").inner_text()
    assert "مريم عبدالرحمن" in seen and "Mariam Abdulrahman" in seen and sites.axe(page) == []
    hands.fill(page, decision="same", go_on_with=other.reference)
    hands.press(page, "main form .submit button.primary")
    page.goto(f"/cases/{one.reference}/")
    assert "Another case of the same person" in page.locator("main").inner_text()
    hands.press(page, 'main .notice a[href^="/pairs/"]')
    hands.press(page, 'main form[action$="/undo/"] button')
    page.goto(f"/cases/{one.reference}/")
    assert "Another case of the same person" not in page.locator("main").inner_text()
