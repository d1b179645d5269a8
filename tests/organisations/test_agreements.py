"""Proposed by one, countersigned by the other, then in force; either may end it."""

import pytest
from django.db import IntegrityError, transaction

from ihala.audit.models import Event
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.organisations import actions, rules
from ihala.organisations.enums import TermsEnd, TermsStatus
from ihala.organisations.models import Agreement, Terms
from ihala.organisations.terms import default_terms

from .cast import Party, agree, propose


def refused(code: str, call, *args, **kwargs) -> None:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    assert caught.value.refusal.code == code


def test_terms_are_in_force_once_the_other_party_has_countersigned(aman: Party, dfwac: Party) -> None:
    terms = propose(aman, dfwac)
    assert terms.status == TermsStatus.PROPOSED
    with acting(aman.supervisor):
        assert rules.active_terms(aman.id, dfwac.id) is None
        assert list(rules.partners(aman.id)) == []
    with acting(dfwac.supervisor):
        assert list(rules.waiting_for_signature(dfwac.supervisor)) == [terms]
        assert list(rules.waiting_for_signature(dfwac.caseworker)) == []
        signed = actions.countersign(terms, by=dfwac.supervisor)
    assert signed.status == TermsStatus.ACTIVE
    assert signed.countersigner_en == "dfwac supervisor"
    for party, other in ((aman, dfwac), (dfwac, aman)):
        with acting(party.caseworker):
            view = rules.active_terms(dfwac.id, aman.id)
            assert view is not None and view.id == terms.pk
            assert rules.terms_of(terms.pk) == view
            assert list(rules.partners(party.id)) == [other.organisation]


def test_a_referral_without_terms_has_no_terms(aman: Party) -> None:
    with acting(aman.supervisor):
        assert rules.terms_of(None) is None


def test_only_director_and_supervisor_propose_and_sign(aman: Party, dfwac: Party) -> None:
    data = default_terms(aman.id, dfwac.id)
    for name in ("caseworker", "duty", "practitioner", "dpo", "admin"):
        with acting(aman.actor(name)):
            refused("not_permitted", actions.propose_terms, dfwac.organisation, data, by=aman.actor(name))
    terms = propose(aman, dfwac)
    for name in ("caseworker", "duty", "practitioner", "dpo", "admin"):
        with acting(dfwac.actor(name)):
            refused("not_permitted", actions.countersign, terms, by=dfwac.actor(name))
            refused("not_permitted", actions.withdraw_proposal, terms, by=dfwac.actor(name))
            refused("not_permitted", actions.end_agreement, terms.agreement, by=dfwac.actor(name))


def test_the_proposer_never_countersigns_not_even_another_person_of_it(aman: Party, dfwac: Party) -> None:
    terms = propose(aman, dfwac)
    for name in ("director", "supervisor"):
        with acting(aman.actor(name)):
            refused("own_proposal", actions.countersign, terms, by=aman.actor(name))
            assert Event.objects.filter(refusal="own_proposal", organisation_id=aman.id).exists()
            assert Terms.objects.get().status == TermsStatus.PROPOSED


def test_terms_are_proposed_to_another_organisation_that_takes_part(aman: Party, dfwac: Party) -> None:
    data = default_terms(aman.id, dfwac.id)
    with acting(aman.director):
        refused("no_partner", actions.propose_terms, aman.organisation, data, by=aman.director)
        dfwac.organisation.is_active = False
        refused("no_partner", actions.propose_terms, dfwac.organisation, data, by=aman.director)


def test_incomplete_terms_are_refused_with_their_paths(aman: Party, dfwac: Party) -> None:
    data = default_terms(aman.id, dfwac.id)
    del data["clocks"]["sent"]
    with acting(aman.director), pytest.raises(Refused) as caught:
        actions.propose_terms(dfwac.organisation, data, by=aman.director)
    assert caught.value.refusal.detail == {"paths": ["clocks.sent"]}


def test_one_proposal_waits_at_a_time(aman: Party, dfwac: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    propose(aman, dfwac)
    data = default_terms(aman.id, dfwac.id)
    with acting(dfwac.director):
        refused("proposal_waits", actions.propose_terms, aman.organisation, data, by=dfwac.director)
        monkeypatch.setattr(rules, "why_not_propose", lambda *_args: None)  # as if asked a moment too early
        refused("proposal_waits", actions.propose_terms, aman.organisation, data, by=dfwac.director)
        assert Terms.objects.count() == 1


def test_a_new_version_ends_the_former_and_the_former_can_still_be_read(aman: Party, dfwac: Party) -> None:
    first = agree(aman, dfwac)
    data = default_terms(aman.id, dfwac.id)
    data["clocks"]["sent"]["emergency"] = [10, "minutes"]
    second = agree(dfwac, aman, data)
    with acting(aman.caseworker):
        first.refresh_from_db()
        assert (first.status, first.end_reason) == (TermsStatus.ENDED, TermsEnd.SUPERSEDED)
        active, pinned = rules.active_terms(aman.id, dfwac.id), rules.terms_of(first.pk)
        assert active is not None and pinned is not None
        assert (active.version, pinned.version) == (second.version, 1) == (2, 1)
        assert active.clock("sent", "emergency").amount == 10
        assert pinned.clock("sent", "emergency").amount == 15


def test_a_signed_or_withdrawn_version_is_not_signed_again(aman: Party, dfwac: Party) -> None:
    signed = agree(aman, dfwac)
    with acting(dfwac.director):
        refused("not_proposed", actions.countersign, signed, by=dfwac.director)
    again = propose(aman, dfwac)
    with acting(dfwac.supervisor):
        assert actions.withdraw_proposal(again, by=dfwac.supervisor).end_reason == TermsEnd.WITHDRAWN
        refused("not_proposed", actions.countersign, again, by=dfwac.supervisor)
    with acting(aman.director):
        refused("not_proposed", actions.withdraw_proposal, again, by=aman.director)
        assert rules.active_terms(aman.id, dfwac.id) is not None


def test_either_party_ends_the_agreement_and_it_can_be_signed_anew(aman: Party, dfwac: Party) -> None:
    terms = agree(aman, dfwac)
    with acting(dfwac.director):
        ended = actions.end_agreement(terms.agreement, by=dfwac.director)
        assert ended.end_reason == TermsEnd.AGREEMENT_ENDED
        assert rules.active_terms(aman.id, dfwac.id) is None
        refused("nothing_active", actions.end_agreement, terms.agreement, by=dfwac.director)
    assert agree(dfwac, aman).version == 2


def test_both_parties_find_the_events_in_their_logs(aman: Party, dfwac: Party) -> None:
    agree(aman, dfwac)
    names = ["agreement.countersigned", "agreement.proposed"]
    for party in (aman, dfwac):
        with acting(party.dpo):
            found = Event.objects.filter(name__startswith="agreement.").values_list("name", flat=True)
            assert sorted(found) == names


# ── Walls: as the runtime role, with every filter of the ORM left out ────────────────────────────────────────────────


def test_a_third_organisation_sees_no_agreement_and_no_terms(
    aman: Party, dfwac: Party, sharjah: Party
) -> None:
    terms = agree(aman, dfwac)
    with acting(sharjah.director):
        assert not Agreement.objects.exists() and not Terms.objects.exists()
        assert rules.active_terms(aman.id, dfwac.id) is None
        assert Terms.objects.filter(pk=terms.pk).update(end_reason="withdrawn") == 0
        with pytest.raises(Terms.DoesNotExist):
            actions.countersign(terms, by=sharjah.director)


def forged(terms: Terms, **columns: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Terms.objects.filter(pk=terms.pk).update(**columns)


def test_the_database_lets_nobody_change_what_was_proposed(aman: Party, dfwac: Party) -> None:
    terms = propose(aman, dfwac)
    with acting(aman.director):
        forged(terms, data={})
        forged(terms, version=9)
        forged(terms, proposer_en="somebody else")
    with acting(dfwac.director):
        forged(terms, data={})


def test_the_database_lets_only_the_other_party_countersign(aman: Party, dfwac: Party) -> None:
    terms = propose(aman, dfwac)
    signature = {"countersigner_id": 1, "active_from": terms.proposed_at}
    with acting(aman.director):
        forged(terms, countersigned_by=aman.id, **signature)
        forged(terms, countersigned_by=dfwac.id, **signature)
    with acting(dfwac.director):
        actions.countersign(terms, by=dfwac.director)
        forged(terms, countersigner_en="somebody else")
        actions.end_agreement(terms.agreement, by=dfwac.director)
        forged(terms, ended_at=None, end_reason="")


def test_nobody_inserts_terms_in_the_name_of_the_other_or_already_signed(aman: Party, dfwac: Party) -> None:
    terms = propose(aman, dfwac)
    forgery = {
        "agreement": terms.agreement, "version": 7, "data": {}, "proposer_id": 1, "proposed_at": terms.proposed_at,
        "ended_at": terms.proposed_at, "end_reason": "withdrawn",
    }  # fmt: skip
    with acting(dfwac.director):
        for more in ({"proposed_by_id": aman.id}, {"proposed_by_id": dfwac.id}):
            with pytest.raises(Exception, match="row-level security"), transaction.atomic():
                Terms.objects.create(**forgery, **more)


def test_nobody_makes_an_agreement_between_two_others(aman: Party, dfwac: Party, sharjah: Party) -> None:
    with acting(sharjah.director), pytest.raises(Exception, match="row-level security"), transaction.atomic():
        Agreement.objects.create(a_id=aman.id, b_id=dfwac.id, created_at=aman.organisation.created_at)
