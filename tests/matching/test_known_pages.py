"""The pages of "is she known there?": what each side reads, in both languages."""

from typing import Any

import pytest

from ihala.core.acting import acting
from ihala.matching import actions, private
from ihala.matching.models import KnownQuestion
from tests import given
from tests.matching.consented import ASKER, THEIRS, a_case, consent_to


@pytest.fixture(autouse=True)
def _closer(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private, "compared", lambda *_asked: ("closer", 0))


def test_from_the_case_to_the_answer_and_a_word_of_each_side() -> None:
    a_case(THEIRS)
    here = a_case(ASKER)
    client = given.signed_in(ASKER, language="en")
    page = client.get(f"/known/case/{here.reference}/").content.decode()
    assert "Record her consent" in page and "Ask now" not in page
    consent_to(here)
    page = client.get(f"/known/case/{here.reference}/").content.decode()
    assert "Ask now" in page and "lasts until" in page
    partner = given.cast().dfwac.pk
    assert client.post(f"/known/case/{here.reference}/", {"partner": "x"}).status_code == 422
    done = client.post(f"/known/case/{here.reference}/", {"partner": partner})
    again = client.get(f"/known/case/{here.reference}/").content.decode()
    assert again.count("Asked ") == 1 and f'href="{done.url}"' in again
    page = client.get(done.url).content.decode()
    assert "Look closer" in page and here.reference in page and "Your word" in page
    assert "tel:+97150" in page
    assert client.post(done.url, {"says": "yes"}).status_code == 422
    assert client.post(done.url, {"says": "yes", "telephoned": "on"}).status_code == 302
    assert "It waits for the other side" in client.get(done.url).content.decode()
    theirs = given.signed_in(THEIRS)
    assert "بانتظار كلمتكم" in theirs.get("/known/").content.decode()
    page = theirs.get(done.url).content.decode()
    assert here.reference not in page and "مريم" not in page and "كلمتكم" in page
    theirs.post(done.url, {"says": "yes", "telephoned": "on"})
    page = theirs.get(done.url).content.decode()
    assert "معروفة لدى الجهتين" in page and "بانتظار" not in page


@pytest.mark.parametrize("result", ["yes", "no", "unclear"])
def test_each_answer_says_what_to_do_next_to_each_side(result: str) -> None:
    a_case(THEIRS)
    here = a_case(ASKER)
    consent_to(here)
    with acting(given.actor(ASKER)):
        key = actions.ask_known(here, by=given.actor(ASKER), partner=given.cast().dfwac.pk).pk
    words: dict[str, Any] = {"yes": ("yes", "yes"), "no": ("yes", "no"), "unclear": ("cannot", "yes")}
    for who, word in zip((ASKER, THEIRS), words[result], strict=True):
        with acting(given.actor(who)):
            actions.say_known(KnownQuestion.objects.get(), word, by=given.actor(who))
    said = {"yes": "Expect their call", "no": "You are not told who", "unclear": "cannot tell"}
    assert said[result] in given.signed_in(THEIRS, language="en").get(f"/known/{key}/").content.decode()
    assert given.signed_in(ASKER).get(f"/known/{key}/").status_code == 200


def test_a_notification_leads_to_the_question_and_the_list_is_for_those_who_ask() -> None:
    a_case(THEIRS)
    here = a_case(ASKER)
    consent_to(here)
    with acting(given.actor(ASKER)):
        key = actions.ask_known(here, by=given.actor(ASKER), partner=given.cast().dfwac.pk).pk
    theirs = given.signed_in(THEIRS, language="en")
    assert (
        theirs.get(f"/referrals/key/{key}/").url == f"/known/{key}/"
        or f"/known/{key}/" in theirs.get("/notifications/").content.decode()
    )
    assert "Asked of us" in theirs.get("/known/").content.decode()
    assert given.signed_in("dfwac.practitioner").get("/known/").status_code == 403
    assert given.signed_in("dfwac.practitioner").get(f"/known/case/{here.reference}/").status_code == 404
    assert given.signed_in("sharjah.caseworker").get("/known/").status_code == 200
