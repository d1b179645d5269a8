"""The life of a family in the house: the arrival worked through, belongings, absences, repairs, who is kept apart."""

from datetime import date
from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Permission
from ihala.audit.actions import open_sealed, seal_more
from ihala.audit.enums import EventName, Purpose
from ihala.core import text
from ihala.core.clock import now
from ihala.core.refusal import Refusal, Refused
from ihala.core.vocabulary import DisclosureClass
from ihala.organisations.models import Actor
from ihala.vault.sealing import Place

from .. import rules, sealed
from ..enums import AbsenceKind, ArrivalItem, MaintenanceKind
from ..models import Absence, ArrivalCheck, KeepApart, Maintenance, Stay, Unit
from . import stays
from .taking import require, taking

NARRATIVE, SAFETY = DisclosureClass.NARRATIVE, DisclosureClass.SAFETY
TEXT_NEEDED = Refusal("text_needed", _("Write it down first: this needs a text."))
LANGUAGE_NEEDED = Refusal("language_needed", _("Say in which language the house rules were explained."))


def check_off(stay: Stay, item: ArrivalItem | str, *, by: Actor, language: str = "") -> ArrivalCheck:
    """An item of the arrival is done; the house rules name the language. Repeated, it stays as it was."""
    with taking(EventName.ARRIVAL_CHECKED, by, "stay", stay.pk, stay.family) as detail:
        row = stays.locked(stay, by)
        if item == ArrivalItem.RULES and not language:
            raise Refused(LANGUAGE_NEEDED)
        if item == ArrivalItem.RULES:
            row.rules_language = language
            row.save(update_fields=["rules_language"])
        detail["item"] = ArrivalItem(item)
        return tick(row, ArrivalItem(item), by)


def tick(row: Stay, item: ArrivalItem, by: Actor) -> ArrivalCheck:
    """The item's row, made if it is the first time."""
    done = {"organisation_id": row.organisation_id, "done_at": now(), "done_by_id": by.membership_id or None}
    return ArrivalCheck.objects.get_or_create(stay=row, item=item, defaults=done)[0]


def keep_belongings(stay: Stay, items: str, *, by: Actor) -> Stay:
    """What the house keeps for her, one thing a line; sealed. The receipt is printed from it."""
    with taking(EventName.ARRIVAL_CHECKED, by, "stay", stay.pk, stay.family) as detail:
        row = stays.locked(stay, by)
        listed = [line for line in (text.clean(one, one_line=True) for one in items.splitlines()) if line]
        if not listed:
            raise Refused(TEXT_NEEDED)
        row.belongings = seal(
            row, row.family, NARRATIVE, "belongings", listed, by, first=row.belongings is None
        )
        row.belongings_back_at = None
        row.save(update_fields=["belongings", "belongings_back_at"])
        tick(row, ArrivalItem.BELONGINGS, by)
        detail["item"] = ArrivalItem.BELONGINGS
    return row


def seal(
    row: Stay | KeepApart,
    family: UUID,
    cls: DisclosureClass,
    column: str,
    value: object,
    by: Actor,
    *,
    first: bool,
) -> bytes:
    """One sealed value about a family; the row's secret is made with the first one."""
    subject, values = sealed.subject_of_family(row.pk, family), [(Place.of(row, column), value)]
    if first:
        return sealed.seal_first(subject, cls, row.organisation_id, values)[0]
    return seal_more(by, sealed.name_of(subject, cls, row.organisation_id), values)[0]


def open_belongings(stay: Stay, *, by: Actor) -> list[str]:
    """The things kept, unsealed after the reading is on record; empty if nothing is kept."""
    require(rules.why_not_place(stay.family, by))
    if stay.belongings is None:
        return []
    subject = sealed.subject_of_family(stay.pk, stay.family)
    asked = sealed.opening(subject, NARRATIVE, stay.organisation_id, stay, ("belongings",))
    ((listed,),) = open_sealed(by, Purpose.SHELTER, [asked])
    return list(listed)


def give_belongings_back(stay: Stay, *, by: Actor) -> Stay:
    """She has what the house kept for her; also after she has departed."""
    with taking(EventName.BELONGINGS_BACK, by, "stay", stay.pk, stay.family):
        require(rules.why_not_place(stay.family, by))
        row = Stay.objects.select_for_update().get(pk=stay.pk)
        if row.belongings is None:
            raise Refused(rules.NOTHING_KEPT)
        row.belongings_back_at = row.belongings_back_at or now()
        row.save(update_fields=["belongings_back_at"])
    return row


def go_away(
    stay: Stay,
    *,
    kind: AbsenceKind | str,
    by: Actor,
    person: UUID | None = None,
    expected_on: date | None = None,
) -> Absence:
    """Somebody of the family, or all of it, is away for some nights; the beds stay theirs."""
    with taking(EventName.ABSENCE_BEGUN, by, "stay", stay.pk, stay.family) as detail:
        row = stays.locked(stay, by)
        if Absence.objects.filter(stay=row, person=person, back_at=None).exists():
            raise Refused(rules.AWAY_ALREADY)
        absence = Absence(
            organisation_id=row.organisation_id, stay=row, person=person, kind=AbsenceKind(kind), left_at=now(),
            left_by_id=by.membership_id or None, expected_on=expected_on,
        )  # fmt: skip
        absence.save(force_insert=True)
        detail.update(kind=absence.kind, expected=expected_on)
    return absence


def be_back(absence: Absence, *, by: Actor) -> Absence:
    """Back in the house. Repeated, it changes nothing."""
    stay = absence.stay
    with taking(EventName.ABSENCE_ENDED, by, "stay", stay.pk, stay.family):
        stays.locked(stay, by)
        row = Absence.objects.get(pk=absence.pk)
        if row.back_at is None:
            row.back_at, row.back_by_id = now(), by.membership_id or None
            row.save(update_fields=["back_at", "back_by"])
    return row


def keep_apart(family: UUID, other: UUID, *, reason: str, by: Actor) -> KeepApart:
    """These two families must not live in the same house; why is sealed. Repeated, it is the mark there is."""
    one, two = sorted((family, other))
    mark = KeepApart(id=uuid4(), organisation_id=by.organisation_id, one=one, other=two, marked_at=now())
    with taking(EventName.KEPT_APART, by, "keep_apart", mark.pk, family) as detail:
        require(rules.why_not(Permission.KEEP_APART, by))
        require(rules.why_not_family(family, by))
        require(rules.why_not_pair(family, other))
        known = KeepApart.objects.filter(one=one, other=two, lifted_at=None).first()
        if known is not None:
            return known
        words = text.clean(reason)
        if not words:
            raise Refused(TEXT_NEEDED)
        mark.marked_by_id = by.membership_id or None
        mark.reason = seal(mark, one, SAFETY, "reason", words, by, first=True)
        mark.save(force_insert=True)
        detail["from"] = other
    return mark


def open_keep_apart(mark: KeepApart, *, by: Actor) -> str:
    """Why two families are kept apart, for who has access to one of them; unsealed after the reading is on record."""
    require(rules.why_not(Permission.KEEP_APART, by))
    require(rules.why_not_either(mark, by, reads=True))
    asked = sealed.opening(
        sealed.subject_of_family(mark.pk, mark.one), SAFETY, mark.organisation_id, mark, ("reason",)
    )
    ((words,),) = open_sealed(by, Purpose.SHELTER, [asked])
    return str(words)


def lift_keep_apart(mark: KeepApart, *, by: Actor) -> KeepApart:
    """The two may meet again. Repeated, it changes nothing."""
    with taking(EventName.KEEP_APART_LIFTED, by, "keep_apart", mark.pk, mark.one) as detail:
        require(rules.why_not(Permission.KEEP_APART, by))
        require(rules.why_not_either(mark, by))
        row = KeepApart.objects.select_for_update().get(pk=mark.pk)
        if row.lifted_at is None:
            row.lifted_at, row.lifted_by_id = now(), by.membership_id or None
            row.save(update_fields=["lifted_at", "lifted_by"])
        detail["from"] = row.other
    return row


def report_maintenance(
    unit: Unit, *, kind: MaintenanceKind | str, by: Actor, note: str = "", planned_on: date | None = None
) -> Maintenance:
    """Something is to be repaired; whoever works in the house says so. Words are sealed under the house's secret."""
    row = Maintenance(
        id=uuid4(), organisation_id=by.organisation_id, unit=unit, kind=MaintenanceKind(kind), planned_on=planned_on,
        reported_at=now(), reported_by_id=by.membership_id or None,
    )  # fmt: skip
    with taking(EventName.MAINTENANCE_REPORTED, by, "unit", unit.key) as detail:
        require(rules.why_not(Permission.PLACE_FAMILIES, by))
        words = text.clean(note)
        if words:
            key = sealed.name_of(sealed.subject_of_house(unit.house_id), SAFETY, unit.organisation_id)
            (row.note,) = seal_more(by, key, [(Place.of(row, "note"), words)])
        row.save(force_insert=True)
        detail["kind"] = row.kind
    return row


def finish_maintenance(row: Maintenance, *, by: Actor) -> Maintenance:
    """It is repaired. Repeated, it changes nothing."""
    with taking(EventName.MAINTENANCE_DONE, by, "unit", row.unit.key) as detail:
        require(rules.why_not(Permission.PLACE_FAMILIES, by))
        found = Maintenance.objects.select_for_update().get(pk=row.pk)
        if found.done_at is None:
            found.done_at, found.done_by_id = now(), by.membership_id or None
            found.save(update_fields=["done_at", "done_by"])
        detail["kind"] = found.kind
    return found
