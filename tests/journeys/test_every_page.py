"""Every page that anybody can reach by pressing links, in both languages: it opens, and it is as pages have to be."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from django.conf import settings

from ihala.core.vocabulary import Category, Urgency
from ihala.demo.people import FAMILIES
from ihala.referrals.enums import State
from tests import given
from tests.shelter import houses

from . import site as sites
from .conftest import shared_site as site  # noqa: F401  one story for all of them
from .crawl import Answer, Reader, Walk, packed

ROLES = (
    "aman.caseworker", "aman.supervisor", "aman.duty", "aman.dpo", "aman.director", "aman.admin",
    "dfwac.duty", "dfwac.supervisor", "sharjah.caseworker", "",
)  # fmt: skip
MOST_BYTES = 60_000
STATES = (State.DRAFT, State.AWAITING_APPROVAL, State.SENT, State.UNDER_REVIEW, State.INFO_REQUESTED, State.ACCEPTED,
    State.HANDOVER, State.NOT_ARRIVED, State.ARRIVED, State.COMPLETED, State.DECLINED, State.CONSENT_WITHDRAWN,
    State.DECLINE_PROPOSED)  # fmt: skip
NEVER_IN_A_TITLE = re.compile(
    r"أمان|دبي|عنف|اتجار|إساءة|سوء|R-\w{4}|C-\w{4}|Aman|Dubai|violence|trafficking|abuse", re.I
)


@pytest.fixture(scope="module")
def story(site):  # noqa: F811
    """Something on every screen: a referral in most states, a legal basis, other categories, an amendment."""
    for state in STATES:
        given.a_referral(state)
    given.acted(
        given.a_scene(category=Category.CHILD_ABUSE, urgency=Urgency.URGENT), "case duty second draft submit"
    )
    given.acted(
        given.a_scene(of=FAMILIES["ht02"]),
        "case consent file:order file:scan draft send ack conflict accept amend",
    )
    given.acted(
        given.a_scene(sender="dfwac", receiver="aman"), "case consent draft send ack ask:mobility answer"
    )
    given.helens_case()
    houses.lived_in()
    return site


@pytest.fixture(scope="module")
def cookies(story) -> dict[str, str]:
    """The session of each, entered once."""
    name = settings.SESSION_COOKIE_NAME
    return {role: given.signed_in(role).cookies[name].value if role else "" for role in ROLES}


def walked(story: sites.Site, session: str, language: str) -> Iterator[tuple[str, Answer]]:
    """Every page this person can reach, two of each kind in Arabic and one in English."""
    cookies = {settings.SESSION_COOKIE_NAME: session, "ihala_language": language}
    walk = Walk(story.url, cookies, each=2 if language == "ar" else 1)
    yield from walk.pages()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_link_leads_to_a_page_that_is_as_pages_have_to_be(story, cookies, visit, language):
    """Ten people press every link they are shown; then each kind of page is looked at on a desk and on a phone. The
    forms of a referral's steps are one template: each is looked at in Arabic, one of them in English.
    """
    faults: list[str] = []
    kinds: dict[str, tuple[str, str]] = {}
    for role in ROLES:
        for kind, answer in walked(story, cookies[role], language):
            faults += [f"{role} {answer.address}: {fault}" for fault in faults_of(answer, language)]
            if answer.is_page:
                side = role.partition(".")[0] if kind == "referrals:detail" else ""
                drawn = kind.rstrip("?") if language == "ar" else kind.rstrip("?").partition("/")[0]
                kinds.setdefault(f"{drawn} {side}", (role, answer.address))
    assert sorted(set(faults)) == []
    assert len(kinds) > 30, sorted(kinds)
    faults = []
    visitor = visit(language)
    for kind, (role, address) in kinds.items():
        faults += [
            f"{kind} {role} {address}: {fault}" for fault in looked_at(visitor, cookies[role], address)
        ]
    assert faults == []


def faults_of(answer: Answer, language: str) -> Iterator[str]:
    """What is wrong with a page as it was sent."""
    if answer.status >= 400:
        yield f"answers {answer.status}"
    if "no-store" not in answer.headers.get("cache-control", ""):
        yield "may be kept by the browser"
    policy = answer.headers.get("content-security-policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield f"is allowed too much: {policy}"
    if not answer.is_page:
        return
    reader = Reader(answer.text)
    wanted = ("ar-AE", "rtl") if language == "ar" else ("en", "ltr")
    if (reader.html.get("lang"), reader.html.get("dir")) != wanted:
        yield f"is in {reader.html}"
    if NEVER_IN_A_TITLE.search(reader.title):
        yield f"tells in its title: {reader.title}"
    if language == "ar" and reader.latin():
        yield f"is not all Arabic: {sorted(reader.latin())[:8]}"
    size = packed(answer.body) + sum(_weight(name) for name in reader.assets)
    if size > MOST_BYTES:
        yield f"weighs {size} bytes"


@cache
def _weight(name: str) -> int:
    """How many bytes of a style sheet or script travel."""
    return packed((settings.STATIC_ROOT / name.removeprefix("/static/")).read_bytes())


def looked_at(visitor: sites.Visitor, session: str, address: str) -> Iterator[str]:
    """What is wrong with a page as it is drawn, on a desk and on a phone."""
    page = visitor.page
    visitor.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    if session:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": visitor.site.url}
        visitor.context.add_cookies([cookie])
    page.set_viewport_size(sites.DESK)
    page.goto(address, wait_until="domcontentloaded")
    yield from sites.axe(page)
    page.set_viewport_size(sites.PHONE)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        yield f"is {wide} pixels too wide for a phone"
