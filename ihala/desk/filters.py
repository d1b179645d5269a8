"""What a list is narrowed to. It stands in the address, so that a reload, a bookmark and a live update keep it.

Category, urgency and state are written there as codes that say nothing (`core.veil`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ihala.core.text import clean, western_digits
from ihala.core.veil import unveil, veil
from ihala.core.vocabulary import Category, Urgency
from ihala.organisations.models import Actor
from ihala.referrals.enums import State

ALL = pgettext_lazy("filter", "All")


def _offered(choices: type[TextChoices]) -> list[tuple[str, Any]]:
    return [("", ALL), *((veil(value), label) for value, label in choices.choices)]


class FilterForm(forms.Form):
    """The filters as a form; every field may stay at "All"."""

    category = forms.ChoiceField(label=_("Category"), choices=lambda: _offered(Category))
    urgency = forms.ChoiceField(label=_("Urgency"), choices=lambda: _offered(Urgency))
    state = forms.ChoiceField(label=_("State"), choices=lambda: _offered(State))
    ref = forms.CharField(label=_("Reference"), max_length=20, widget=forms.TextInput(attrs={"dir": "ltr"}))
    use_required_attribute = False


@dataclass(frozen=True)
class Filters:
    """Codes to narrow a list to; empty ones narrow nothing. Unknown codes are as good as none."""

    category: str = ""
    urgency: str = ""
    state: str = ""
    ref: str = ""

    @classmethod
    def of(cls, query: Any) -> "Filters":
        """Read from the address."""
        known = {"category": Category.values, "urgency": Urgency.values, "state": State.values}
        codes = {name: unveil(query.get(name, ""), values) for name, values in known.items()}
        return cls(**codes, ref=_reference(query.get("ref", "")))

    def __bool__(self) -> bool:
        return any((self.category, self.urgency, self.state, self.ref))

    def query(self) -> dict[str, str]:
        """What of it stands in the address."""
        codes = {"category": self.category, "urgency": self.urgency, "state": self.state}
        pairs = {name: veil(code) for name, code in codes.items()} | {"ref": self.ref}
        return {name: value for name, value in pairs.items() if value}

    def condition(self, actor: Actor) -> Q:
        """As a condition. A decline that is only proposed is "under review" to the sender."""
        q = Q()
        if self.category:
            q &= Q(category=self.category)
        if self.urgency:
            q &= Q(urgency=self.urgency)
        if self.ref:
            q &= Q(reference__contains=self.ref)
        if self.state == State.DECLINE_PROPOSED:
            q &= Q(state=self.state, receiver=actor.organisation_id)
        elif self.state == State.UNDER_REVIEW:
            q &= Q(state=self.state) | Q(state=State.DECLINE_PROPOSED, sender=actor.organisation_id)
        elif self.state:
            q &= Q(state=self.state)
        return q


def _reference(text: str) -> str:
    """A piece of a reference as it is stored: capitals, Western digits, nothing else."""
    plain = western_digits(clean(text[:40], one_line=True)).upper()
    return "".join(sign for sign in plain if sign.isascii() and (sign.isalnum() or sign == "-"))[:11]


@dataclass(frozen=True)
class After:
    """Where the page before ended: the sorting moment (None: those without one) and the row's key."""

    moment: datetime | None
    id: UUID

    @classmethod
    def read(cls, text: str) -> "After | None":
        """From the address; None for nothing or nonsense."""
        moment, _dot, key = text.partition(".")
        try:
            return cls(datetime.fromtimestamp(int(moment) / 1_000_000, UTC) if moment else None, UUID(key))
        except (ValueError, OverflowError, OSError):
            return None

    def __str__(self) -> str:
        micro = "" if self.moment is None else str(round(self.moment.timestamp() * 1_000_000))
        return f"{micro}.{self.id.hex}"


def address(path: str, filters: Filters, after: After | None = None) -> str:
    """A path with the filters and the place in the list."""
    query = filters.query() | ({"after": str(after)} if after else {})
    return f"{path}?{urlencode(query)}" if query else path
