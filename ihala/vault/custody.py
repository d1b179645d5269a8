"""Custody: who can open the organisations' private keys (security, "Keys", L0).

`LocalKeyFile` is the custody of one machine: a master key file that only its owner may read, and beside it the
private keys sealed under it. Another custody (a transit key of a secrets server) takes its place by a setting, with
no change to the data, because all content is wrapped to public keys from the first day.
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from . import wrapping
from .salts import write_once
from .sealing import NONCE_BYTES, encode

RELEASE = 0
"""The owner of the release key, which belongs to the agent and to no organisation."""


class KeyNotHeld(Exception):
    """Custody has no such private key, or its master key does not open it."""


@dataclass(frozen=True)
class KeyName:
    """Which key pair: the owner is an organisation's id, or `RELEASE`."""

    owner: int
    version: int = 1


class Custody(Protocol):
    """What the agent needs of custody."""

    def create(self, name: KeyName) -> bytes:
        """The public keyset of a key pair, made if there is none yet."""

    def unwrapper(self, name: KeyName) -> wrapping.Unwrapper:
        """What unwraps with the private half; `KeyNotHeld` if there is none."""


class LocalKeyFile:
    """Private keys sealed under a master key file, both in one folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.unwrapper = lru_cache(maxsize=256)(self._unwrapper)

    def create(self, name: KeyName) -> bytes:
        """Several processes may ask at once: the first file stays and all answer with its public half."""
        path = self._path(name)
        if not path.exists():
            write_once(path, self._seal(name, wrapping.new_private()))
        return wrapping.public_of(self._open(name))

    def _unwrapper(self, name: KeyName) -> wrapping.Unwrapper:
        return wrapping.unwrapper(self._open(name))

    def _seal(self, name: KeyName, private: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._master()).encrypt(nonce, private, _label(name))

    def _open(self, name: KeyName) -> bytes:
        try:
            sealed = self._path(name).read_bytes()
            return AESGCM(self._master()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _label(name))
        except (FileNotFoundError, InvalidTag, ValueError):
            raise KeyNotHeld(f"{name.owner} version {name.version}") from None

    def _master(self) -> bytes:
        path = self.folder / "master.key"
        if not path.exists():
            write_once(path, AESGCM.generate_key(256))
        return path.read_bytes()

    def _path(self, name: KeyName) -> Path:
        owner = "release" if name.owner == RELEASE else f"organisation-{name.owner}"
        return self.folder / f"{owner}-{name.version}.sealed"


def _label(name: KeyName) -> bytes:
    return encode("ihala private key 1", name.owner, name.version)


@lru_cache(maxsize=8)
def _local(folder: Path) -> LocalKeyFile:
    return LocalKeyFile(folder)


def custody() -> Custody:
    """The custody this process uses: a key file in the folder of setting VAULT_DIR."""
    return _local(Path(settings.VAULT_DIR))
