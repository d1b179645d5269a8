"""Writing cases. Every function records its audit event in the same transaction and refuses with `Refused`.

Access is asked here too, not only by the pages: who has no access to a case can neither open nor change it. The four
steps that follow a referral (`expect_case`, `fill_expected_case`, `remove_expected_case`, `give_access` by the system)
rest on the guards of that referral; row-level security keeps them inside the organisation.
"""

from dataclasses import dataclass, field, replace

from django.db.models import SET_NULL
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Permission, Role, permissions_of
from ihala.audit.actions import open_sealed, prepared, seal_more
from ihala.audit.enums import EventName, Purpose
from ihala.audit.models import Event
from ihala.core import clock, text
from ihala.core.refusal import Refusal, Refused, Status
from ihala.core.vocabulary import Category, DisclosureClass
from ihala.core.writing import insert
from ihala.organisations.models import Actor, Membership
from ihala.vault.enums import SubjectKind
from ihala.vault.sealing import Place

from . import attachments, rules, sealed
from .attachments import (
    File,
    add_attachment,
    cut,
    joined,
    open_attachment,
    remove_attachment,
    take_over_attachment,
)
from .content import CaseContent
from .drafts import Draft, discard_draft, load_draft, save_draft
from .emergency import break_glass
from .emergency import close_due as end_emergencies
from .emergency import review as review_emergency
from .enums import AccessReason, CaseState, CloseReason
from .models import Access, Attachment, Case, CaseNote, Person
from .references import new_reference
from .rules import CLASSES, NOT_PERMITTED, STILL, tidy, why_not_change, why_not_manage, why_not_open
from .writing import changed as _changed
from .writing import locked as _locked
from .writing import on_record as _record
from .writing import require as _require

__all__ = [
    "Draft", "File", "add_attachment", "add_note", "break_glass", "close_access", "close_case", "create_case",
    "cut", "discard_draft", "end_emergencies", "expect_case", "fill_expected_case", "give_access", "joined",
    "load_draft", "open_attachment", "open_case", "open_case_page", "open_to_role", "remove_attachment",
    "remove_expected_case", "reopen_case", "review_emergency", "save_draft", "take_over_attachment",
    "update_case",
]  # fmt: skip

PAPER_REFERENCE_KNOWN = Refusal(
    "paper_reference_known", _("There is a case with this file number already."), Status.CONFLICT
)
NOT_EXPECTED = Refusal("case_not_expected", _("This case is not waiting for an arrival."))
LAST_ACCESS = Refusal("last_access", _("Someone must keep access to the case. Give it to a colleague first."))
NO_COLLEAGUE = Refusal("no_colleague", _("Access can be given to a colleague whose role works on cases."))
EMPTY_NOTE = Refusal("empty_note", _("There is nothing to note down."))


@dataclass(frozen=True)
class OpenedCase:
    """A case as its page shows it: its content, the organisation's internal notes, newest first, and its files."""

    content: CaseContent
    notes: list[tuple[CaseNote, str]] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)


_CHANGING = ("sex", "age_band", "triage", "identity", "safety", "clinical")


def create_case(content: CaseContent, *, by: Actor, paper_reference: str | None = None) -> Case:
    """Open a case with `content`; its author gets access. Refused `paper_reference_known` (409) on a second one."""
    if not by.has(Permission.WRITE_CASE):
        raise Refused(NOT_PERMITTED)
    if paper_reference and Case.objects.filter(paper_reference=paper_reference).exists():
        raise Refused(PAPER_REFERENCE_KNOWN)
    case = _new_case(by, content.category, CaseState.OPEN, paper_reference)
    _give(case, by, AccessReason.AUTHOR, [by.membership_id], [])
    _seal_first(case, content, by)
    _record(by, EventName.CASE_CREATED, case, category=case.category)
    return case


def _new_case(by: Actor, category: str, state: CaseState, paper_reference: str | None = None) -> Case:
    """A row under a reference nobody has yet; drawing one that is taken happens once in a million million."""
    case = Case(
        organisation_id=by.organisation_id,
        category=Category(category),
        state=state,
        paper_reference=paper_reference or None,
        opened_at=clock.now(),
        opened_by_id=by.membership_id or None,
        changed_at=clock.now(),
        changed_by_id=by.membership_id or None,
    )
    while True:
        case.reference = new_reference()
        if insert([case], unless_there=True):
            return case
        if paper_reference and Case.objects.filter(paper_reference=paper_reference).exists():
            raise Refused(PAPER_REFERENCE_KNOWN)


def _give(case: Case, by: Actor, reason: AccessReason, members: list[int], roles: list[str]) -> None:
    opened = {"case": case, **_opened(reason, by)}
    given = [Access(membership_id=member, **opened) for member in dict.fromkeys(members)]
    insert([*given, *(Access(role=Role(role), **opened) for role in dict.fromkeys(roles))], unless_there=True)


def _opened(reason: AccessReason, by: Actor) -> dict[str, object]:
    return {"reason": reason, "opened_at": clock.now(), "opened_by_id": by.membership_id or None}


def _seal_first(case: Case, content: CaseContent, by: Actor) -> None:
    content = tidy(content)
    rows = sealed.people_of(case, content, [])
    sealed.seal_first(case, rows, content, by=by)
    case.version = 1
    case.save()
    Person.objects.bulk_create(rows)


def open_case(case: Case, *, by: Actor, purpose: Purpose) -> CaseContent:
    """The content of a case, unsealed after the reading is on record: one event, at most five statements.

    Refused `not_visible` (404) without access, `no_live_basis` without a key. An expected case is empty."""
    return _open(case, by, purpose, notes=[]).content


def open_case_page(case: Case, *, by: Actor, purpose: Purpose) -> OpenedCase:
    """The content together with the internal notes."""
    notes = list(
        CaseNote.objects.filter(case=case).select_related("written_by").order_by("-written_at", "-id")
    )
    return _open(case, by, purpose, notes)


def _open(case: Case, by: Actor, purpose: Purpose, notes: list[CaseNote]) -> OpenedCase:
    _require(why_not_open(case, by))
    if case.state in STILL:
        return OpenedCase(CaseContent(case.category))
    rows = rules.people_in_order(case)
    files = attachments.rows_of(case)
    opened = open_sealed(by, purpose, sealed.openings(case, rows, notes) + attachments.openings(case, files))
    content, bodies = sealed.assembled(case, rows, notes, opened[: len(CLASSES)])
    content = replace(content, attachments=attachments.assembled(files, opened[len(CLASSES) :]))
    return OpenedCase(content, [(note, bodies[note]) for note in notes], files)


def update_case(case: Case, content: CaseContent, *, by: Actor, version: int) -> Case:
    """Replace the content that `version` said by `content`. Refused `stale_version` (409) if it has changed since."""
    case = _locked(case)
    _require(why_not_change(case, by))
    if case.version != version:
        raise Refused(_stale(case))
    content = tidy(content)
    known = list(Person.objects.filter(case=case))
    rows = sealed.people_of(case, content, known)
    sealed.seal_again(case, rows, content, by=by)
    case.category = Category(content.category)
    case.version += 1
    _changed(case, by)
    gone = {person.pk for person in known} - {person.pk for person in rows}
    Person.objects.filter(pk__in=gone).delete()
    Person.objects.bulk_create([row for row in rows if row._state.adding])
    Person.objects.bulk_update([row for row in rows if not row._state.adding], _CHANGING)
    _record(by, EventName.CASE_CHANGED, case, version=case.version)
    return case


def _stale(case: Case) -> Refusal:
    who = case.changed_by.name if case.changed_by else _("the system")
    message = format_lazy(
        _(
            "{who} changed this case {when}, after it was opened here. What was typed is kept; please compare."
        ),
        who=who,
        when=text.moment(case.changed_at),
    )
    return Refusal("stale_version", message, Status.CONFLICT, {"version": case.version})


def close_case(case: Case, *, by: Actor, reason: CloseReason) -> Case:
    """End the organisation's own work on a case; it stays readable to those with access."""
    case = _locked(case)
    _require(why_not_change(case, by))
    case.state, case.close_reason = CaseState.CLOSED, CloseReason(reason)
    case.closed_at, case.closed_by_id = clock.now(), by.membership_id or None
    _changed(case, by)
    _record(by, EventName.CASE_CLOSED, case, reason=case.close_reason)
    return case


def reopen_case(case: Case, *, by: Actor) -> Case:
    """Work goes on. Refused `case_not_closed`."""
    case = _locked(case)
    _require(why_not_manage(case, by))
    if case.state != CaseState.CLOSED:
        raise Refused(Refusal("case_not_closed", _("This case is open already.")))
    case.state, case.close_reason, case.closed_at, case.closed_by_id = CaseState.OPEN, "", None, None
    _changed(case, by)
    _record(by, EventName.CASE_REOPENED, case)
    return case


def give_access(
    case: Case, *, by: Actor, membership_id: int | None = None, role: str | None = None, reason: AccessReason
) -> Access:
    """Let one staff member, or everyone in a role, open the case; repeated, it is the same entry.

    Whoever has access may give it; besides them the system, and who may assign the case's referral."""
    case, reason = _locked(case), AccessReason(reason)
    if not (by.system or (reason == AccessReason.ASSIGNED and by.has(Permission.ASSIGN))):
        _require(why_not_manage(case, by))
    roles = [Role(role)] if role else _roles_of(membership_id, by.organisation_id)
    if Permission.READ_CASE not in permissions_of(set(roles)):
        raise Refused(NO_COLLEAGUE)
    who = {"role": Role(role)} if role else {"membership_id": membership_id}
    opened = _opened(reason, by)
    # Who had it in an emergency has it for good now.
    emergency = Access.objects.filter(case=case, closed_at=None, until__isnull=False, **who)
    emergency.update(closed_at=opened["opened_at"])
    access, is_new = Access.objects.get_or_create(case=case, closed_at=None, **who, defaults=opened)
    if is_new:
        _record(by, EventName.CASE_ACCESS_GIVEN, case, access=str(access.id), reason=access.reason)
    return access


def open_to_role(case: Case, role: Role, *, by: Actor, reason: AccessReason) -> Event:
    """Everyone in a role may open a case the actor has just opened. Its event is to be recorded with the step's."""
    _give(case, by, reason, [], [role])
    name, kind, detail = EventName.CASE_ACCESS_GIVEN, SubjectKind.CASE, {"role": role, "reason": reason}
    return prepared(by, name, subject_kind=kind, subject_id=case.id, case_id=case.id, detail=detail)


def _roles_of(membership_id: int | None, organisation_id: int) -> list[Role]:
    member = Membership.objects.filter(
        pk=membership_id or 0, organisation_id=organisation_id, active=True
    ).first()
    return [Role(role) for role in member.roles] if member else []


def close_access(access: Access, *, by: Actor) -> Access:
    """End an entry of the access list; refused `last_access` for the last one."""
    case = _locked(access.case)
    _require(why_not_manage(case, by))
    open_entries = list(Access.objects.filter(case=case, closed_at=None))
    lasting = [entry for entry in open_entries if entry.until is None]
    mine = next((entry for entry in open_entries if entry.pk == access.pk), None)
    if mine is None:
        return access
    if lasting == [mine]:
        raise Refused(LAST_ACCESS)
    mine.closed_at, mine.closed_by_id = clock.now(), by.membership_id or None
    mine.save()
    _record(by, EventName.CASE_ACCESS_CLOSED, case, access=str(mine.id))
    return mine


def expect_case(
    *, by: Actor, category: str, access: tuple[int, ...] = (), roles: tuple[str, ...] = ()
) -> Case:
    """A case for someone who is to arrive: empty, state EXPECTED, open to these memberships and roles."""
    case = _new_case(by, category, CaseState.EXPECTED)
    _give(case, by, AccessReason.REFERRAL, list(access), list(roles))
    _record(by, EventName.CASE_EXPECTED, case, category=case.category)
    return case


def fill_expected_case(case: Case, content: CaseContent, *, by: Actor) -> Case:
    """She has arrived: the expected case takes the content of the package. Refused `case_not_expected`."""
    case = _expected(case)
    case.category, case.state = Category(content.category), CaseState.OPEN
    case.changed_at, case.changed_by_id = clock.now(), by.membership_id or None
    _seal_first(case, content, by)
    _record(by, EventName.CASE_FILLED, case)
    return case


def remove_expected_case(case: Case, *, by: Actor) -> None:
    """She will not arrive: the expected case goes. Refused `case_not_expected` for any other."""
    case = _expected(case)
    _record(by, EventName.CASE_REMOVED, case)
    for (
        relation
    ) in Case._meta.related_objects:  # what may stand without it is cut loose; it has nothing else yet
        if relation.on_delete is SET_NULL:
            name = relation.field.name
            relation.related_model._base_manager.filter(**{name: case}).update(**{name: None})
    for rows in (Access.objects.filter(case=case), Case.objects.filter(pk=case.pk)):
        rows._raw_delete(rows.db)


def _expected(case: Case) -> Case:
    case = _locked(case)
    if case.state != CaseState.EXPECTED:
        raise Refused(NOT_EXPECTED)
    return case


def add_note(case: Case, body: str, *, by: Actor) -> CaseNote:
    """An internal note, never disclosed. A closed case takes notes too, an expected one has no key yet."""
    case = _locked(case)
    _require(why_not_open(case, by))
    _require(STILL.get(CaseState(case.state)))
    body = text.clean(body)
    if not body:
        raise Refused(EMPTY_NOTE)
    note = CaseNote(case=case, written_at=clock.now(), written_by_id=by.membership_id or None)
    (note.body,) = seal_more(
        by, sealed.name_of(case, DisclosureClass.NARRATIVE), [(Place.of(note, "body"), body)]
    )
    note.save(force_insert=True)
    _record(by, EventName.CASE_NOTED, case)
    return note
