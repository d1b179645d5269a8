"""Drafts nobody goes on with: told first, deleted later, never unawares."""

from datetime import timedelta

import pytest

from ihala.audit.models import Event
from ihala.core import clock
from ihala.core.acting import acting
from ihala.notifications.enums import Kind
from ihala.notifications.models import Notification
from ihala.organisations.actions import deactivate
from ihala.organisations.models import Actor, Membership
from ihala.referrals import actions, tasks
from ihala.referrals.enums import State
from ihala.referrals.models import PackagePart, Referral, ReferralSide, SideRecord
from ihala.vault.models import Grant
from tests import given

pytestmark = pytest.mark.django_db


def run(days: float) -> None:
    """The worker's hour, so many days from now."""
    with clock.at(clock.now() + timedelta(days=days)):
        tasks.mind_old_drafts(0)


def told(referral: Referral) -> list[Notification]:
    with acting(Actor.system_of(referral.sender_id)):
        return list(Notification.objects.filter(subject_id=referral.pk, kind=Kind.DEADLINE_NEAR))


def exists(referral: Referral) -> bool:
    with acting(Actor.system_of(referral.sender_id)):
        return Referral.objects.filter(pk=referral.pk).exists()


def test_the_author_is_told_once_and_the_draft_goes_with_all_that_hangs_on_it():
    scene = given.acted(given.a_scene(), "case consent file:scan draft submit return")
    draft, author = scene.subject, given.actor("aman.caseworker")
    run(24)
    assert told(draft) == []
    run(25.1)
    run(26)
    (notice,) = told(draft)
    assert (notice.membership_id, notice.roles) == (author.membership_id, [])
    run(29.9)
    assert exists(draft)
    run(30.2)
    assert not exists(draft)
    with acting(author):
        assert not PackagePart.objects.filter(referral=draft).exists()
        assert not SideRecord.objects.filter(referral=draft).exists()
        assert not Grant.objects.filter(root_id=draft.pk).exists()
        event = Event.objects.get(name="referral.purged", referral_id=draft.pk)
        assert (event.user_id, event.organisation_id) == (0, author.organisation_id)


def test_a_worker_that_was_away_still_gives_the_full_notice():
    draft = given.a_referral(State.DRAFT)
    run(90)
    run(94)
    assert len(told(draft)) == 1 and exists(draft)
    run(95.1)
    assert not exists(draft)


def test_going_on_with_a_draft_begins_its_time_anew():
    draft, author = given.a_referral(State.DRAFT), given.actor("aman.caseworker")
    run(26)
    with clock.at(clock.now() + timedelta(days=28)), acting(author):
        actions.revise(Referral.objects.get(pk=draft.pk), by=author, urgency="urgent")
    run(31)
    assert exists(draft)
    run(54)
    assert len(told(draft)) == 2
    run(59)
    assert not exists(draft)


def test_the_supervisors_are_told_where_the_author_is_gone():
    draft, admin = given.a_referral(State.DRAFT), given.actor("aman.admin")
    with acting(admin):
        author = Membership.objects.get(pk=given.actor("aman.caseworker").membership_id)
        deactivate(author, by=admin)
    run(26)
    (notice,) = told(draft)
    assert (notice.membership_id, notice.roles) == (None, ["supervisor"])


def test_what_was_submitted_or_sent_is_no_draft_and_an_authorless_one_goes_to_the_supervisors():
    waiting, sent = given.a_referral(State.AWAITING_APPROVAL, urgency="urgent"), given.a_referral(State.SENT)
    draft = given.a_referral(State.DRAFT)
    with acting(Actor.system_of(draft.sender_id)):
        ReferralSide.objects.filter(referral=draft).delete()
    run(26)
    run(90)
    assert exists(waiting) and exists(sent) and not exists(draft)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_drafts_page_says_when_it_ends(language):
    draft = given.a_referral(State.DRAFT)
    page = given.signed_in("aman.caseworker", language=language).get(f"/referrals/{draft.reference}/")
    assert ("30 days" if language == "en" else "30 يومًا") in page.content.decode()
