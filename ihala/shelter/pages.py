"""What the pages of the shelter show: read, counted and put into words; nothing is written here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ihala.accounts.roles import Permission
from ihala.cases.enums import PersonRole
from ihala.cases.models import Case, Person
from ihala.cases.rules import reads_until, why_not_open
from ihala.core.clock import now, today
from ihala.core.vocabulary import AgeBand, Sex
from ihala.organisations.models import Actor

from . import rules
from .board import unit_words
from .enums import ArrivalItem, ClaimKind
from .models import FAR, Absence, Bed, Claim, ClaimedBed, Hold, House, KeepApart, Maintenance, Stay, Unit
from .naming import named_bed, named_unit

Item = dict[str, Any]


def hints(unit: Unit) -> str:
    """Whom a unit suits, in words; hints for those who place a family."""
    words = [unit_words(unit.kind, unit.wheelchair, unit.shared)]
    if unit.ground_floor:
        words.append(_("ground floor"))
    if unit.sexes == [Sex.FEMALE.value]:
        words.append(_("women and girls only"))
    elif unit.boys_until is not None:
        words.append(_("boys up to %(age)d") % {"age": unit.boys_until})
    if unit.ages_from is not None:
        words.append(_("from %(age)d years") % {"age": unit.ages_from})
    if unit.ages_to is not None:
        words.append(_("up to %(age)d years") % {"age": unit.ages_to})
    return " · ".join(words)


def where(beds: Iterable[Bed]) -> SafeString:
    """Units and beds in one line: "House A, unit 1: Bed 1 · Cot C"."""
    units: dict[SafeString, list[tuple[SafeString]]] = {}
    for bed in beds:
        units.setdefault(named_unit(bed.unit), []).append((named_bed(bed.kind, bed.code),))
    lines = ((unit, format_html_join(" · ", "{}", named)) for unit, named in units.items())
    return format_html_join(" — ", "{}: {}", lines)


def with_units(beds: Any) -> Any:
    """Beds with unit and house, in the order of the house."""
    order = ("unit__house__code", "unit__code", "kind", "code", "pk")
    return beds.select_related("unit__house").order_by(*order)


# ── Today ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Line:
    """A family in a list: its reference and page if the reader has access to the case, where, and by when."""

    reference: str
    url: str
    beds: str
    row: Any


def lines(rows: Sequence[Hold] | Sequence[Stay], actor: Actor) -> list[Line]:
    """Holds or stays as lines of a list. Two queries."""
    references = rules.references_of({row.family for row in rows}, actor)
    owner = "hold" if rows and isinstance(rows[0], Hold) else "stay"
    beds: dict[Any, list[Bed]] = {}
    claimed = ClaimedBed.objects.filter(**{f"claim__{owner}__in": rows}, ends_at__gt=now())
    claimed = claimed.select_related("bed__unit__house", "claim").order_by("bed__unit__house__code", "bed_id")
    for one in claimed:
        beds.setdefault(getattr(one.claim, f"{owner}_id"), []).append(one.bed)
    return [_line(row, references, beds) for row in rows]


def _line(row: Any, references: dict[UUID, str], beds: dict[Any, list[Bed]]) -> Line:
    reference = references.get(row.family, "")
    url = reverse("shelter:family", args=[reference]) if reference else ""
    return Line(reference, url, where(beds.get(row.pk, ())), row)


def day(actor: Actor) -> Item:
    """Today: who comes, who goes, who is away, what is unfinished, what is free."""
    live = Stay.objects.filter(organisation=actor.organisation_id, departed_at=None)
    holds = Hold.objects.filter(organisation=actor.organisation_id, ended_at=None, until__gt=now())
    leaving = live.filter(planned_until__lte=today()).order_by("planned_until", "id")
    unfinished = [
        stay for stay in live.prefetch_related("checks") if len(stay.checks.all()) < len(ArrivalItem)
    ]
    arrived = live.filter(arrived_at__gte=now() - timedelta(days=1)).order_by("-arrived_at")
    away = (
        Absence.objects.filter(stay__in=live, back_at=None)
        .select_related("stay")
        .order_by("expected_on", "left_at")
    )
    away_lines = lines([one.stay for one in away], actor)
    repairs = (
        Maintenance.objects.filter(organisation=actor.organisation_id, done_at=None)
        .select_related("unit__house")
        .order_by("planned_on", "reported_at")
    )
    return {
        "tiles": tiles(actor),
        "coming": lines(list(holds.order_by("until", "id")), actor),
        "leaving": lines(list(leaving), actor),
        "arrived": lines(list(arrived), actor),
        "unfinished": lines(unfinished, actor),
        "away": list(zip(away, away_lines, strict=True)),
        "repairs": [(one, named_unit(one.unit)) for one in repairs],
        "today": today(),
    }


def tiles(actor: Actor) -> list[Item]:
    """Beds at a glance: free, held, lived in, out of use."""
    beds = Bed.objects.filter(organisation=actor.organisation_id).count()
    live = ClaimedBed.objects.filter(
        organisation=actor.organisation_id, ends_at__gt=now(), starts_at__lte=now()
    )
    by_kind = dict.fromkeys(ClaimKind.values, 0)
    for kind in live.values_list("claim__kind", flat=True):
        by_kind[kind] += 1
    url = reverse("shelter:board")
    shown = (
        (beds - sum(by_kind.values()), _("Beds free"), "turn"),
        (by_kind[ClaimKind.HOLD], _("Beds held"), ""),
        (by_kind[ClaimKind.STAY], _("Beds lived in"), ""),
        (by_kind[ClaimKind.VOID], _("Beds out of use"), ""),
    )
    return [{"value": value, "label": label, "url": url, "tone": tone} for value, label, tone in shown]


# ── Houses ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def houses(actor: Actor) -> list[Item]:
    """The houses with their units and how many of their beds are free now."""
    free = set(rules.free_beds(now()).values_list("pk", flat=True))
    rows: dict[UUID, Item] = {
        house.pk: {"house": house, "units": []}
        for house in House.objects.filter(organisation=actor.organisation_id).order_by("code")
    }
    units = (
        Unit.objects.filter(organisation=actor.organisation_id)
        .prefetch_related("beds")
        .order_by("code", "pk")
    )
    for unit in units:
        beds = list(unit.beds.all())
        rows[unit.house_id]["units"].append(
            {
                "unit": unit,
                "hints": hints(unit),
                "beds": len(beds),
                "free": len([b for b in beds if b.pk in free]),
            }
        )
    return list(rows.values())


def unit_page(unit: Unit, actor: Actor) -> Item:
    """One unit: each bed and what takes it now, voids, repairs."""
    live = ClaimedBed.objects.filter(unit=unit, ends_at__gt=now(), starts_at__lte=now())
    by_bed = {one.bed_id: one for one in live.select_related("claim__hold", "claim__stay", "claim__void")}
    references = rules.references_of({one.claim.family for one in by_bed.values() if one.claim.family}, actor)
    rows = []
    for bed in unit.beds.order_by("kind", "code", "pk"):
        taken = by_bed.get(bed.pk)
        rows.append(
            {
                "bed": bed, "taken": taken.claim if taken else None,
                "reference": references.get(taken.claim.family, "") if taken and taken.claim.family else "",
            }
        )  # fmt: skip
    voids = {one.claim.void.pk: one.claim.void for one in by_bed.values() if one.claim.void}
    return {
        "unit": unit, "name": named_unit(unit), "rows": rows, "hints": hints(unit), "voids": list(voids.values()),
        "repairs": unit.maintenance.filter(done_at=None).order_by("planned_on", "reported_at"),
        "may_manage": actor.has(Permission.MANAGE_HOUSES), "may_place": actor.has(Permission.PLACE_FAMILIES),
    }  # fmt: skip


# ── A family ───────────────────────────────────────────────────────────────────────────────────────────────────────


def people_of(case: Case) -> list[tuple[str, str]]:
    """Who is in the case, by key, without any name: what stands in clear is enough to give beds."""
    found = []
    for person in (
        Person.objects.filter(case=case)
        .exclude(role=PersonRole.PERSON_OF_CONCERN)
        .order_by("-role", "position")
    ):
        words = [str(PersonRole(person.role).label)]
        if person.role == PersonRole.COMPANION:
            words[0] += f" {person.position + 1}"
        if person.sex != Sex.UNKNOWN:
            words.append(str(Sex(person.sex).label))
        if person.age_band != AgeBand.UNKNOWN:
            words.append(str(AgeBand(person.age_band).label))
        found.append((str(person.pk), " · ".join(words)))
    return found


def offered(family: UUID, own: Iterable[int] = ()) -> list[Item]:
    """Units with beds the family can have now, each with its beds; `own` are beds it has already."""
    own = set(own)
    moment = now()
    beds = list(with_units(rules.free_beds(moment, FAR))) + list(with_units(Bed.objects.filter(pk__in=own)))
    others = rules.families_in({bed.unit_id for bed in beds}, moment, FAR)
    apart = rules.houses_of(rules.kept_apart_from(family), moment)
    units: dict[int, Item] = {}
    for bed in sorted(beds, key=lambda one: (one.unit.house.code, one.unit.code, one.kind, one.code)):
        if not bed.unit.shared and others.get(bed.unit_id, set()) - {family}:
            continue
        item = units.setdefault(
            bed.unit_id,
            {
                "name": named_unit(bed.unit),
                "hints": hints(bed.unit),
                "beds": [],
                "apart": bed.unit.house_id in apart,
            },
        )
        item["beds"].append((str(bed.pk), named_bed(bed.kind, bed.code), bed.pk in own))
    return list(units.values())


def family_page(case: Case, actor: Actor) -> Item:
    """Everything about one family in the shelter: hold or stay now, what was before, from whom it is kept apart."""
    hold, stay = rules.live_hold(case.pk), rules.live_stay(case.pk)
    if hold is not None and not rules.is_live(hold, now()):
        hold = None
    sleeping = list(
        ClaimedBed.objects.filter(claim__stay=stay, ends_at=FAR)
        .select_related("bed__unit__house")
        .order_by("bed__unit__house__code", "bed__unit__code", "bed__kind", "bed__code")
    ) if stay else []  # fmt: skip
    held = with_units(Bed.objects.filter(claimed__claim__hold=hold)) if hold else ()
    people = people_of(case)
    names = dict(people)
    until = reads_until(case, actor)
    may_keep_apart = actor.has(Permission.KEEP_APART)
    return {
        "case": case, "reads_until": until, "hold": hold, "stay": stay, "held": where(held), "people": people,
        "beds": where(one.bed for one in sleeping),
        "sleeping": [(one, named_unit(one.bed.unit), names.get(str(one.person), "")) for one in sleeping],
        "units": offered(case.pk, (one.bed_id for one in sleeping)),
        "checks": checklist(stay) if stay else (),
        "away": [(one, names.get(str(one.person), "")) for one in stay.absences.filter(back_at=None)] if stay else (),
        "apart": apart_lines(case, actor), "may_place": until is None and actor.has(Permission.PLACE_FAMILIES),
        "may_keep_apart": until is None and may_keep_apart, "may_see_why": may_keep_apart, "history": history(case.pk),
    }  # fmt: skip


def checklist(stay: Stay) -> list[tuple[ArrivalItem, Any]]:
    """Every item of the arrival with its row, or none if it waits."""
    done = {check.item: check for check in stay.checks.select_related("done_by")}
    return [(item, done.get(item)) for item in ArrivalItem]


def apart_lines(case: Case, actor: Actor) -> list[Item]:
    """The families this one is kept apart from; a reference only where the reader has access."""
    if why_not_open(case, actor) is not None:
        return []
    marks = KeepApart.objects.of(case.pk).select_related("marked_by")
    others = {mark.pk: mark.other if mark.one == case.pk else mark.one for mark in marks}
    references = rules.references_of(set(others.values()), actor)
    return [{"mark": mark, "reference": references.get(others[mark.pk], "")} for mark in marks]


def history(family: UUID) -> list[Item]:
    """What was before, newest first: holds and stays that have ended, with the units lived in."""
    stays = Stay.objects.filter(family=family).exclude(departed_at=None).order_by("-departed_at")
    holds = Hold.objects.filter(family=family).exclude(ended_at=None).order_by("-ended_at")
    moved = (
        Claim.objects.filter(stay__family=family).select_related("unit__house").order_by("starts_at", "id")
    )
    units: dict[Any, list[SafeString]] = {}
    for claim in moved:
        units.setdefault(claim.stay_id, []).append(named_unit(claim.unit))
    found: list[Item] = [
        {"stay": one, "units": units.get(one.pk, []), "at": one.departed_at} for one in stays
    ]
    found += [{"hold": one, "units": [], "at": one.ended_at} for one in holds if one.ended_how != "arrived"]
    return sorted(found, key=lambda item: item["at"], reverse=True)


def nights(stay: Stay) -> str:
    """How long she has lived here."""
    count = ((stay.departed_at or now()) - stay.arrived_at).days
    return ngettext("%(count)d night", "%(count)d nights", count) % {"count": count}
