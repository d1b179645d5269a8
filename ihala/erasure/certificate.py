"""The certificate of an erasure on paper: it outlives the database whose backup may have to be restored one day.

It names no survivor: the reference of the case, codes, days and who decided, as the page has them.
"""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from ihala.core import paper, text
from ihala.core.clock import now
from ihala.organisations.models import Actor

from . import pages
from .models import Erasure

TEMPLATE = Path(__file__).with_name("certificate.typ")


def pdf(erasure: Erasure, reader: Actor) -> bytes:
    """A tagged PDF (PDF/UA-1) in the active language."""
    return paper.pdf(TEMPLATE, data(erasure, reader))


def data(erasure: Erasure, reader: Actor) -> dict[str, Any]:
    """Everything the template shows."""
    moment = f"{text.day(now())} · {text.hour(now())}"
    steps = [
        {"label": step["label"], "value": text.both_dates(step["at"]) if step["at"] else ""}
        for step in pages.progress(erasure)
    ]
    return {
        "language": "ar" if text.is_arabic() else "en",
        "direction": "rtl" if text.is_arabic() else "ltr",
        "title": _("Certificate of erasure"),
        "organisation": reader.organisation_name,
        "facts": [_fact(one) for one in pages.facts(erasure)],
        "progress_title": _("Progress"),
        "progress": [_fact(one) for one in steps],
        "meaning": _(
            "The keys without which this content cannot be read were destroyed. Backups of the database that "
            "still hold its sealed bytes cannot be read either. Copies of these keys live for seven days at most; "
            "from the last date above on, no copy is left."
        ),
        "nobody": _(
            "The certificate names no survivor. It holds the reference of the case, codes, days and who decided; "
            "the log holds the same."
        ),
        "signature": _("Signature"),
        "stamp": _("Stamp"),
        "printed": _("Printed by %(name)s, %(organisation)s, %(moment)s")
        % {"name": reader.name, "organisation": reader.organisation_name, "moment": moment},
    }


def _fact(one: dict[str, Any]) -> dict[str, Any]:
    return {"label": str(one["label"]), "value": str(one["value"]), "ltr": one.get("kind") == "ltr"}
