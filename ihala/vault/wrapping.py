"""Wrapping of secrets to public keys: HPKE (RFC 9180) by Tink.

The context binds what the wrapped secret is for: subject, class, version, author, who may hold it, on which basis
and until when. A grant copied to another holder, or one whose expiry somebody moved in the database, does not unwrap.
A deposit is bound to the referral's receiver in the same way, and under another word, so it is never a grant.
"""

from datetime import UTC
from typing import Protocol

import tink
from tink import hybrid, proto_keyset_format, secret_key_access

from .sealing import Basis, NotOpened, SecretName, encode

hybrid.register()

TEMPLATE = hybrid.hybrid_key_templates.DHKEM_X25519_HKDF_SHA256_HKDF_SHA256_AES_256_GCM


class Wrapper(Protocol):
    """Wraps to one public key."""

    def encrypt(self, plaintext: bytes, context_info: bytes) -> bytes: ...


class Unwrapper(Protocol):
    """Unwraps with one private key."""

    def decrypt(self, ciphertext: bytes, context_info: bytes) -> bytes: ...


def new_private() -> bytes:
    """A new private keyset, serialised; it must be sealed before it is stored."""
    return proto_keyset_format.serialize(tink.new_keyset_handle(TEMPLATE), secret_key_access.TOKEN)


def public_of(private: bytes) -> bytes:
    """The public half of a private keyset, serialised."""
    handle = proto_keyset_format.parse(private, secret_key_access.TOKEN)
    return proto_keyset_format.serialize_without_secret(handle.public_keyset_handle())


def wrapper(public: bytes) -> Wrapper:
    """What wraps to a public keyset."""
    return proto_keyset_format.parse_without_secret(public).primitive(hybrid.HybridEncrypt)


def unwrapper(private: bytes) -> Unwrapper:
    """What unwraps with a private keyset."""
    return proto_keyset_format.parse(private, secret_key_access.TOKEN).primitive(hybrid.HybridDecrypt)


def grant_context(name: SecretName, holder: int, key_version: int, basis: Basis) -> bytes:
    """What a grant is bound to."""
    return _context("grant", name, holder, key_version, basis)


def deposit_context(name: SecretName, receiver: int, key_version: int, basis: Basis) -> bytes:
    """What a deposit with the release key is bound to."""
    return _context("release", name, receiver, key_version, basis)


def _context(use: str, name: SecretName, holder: int, key_version: int, basis: Basis) -> bytes:
    subject = name.subject
    until = basis.expires_at.astimezone(UTC).isoformat(timespec="microseconds") if basis.expires_at else None
    return encode(
        f"ihala {use} 1",
        *(str(subject.kind), subject.id, subject.root),
        *(name.disclosure_class, name.version, name.author, holder, key_version),
        *(str(basis.kind), basis.id, until),
    )


def unwrap(key: Unwrapper, wrapped: bytes | memoryview, context: bytes) -> bytes:
    """The secret; `NotOpened` if the wrapped bytes, the key or anything the context binds is another."""
    try:
        return key.decrypt(bytes(wrapped), context)
    except tink.TinkError:
        raise NotOpened("wrapped secret") from None
