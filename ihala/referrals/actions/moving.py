"""The handover, the arrival and what follows: both sides confirm; the receiver reports back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from ihala.cases import actions as cases
from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.core.refusal import Refusal, Refused
from ihala.organisations.models import Actor
from ihala.shelter.enums import ExtendReason

from .. import workflow
from ..enums import Link, OutcomeCode, ReportKind, SafetyCheck, Side, State, Step
from ..models import HandoverPlan, Referral, Report
from . import files, housing, package, sealed
from .deciding import my_side
from .sending import draft
from .take import take

PLAN_KEYS = ("escort", "meeting_point", "code_word", "vehicle", "note")


def plan_handover(
    referral: Referral, *, by: Actor, eta: datetime, details: dict[str, str], version: int | None = None
) -> Referral:
    """Write the plan (escort, meeting point, code word, vehicle, note); both sides confirm it afterwards."""
    kept = {key: details.get(key, "").strip() for key in PLAN_KEYS}

    def change(locked: Referral) -> None:
        if eta < now():
            raise Refused(
                Refusal("eta_past", _("The expected arrival lies in the past. Enter a later time."))
            )
        if not (kept["escort"] and kept["meeting_point"] and kept["code_word"]):
            raise Refused(
                Refusal("plan_incomplete", _("A plan names the escort, the meeting point and a code word."))
            )
        locked.plan_version += 1
        locked.eta = eta
        locked.plan_sender_at = locked.plan_receiver_at = None
        plan = HandoverPlan(
            id=uuid4(), referral=locked, version=locked.plan_version, eta=eta, organisation_id=by.organisation_id,
            membership_id=by.membership_id, at=now(),
        )  # fmt: skip
        plan.details = sealed.seal_shared(locked, plan, "details", kept, by=by)
        plan.save(force_insert=True)
        housing.keep(locked, eta + housing.AFTER_ARRIVAL, ExtendReason.TRANSPORT)

    return take(Step.PLAN_HANDOVER, referral, by=by, version=version, change=change)


def confirm_plan(referral: Referral, *, by: Actor, version: int | None = None) -> Referral:
    """One side confirms the plan; with the second confirmation the handover begins."""

    def change(locked: Referral) -> None:
        if locked.side_of(by.organisation_id) is Side.SENDER:
            locked.plan_sender_at = now()
        else:
            locked.plan_receiver_at = now()
        both = locked.plan_sender_at and locked.plan_receiver_at
        locked.state = State.HANDOVER if both else State.ACCEPTED

    return take(Step.CONFIRM_PLAN, referral, by=by, version=version, change=change)


def confirm_arrival(referral: Referral, *, by: Actor, version: int | None = None) -> Referral:
    """One side confirms that she is there; with the second confirmation the receiver's case is filled."""

    def change(locked: Referral) -> None:
        before = State(Referral.objects.values_list("state", flat=True).get(pk=locked.pk))
        if locked.side_of(by.organisation_id) is Side.SENDER:
            locked.arrival_sender_at = now()
        else:
            locked.arrival_receiver_at = now()
        if locked.arrival_sender_at and locked.arrival_receiver_at:
            locked.state = State.ARRIVED
            locked.arrived_at = now()
            _fill_case(locked)
            housing.move_in(locked)
        else:
            locked.state = before
            housing.keep(locked, now() + housing.AFTER_ARRIVAL, ExtendReason.TRANSPORT)

    return take(Step.CONFIRM_ARRIVAL, referral, by=by, version=version, change=change)


def _fill_case(referral: Referral) -> None:
    """The receiver's case is created from the package without retyping, as the receiver's system actor."""
    system = Actor.system_of(referral.receiver_id)
    with acting(system):
        case = package.own_case(referral, system)
        filled = cases.fill_expected_case(case, package.content(referral, by=system), by=system)
        files.hand_over(referral, filled, by=system)


def report_not_arrived(
    referral: Referral, *, by: Actor, text: str = "", version: int | None = None
) -> Referral:
    """She is not there: both sides work through the safety check, and her beds are kept while she is looked for."""

    def change(locked: Referral) -> None:
        housing.keep(locked, now() + housing.WHILE_LOOKED_FOR, ExtendReason.SEARCHED_FOR)

    return take(Step.REPORT_NOT_ARRIVED, referral, by=by, version=version, change=change, text=text)


def close_safety_check(
    referral: Referral, *, by: Actor, done: Iterable[str], text: str, version: int | None = None
) -> Referral:
    """A supervisor closes the check once every point is worked through and says what is known."""
    points = sorted(set(done))

    def change(locked: Referral) -> None:
        if points != sorted(SafetyCheck.values) or not text.strip():
            raise Refused(
                Refusal(
                    "check_incomplete", _("Work through every point and write down what is known about her.")
                )
            )
        locked.check_closed_at = now()
        add_report(locked, ReportKind.SAFETY_CHECK, points, text, by)

    return take(Step.CLOSE_SAFETY_CHECK, referral, by=by, version=version, change=change)


def record_progress(referral: Referral, *, by: Actor, text: str, version: int | None = None) -> Referral:
    """Tell the sender how it goes; the next report is due after the same interval again."""
    if not text.strip():
        raise Refused(Refusal("text_needed", _("Write a few words about the progress.")))

    def change(locked: Referral) -> None:
        locked.state_since = now()
        add_report(locked, ReportKind.PROGRESS, [], text, by)

    return take(Step.RECORD_PROGRESS, referral, by=by, version=version, change=change)


def complete(
    referral: Referral, *, by: Actor, outcome: OutcomeCode | str, text: str = "", version: int | None = None
) -> Referral:
    """The service has ended; the outcome goes back to the sender."""

    def change(locked: Referral) -> None:
        add_report(locked, ReportKind.OUTCOME, [str(outcome)], text, by)

    return take(Step.COMPLETE, referral, by=by, version=version, change=change, reason=outcome, text=text)


def end_early(
    referral: Referral, *, by: Actor, reason: str, text: str = "", version: int | None = None
) -> Referral:
    """The service ended before its time, for a coded reason."""

    def change(locked: Referral) -> None:
        add_report(locked, ReportKind.OUTCOME, [], text, by)

    return take(Step.END_EARLY, referral, by=by, version=version, change=change, reason=reason, text=text)


def refer_onward(
    referral: Referral,
    *,
    by: Actor,
    receiver: int,
    kind: str,
    urgency: str,
    services: Iterable[str],
    version: int | None = None,
) -> Referral:
    """Draft a new referral of the same survivor to a further organisation, linked to this one."""
    made: list[Referral] = []

    def change(locked: Referral) -> None:
        side = my_side(locked, by)
        if side.case is None:
            raise Refused(workflow.NOT_VISIBLE)
        made.append(
            draft(
                side.case, by=by, receiver=receiver, kind=kind, urgency=urgency, services=services,
                classes=locked.classes, origin=locked, link=Link.ONWARD,
            )
        )  # fmt: skip

    take(Step.REFER_ONWARD, referral, by=by, version=version, change=change)
    return made[0]


def add_report(referral: Referral, kind: ReportKind, codes: list[str], text: str, by: Actor) -> None:
    """Write a report both sides can read."""
    report = Report(
        id=uuid4(), referral=referral, kind=kind, codes=codes, organisation_id=by.organisation_id,
        membership_id=by.membership_id, at=now(),
    )  # fmt: skip
    report.text = sealed.seal_shared(referral, report, "text", text, by=by)
    report.save(force_insert=True)
