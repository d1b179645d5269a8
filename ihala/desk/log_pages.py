"""What the pages around the log show, in words."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ihala.audit import exporting, signing, tree
from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.audit.verify import ATTACKS
from ihala.cases.models import Case, EmergencyAccess
from ihala.core.text import is_arabic
from ihala.organisations.models import Actor, Organisation
from ihala.referrals.models import Referral

from .looking import Finding, Sign


def tabs(here: str) -> list[dict[str, object]]:
    """The officer's pages."""
    pages = {
        "log": _("Log"), "unusual": _("Unusual looking"), "checkpoints": _("Checkpoints and export"),
    }  # fmt: skip
    shown: list[dict[str, object]] = [
        {"url": reverse(f"audit:{name}"), "label": label, "current": name == here, "count": 0}
        for name, label in pages.items()
    ]
    waiting = EmergencyAccess.objects.filter(reviewed_at=None).count()
    emergencies = {
        "url": reverse("cases:emergencies"),
        "label": _("Opened in an emergency"),
        "current": False,
    }
    return [*shown, {**emergencies, "count": waiting}]


@dataclass(frozen=True)
class Told:
    """A finding in words, and where its readings are."""

    finding: Finding
    who: str
    about: str
    words: str
    url: str


def findings_in_words(findings: Iterable[Finding], staff: dict[int, str]) -> list[Told]:
    """Two queries, for the references."""
    found = list(findings)
    about = {one.about for one in found if one.about}
    references = {
        **dict(Referral.objects.filter(pk__in=about).values_list("pk", "reference")),
        **dict(Case.objects.filter(pk__in=about).values_list("pk", "reference")),
    }
    return [_told(one, staff, references) for one in found]


def _told(one: Finding, staff: dict[int, str], references: dict[Any, str]) -> Told:
    reference = references.get(one.about, "")
    asked = {"group": "sealed", "since": one.first.isoformat(), "until": one.last.isoformat()}
    asked |= {"case": reference} if one.member is None else {"staff": str(one.member)}
    who = staff.get(one.member, "") if one.member is not None else ""
    return Told(one, who, reference, _words(one), f"{reverse('audit:log')}?{urlencode(asked)}")


def _words(one: Finding) -> str:
    if one.sign is Sign.MANY:
        return ngettext("%(count)d person", "%(count)d people", one.count) % {"count": one.count}
    cases = ngettext("%(count)d case", "%(count)d cases", one.count) % {"count": one.count}
    if one.sign is Sign.VOLUME:
        return _("%(cases)s in a day; usual are %(usual)d") % {"cases": cases, "usual": one.usual}
    return cases


def standing_page(actor: Actor) -> dict[str, Any]:
    """Where the log stands, who has signed, the keys, and the witness's last refusal."""
    standing = signing.standing([actor.organisation_id])
    keys = signing.in_force()
    names = {one.pk: one.name for one in Organisation.objects.filter(pk__in=keys)}
    return {
        "standing": standing,
        "newer": standing.size - (standing.checkpoint.size if standing.checkpoint else 0),
        "root": _text(standing.checkpoint.root) if standing.checkpoint else "",
        "signatures": [
            {"name": names.get(owner, ""), "signed": standing.signed.get(owner)} for owner in keys if owner
        ],
        "keys": [{"name": names.get(owner) or _("Operator"), "key": str(key)} for owner, key in keys.items()],
        "mine": actor.organisation_id in keys,
        **refusal_of(actor),
    }


def refusal_of(actor: Actor) -> dict[str, Any]:
    """The last time the organisation's witness refused to sign, and the attack it named."""
    alarms = Event.objects.filter(name=EventName.LOG_REFUSED, organisation_id=actor.organisation_id)
    refused = alarms.order_by("-at").first()
    attack = ATTACKS[refused.refusal][0 if is_arabic() else 1] if refused else ""
    return {"refused": refused, "attack": attack}


def proof_page(event: Event) -> dict[str, Any]:
    """The place of an event and the way to a checkpoint; worked out here, so that the page says what it saw."""
    proof = exporting.proof_of(event)
    if proof is None:
        return {"proof": None}
    holds = tree.included(proof["leaf"], proof["index"], proof["size"], proof["path"], proof["root"])
    return {
        "proof": proof,
        "holds": holds,
        "leaf": _text(proof["leaf"]),
        "path": [_text(one) for one in proof["path"]],
        "root": _text(proof["root"]),
    }


def _text(raw: bytes | memoryview) -> str:
    return base64.b64encode(bytes(raw)).decode()
