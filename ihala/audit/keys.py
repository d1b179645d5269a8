"""Keys and the log: every key that is made, renewed, destroyed or recovered is an event with its fingerprint.

The event of an organisation's key stands in its own log; the release key is of the installation, so every organisation
that has a key finds it in its log.
"""

from dataclasses import dataclass

from django.conf import settings

from ihala.vault import link, recovery, rotation
from ihala.vault.custody import RELEASE, KeyName, custody
from ihala.vault.models import OrganisationKey

from .actions import record
from .enums import EventName


@dataclass(frozen=True)
class _System:
    organisation_id: int
    user_id: int = 0
    membership_id: int | None = None


@link.through("keys.status", administration=True)
def status() -> list[rotation.KeyState]:
    """Where every owner's keys stand."""
    return [rotation.state(owner) for owner in rotation.owners()]


@link.through("keys.rotate", administration=True)
def rotate(owner: int) -> int:
    """Make the next key of an organisation (or the release key, owner 0); its version. The rest happens by itself."""
    made = rotation.begin(owner)
    _on_record(EventName.KEY_ROTATED, made)
    return made.version


@link.through("keys.recovery", administration=True)
def set_up_recovery(organisation: int, officers: int) -> list[list[str]]:
    """The printed lines of each officer (of the operator's, for the release key). They exist nowhere else."""
    if organisation == RELEASE and not recovery.is_set_up(RELEASE):
        custody().create(KeyName(RELEASE, (custody().versions(RELEASE) or [1])[-1]))  # there may be none yet
    parts = recovery.set_up(organisation, officers)
    for concerned in _concerned(organisation):
        detail = {"officers": officers, **({"key": "release"} if organisation == RELEASE else {})}
        record(_System(concerned), EventName.RECOVERY_SET_UP, detail=detail)
    return [[part.as_text() for part in parts[number]] for number in sorted(parts)]


@link.through("keys.recover", administration=True)
def recover(one: str, other: str) -> tuple[int, list[int]]:
    """Put an organisation's keys back with two officers' parts; which organisation, and which versions."""
    organisation, versions = recovery.recover((one, other))
    for version in versions:
        public = custody().create(KeyName(organisation, version))
        key = OrganisationKey(organisation_id=organisation, version=version, public_key=public)
        _on_record(EventName.KEY_RECOVERED, key)
    return organisation, versions


def go_on() -> int:
    """One portion of every rotation under way; how many rows were wrapped again. The agent calls it again and again."""
    done = 0
    for owner in rotation.owners():
        if len(custody().versions(owner)) > 1:
            done += rotation.wrap_again(owner)
    return done


def retire() -> list[OrganisationKey]:
    """Old keys that nothing needs any more: on record. To be destroyed once that is committed (`destroy`)."""
    old = [
        key
        for owner in rotation.owners()
        for key in rotation.finished(owner, settings.KEY_GRACE_MINUTES * 60)
    ]
    for key in old:
        _on_record(EventName.KEY_DESTROYED, key)
    return old


def destroy(old: list[OrganisationKey]) -> None:
    """For good. If the machine stops before this, `retire` names them again."""
    for key in old:
        rotation.destroy(key.organisation_id, key.version)


def _on_record(name: EventName, key: OrganisationKey) -> None:
    detail = {"version": key.version, "fingerprint": key.fingerprint}
    if key.organisation_id == RELEASE:
        detail["key"] = "release"
    for organisation in _concerned(key.organisation_id):
        record(_System(organisation), name, detail=detail)


def _concerned(owner: int) -> list[int]:
    """In whose logs what happens to a key stands: the release key is everybody's."""
    return [owner] if owner != RELEASE else [one for one in rotation.owners() if one != RELEASE]


for _error in (recovery.NotRecovered,):
    link.travels(_error)
