"""What every model of the product declares: for each column whether it is clear or sealed, and in which class.

`sensitivity` is read by erasure, exports and the scan of the database dump; an architecture test fails on a column
that is not declared. `Clear` says why the column may stand readable; `Sealed` names the disclosure class under whose
key the column's bytes lie.
"""

from dataclasses import dataclass
from typing import ClassVar

from django.db import models

from .vocabulary import DisclosureClass


@dataclass(frozen=True)
class Clear:
    """The column stands in clear; `why` is for the reader of the schema."""

    why: str


@dataclass(frozen=True)
class Sealed:
    """The column holds ciphertext under the key of this class."""

    disclosure_class: DisclosureClass


Sensitivity = dict[str, Clear | Sealed]

KEY = Clear("an opaque key")
WHEN = Clear("a moment")
WHO = Clear("a key of a staff member")
CODE = Clear("a coded value that work lists and counts need")


class Model(models.Model):
    """Base of all models; `sensitivity` maps every column's field name to `Clear` or `Sealed`."""

    sensitivity: ClassVar[Sensitivity]

    class Meta:
        abstract = True


class SealedField(models.BinaryField):
    """Ciphertext of one JSON value: nonce ‖ AES-256-GCM(value), bound to its place (see `ihala.vault.sealing`)."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("editable", False)
        super().__init__(**kwargs)  # type: ignore[arg-type]
