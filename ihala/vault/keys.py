"""Public keys, kept in memory: they never change, and a newer version only means that the next wrapping uses it."""

from collections.abc import Iterable
from threading import Lock

from .custody import RELEASE, KeyName, KeyNotHeld, custody
from .models import OrganisationKey
from .wrapping import Wrapper, wrapper

MOST_KEPT = 4096

_kept: dict[int, tuple[int, Wrapper]] = {}
_lock = Lock()


def public_keys(organisations: Iterable[int]) -> dict[int, tuple[int, Wrapper]]:
    """For each organisation the version of its newest key and what wraps to it; one query for those not kept yet.

    `KeyNotHeld` if an organisation has none.
    """
    wanted = set(organisations)
    missing = wanted - _kept.keys()
    if missing:
        _keep(_newest(missing))
    found = {owner: _kept[owner] for owner in wanted if owner in _kept}
    if len(found) < len(wanted):
        raise KeyNotHeld(f"no public key of organisation {min(wanted - found.keys())}")
    return found


def release_key() -> tuple[int, Wrapper]:
    """The version of the release key and what wraps to it. Its public half comes from the agent's custody."""
    if RELEASE not in _kept:
        name = KeyName(RELEASE)
        _keep({RELEASE: (name.version, wrapper(custody().create(name)))})
    return _kept[RELEASE]


def forget() -> None:
    """Forget all kept public keys, after a rotation."""
    with _lock:
        _kept.clear()


def _newest(organisations: set[int]) -> dict[int, tuple[int, Wrapper]]:
    rows = OrganisationKey.objects.filter(organisation_id__in=organisations, retired_at=None)
    return {
        row.organisation_id: (row.version, wrapper(bytes(row.public_key))) for row in rows.order_by("version")
    }


def _keep(found: dict[int, tuple[int, Wrapper]]) -> None:
    with _lock:
        if len(_kept) + len(found) > MOST_KEPT:
            _kept.clear()
        _kept.update(found)
