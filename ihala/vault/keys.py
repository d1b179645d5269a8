"""Public keys, kept in memory: they never change, and a newer version only means that the next wrapping uses it.

They come from custody, not from the database: whoever could write a public key of their own into a row would otherwise
be given every secret that is wrapped from then on. The rows are the public record of the same keys.
"""

from collections.abc import Iterable
from threading import Lock

from .custody import RELEASE, KeyName, KeyNotHeld, custody
from .wrapping import Wrapper, wrapper

MOST_KEPT = 4096

Key = tuple[int, Wrapper]
_kept: dict[int, Key] = {}
_lock = Lock()
_forgotten = 0


def public_keys(organisations: Iterable[int]) -> dict[int, Key]:
    """For each organisation the version of its newest key and what wraps to it. `KeyNotHeld` if it has none."""
    return {owner: _newest(owner) for owner in set(organisations)}


def release_key() -> Key:
    """The version of the release key and what wraps to it; the first is made when it is first needed."""
    if RELEASE not in _kept and not custody().versions(RELEASE):
        custody().create(KeyName(RELEASE))
    return _newest(RELEASE)


def forget() -> None:
    """Forget all kept public keys, when a newer one has been made."""
    global _forgotten
    with _lock:
        _forgotten += 1
        _kept.clear()


def _newest(owner: int) -> Key:
    if key := _kept.get(owner):
        return key
    before = _forgotten
    versions = custody().versions(owner)
    if not versions:
        raise KeyNotHeld(f"no public key of organisation {owner}")
    name = KeyName(owner, versions[-1])
    key = (name.version, wrapper(custody().create(name)))
    with _lock:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        if before == _forgotten:  # else it may be an old one already
            _kept[owner] = key
    return key
