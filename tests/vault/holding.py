"""Sealing as the referrals do it, and asking whether somebody can open."""

from ihala.core.acting import acting
from ihala.vault import actions
from ihala.vault.agent import agent
from ihala.vault.sealing import OWN

from .cast import AMAN, ME, OTHER, STORY, consent, place


def silent(names):
    """A log that keeps nothing."""


def keys_of(who, *names):
    with acting(who):
        return agent().open_keys(who.organisation_id, names, silent)


def opens(who, name):
    return name in keys_of(who, name)


def sent(subject, basis=None, **how):
    """A package as it is sent: triage to the receiver, identity waits for it."""
    basis = basis or consent()
    with acting(AMAN):
        return actions.seal_new(
            subject,
            {"triage": [(place(subject.id), "triage")], "identity": [(place(subject.id), STORY)]},
            1,
            ME,
            holders={ME: OWN, OTHER: {"triage": basis}},
            deposits={OTHER: {"identity": basis}},
            **how,
        )


def draft(package, classes=("triage", "identity")):
    with acting(AMAN):
        actions.seal_new(package, {cls: [] for cls in classes}, 1, ME, holders={ME: OWN})


def share(subject, holders, deposits=None, author=ME):
    """What `audit.regrant` does, without the log: the agent wraps, the asking transaction writes."""
    grants, waiting = agent().regrant(author, subject, 1, holders, deposits or {})
    actions.replace(subject, 1, author, grants, waiting)
    return grants, waiting
