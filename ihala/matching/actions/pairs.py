"""Two cases of one person: looking for them, deciding, taking a decision back. Nothing is ever linked by itself."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.cases import actions as cases
from ihala.cases.enums import AccessReason
from ihala.cases.models import Case
from ihala.core.clock import now
from ihala.core.refusal import Refusal, Refused
from ihala.organisations.models import Actor

from .. import doubles, pairs_rules, reading
from ..enums import Decision
from ..models import KnownSide, Pair, PairsLook

PORTION = 50
"""Cases compared with all others in one go."""
COMMITTED = timedelta(minutes=2)
"""No request takes longer between saying when it writes and committing it."""
LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def seek_pairs(*, by: Actor, until: datetime | None = None) -> int:
    """Compare the cases written since the last look with all of the organisation; how many were looked at.

    `until`: cases written later wait for the next look; the default leaves time for what is not committed yet.
    """
    look, _made = PairsLook.objects.select_for_update().get_or_create(
        organisation_id=by.organisation_id, defaults={"until": LONG_AGO}
    )
    written = Case.objects.filter(
        changed_at__gt=look.until, changed_at__lte=until or now() - COMMITTED, state__in=pairs_rules.READABLE
    ).order_by("changed_at", "pk")
    portion = list(written[:PORTION])
    if not portion:
        return 0
    batch = list(written.filter(changed_at__lte=portion[-1].changed_at))  # with all of that very moment
    reading.take_time()
    found = doubles.doubles(by, [case.pk for case in batch])
    Pair.objects.bulk_create(
        [
            Pair(
                organisation_id=by.organisation_id, one_id=one.one, other_id=one.other, reasons=one.reasons,
                found_at=now(),
            )
            for one in found
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    look.until = batch[-1].changed_at
    look.save(update_fields=["until"])
    return len(batch)


def decide_pair(pair: Pair, decision: Decision | str, *, by: Actor, primary: Case | None = None) -> Pair:
    """Say what was found. "The same person" links the two cases, with one to go on with.

    Refused `not_visible`, `pair_decided` (409, somebody was faster), `primary_needed`.
    """
    row = _locked(pair)
    chosen = Decision(decision)
    _require(pairs_rules.why_not_decide(row, chosen, primary, by))
    row.decision, row.decided_by_id, row.decided_at = chosen, by.membership_id, now()
    row.primary = primary if chosen == Decision.SAME else None
    row.save(update_fields=["decision", "decided_by_id", "decided_at", "primary"])
    _on_record(by, EventName.PAIRS_DECIDED, row, decision=str(chosen))
    return row


def undo_pair(pair: Pair, *, by: Actor) -> Pair:
    """Take a decision back: the link is gone and the pair waits again. Refused `not_visible`, `pair_undecided`."""
    row = _locked(pair)
    _require(pairs_rules.why_not_undo(row, by))
    before = row.decision
    row.decision, row.primary, row.decided_by_id, row.decided_at = "", None, None, None
    row.save(update_fields=["decision", "primary", "decided_by_id", "decided_at"])
    _on_record(by, EventName.PAIRS_UNDONE, row, decision=before)
    return row


def assign_pair(pair: Pair, *, by: Actor, membership_id: int) -> None:
    """Let a colleague open both cases, so that somebody can decide. Refused `not_permitted`, `no_colleague`."""
    row = _locked(pair)
    _require(pairs_rules.why_not_assign(row, by))
    for case in (row.one, row.other):
        cases.give_access(case, by=by, membership_id=membership_id, reason=AccessReason.ASSIGNED)


def drop_pairs(case_id: UUID) -> None:
    """Something of a case was erased: its pairs go, and which question of another organisation was about it."""
    Pair.objects.filter(Q(one=case_id) | Q(other=case_id)).delete()
    KnownSide.objects.filter(case=case_id).delete()


def _locked(pair: Pair) -> Pair:
    found = Pair.objects.select_for_update().filter(pk=pair.pk).first()
    if found is None:
        raise Refused(pairs_rules.NOT_VISIBLE)
    return found


def _require(refusal: Refusal | None) -> None:
    if refusal:
        raise Refused(refusal)


def _on_record(by: Actor, name: EventName, pair: Pair, **detail: str) -> None:
    """In the log of both cases."""
    events = [
        audit.prepared(by, name, subject_kind="pair", subject_id=pair.pk, case_id=case, detail=detail)
        for case in (pair.one_id, pair.other_id)
    ]
    events[0].save(force_insert=True)
    events[1].save(force_insert=True)
