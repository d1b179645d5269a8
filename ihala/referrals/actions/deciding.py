"""The receiver reads, asks and decides; the sender answers."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Role
from ihala.cases import actions as cases
from ihala.cases.enums import AccessReason
from ihala.cases.models import Case
from ihala.core.clock import now
from ihala.core.kept import Asked
from ihala.core.refusal import Refusal, Refused
from ihala.core.vocabulary import DisclosureClass, Kind
from ihala.core.writing import change as change_row
from ihala.core.writing import in_one_go, insert
from ihala.organisations.models import Actor, Membership
from ihala.shelter.enums import ExtendReason
from ihala.vault.sealing import Place

from .. import facts, questions, rules, workflow
from ..enums import (
    ConflictResult,
    DeclineReason,
    Link,
    MessageKind,
    NoBeds,
    RecordKind,
    RefusedBy,
    State,
    Step,
)
from ..models import Message, Referral, ReferralSide, SideRecord
from . import housing, keeping_apart, package, sealed
from .sending import draft
from .take import take


def acknowledge(referral: Referral, *, by: Actor, version: int | None = None) -> Referral:
    """The receiver has seen it; the clock for the decision starts, and its people are compared with whom she fears."""

    def change(locked: Referral) -> None:
        locked.acknowledged_at = now()
        locked.decide_due_at = rules.decision_due(locked, now())
        keeping_apart.compare(locked, by=by)

    return take(Step.ACKNOWLEDGE, referral, by=by, version=version, change=change)


def assign(referral: Referral, *, by: Actor, membership_id: int, version: int | None = None) -> Referral:
    """Give the referral to a colleague, who may see it from now on."""

    def change(locked: Referral) -> None:
        colleague = Membership.objects.filter(
            pk=membership_id, organisation_id=by.organisation_id, active=True
        ).first()
        if colleague is None:
            raise Refused(Refusal("no_such_colleague", _("Choose a colleague of your own organisation.")))
        side = my_side(locked, by)
        side.assigned_id = membership_id
        side.save(update_fields=["assigned_id"])
        if side.case is not None:
            cases.give_access(side.case, by=by, membership_id=membership_id, reason=AccessReason.ASSIGNED)

    return take(Step.ASSIGN, referral, by=by, version=version, change=change)


def attest_conflict_check(
    referral: Referral,
    *,
    by: Actor,
    spoke_with: str,
    result: ConflictResult | str,
    version: int | None = None,
) -> Referral:
    """The two sides have spoken by telephone: who spoke with whom and what was found, never the name asked about.

    The comparison joins it: should it say "look closer" for the first time now, one more attestation is needed, in
    knowledge of that.
    """
    if result not in ConflictResult.values or not spoke_with.strip():
        raise Refused(Refusal("attestation_incomplete", _("Say with whom you spoke and what was found.")))

    def change(locked: Referral) -> None:
        add_record(locked, RecordKind.CONFLICT_CHECK, by=by, code=result, text=spoke_with)
        keeping_apart.compare(locked, by=by)

    return take(Step.ATTEST_CONFLICT_CHECK, referral, by=by, version=version, change=change)


def ask(
    referral: Referral, *, by: Actor, questions: Iterable[str], text: str = "", version: int | None = None
) -> Referral:
    """Ask coded questions; a standard referral's decision clock pauses once."""
    codes = list(dict.fromkeys(questions))

    def change(locked: Referral) -> None:
        refuse_unknown(codes, text)
        rules.pause_decision(locked)
        add_message(locked, MessageKind.QUESTION, codes, text, by)

    return take(
        Step.ASK, referral, by=by, version=version, change=change, reason=codes[0] if codes else "", text=text
    )


def refuse_unknown(codes: list[str], text: str) -> None:
    """Every code is one of the list, and "other" has its text."""
    for code in codes:
        refusal = workflow.refusing_reason(Step.ASK, code, text)
        if refusal is not None:
            raise Refused(refusal)


def answer(referral: Referral, *, by: Actor, text: str, version: int | None = None) -> Referral:
    """Answer the question; the decision is the receiver's again."""
    if not text.strip():
        raise Refused(Refusal("text_needed", _("Write the answer before sending it.")))

    def change(locked: Referral) -> None:
        rules.resume_decision(locked)
        add_message(locked, MessageKind.ANSWER, [], text, by)

    return take(Step.ANSWER, referral, by=by, version=version, change=change)


def take_back(referral: Referral, *, by: Actor, version: int | None = None) -> Referral:
    """The receiver no longer needs the answer."""
    return take(Step.TAKE_BACK, referral, by=by, version=version, change=rules.resume_decision)


def waitlist(referral: Referral, *, by: Actor, text: str = "", version: int | None = None) -> Referral:
    """There is no place now; the sender may meanwhile refer elsewhere."""
    return take(Step.WAITLIST, referral, by=by, version=version, text=text)


def accept(
    referral: Referral,
    *,
    by: Actor,
    case: Case | None = None,
    beds: Collection[int] = (),
    no_beds: NoBeds | str = "",
    text: str = "",
    version: int | None = None,
) -> Referral:
    """Take the survivor in: the package is released, the expected case is opened, and the very `beds` chosen are held.

    All in one transaction: when somebody was faster with a bed, nothing is accepted. Without a bed the acceptance says
    why (`no_beds`), where a family is to be housed by an organisation that keeps its beds here. A pull request is
    accepted by its holder with the `case` asked for: that drafts the transfer and completes the request; nothing is
    released and nothing is held.
    """

    def change(locked: Referral) -> None:
        locked.decide_left = None
        if locked.kind == Kind.PULL_REQUEST:
            _answer_pull(locked, case, by)
            return
        locked.accepted_at = now()
        with in_one_go():
            change_row(locked, ("accepted_at", "state"))  # the release door reads the row
            package.release(locked, by=by)
            expected = _expect_case(locked, by)
        _house(locked, expected, beds, no_beds, text, by)

    def asked(locked: Referral) -> list[Asked]:
        return [facts.check_asked(locked), *questions.of_package(locked, by.organisation_id)]

    return take(Step.ACCEPT, referral, by=by, version=version, change=change, text=text, ask=asked)


def _answer_pull(request: Referral, case: Case | None, by: Actor) -> None:
    if case is None:
        raise Refused(Refusal("case_needed", _("Choose which of your cases is asked for.")))
    draft(
        case, by=by, receiver=request.sender_id, kind=Kind.TRANSFER, urgency=request.urgency, services=request.services,
        classes=set(DisclosureClass) - {DisclosureClass.ATTACHMENTS}, origin=request, link=Link.PULLED,
    )  # fmt: skip
    request.state = State.COMPLETED


def _house(referral: Referral, case: Case, beds: Collection[int], no_beds: str, text: str, by: Actor) -> None:
    if beds:
        housing.hold(referral, case.pk, beds, by=by)
    elif no_beds:
        if no_beds not in NoBeds.values or (no_beds == NoBeds.OTHER and not text.strip()):
            raise Refused(housing.PLACE_NEEDED)
        add_record(referral, RecordKind.NO_BEDS, by=by, code=no_beds)
    elif housing.needs_place(referral, by):
        raise Refused(housing.PLACE_NEEDED)


def _expect_case(referral: Referral, by: Actor) -> Case:
    side = facts.side(referral, by.organisation_id)
    given = (side.assigned_id if side is not None else None, by.membership_id)
    people = tuple(member for member in dict.fromkeys(given) if member is not None)
    case = cases.expect_case(by=by, category=referral.category, access=people, roles=(Role.SUPERVISOR,))
    if side is None:
        insert([ReferralSide(referral=referral, organisation_id=by.organisation_id, case=case)])
    else:
        side.case = case
        change_row(side, ("case",))
    facts.forget(referral)
    return case


def hold_beds(
    referral: Referral,
    *,
    by: Actor,
    beds: Collection[int] = (),
    until: datetime | None = None,
    reason: ExtendReason | str = ExtendReason.TRANSPORT,
    version: int | None = None,
) -> Referral:
    """After the acceptance: hold `beds` (others than until now, or anew), or keep those held `until` later."""

    def change(locked: Referral) -> None:
        if beds:
            housing.hold_again(locked, beds, by=by)
        elif until is not None:
            housing.extend(locked, until=until, reason=reason, by=by)
        else:
            raise Refused(housing.PLACE_NEEDED)

    return take(Step.HOLD_BEDS, referral, by=by, version=version, change=change)


def propose_decline(
    referral: Referral,
    *,
    by: Actor,
    reason: DeclineReason | str,
    refused_by: RefusedBy | str = RefusedBy.ORGANISATION,
    text: str = "",
    version: int | None = None,
) -> Referral:
    """Propose a "no"; a second person has to confirm it."""
    if refused_by not in RefusedBy.values:
        raise Refused(Refusal("reason_needed", _("Choose who refused.")))

    def change(locked: Referral) -> None:
        locked.decide_left = None
        add_record(locked, RecordKind.PROPOSED_DECLINE, by=by, code=reason, text=text, refused_by=refused_by)

    return take(
        Step.PROPOSE_DECLINE, referral, by=by, version=version, change=change, reason=reason, text=text
    )


def confirm_decline(referral: Referral, *, by: Actor, text: str = "", version: int | None = None) -> Referral:
    """The second person confirms; the reason goes to the sender, who records the next step for the survivor."""
    proposal = referral.records.filter(kind=RecordKind.PROPOSED_DECLINE).order_by("-at").first()
    reason = proposal.code if proposal else ""
    words = text or (sealed.open_records([proposal], by=by)[0] if proposal else "")
    return take(Step.CONFIRM_DECLINE, referral, by=by, version=version, reason=reason, text=words)


def return_proposal(referral: Referral, *, by: Actor, text: str = "", version: int | None = None) -> Referral:
    """Back to review: the decline is not confirmed."""
    return take(Step.RETURN_PROPOSAL, referral, by=by, version=version, text=text)


def add_note(referral: Referral, *, by: Actor, text: str) -> None:
    """An internal note of one side; the other side never sees it."""
    visible = Referral.objects.visible_to(by).filter(pk=referral.pk).first()
    if visible is None:
        raise Refused(workflow.NOT_VISIBLE)
    if not text.strip():
        raise Refused(Refusal("text_needed", _("Write the note before saving it.")))
    add_record(visible, RecordKind.INTERNAL_NOTE, by=by, text=text)


def add_record(
    referral: Referral, kind: RecordKind, *, by: Actor, code: str = "", text: str = "", refused_by: str = "",
    linked: Referral | None = None,
) -> SideRecord:  # fmt: skip
    """Write what one side keeps to itself."""
    record = SideRecord(
        id=uuid4(), referral=referral, organisation_id=by.organisation_id, kind=kind, code=code, refused_by=refused_by,
        linked=linked, membership_id=by.membership_id, at=now(),
    )  # fmt: skip
    record.text = sealed.seal_own(referral, Place.of(record, "text"), text, by=by)
    record.save(force_insert=True)
    return record


def add_message(referral: Referral, kind: MessageKind, codes: list[str], text: str, by: Actor) -> None:
    """One turn of the thread, readable by both sides."""
    message = Message(
        id=uuid4(), referral=referral, kind=kind, codes=codes, organisation_id=by.organisation_id,
        membership_id=by.membership_id, at=now(),
    )  # fmt: skip
    message.text = sealed.seal_shared(referral, message, "text", text, by=by)
    message.save(force_insert=True)


def my_side(referral: Referral, by: Actor) -> ReferralSide:
    """The row in which the actor's organisation keeps its own side; made when it is first needed."""
    side, _made = ReferralSide.objects.select_related("case").get_or_create(
        referral=referral, organisation_id=by.organisation_id
    )
    return side
