"""One referral's page, the same for both sides: what happened, whose turn it is, what can be done, what is seen.

Everything is read once, and the key agent is asked once per page for all that is sealed on it.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from ihala.cases.models import Case
from ihala.core.clock import now
from ihala.core.kept import Asked
from ihala.core.vocabulary import LegalBasis, Service
from ihala.organisations import rules as organisations
from ihala.organisations.models import Actor

from . import enums, facts, questions, rules, workflow
from .actions import housing, package, sealed
from .enums import MessageKind, RecordKind, ReportKind, State, Step
from .models import Referral, StepTaken
from .presenting_housing import beds
from .presenting_package import amendments, household, sections
from .presenting_words import AT_ONCE, FIRST, QUIET, SIGNS, awaited

NEVER_BUTTONS = frozenset({Step.SUBMIT, Step.SEND_AT_ONCE, Step.NO_ANSWER})
FROM_THE_CASE = frozenset({Step.AMEND, Step.REFER_ONWARD})


def asked(referral: Referral, actor: Actor) -> list[Asked]:
    """What `page` asks the database, to be asked `ahead`."""
    return [*questions.of_page(referral, actor), *housing.of_page(referral, actor)]


def page(referral: Referral, actor: Actor) -> dict[str, Any]:
    """The context of `referrals/detail.html`; `referral` comes with sender, receiver and terms."""
    side = facts.side(referral, actor.organisation_id)
    case = questions.own_case(referral, actor)
    reading = _read(referral, actor)
    parts = reading.parts
    shown = sections(referral, parts)
    return {
        "referral": referral,
        "mine": referral.side_of(actor.organisation_id),
        **head(referral, actor),
        **buttons(referral, actor, case),
        "side": side,
        "case": case,
        "assigned": reading.name_of(side.assigned_id) if side else "",
        "facts": in_clear(referral),
        "household": household(referral.household),
        "opened": [section for section in shown if not section["sealed"]],
        "closed": [section for section in shown if section["sealed"]],
        "amendments": _amended(reading, parts),
        "withheld": len(side.withheld) if side and referral.sender_id == actor.organisation_id else 0,
        "messages_shown": reading.thread(),
        "plan": reading.plan(),
        "reports": reading.report_list(),
        "timeline": reading.timeline(),
        "records": reading.own_records(),
        "tasks": questions.tasks(referral),
        "linked": _linked(referral, actor),
        **beds(referral, actor, parts),
    }


def without_content(referral: Referral, actor: Actor) -> dict[str, Any]:
    """The context of `referrals/away.html`, for which nobody but the database is asked: an acknowledgement is due and
    consent is taken back also while no key agent answers."""
    case = questions.own_case(referral, actor)
    shown = {"referral": referral, "case": case, "facts": in_clear(referral)}
    return shown | head(referral, actor) | buttons(referral, actor, case)


# ------------------------------------------------------------------------------------------------- head and buttons


def head(referral: Referral, actor: Actor) -> dict[str, Any]:
    """State as this side is shown it, whose turn it is and until when, and how the other side is called."""
    state = workflow.shown_state(referral, actor.organisation_id)
    turn = workflow.turn(referral)
    due = referral.due_at if state == referral.state else referral.decide_due_at
    across = referral.across(actor.organisation_id)
    return {
        "state": state,
        "turn": bool(turn),
        "ours": referral.side_of(actor.organisation_id) in turn,
        "both_turns": len(turn) > 1,
        "awaited": awaited(referral, state),
        "due": due,
        "late": due is not None and due < now(),
        "final": workflow.is_final(referral),
        "decide_due": referral.decide_due_at if state in workflow.BEFORE_DECISION else None,
        "decision_paused": referral.decide_left is not None,
        "across": across,
        "lines": organisations.lines(across),
        "review_due": referral.review_due_at if referral.reviewed_at is None else None,
    }


def buttons(referral: Referral, actor: Actor, case: Case | None) -> dict[str, Any]:
    """What the actor may do now: the main step, further ones, and apart from them those that say no or end.

    `case` is the own case if the actor may open it; what is written from the case is not offered without it.
    """
    hidden = NEVER_BUTTONS | ({Step.WITHDRAW_CONSENT} if referral.consent_withdrawn_at else set())
    hidden |= set() if case else FROM_THE_CASE
    if referral.accepted_at is not None and not housing.needs_place(referral, actor):
        hidden |= {Step.HOLD_BEDS}
    possible = [step for step in workflow.possible_steps(referral, actor) if step not in hidden]
    first = next((step for step in FIRST if step in possible), None)
    rest = [step for step in possible if step != first]
    return {
        "possible": possible,
        "first": button(first, referral) if first else None,
        "steps": [button(step, referral) for step in rest if step not in QUIET],
        "quiet_steps": [button(step, referral) for step in rest if step in QUIET],
        "draft_ends": rules.draft_ends_at(referral),
        "drafting": case is not None and referral.state == State.DRAFT and Step.DISCARD in possible,
        "can_release": Step.RELEASE in possible,
    }


def button(step: Step, referral: Referral) -> dict[str, Any]:
    """One step as a button."""
    return {
        "step": step,
        "label": step.label,
        "at_once": step in AT_ONCE,
        "sign": SIGNS.get(step, ""),
        "danger": step in (Step.WITHDRAW, Step.WITHDRAW_CONSENT, Step.ENTER_IN_ERROR, Step.DISCARD),
    }


def in_clear(referral: Referral) -> list[dict[str, Any]]:
    """What stands in clear, as `components/facts.html` takes it."""
    basis = LegalBasis(referral.basis_kind).label if referral.basis_kind else ""
    shown: list[dict[str, Any]] = [
        {"label": _("From"), "value": referral.sender.name, "kind": "name"},
        {"label": _("To"), "value": referral.receiver.name, "kind": "name"},
        {"label": _("Kind of referral"), "value": referral.get_kind_display(), "kind": ""},
        {"label": _("Category"), "value": referral.get_category_display(), "kind": ""},
        {"label": _("Services asked for"), "value": services(referral.services), "kind": ""},
        {"label": _("Services given so far"), "value": services(referral.services_given), "kind": ""},
        {"label": _("Legal basis"), "value": basis, "kind": ""},
        {"label": _("Sent"), "value": referral.sent_at, "kind": "moment"},
    ]
    return [fact for fact in shown if fact["value"]]


def services(codes: Iterable[str]) -> str:
    """Their words, one after the other."""
    return " · ".join(str(Service(code).label) for code in codes)


def _linked(referral: Referral, actor: Actor) -> list[dict[str, Any]]:
    """Referrals this one follows from or led to, as far as the reader sees them."""
    return [
        {
            "referral": one,
            "state": workflow.shown_state(one, actor.organisation_id),
            "link": enums.Link(one.link or referral.link).label if one.link or referral.link else "",
        }
        for one in questions.linked(referral, actor)
    ]


def _amended(reading: "Reading", parts: Any) -> list[dict[str, Any]]:
    return [
        {**found, "who": reading.who(found["line"]), "at": found["line"].at}
        for found in amendments(parts, reading.lines)
    ]


# --------------------------------------------------------------------------------------------- what was said and done


def _read(referral: Referral, actor: Actor) -> "Reading":
    """Load the exchange and the package, and open all that is sealed in them at once."""
    reading = Reading(referral, actor)
    reading.lines = questions.timeline(referral, actor)
    reading.messages = questions.messages(referral)
    reading.reports = questions.reports(referral)
    reading.plans = questions.newest_plan(referral)
    reading.records = questions.own_records(referral, actor)
    shared: list[tuple[Any, str]] = [(row, "text") for row in (*reading.messages, *reading.reports)]
    shared += [(plan, "details") for plan in reading.plans]
    exchange = sealed.exchange(referral, reading.lines, shared, reading.records, by=actor)
    reading.opened, reading.parts = package.open_all(referral, exchange, by=actor)
    reading.names = questions.colleagues(actor)
    return reading


class Reading:
    """What is on a referral, opened for one reader, in the words of the page."""

    lines: list[StepTaken]
    messages: list[Any]
    reports: list[Any]
    plans: list[Any]
    records: list[Any]
    opened: dict[UUID, Any]
    parts: package.Parts
    names: dict[int, str]

    def __init__(self, referral: Referral, actor: Actor) -> None:
        self.referral, self.me = referral, actor.organisation_id
        self.sides = {referral.sender_id: referral.sender, referral.receiver_id: referral.receiver}

    def name_of(self, membership_id: int | None) -> str:
        """A colleague's name."""
        return self.names.get(membership_id or 0, "")

    def who(self, row: Any) -> str:
        """The person on one's own side; of the other side the organisation only."""
        return self.name_of(row.membership_id) or self.side(row)

    def side(self, row: Any) -> str:
        """The organisation of a row."""
        return self.sides[row.organisation_id].name

    def thread(self) -> list[dict[str, Any]]:
        """Questions and answers as `components/thread.html` takes them."""
        last = self.messages[-1] if self.messages else None
        awaiting = self.referral.state == State.INFO_REQUESTED
        return [
            {
                "ours": message.organisation_id == self.me,
                "who": self.name_of(message.membership_id),
                "side": self.side(message),
                "at": message.at,
                "kind": MessageKind(message.kind).label,
                "question": " · ".join(str(enums.Question(code).label) for code in message.codes),
                "text": self.opened.get(message.pk) or "",
                "open": awaiting and message is last,
            }
            for message in self.messages
        ]

    def plan(self) -> dict[str, Any] | None:
        """The handover plan that counts, and who has confirmed it and the arrival."""
        if not self.plans:
            return None
        (plan,) = self.plans
        details = self.opened.get(plan.pk) or {}
        return {
            "plan": plan,
            "sealed": not details,
            "code_word": details.get("code_word", ""),
            "facts": [
                {"label": _("Expected arrival"), "value": plan.eta, "kind": "moment"},
                {"label": _("Escort"), "value": details.get("escort", ""), "kind": "name"},
                {"label": _("Meeting point"), "value": details.get("meeting_point", ""), "kind": "name"},
                {"label": _("Vehicle"), "value": details.get("vehicle", ""), "kind": "name"},
                {
                    "label": _("What else matters on the way"),
                    "value": details.get("note", ""),
                    "kind": "text",
                },
            ],
            "confirmations": [
                {"side": side.name, "plan_at": plan_at, "arrival_at": arrival_at}
                for side, plan_at, arrival_at in (
                    (self.referral.sender, self.referral.plan_sender_at, self.referral.arrival_sender_at),
                    (
                        self.referral.receiver,
                        self.referral.plan_receiver_at,
                        self.referral.arrival_receiver_at,
                    ),
                )
            ],
        }

    def report_list(self) -> list[dict[str, Any]]:
        """Progress, outcome and safety check."""
        words = {ReportKind.OUTCOME: enums.OutcomeCode, ReportKind.SAFETY_CHECK: enums.SafetyCheck}
        return [
            {
                "kind": ReportKind(report.kind).label,
                "codes": [words[ReportKind(report.kind)](code).label for code in report.codes],
                "text": self.opened.get(report.pk) or "",
                "who": self.who(report),
                "side": self.side(report),
                "at": report.at,
            }
            for report in self.reports
        ]

    def own_records(self) -> list[dict[str, Any]]:
        """What this side keeps to itself."""
        return [
            {
                "kind": RecordKind(record.kind).label,
                "code": _record_code(record),
                "text": self.opened.get(record.pk) or "",
                "who": self.name_of(record.membership_id),
                "linked": record.linked,
                "at": record.at,
            }
            for record in self.records
        ]

    def timeline(self) -> list[dict[str, Any]]:
        """What happened, as this side sees it, and at its end what is awaited."""
        entries: list[dict[str, Any]] = [
            {
                "title": Step(line.step).label,
                "at": line.at,
                "who": self.name_of(line.membership_id),
                "side": self.side(line),
                "reason": reason_of(line),
                "note": self.opened.get(line.note_id) or "",
                "private": line.private_to_id is not None,
                "kind": "problem" if line.to_state == State.NOT_ARRIVED else "",
            }
            for line in self.lines
        ]
        state = workflow.shown_state(self.referral, self.me)
        if workflow.turn(self.referral):
            entries.append({"title": awaited(self.referral, state), "kind": "next"})
        return entries


def steps_so_far(referral: Referral, actor: Actor) -> list[dict[str, Any]]:
    """The steps taken, without their notes, as this side sees them."""
    sides = {referral.sender_id: referral.sender.name, referral.receiver_id: referral.receiver.name}
    names = questions.colleagues(actor)
    return [
        {
            "title": Step(line.step).label,
            "at": line.at,
            "who": names.get(line.membership_id or 0, ""),
            "side": sides[line.organisation_id],
        }
        for line in questions.timeline(referral, actor)
    ]


def reason_of(line: StepTaken) -> Any:
    """The words of a line's coded reason."""
    choices = workflow.STEPS[Step(line.step)].reason
    return choices(line.reason).label if choices and line.reason else ""


RECORD_CODES: dict[RecordKind, Any] = {
    RecordKind.PROPOSED_DECLINE: enums.DeclineReason,
    RecordKind.CONFLICT_CHECK: enums.ConflictResult,
    RecordKind.NEXT_STEP: enums.NextStepKind,
    RecordKind.RETURN_REASON: enums.ReturnReason,
    RecordKind.NO_BEDS: enums.NoBeds,
}


def _record_code(record: Any) -> Any:
    choices = RECORD_CODES.get(RecordKind(record.kind))
    return choices(record.code).label if choices and record.code else ""
