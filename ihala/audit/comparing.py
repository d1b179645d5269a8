"""The door through which sealed values are compared: on record first, and nothing but yes or no comes back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ihala.vault import link, wire
from ihala.vault.agent import agent
from ihala.vault.likeness import Traits
from ihala.vault.sealing import Place, SecretName

from .actions import ByWhom, Opening, prepared
from .beginnings import begin
from .enums import EventName

wire.carries(Traits)


@link.through("compare", within=60.0)
def compare(
    actor: ByWhom,
    deposited: Opening,
    own: Sequence[Opening],
    known: Sequence[Traits],
    *,
    referral_id: UUID,
) -> bool:
    """Is somebody deposited for comparing like somebody of the actor's own organisation? Yes or no, nothing else.

    On record, and committed, before anything is read: at the actor's organisation how much was read, and at the
    other's that it was compared (neither what with nor with which answer). `Refused` (`no_live_basis`) if nothing was
    deposited.
    """
    about: dict[str, Any] = {
        "subject_kind": str(deposited.name.subject.kind),
        "subject_id": referral_id,
        "referral_id": referral_id,
    }

    def before_comparing(live: list[SecretName]) -> None:
        read = prepared(
            actor, EventName.SEALED_COMPARED, **about, detail={"read": len(live), "known": len(known)}
        )
        told = prepared(
            actor,
            EventName.SEALED_COMPARED,
            **about,
            concerns=deposited.name.author,
            detail={},
        )
        begin([read, told])

    return agent().compare(actor.organisation_id, _sealed([deposited]), _sealed(own), known, before_comparing)


def _sealed(openings: Sequence[Opening]) -> dict[SecretName, list[tuple[Place, bytes | memoryview]]]:
    """By secret, the values that are not empty."""
    return {
        one.name: [(place, value) for place, value in one.values if value is not None] for one in openings
    }
