"""Renewing keys while people work (security, "Keys"): a new version, everything wrapped to it, the old one destroyed.

Where a rotation stands is read from what is there: an owner with two versions in custody is being rotated, and rows
that name the old one are still to be wrapped again. So it can be interrupted anywhere and goes on by itself. Rows are
changed in place, since a withdrawal that waits for the row then still finds what to delete.
"""

import logging
from dataclasses import dataclass
from typing import Any

from ihala.core.clock import now

from . import keys, recovery
from .custody import RELEASE, KeyName, custody
from .models import Deposit, Grant, OrganisationKey
from .sealing import NotOpened
from .wire import carries
from .wrapping import deposit_context, grant_context, unwrap, wrapper

logger = logging.getLogger("ihala.vault")

BATCH = 100


@carries
@dataclass(frozen=True)
class KeyState:
    """One owner's keys: versions held, and how many rows are wrapped to all and to old ones."""

    owner: int
    versions: tuple[int, ...]
    rows: int
    old: int
    recoverable: bool


def owners() -> list[int]:
    """All that have a key: the organisations, and the release key's once it was used."""
    listed = OrganisationKey.objects.values_list("organisation_id", flat=True).distinct()
    return [*([RELEASE] if custody().versions(RELEASE) else []), *sorted(listed)]


def state(owner: int) -> KeyState:
    """Where this owner's keys stand."""
    versions = custody().versions(owner)
    old = _rows(owner).filter(key_version__lt=versions[-1]).count() if versions else 0
    return KeyState(owner, tuple(versions), _rows(owner).count(), old, recovery.is_set_up(owner))


def begin(owner: int) -> OrganisationKey:
    """Make the next version; from now on everything is wrapped to it. The release key's row is not stored."""
    version = (custody().versions(owner) or [0])[-1] + 1
    public = custody().create(KeyName(owner, version))
    row = OrganisationKey(organisation_id=owner, version=version, public_key=public, created_at=now())
    if owner != RELEASE:
        row.save(force_insert=True)
    recovery.keep(owner)
    keys.forget()
    return row


def wrap_again(owner: int, limit: int = BATCH) -> int:
    """Wrap so many rows to the newest version; how many. Rows that somebody works on now are left for later."""
    newest = custody().versions(owner)[-1]
    waiting = _rows(owner).filter(key_version__lt=newest).order_by("pk")
    rows = list(waiting.select_for_update(skip_locked=True)[:limit])
    target = wrapper(custody().create(KeyName(owner, newest)))
    for row in rows:
        context = deposit_context if owner == RELEASE else grant_context
        party = row.receiver_id if owner == RELEASE else owner
        old = context(row.name, party, row.key_version, row.basis)
        try:
            secret = unwrap(custody().unwrapper(KeyName(owner, row.key_version)), row.wrapped_secret, old)
        except NotOpened:  # it opens under no key of ours: somebody wrote it by hand
            logger.warning("a row that does not open was left as it is: %s %s", row._meta.db_table, row.pk)
        else:
            row.wrapped_secret = target.encrypt(secret, context(row.name, party, newest, row.basis))
        row.key_version = newest
    _model(owner).objects.bulk_update(rows, ["wrapped_secret", "key_version"])
    return len(rows)


def finished(owner: int, grace: float) -> list[OrganisationKey]:
    """The old keys that nothing needs any more, each with its public half; they are retired, not destroyed yet.

    `grace`: seconds a transaction may last that was handed rows wrapped to the old key and has not committed them.
    """
    versions = custody().versions(owner)
    if len(versions) < 2 or now().timestamp() - custody().made_at(KeyName(owner, versions[-1])) < grace:
        return []
    if _rows(owner).filter(key_version__lt=versions[-1]).exists():
        return []
    old = [
        OrganisationKey(
            organisation_id=owner, version=version, public_key=custody().create(KeyName(owner, version))
        )
        for version in versions[:-1]
    ]
    OrganisationKey.objects.filter(organisation_id=owner, version__lt=versions[-1], retired_at=None).update(
        retired_at=now()
    )
    return old


def destroy(owner: int, version: int) -> None:
    """For good, also what recovery keeps of it."""
    custody().destroy(KeyName(owner, version))
    recovery.drop(owner, version)


def _model(owner: int) -> type[Grant] | type[Deposit]:
    return Deposit if owner == RELEASE else Grant


def _rows(owner: int) -> Any:
    rows: Any = _model(owner).objects.all()
    return rows if owner == RELEASE else rows.filter(organisation_id=owner)
