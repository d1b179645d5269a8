"""Codes in addresses that say nothing: an address stays in the browser's history, also on a survivor's own telephone.

"?category=child_abuse" tells whoever looks over the history what somebody works on or suffers from. So a coded value
is written as six letters that only this installation can read: a keyed hash of the value. The same value is always
written the same, so reload, bookmark and the way back keep working without anything being stored (decision 17).
"""

import base64
import hmac
from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings

PURPOSE = b"ihala values in addresses 1\0"
LENGTH = 6


def veil(value: str) -> str:
    """A value as an address carries it; nothing stays nothing."""
    return _veiled(settings.INSTALLATION_KEY, str(value)) if value else ""


def unveil(code: str, values: Iterable[str]) -> str:
    """Which of `values` the code of an address means; "" for none."""
    return next((str(value) for value in values if veil(value) == code), "") if code else ""


@lru_cache(maxsize=512)
def _veiled(key: str, value: str) -> str:
    digest = hmac.digest(key.encode(), PURPOSE + value.encode(), "sha256")
    return base64.b32encode(digest).decode().lower()[:LENGTH]
