"""What the three drafting screens show."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from ihala.cases import rules as case_rules
from ihala.cases.models import Case
from ihala.consent import rules as consent_rules
from ihala.core.clock import today
from ihala.core.text import duration
from ihala.core.vocabulary import Kind
from ihala.organisations import rules as agreements
from ihala.organisations.models import Actor
from ihala.organisations.rules import TermsView
from ihala.shelter import asked

from . import facts, workflow
from .actions import package
from .enums import State, Step
from .models import Referral
from .presenting import in_clear
from .presenting_package import household, matrix, opens_on_sending, would_go

FEW = 6


def bases(case: Case | None, receivers: Iterable[tuple[int, str]]) -> list[dict[str, Any]]:
    """On what a disclosure to each receiver would rest now; with many receivers of none, to stay quick."""
    listed = list(receivers)
    if case is None or len(listed) > FEW:
        return []
    return [
        {"receiver_id": pk, "receiver": name, **basis_words(consent_rules.basis_for(case.pk, pk))}
        for pk, name in listed
    ]


def basis_words(basis: consent_rules.Basis | None) -> dict[str, Any]:
    """A basis in words, or that there is none."""
    if basis is None:
        return {"basis": None, "kind": "", "classes": "", "until": None}
    classes = " · ".join(str(cls.label) for cls in basis.classes)
    last = basis.expires_at - timedelta(seconds=1) if basis.expires_at else None
    return {"basis": basis, "kind": basis.kind.label, "classes": classes, "until": last}


def asked_before(by: Actor, case: Case, query: Mapping[str, str]) -> dict[str, Any]:
    """What an enquiry about this case has said already, and whom the answer chosen came from; {} without one."""
    try:
        found = asked.visible_to(by).filter(pk=UUID(query.get("enquiry", "")), case=case).first()
    except ValueError:
        return {}
    if found is None:
        return {}
    to = query.get("to", "")
    receiver = {"receiver": int(to)} if to.isdecimal() and len(to) < 10 else {}
    return {"urgency": found.urgency, "services": found.services, **receiver}


def offered(by: Actor, receivers: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    """The services the agreement knows, where there is one receiver; of several the form checks on sending."""
    listed = list(receivers)
    if len(listed) != 1:
        return ()
    terms = agreements.active_terms(by.organisation_id, listed[0][0])
    if terms is None:
        return ()
    both = (*terms.services_from(by.organisation_id), *terms.services_from(listed[0][0]))
    return tuple(dict.fromkeys(both))


def shown_to_receiver(referral: Referral, actor: Actor) -> dict[str, Any]:
    """Screen 2: every class and field, and when the receiver sees it."""
    side = package.own_side(referral, actor)
    everything, allowed, content = would_go(referral, by=actor)
    basis = facts.basis(referral)
    early = opens_on_sending(referral, facts.pinned_terms(referral), basis)
    rows = matrix(referral, everything, allowed, early)
    paths = [
        item["path"] for row in rows if row["allowed"] for group in row["groups"] for item in group["items"]
    ]
    return {
        "referral": referral,
        "side": side,
        "case": side.case,
        "rows": rows,
        "allowed": allowed,
        "paths": paths,
        "household": household(case_rules.household(content, today())),
        "facts": in_clear(referral),
        "pull": referral.kind == Kind.PULL_REQUEST,
        **basis_words(basis),
        "no_basis": {"basis": None, "receiver": referral.receiver.name},
        "initial": {
            "version": referral.version,
            "classes": [row["code"] for row in rows if row["chosen"]],
            "shown": [path for path in paths if path not in side.withheld],
        },
    }


def reviewed(referral: Referral, actor: Actor) -> dict[str, Any]:
    """Screen 3: the summary, what happens next, and which way of sending is open."""
    found = shown_to_receiver(referral, actor)
    going = [row for row in found["rows"] if row["chosen"]]
    withheld = set(found["side"].withheld)
    for row in going:
        paths = [item["path"] for group in row["groups"] for item in group["items"]]
        row["sent"] = len([path for path in paths if path not in withheld])
    ways = {step: workflow.why_not(step, referral, actor) for step in (Step.SEND_AT_ONCE, Step.SUBMIT)}
    return {
        **found,
        "going": going,
        "staying": [row for row in found["rows"] if not row["chosen"]],
        "withheld": [case_rules.labels(path) for path in found["paths"] if path in withheld],
        "can_send": ways[Step.SEND_AT_ONCE] is None,
        "can_submit": ways[Step.SUBMIT] is None,
        "refusal": ways[Step.SUBMIT],
        "next": what_happens_next(referral, facts.pinned_terms(referral)),
    }


def what_happens_next(referral: Referral, terms: TermsView | None) -> list[str]:
    """In order, with the lengths the agreement sets."""
    if terms is None:
        return []
    approve = terms.clock(State.AWAITING_APPROVAL, referral.urgency)
    answer = terms.clock(State.SENT, referral.urgency)
    decide = terms.clock(State.UNDER_REVIEW, referral.urgency)
    said = [
        (approve, _("A supervisor reads and approves it within %(time)s.")),
        (answer, _("The receiver acknowledges it within %(time)s; until then it has seen only triage.")),
        (decide, _("The receiver decides within %(time)s.")),
    ]
    sentences = [sentence % {"time": duration(length, governed=True)} for length, sentence in said if length]
    return [*sentences, _("On acceptance the sealed classes open and both sides plan the handover.")]
