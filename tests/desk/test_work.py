"""My work and the lists: who sees what, in which order, and what a reload or an update keeps."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.veil import veil
from ihala.core.vocabulary import Category, Urgency
from ihala.desk import work
from ihala.desk.enums import List, Part
from ihala.desk.filters import After, Filters
from ihala.referrals.enums import State
from tests import given

pytestmark = pytest.mark.django_db

LISTS = ["/", "/inbox/", "/outbox/", "/drafts/", "/overdue/"]


def page(kind, username, filters=Filters(), after=None):  # noqa: B008
    actor = given.actor(username)
    with acting(actor):
        return work.find(kind, actor, filters, after)


def ids(kind, username, **kwargs):
    return [row.id for row in page(kind, username, **kwargs).rows]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "username", ["aman.caseworker", "aman.supervisor", "aman.duty", "dfwac.practitioner"]
)
def test_every_list_opens_for_those_who_work_with_referrals(path, username):
    given.a_referral(State.UNDER_REVIEW)
    assert given.signed_in(username).get(path).status_code == 200


def test_a_referral_stands_in_the_receivers_inbox_and_the_senders_outbox():
    referral = given.a_referral(State.SENT)
    assert ids(List.INBOX, "dfwac.duty") == [referral.pk]
    assert ids(List.OUTBOX, "aman.caseworker") == [referral.pk]
    assert ids(List.INBOX, "aman.caseworker") == [] == ids(List.OUTBOX, "dfwac.duty")


def test_a_draft_is_seen_by_the_sender_alone():
    referral = given.a_referral(State.DRAFT)
    assert ids(List.DRAFTS, "aman.caseworker") == [referral.pk]
    assert ids(List.WORK, "aman.caseworker") == [referral.pk]
    assert ids(List.WORK, "dfwac.supervisor") == []


def test_a_third_organisation_sees_nothing():
    for state in (State.SENT, State.ACCEPTED, State.COMPLETED):
        given.a_referral(state)
    client = given.signed_in("sharjah.caseworker")
    for kind in List:
        assert ids(kind, "sharjah.caseworker") == []
    for path in LISTS:
        assert "R-" not in client.get(path).content.decode().replace("R-7K3Q-9XPM", "")


def test_a_receivers_caseworker_sees_only_what_they_were_given():
    given.a_referral(State.UNDER_REVIEW)
    scene = given.acted(given.a_scene_at(State.UNDER_REVIEW), "assign")
    assert ids(List.INBOX, "dfwac.caseworker") == [scene.subject.pk]


def test_the_page_names_nobody():
    referral = given.acted(given.a_scene_at(State.ACCEPTED), "plan").subject
    text = given.signed_in("dfwac.supervisor").get("/").content.decode()
    family = given.family()
    assert referral.reference in text
    assert family.content.survivor["name"] not in text
    assert "امرأة" in text or "Woman" in text


def test_what_is_late_stands_first_and_its_section_says_so():
    later = given.a_referral(State.SENT, urgency=Urgency.STANDARD)
    late = given.a_referral(State.SENT)
    with clock.at(clock.now() + timedelta(minutes=20)):
        found = page(List.WORK, "dfwac.duty")
        assert [row.id for row in found.rows] == [late.pk, later.pk]
        assert found.counters.overdue == 1
        assert ids(List.OVERDUE, "dfwac.duty") == [late.pk]


def test_a_supervisor_is_shown_what_waits_for_a_second_person():
    given.a_referral(State.SENT)
    given.a_referral(State.AWAITING_APPROVAL, urgency=Urgency.URGENT)
    given.acted(given.a_scene(), "case duty draft send")
    text = given.signed_in("aman.supervisor", language="en").get("/").content.decode()
    for heading in ("To approve", "Emergencies sent at once, to review", "Second signature missing"):
        assert heading in text
    theirs = given.signed_in("aman.caseworker", language="en").get("/").content.decode()
    assert "Waits for a supervisor of your side" in theirs
    assert "To approve" not in theirs


def test_a_decline_to_confirm_is_shown_to_the_receivers_supervisor_and_hidden_from_the_sender():
    referral = given.a_referral(State.DECLINE_PROPOSED)
    assert (
        "Declines to confirm" in given.signed_in("dfwac.supervisor2", language="en").get("/").content.decode()
    )
    outbox = given.signed_in("aman.caseworker", language="en").get("/outbox/").content.decode()
    assert "Decline proposed</span>" not in outbox
    assert "Under review</span>" in outbox
    assert ids(List.OUTBOX, "aman.caseworker", filters=Filters(state="under_review")) == [referral.pk]
    assert ids(List.OUTBOX, "aman.caseworker", filters=Filters(state="decline_proposed")) == []
    assert ids(List.INBOX, "dfwac.duty", filters=Filters(state="decline_proposed")) == [referral.pk]


def test_destruction_and_ending_consents_stand_beside_the_turns():
    withdrawn = given.a_referral(State.CONSENT_WITHDRAWN)
    ending = given.acted(given.a_scene(), "case consent:5 draft send").subject
    assert {(row.id, row.part) for row in page(List.WORK, "dfwac.supervisor").rows} >= {
        (withdrawn.pk, Part.DESTRUCTION)
    }
    assert (ending.pk, Part.CONSENT) in {
        (row.id, row.part) for row in page(List.WORK, "aman.caseworker").rows
    }


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"category": "domestic_violence"}, {"violence"}),
        ({"urgency": "standard"}, {"child"}),
        ({"state": "under_review"}, {"child"}),
        ({"ref": "the child's"}, {"child"}),
        ({"category": "nonsense", "state": "<b>"}, {"violence", "child"}),
    ],
)
def test_filters_stand_in_the_address_and_narrow_the_list(query, shown):
    referrals = {
        "violence": given.a_referral(State.SENT),
        "child": given.a_referral(
            State.UNDER_REVIEW, urgency=Urgency.STANDARD, category=Category.CHILD_ABUSE
        ),
    }
    if "ref" in query:
        query = {"ref": referrals["child"].reference[2:6].lower()}
    else:
        query = {name: veil(value) for name, value in query.items() if value.isidentifier()}
    text = given.signed_in("dfwac.duty").get("/inbox/", query).content.decode()
    for name, referral in referrals.items():
        assert (referral.reference in text) is (name in shown)
    known = Filters.of(query).query()
    if known:
        assert (
            "&amp;".join(f"{key}={value}" for key, value in known.items()) in text
        )  # the update asks the same


def test_nothing_matching_the_filters_is_said_plainly():
    given.a_referral(State.SENT)
    client = given.signed_in("dfwac.duty", language="en")
    assert "Nothing matches" in client.get("/inbox/?category=" + veil("child_abuse")).content.decode()


@pytest.fixture
def short_pages(monkeypatch):
    monkeypatch.setattr(work, "PAGE", 2)


@pytest.mark.parametrize(
    ("kind", "username"),
    [(List.INBOX, "dfwac.duty"), (List.WORK, "dfwac.duty"), (List.DRAFTS, "aman.caseworker")],
)
def test_leafing_shows_each_row_once_even_while_new_ones_arrive(short_pages, kind, username):
    state = State.DRAFT if kind == List.DRAFTS else State.SENT
    there = {given.a_referral(state).pk for _ in range(5)}
    first = page(kind, username)
    given.a_referral(state)  # arrives while somebody leafs
    seen, after = [row.id for row in first.rows], first.after(kind)
    while after:
        following = page(kind, username, after=After.read(str(after)))
        seen += [row.id for row in following.rows]
        after = following.after(kind)
    assert len(seen) == len(set(seen))
    assert there <= set(seen)


@pytest.mark.parametrize("text", ["", "x", "12.nothing", "99999999999999999999999." + "0" * 32])
def test_a_place_that_makes_no_sense_is_the_beginning(text):
    assert After.read(text) is None
    assert given.signed_in("dfwac.duty").get("/inbox/", {"after": text}).status_code == 200


def test_an_unchanged_list_answers_304_and_a_changed_one_its_rows():
    scene = given.a_scene_at(State.SENT)
    client = given.signed_in("dfwac.duty")
    url = reverse("desk:rows", args=["inbox"])
    fresh = client.get(url, headers={"X-Poll": "1"})
    assert fresh.status_code == 200
    assert scene.subject.reference in fresh.content.decode()
    assert "<html" not in fresh.content.decode()
    again = client.get(url, headers={"If-None-Match": fresh["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    given.acted(scene, "ack")
    assert client.get(url, headers={"If-None-Match": fresh["ETag"]}).status_code == 200


def test_the_page_and_its_update_have_one_fingerprint():
    given.a_referral(State.SENT)
    client = given.signed_in("dfwac.duty")
    shown = client.get("/").context["etag"]
    assert client.get("/rows/work/", headers={"If-None-Match": shown}).status_code == 304


def test_a_deadline_that_passes_changes_the_list():
    given.a_referral(State.SENT)
    client = given.signed_in("dfwac.duty")
    before = client.get("/rows/work/")["ETag"]
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert client.get("/rows/work/", headers={"If-None-Match": before}).status_code == 200


def statements(ask):
    """What a request asks the database. Two of them are this test's own transaction around the request's."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    counted = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    return counted[:1] + counted[2:-1]


def test_a_list_is_frugal_with_statements():
    for _ in range(3):
        given.acted(given.a_scene_at(State.UNDER_REVIEW), "assign")
    client = given.signed_in("dfwac.duty")
    client.get("/inbox/")
    asked = statements(lambda: client.get("/inbox/"))
    assert len(asked) <= 8, "\n".join(asked)
    etag = client.get("/rows/inbox/")["ETag"]
    asked = statements(lambda: client.get("/rows/inbox/", headers={"If-None-Match": etag}))
    assert len(asked) <= 5, "\n".join(asked)


@pytest.mark.parametrize(
    ("username", "place"),
    [("aman.admin", "/organisations/staff/"), ("aman.dpo", "/audit/"), ("aman.director", "/counts/")],
)
def test_other_roles_land_on_their_own_first_page(username, place):
    assert given.signed_in(username).get("/").headers["Location"] == place


@pytest.mark.parametrize("username", ["aman.admin", "aman.dpo", "aman.director"])
@pytest.mark.parametrize("path", ["/inbox/", "/rows/work/"])
def test_other_roles_are_refused_the_lists(username, path):
    assert given.signed_in(username).get(path).status_code == 403


def test_the_director_reads_counts_without_small_numbers():
    for _ in range(5):
        given.a_referral(State.SENT)
    given.a_referral(State.DECLINE_PROPOSED)
    client = given.signed_in("aman.director", language="en")
    text = client.get("/counts/").content.decode()
    assert '<td class="number">5</td>' in text
    assert '<td class="number">fewer than 5</td>' in text
    assert "Decline proposed" not in text
    assert "R-" not in text
    assert given.signed_in("aman.admin").get("/counts/").status_code == 403


def test_the_counts_say_when_there_is_nothing():
    assert (
        "No referral yet." in given.signed_in("aman.director", language="en").get("/counts/").content.decode()
    )


def test_the_navigation_leads_each_role_where_it_may_go():
    given.a_referral(State.SENT)
    for username in given.cast().actors:
        response = given.signed_in(username).get("/", follow=True)
        items = list(response.context["nav"])
        assert items
        for item in items:
            assert given.signed_in(username).get(item["url"], follow=True).status_code == 200, (
                username,
                item,
            )


def test_a_case_shows_its_referrals():
    scene = given.a_scene_at(State.ACCEPTED)
    text = (
        given.signed_in("aman.caseworker")
        .get(reverse("cases:detail", args=[scene.file.reference]))
        .content.decode()
    )
    assert scene.subject.reference in text


def test_consent_withdrawn_leaves_the_list_of_the_open():
    scene = given.a_scene_at(State.UNDER_REVIEW)
    assert scene.subject.pk in ids(List.WORK, "dfwac.duty")
    given.acted(scene, "unconsent_s")
    assert scene.subject.pk not in ids(List.WORK, "dfwac.duty")


def test_one_place_of_the_menu_is_the_current_one():
    client = given.signed_in("aman.admin")
    for path in ("/organisations/staff/", "/organisations/", "/organisations/staff/add/"):
        body = client.get(path).content.decode()
        menu = body[body.index('<nav class="nav"') : body.index("</nav>")]
        assert menu.count('aria-current="page"') == 1, path


def test_what_is_overdue_over_there_comes_with_the_line_to_call_and_nothing_else_does():
    referral = given.a_referral(State.SENT)
    line = 'href="tel:+971500000201"'
    assert line not in given.signed_in("aman.caseworker").get("/outbox/").content.decode()
    with clock.at(referral.due_at + timedelta(minutes=1)):
        assert line in given.signed_in("aman.caseworker").get("/outbox/").content.decode()
        ours = given.signed_in("dfwac.duty").get("/overdue/").content.decode()
        assert referral.reference in ours and "tel:" not in ours
        assert "tel:" not in given.signed_in("sharjah.caseworker").get("/outbox/").content.decode()
