"""Public keys, kept in memory: they never change, and a newer version only means that the next wrapping uses it."""

from collections.abc import Iterable
from threading import Lock

from .custody import RELEASE, KeyName, KeyNotHeld, custody
from .models import OrganisationKey
from .wrapping import Wrapper, wrapper

MOST_KEPT = 4096

Key = tuple[int, Wrapper]
_kept: dict[int, Key] = {}
_lock = Lock()


def public_keys(organisations: Iterable[int]) -> dict[int, Key]:
    """For each organisation the version of its newest key and what wraps to it; one query for those not kept yet.

    `KeyNotHeld` if an organisation has none.
    """
    wanted = set(organisations)
    found = {owner: key for owner in wanted if (key := _kept.get(owner))}
    if missing := wanted - found.keys():
        found |= _keep(_newest(missing))
    if missing := wanted - found.keys():
        raise KeyNotHeld(f"no public key of organisation {min(missing)}")
    return found


def release_key() -> Key:
    """The version of the release key and what wraps to it. Its public half comes from the agent's custody."""
    if key := _kept.get(RELEASE):
        return key
    name = KeyName(RELEASE)
    return _keep({RELEASE: (name.version, wrapper(custody().create(name)))})[RELEASE]


def forget() -> None:
    """Forget all kept public keys, after a rotation."""
    with _lock:
        _kept.clear()


def _newest(organisations: set[int]) -> dict[int, Key]:
    rows = OrganisationKey.objects.filter(organisation_id__in=organisations, retired_at=None)
    return {
        row.organisation_id: (row.version, wrapper(bytes(row.public_key))) for row in rows.order_by("version")
    }


def _keep(found: dict[int, Key]) -> dict[int, Key]:
    with _lock:
        if len(_kept) + len(found) > MOST_KEPT:
            _kept.clear()
        _kept.update(found)
    return found
