"""Custody: who can open the organisations' private keys (security, "Keys", L0). Only the key agent asks it.

Private keys lie in files, each sealed by a `Sealer`; which one is a setting, and another one needs no change to the
data, because all content is wrapped to public keys. A key file says nothing without its sealer: that is what a thief of
the folder or of a backup has.
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from django.conf import settings

from . import wrapping
from .salts import sync_folder, write_once
from .sealing import encode

RELEASE = 0
"""The owner of the release key, which belongs to the agent and to no organisation."""


class KeyNotHeld(Exception):
    """Custody has no such private key, or what seals the key files does not open it."""


class CustodyAway(Exception):
    """What seals the key files does not answer; nothing is lost, and asking again later may help."""


@dataclass(frozen=True)
class KeyName:
    """Which key pair: the owner is an organisation's id, or `RELEASE`."""

    owner: int
    version: int = 1

    @property
    def label(self) -> bytes:
        """What a sealed key file is bound to, so that it opens under its own name only."""
        return encode("ihala private key 1", self.owner, self.version)


class Sealer(Protocol):
    """What seals and opens key files. InvalidTag, ValueError or `CustodyAway` when it does not open."""

    def seal(self, name: KeyName, private: bytes) -> bytes: ...

    def open(self, name: KeyName, sealed: bytes) -> bytes: ...


class Custody(Protocol):
    """What the agent needs of custody."""

    def create(self, name: KeyName) -> bytes:
        """The public keyset of a key pair, made if there is none yet."""

    def unwrapper(self, name: KeyName) -> wrapping.Unwrapper:
        """What unwraps with the private half; `KeyNotHeld` if there is none."""

    def versions(self, owner: int) -> list[int]:
        """The versions of an owner's key pair that are held, oldest first."""

    def made_at(self, name: KeyName) -> float:
        """When the key was made, in seconds since 1970 as the disk counts them; `KeyNotHeld` if there is none."""

    def destroy(self, name: KeyName) -> None:
        """Give a private key up for good; what is wrapped to it never opens again. May be repeated."""

    def private(self, name: KeyName) -> bytes:
        """The private keyset, for wrapping it to a recovery key."""

    def restore(self, name: KeyName, private: bytes) -> bytes:
        """Take a recovered private keyset in; its public half."""


class KeyFiles:
    """Private keys in the files of one folder, each sealed."""

    def __init__(self, folder: Path, sealer: Sealer) -> None:
        self.folder, self.sealer = folder, sealer
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.unwrapper = lru_cache(maxsize=256)(self._unwrapper)
        self._public = lru_cache(maxsize=1024)(self._public_of)

    def create(self, name: KeyName) -> bytes:
        """Several processes may ask at once: the first file stays and all answer with its public half."""
        path = self._path(name)
        if not path.exists():
            write_once(path, self.sealer.seal(name, wrapping.new_private()))
        return self._public(name)

    def versions(self, owner: int) -> list[int]:
        """As the files say."""
        return sorted(
            int(path.stem.rpartition("-")[2]) for path in self.folder.glob(f"{_owner(owner)}-*.sealed")
        )

    def made_at(self, name: KeyName) -> float:
        """As the file says."""
        try:
            return self._path(name).stat().st_mtime
        except FileNotFoundError:
            raise KeyNotHeld(f"{name.owner} version {name.version}") from None

    def destroy(self, name: KeyName) -> None:
        """Overwritten, then removed; on the disk when this returns."""
        path = self._path(name)
        self.unwrapper.cache_clear()
        self._public.cache_clear()
        if path.exists():
            with path.open("r+b") as file:
                file.write(b"\0" * path.stat().st_size)
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            sync_folder(self.folder)

    def private(self, name: KeyName) -> bytes:
        """`KeyNotHeld` if there is none."""
        try:
            return self.sealer.open(name, self._path(name).read_bytes())
        except (FileNotFoundError, InvalidTag, ValueError):
            raise KeyNotHeld(f"{name.owner} version {name.version}") from None

    def restore(self, name: KeyName, private: bytes) -> bytes:
        """A file that is there and opens stays; one that does not open any more is put aside."""
        public = wrapping.public_of(private)
        path = self._path(name)
        if path.exists():
            try:
                if wrapping.public_of(self.private(name)) == public:
                    return public
            except KeyNotHeld:
                pass
            path.rename(path.with_suffix(".lost"))
        write_once(path, self.sealer.seal(name, private))
        self.unwrapper.cache_clear()
        self._public.cache_clear()
        return public

    def _unwrapper(self, name: KeyName) -> wrapping.Unwrapper:
        return wrapping.unwrapper(self.private(name))

    def _public_of(self, name: KeyName) -> bytes:
        return wrapping.public_of(self.private(name))

    def _path(self, name: KeyName) -> Path:
        return self.folder / f"{_owner(name.owner)}-{name.version}.sealed"


def _owner(owner: int) -> str:
    return "release" if owner == RELEASE else f"organisation-{owner}"


@lru_cache(maxsize=8)
def _files(folder: Path, how: tuple[tuple[str, str], ...]) -> KeyFiles:
    from . import sealers

    return KeyFiles(folder, sealers.chosen(folder, dict(how)))


def custody() -> Custody:
    """The custody this process uses: settings VAULT_DIR and CUSTODY."""
    return _files(Path(settings.VAULT_DIR), tuple(sorted(settings.CUSTODY.items())))
