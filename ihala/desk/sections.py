"""The sections of My work: what is late, what is near, what else waits, and what waits beside the turn."""

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Role
from ihala.organisations.models import Actor
from ihala.referrals.enums import State

from .enums import Part
from .rows import Row
from .work import Brief, is_late, is_soon

SECONDS = {State.AWAITING_APPROVAL: "approvals", State.DECLINE_PROPOSED: "declines"}
"""States in which a supervisor, as the second person, has to act."""


@dataclass
class Section:
    """A heading and its rows."""

    key: str
    title: object
    tone: str = ""
    rows: list[Row] = field(default_factory=list)


def _empty() -> dict[str, Section]:
    sections = (
        Section("overdue", _("Overdue"), "late"),
        Section("soon", _("Due within four hours"), "soon"),
        Section("approvals", _("To approve")),
        Section("declines", _("Declines to confirm")),
        Section("rest", _("Waits for your side")),
        Section("review", _("Emergencies sent at once, to review")),
        Section("signature", _("Second signature missing")),
        Section("consent", _("Consent ends within two weeks")),
        Section("destruction", _("Destruction to attest after a withdrawal of consent")),
        Section("colleague", _("Waits for a supervisor of your side")),
        Section("drafts", _("Drafts")),
    )
    return {section.key: section for section in sections}


def sections_of(briefs: list[Brief], rows: dict[UUID, Row], actor: Actor) -> list[Section]:
    """The sections that have rows, in their order."""
    sections = _empty()
    for brief in briefs:
        if brief.id in rows:
            sections[_place(brief, actor)].rows.append(rows[brief.id])
    return [section for section in sections.values() if section.rows]


def _place(brief: Brief, actor: Actor) -> str:
    if brief.part not in (Part.INCOMING, Part.OUTGOING, Part.LISTED):
        return brief.part
    if brief.state == State.DRAFT:
        return "drafts"
    second = SECONDS.get(State(brief.state))
    if second and not actor.is_a(Role.SUPERVISOR):
        return "colleague"
    if is_late(brief.due_at):
        return "overdue"
    if second:
        return second
    return "soon" if is_soon(brief.due_at) else "rest"
