"""The five beats of every action of the shelter: lock → why not → change → audit → tell.

Locks are taken in one order, so that two people never wait for each other: first the one hold or stay that is acted
on, then the units in the order of their ids. Whoever holds a unit's lock is the only one who changes its claims.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField, QuerySet

from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.core.kept import Among, Asked, kept
from ihala.core.refusal import Refusal, Refused
from ihala.core.writing import insert
from ihala.organisations.models import Actor

from .. import rules
from ..enums import ClaimKind, MoveReason
from ..models import Bed, Claim, ClaimedBed, Hold, Stay, Unit, Void

Owner = Hold | Stay | Void
KINDS: dict[type, ClaimKind] = {Hold: ClaimKind.HOLD, Stay: ClaimKind.STAY, Void: ClaimKind.VOID}


@contextmanager
def taking(
    name: EventName, by: Actor, kind: str, subject: UUID | int, family: UUID | None = None
) -> Iterator[dict[str, Any]]:
    """Around what is done: on record at the end, or rolled back and on record with the refusal.

    What stands in the dictionary at the end goes into the event: codes, keys and numbers.
    """
    detail: dict[str, Any] = {}
    where = {"subject_kind": kind, "subject_id": subject, "case_id": family}
    try:
        with transaction.atomic():
            yield detail
            audit.record(by, name, **where, detail=detail)  # type: ignore[arg-type]
    except Refused as refused:
        audit.record(by, name, **where, refusal=refused.refusal.code)  # type: ignore[arg-type]
        raise
    except IntegrityError as error:
        refusal = said_by_database(error)
        audit.record(by, name, **where, refusal=refusal.code)  # type: ignore[arg-type]
        raise Refused(refusal) from None


def said_by_database(error: IntegrityError) -> Refusal:
    """The refusal behind a constraint; any other error is one of ours and is raised again."""
    diagnosis = getattr(error.__cause__, "diag", None)
    refusal = rules.BY_CONSTRAINT.get(getattr(diagnosis, "constraint_name", None) or "")
    if refusal is None:
        raise error
    return refusal


def require(refusal: Refusal | None) -> None:
    """Raise the refusal, if there is one."""
    if refusal is not None:
        raise Refused(refusal)


def lock_units(ids: Iterable[int]) -> dict[int, Unit]:
    """The units, locked in the order of their ids until the transaction ends."""
    return {unit.pk: unit for unit in _locking(None, units=list(set(ids)))}


@kept
def _locking(_nobody: None) -> QuerySet[Unit]:
    return (
        Unit.objects.select_for_update(no_key=True)
        .filter(Among("id", "units", BigIntegerField()))
        .order_by("pk")
    )


def lock_beds(beds: Iterable[Bed], also: Iterable[int] = ()) -> list[Bed]:
    """The beds as they stand now, in order, their units and `also` locked; refused if one is not one's own."""
    wanted = keys_of(beds)
    return as_they_stand(wanted, lock_units_of(wanted, also))


def lock_units_of(beds: list[int], also: Iterable[int] = ()) -> dict[int, Unit]:
    """The units of these beds and `also`, locked."""
    return lock_units({*(bed.unit_id for bed in _beds(None, beds=beds)), *also})


def as_they_stand(beds: list[int], units: Mapping[int, Unit]) -> list[Bed]:
    """These beds, whose units are locked; refused if one is not one's own."""
    found = _beds(None, beds=beds)
    if len(found) != len(beds):
        raise Refused(rules.NO_BEDS)
    for bed in found:
        bed.unit = units[bed.unit_id]
    return found


def keys_of(beds: Iterable[Bed]) -> list[int]:
    """Their keys, each once, in order."""
    return sorted({bed.pk for bed in beds})


def beds_asked(beds: list[int]) -> Asked:
    """What the two above ask, to be asked `ahead`."""
    return _beds.asked(None, beds=beds)


@kept
def _beds(_nobody: None) -> QuerySet[Bed]:
    return Bed.objects.filter(Among("id", "beds", BigIntegerField())).order_by("unit_id", "pk")


def claim(
    owner: Owner,
    beds: Iterable[Bed],
    start: datetime,
    end: datetime,
    *,
    reason: MoveReason | str = "",
    people: Mapping[int, UUID | None] | None = None,
) -> list[Claim]:
    """Claim locked beds for a hold, a stay or a void: one claim per unit, in order."""
    by_unit: dict[Unit, list[Bed]] = {}
    for bed in beds:
        by_unit.setdefault(bed.unit, []).append(bed)
    kind = KINDS[type(owner)]
    claims = [
        Claim(
            organisation_id=owner.organisation_id, unit=unit, shared=unit.shared, kind=kind,
            family=getattr(owner, "family", None), starts_at=start, ends_at=end, reason=reason, **{kind: owner},
        )
        for unit in by_unit
    ]  # fmt: skip
    insert(claims, keys=True)
    insert(
        [
            ClaimedBed(
                organisation_id=owner.organisation_id, claim=one, unit_id=one.unit_id, bed=bed, starts_at=start,
                ends_at=end, person=(people or {}).get(bed.pk),
            )
            for one in claims
            for bed in by_unit[one.unit]
        ]
    )  # fmt: skip
    return claims


def end_claims(owner: Owner, at: datetime) -> list[ClaimedBed]:
    """End what the owner claims now; the beds it had until now. The database carries the end to each bed."""
    live = Claim.objects.filter(**{KINDS[type(owner)]: owner}, ends_at__gt=at)
    had = list(ClaimedBed.objects.filter(claim__in=live).select_related("bed").order_by("unit_id", "bed_id"))
    live.update(ends_at=at)
    return had


def units_of(owner: Owner) -> set[int]:
    """The units in which the owner claims beds now or did last."""
    return set(Claim.objects.filter(**{KINDS[type(owner)]: owner}).values_list("unit_id", flat=True))


def beds_line(beds: Iterable[Bed]) -> dict[str, Any]:
    """What the log says of beds: their keys, as numbers."""
    return {"beds": sorted(bed.pk for bed in beds)}
