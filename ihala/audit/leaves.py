"""An event as its leaf has it: what is hashed, exported, and read by the verifier.

The numbers of the event in the organisations' logs are part of the leaf. So whoever leaves an event out of an export
cannot close the gap by counting anew: that would change the leaves that follow.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from .models import Event
from .verify import canonical, leaf_hash


def body(event: Event, numbers: Mapping[int, int]) -> dict[str, Any]:
    """The event as JSON, with its number in each log it belongs to (organisation → number)."""
    return {
        "id": str(event.pk),
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "organisation": event.organisation_id,
        "concerns": event.concerns_organisation_id,
        "user": event.user_id,
        "membership": event.membership_id,
        "name": event.name,
        "subject_kind": event.subject_kind,
        "subject": _key(event.subject_id),
        "case": _key(event.case_id),
        "referral": _key(event.referral_id),
        "refusal": event.refusal,
        "detail": event.detail,
        "numbers": {str(organisation): number for organisation, number in numbers.items()},
    }


def hash_of(event: Event, numbers: Mapping[int, int]) -> bytes:
    """The hash of the event's leaf."""
    return leaf_hash(bytes(event.salt) + canonical(body(event, numbers)))


def _key(value: Any) -> str | None:
    return None if value is None else str(value)
