"""Secrets of authenticators, sealed under the installation's key so that a dump of the database does not sign in."""

import base64
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES = 12
PURPOSE = b"ihala authenticator secrets 1"


def seal(text: str) -> str:
    """`text` as AES-256-GCM, in base 64."""
    nonce = os.urandom(NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + _key().encrypt(nonce, text.encode(), PURPOSE)).decode()


def unseal(sealed: str) -> str:
    """The text again; `InvalidTag` if another key sealed it or somebody changed it."""
    raw = base64.urlsafe_b64decode(sealed)
    return _key().decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], PURPOSE).decode()


def _key() -> AESGCM:
    return _derived(settings.INSTALLATION_KEY)


@lru_cache(maxsize=2)
def _derived(installation_key: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(installation_key.encode())
    return AESGCM(derived)
