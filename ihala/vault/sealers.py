"""What seals the key files, as the settings say.

Nothing set: a random key in a file beside the key files, so whoever has the folder has the keys (demo, trials).
`IHALA_CUSTODY_PASSPHRASE_FILE`, or the systemd credential `ihala-custody-passphrase`: that key under a passphrase.
`IHALA_CUSTODY_URL` and `IHALA_CUSTODY_TOKEN_FILE`: the transit engine of OpenBao or Vault, with a key `org-<id>` for
each organisation that is never seen here.

The wire format of transit is that of its documentation (Transit secrets engine, HTTP API: create key, encrypt data,
decrypt data). It is tested against a stand-in that speaks it, since no server can be had as a package.
"""

import json
import os
import ssl
import urllib.error
import urllib.request
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from .custody import RELEASE, CustodyAway, KeyName, KeyNotHeld, Sealer
from .salts import write_once
from .sealing import NONCE_BYTES

CREDENTIAL = "ihala-custody-passphrase"
SCRYPT = {"n": 2**15, "r": 8, "p": 1}
"""32 MiB and a tenth of a second, once per start of the agent (RFC 7914)."""
SALT_BYTES = 16
TIMEOUT = 5.0


def chosen(folder: Path, how: Mapping[str, str]) -> Sealer:
    """The sealer the settings name."""
    if how.get("url"):
        return Transit(
            how["url"], Path(how["token_file"]), how.get("mount") or "transit", how.get("ca_file") or None
        )
    passphrase = _passphrase(how)
    return MasterKey(folder, passphrase)


def _passphrase(how: Mapping[str, str]) -> bytes | None:
    path = how.get("passphrase_file")
    if not path and how.get("credentials"):
        credential = Path(how["credentials"]) / CREDENTIAL
        path = str(credential) if credential.exists() else ""
    if not path:
        return None
    found = Path(path).read_bytes().strip()
    if not found:
        raise KeyNotHeld(f"the passphrase file {path} is empty")
    return found


class MasterKey:
    """One random key for all key files. With a passphrase it lies sealed; the first start with one seals it."""

    def __init__(self, folder: Path, passphrase: bytes | None) -> None:
        self.plain, self.sealed = folder / "master.key", folder / "master.sealed"
        self.passphrase = passphrase
        self._known: bytes | None = None

    def seal(self, name: KeyName, private: bytes) -> bytes:
        """nonce ‖ AES-256-GCM."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._key()).encrypt(nonce, private, name.label)

    def open(self, name: KeyName, sealed: bytes) -> bytes:
        """InvalidTag if the name or the key is another."""
        return AESGCM(self._key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.label)

    def _key(self) -> bytes:
        if self.passphrase is None:
            return self._beside()
        if self._known is None:
            self._known = self._under(self.passphrase)
        return self._known

    def _beside(self) -> bytes:
        if self.sealed.exists():
            raise KeyNotHeld("the master key is sealed under a passphrase, and none is given")
        if not self.plain.exists():
            write_once(self.plain, AESGCM.generate_key(256))
        return self.plain.read_bytes()

    def _under(self, passphrase: bytes) -> bytes:
        if not self.sealed.exists():
            key = self.plain.read_bytes() if self.plain.exists() else AESGCM.generate_key(256)
            salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
            box = AESGCM(_stretched(passphrase, salt)).encrypt(nonce, key, b"ihala master key 1")
            write_once(self.sealed, salt + nonce + box)
        data = self.sealed.read_bytes()
        salt, nonce, box = (
            data[:SALT_BYTES],
            data[SALT_BYTES:][:NONCE_BYTES],
            data[SALT_BYTES + NONCE_BYTES :],
        )
        try:
            key = AESGCM(_stretched(passphrase, salt)).decrypt(nonce, box, b"ihala master key 1")
        except InvalidTag:
            raise KeyNotHeld("the passphrase is not the one the master key is sealed under") from None
        if self.plain.exists():
            self.plain.write_bytes(b"\0" * 32)
            self.plain.unlink()
        return key


def _stretched(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, **SCRYPT).derive(passphrase)


class Transit:
    """Key files sealed by a secrets server that never gives its keys out (OpenBao, Vault)."""

    def __init__(self, url: str, token_file: Path, mount: str, ca_file: str | None) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise KeyNotHeld("IHALA_CUSTODY_URL must be https:// (or a proxy on this machine)")
        self.base, self.token_file = f"{url.rstrip('/')}/v1/{mount}", token_file
        self.context = ssl.create_default_context(cafile=ca_file) if parts.scheme == "https" else None

    def seal(self, name: KeyName, private: bytes) -> bytes:
        """The server's ciphertext ("vault:v1:…"); its key is made if there is none yet."""
        self._ask(f"keys/{_transit_name(name)}", {"type": "aes256-gcm96"})
        body = {"plaintext": _text(private), "associated_data": _text(name.label)}
        return str(self._ask(f"encrypt/{_transit_name(name)}", body)["ciphertext"]).encode()

    def open(self, name: KeyName, sealed: bytes) -> bytes:
        """ValueError if the server does not open it."""
        body = {"ciphertext": sealed.decode(), "associated_data": _text(name.label)}
        return b64decode(self._ask(f"decrypt/{_transit_name(name)}", body)["plaintext"])

    def _ask(self, path: str, body: Mapping[str, str]) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310  the scheme was looked at above
            f"{self.base}/{path}",
            json.dumps(body).encode(),
            {"X-Vault-Token": self.token_file.read_text().strip(), "Content-Type": "application/json"},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT, context=self.context) as answer:  # noqa: S310
                data: dict[str, Any] = json.loads(answer.read() or b"{}").get("data") or {}
                return data
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 400:
                    raise ValueError("the secrets server does not open it") from None
                raise CustodyAway(f"the secrets server answered {error.code}") from None
        except OSError as error:
            raise CustodyAway(f"the secrets server does not answer: {type(error).__name__}") from None


def _transit_name(name: KeyName) -> str:
    return "ihala-release" if name.owner == RELEASE else f"org-{name.owner}"


def _text(data: bytes) -> str:
    return b64encode(data).decode()
