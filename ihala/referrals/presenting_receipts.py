"""Disclosure receipts as `components/receipt.html` takes them."""

from typing import Any

from django.utils.translation import gettext as _

from ihala.cases import rules as case_rules
from ihala.core.vocabulary import DisclosureClass, LegalBasis

from .models import Referral

CLASSES = list(DisclosureClass)


def receipts_of(referral: Referral) -> list[dict[str, Any]]:
    """One receipt for each moment at which classes of one version were released, the newest first."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    rows = referral.receipts.select_related("recipient", "terms").order_by("released_at", "id")
    for row in sorted(rows, key=lambda row: CLASSES.index(DisclosureClass(row.disclosure_class))):
        key = (row.released_at.replace(microsecond=0), row.package_version)
        receipt = found.setdefault(
            key,
            {
                "title": _("Disclosure of version %(version)d") % {"version": row.package_version},
                "at": row.released_at,
                "to": row.recipient.name,
                "basis": LegalBasis(row.basis_kind).label,
                "terms": _("Version %(version)d of the agreement's terms") % {"version": row.terms.version},
                "rows": [],
            },
        )
        name = DisclosureClass(row.disclosure_class).label
        receipt["rows"] += [
            {"name": name, "label": case_rules.labels(field["path"]), "hash": field["hash"]}
            for field in row.fields
        ]
    return sorted(found.values(), key=lambda receipt: receipt["at"], reverse=True)
