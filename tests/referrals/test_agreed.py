"""What terms ask for beyond the mechanism: a second person accepts, but never in an emergency."""

import pytest

from ihala.core.acting import acting
from ihala.core.vocabulary import Urgency
from ihala.organisations.terms import TermsView
from ihala.referrals import actions, facts
from ihala.referrals.models import Referral
from tests import given
from tests.refused import refusal_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("urgency", "code"), [(Urgency.URGENT, "second_person"), (Urgency.EMERGENCY, None)])
def test_who_attested_the_conflict_check_does_not_accept_where_the_terms_say_so(urgency, code, monkeypatch):
    scene = given.a_scene(urgency=urgency)
    sending = "send" if urgency == Urgency.EMERGENCY else "submit approve"
    given.acted(scene, f"case consent draft {sending} ack")
    supervisor, other = given.actor("dfwac.supervisor"), given.actor("dfwac.supervisor2")
    with acting(supervisor):
        actions.attest_conflict_check(scene.subject, by=supervisor, spoke_with="A.", result="clear")
        monkeypatch.setattr(TermsView, "second_person", lambda self, step: True)
        again = Referral.objects.get(pk=scene.subject.pk)
        assert facts.pinned_terms(again).second_person("accept")
        if code:
            assert refusal_of(actions.accept, again, by=supervisor) == code
        else:
            actions.accept(again, by=supervisor)
    if code:
        with acting(other):
            assert actions.accept(Referral.objects.get(pk=scene.subject.pk), by=other).accepted_at


def test_without_such_terms_the_same_person_may(monkeypatch):
    scene = given.acted(given.a_scene(urgency=Urgency.URGENT), "case consent draft submit approve ack")
    supervisor = given.actor("dfwac.supervisor")
    with acting(supervisor):
        actions.attest_conflict_check(scene.subject, by=supervisor, spoke_with="A.", result="clear")
        assert actions.accept(Referral.objects.get(pk=scene.subject.pk), by=supervisor).accepted_at
