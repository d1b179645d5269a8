"""Break-glass: a colleague without access opens a case in an emergency (design, "Four walls", 3: "reasoned, time-boxed,
reviewed"; glossary: الوصول الطارئ).

The reason is chosen and said in words, it lasts four hours and is for reading and noting alone, the case's people and
the data protection officer are told at once without content, and somebody else than who did it looks at it afterwards.
"""

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Permission, Role
from ihala.audit.actions import Opening, open_sealed, record, seal_more
from ihala.audit.enums import EventName, Purpose
from ihala.core import clock, text
from ihala.core.refusal import Refusal, Refused, Status
from ihala.core.vocabulary import DisclosureClass
from ihala.notifications.actions import notify
from ihala.notifications.enums import Kind
from ihala.organisations.models import Actor
from ihala.vault.sealing import Place

from . import sealed
from .enums import AccessReason, CaseState, EmergencyFinding, EmergencyReason
from .models import LASTS, Access, Case, EmergencyAccess
from .rules import NOT_PERMITTED, NOT_VISIBLE, STILL, why_not_open
from .writing import on_record, require

NO_WORDS = Refusal("no_words", _("Say in words what the emergency is."))
OPEN_ALREADY = Refusal("open_already", _("You have access to this case already; nothing needs breaking."))
SECOND_PERSON = Refusal(
    "second_person",
    _("Somebody else looks at what you opened in an emergency, never you yourself."),
    Status.FORBIDDEN,
)
MOST_IN_A_DAY = 3
TOO_MANY = Refusal(
    "too_many_emergencies",
    _(
        "You opened three cases in an emergency within a day. Call the data protection officer or a supervisor."
    ),
    Status.TOO_MANY,
)
REVIEWED = Refusal("reviewed", _("Somebody has looked at this already."), Status.CONFLICT)


def why_not_break(case: Case | None, actor: Actor) -> Refusal | None:
    """Whoever works on cases of the organisation, on a case there is and they do not have."""
    if not actor.has(Permission.READ_CASE):
        return NOT_PERMITTED
    if case is None or case.organisation_id != actor.organisation_id:
        return NOT_VISIBLE
    if refusal := STILL.get(CaseState(case.state)):
        return refusal
    if why_not_open(case, actor) is None:
        return OPEN_ALREADY
    lately = EmergencyAccess.objects.filter(
        membership=actor.membership_id, opened_at__gt=clock.now() - timedelta(days=1)
    )
    return TOO_MANY if lately.count() >= MOST_IN_A_DAY else None


def _asked(case: Case | None, by: Actor) -> Case:
    """The case for this transaction alone, and this person's emergencies one after the other, or they could not be
    counted; that somebody was refused stands in the log too, for the officer."""
    with connection.cursor() as cursor:
        name = "ihala.cases.emergency"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [name, by.membership_id])
    found = Case.objects.select_for_update().filter(pk=case.pk).first() if case else None
    refusal = why_not_break(found, by)
    if refusal is None and found is not None:
        return found
    refusal = refusal or NOT_VISIBLE
    record(by, EventName.EMERGENCY_OPENED, case_id=found.pk if found else None, refusal=refusal.code)
    raise Refused(refusal)


def break_glass(case: Case | None, *, by: Actor, reason: EmergencyReason, words: str) -> EmergencyAccess:
    """Open the case to the actor for four hours, on record, and tell its people and the officer at once.

    `case` is None where what was typed is none. The refusal is on record; catch it inside the transaction to keep it.
    """
    case = _asked(case, by)
    said = text.clean(words)
    if not said:
        raise Refused(NO_WORDS)
    close_due(by=by, case=case)
    began = clock.now()
    told = list(Access.objects.filter(case=case, closed_at=None))
    access = Access.objects.create(
        case=case, membership_id=by.membership_id, reason=AccessReason.EMERGENCY, opened_at=began,
        opened_by_id=by.membership_id, until=began + LASTS,
    )  # fmt: skip
    made = EmergencyAccess(
        case=case, access=access, membership_id=by.membership_id, reason=EmergencyReason(reason),
        opened_at=began, until=began + LASTS,
    )  # fmt: skip
    name = sealed.name_of(case, DisclosureClass.NARRATIVE)
    (made.words,) = seal_more(by, name, [(Place.of(made, "words"), said)])
    made.save(force_insert=True)
    on_record(by, EventName.EMERGENCY_OPENED, case, reason=made.reason, until=made.until)
    _tell(case, told, by)
    return made


def _tell(case: Case, told: list[Access], by: Actor) -> None:
    """One notice for the officers and for roles that have the case, one for each person."""
    roles = {Role.DPO, *(Role(one.role) for one in told if one.role)}
    notify(by.organisation_id, sorted(roles), Kind.EMERGENCY_ACCESS, None, by)
    for membership in {one.membership_id for one in told if one.membership_id} - {by.membership_id}:
        notify(by.organisation_id, [], Kind.EMERGENCY_ACCESS, None, by, membership)


def close_due(*, by: Actor, case: Case | None = None) -> int:
    """Close what has run out; how many. What has run out opens nothing even before this (`AccessQuerySet.given_to`)."""
    due = Access.objects.filter(closed_at=None, until__lte=clock.now())
    found = list((due if case is None else due.filter(case=case)).select_related("case"))
    for access in found:
        access.closed_at = access.until
        access.save(update_fields=["closed_at"])
        on_record(by, EventName.CASE_ACCESS_CLOSED, access.case, access=str(access.id))
    return len(found)


def why_not_review(emergency: EmergencyAccess, actor: Actor) -> Refusal | None:
    """The data protection officer closes it, and never for themselves."""
    if not actor.has(Permission.READ_AUDIT):
        return NOT_PERMITTED
    if emergency.membership_id == actor.membership_id:
        return SECOND_PERSON
    return REVIEWED if emergency.reviewed_at else None


def review(emergency_id: UUID, *, by: Actor, finding: EmergencyFinding) -> EmergencyAccess:
    """Somebody else has looked at it: it was right, it was not, or it is being followed up."""
    found = EmergencyAccess.objects.filter(pk=emergency_id).first()
    if found is None:
        raise Refused(NOT_VISIBLE)
    require(why_not_review(found, by))
    found.reviewed_at, found.reviewed_by_id = clock.now(), by.membership_id
    found.finding = EmergencyFinding(finding)
    written = {name: getattr(found, name) for name in ("reviewed_at", "reviewed_by_id", "finding")}
    if not EmergencyAccess.objects.filter(pk=found.pk, reviewed_at=None).update(**written):
        raise Refused(REVIEWED)  # somebody else was faster; the database lets nobody write over it
    on_record(by, EventName.EMERGENCY_REVIEWED, found.case, finding=found.finding)
    return found


def words_of(emergency: EmergencyAccess, *, by: Actor) -> str:
    """What was said, for who looks at it; the reading is on record. Empty if it was erased since."""
    if refusal := None if by.has(Permission.READ_AUDIT) else NOT_PERMITTED:
        raise Refused(refusal)
    name = sealed.name_of(emergency.case, DisclosureClass.NARRATIVE)
    opening = Opening(name, [(Place.of(emergency, "words"), emergency.words)])
    ((said,),) = open_sealed(by, Purpose.AUDIT, [opening], missing_ok=True, case_id=emergency.case_id)
    return said or ""
