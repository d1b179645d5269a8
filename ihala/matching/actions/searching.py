"""Asking the key agent who somebody may be, and telling it to forget."""

from uuid import UUID

from ihala.organisations.models import Actor

from .. import finding


def forget(case_id: UUID, *, by: Actor) -> None:
    """Something of a case was erased: nobody is found by it from this moment on, nor after any restart."""
    finding.forget(by, case_id)
