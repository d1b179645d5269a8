"""The terms of an agreement, read from data into typed values.

Two organisations sign what may be referred in which direction, what is disclosed and when, and by when each side must
act. `read_terms()` checks the data path by path and names every problem; `default_terms()` are the values of the
mechanism's table. A referral pins the version it was sent under, so a version is never changed once proposed.

    {"directions": [{"from": 1, "to": 2, "services": ["shelter", …]}, …],
     "categories": ["domestic_violence", …],
     "release": {"triage": {"standard": "sending", "urgent": "sending", "emergency": "sending"}, …},
     "clocks": {"sent": {"emergency": [15, "minutes"], "urgent": [1, "hours"], "standard": [4, "working_hours"]}, …},
     "ladder": ["duty_officer", "supervisor", "director"],
     "second_person": ["approve", …],
     "legal_bases": {"consent": ["triage", …], "vital_interest": ["triage", "identity"], …},
     "admission": {"1": {"ar": "…", "en": "…"}, "2": {…}},
     "enquiries": {"1": "automatic", "2": "by_hand"},
     "known": {"1": "at_once", "2": "by_people"}, "joint_count": true}

`OPTIONAL` ones may be missing in terms signed before there was such a thing: then nothing is answered or counted.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ihala.core.vocabulary import CONSENTED, Category, DisclosureClass, LegalBasis, Service, Urgency
from ihala.core.worktime import Duration

from .enums import ClockName, Enquiries, KnownThere, Release, Rung, SecondPersonStep, Unit

MINIMUM_SET = (DisclosureClass.TRIAGE, DisclosureClass.IDENTITY)
"""What a legal basis without consent discloses at most, unless the parties sign for more (mechanism, "Guards")."""

LONGEST = 1000
DAY_AND_NIGHT = (Urgency.EMERGENCY, Urgency.URGENT)
KEYS = (
    "directions", "categories", "release", "clocks", "ladder", "second_person", "legal_bases", "admission",
)  # fmt: skip
OPTIONAL = ("enquiries", "known", "joint_count")

ALWAYS_A_SECOND = (SecondPersonStep.APPROVE, SecondPersonStep.CONFIRM_DECLINE, SecondPersonStep.LEGAL_BASIS)
"""Where the mechanism itself asks for a second person; terms may ask for more, never for less."""

Problem = tuple[str, Any]
"""A JSON path and what is wrong there, in words."""


class InvalidTerms(Exception):
    """The data is no terms; `problems` names each path."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{path}: {message}" for path, message in problems))
        self.problems = problems


@dataclass(frozen=True)
class Direction:
    """One organisation may refer to the other, for these services."""

    source: int
    target: int
    services: tuple[Service, ...]


@dataclass(frozen=True)
class TermsView:
    """Terms as typed values. `id` is the version's key, None for a draft that nobody has proposed yet."""

    directions: tuple[Direction, ...]
    categories: tuple[Category, ...]
    release: Mapping[DisclosureClass, Mapping[Urgency, Release]]
    clocks: Mapping[ClockName, Mapping[Urgency, Duration]]
    ladder: tuple[Rung, ...]
    second_person_steps: frozenset[SecondPersonStep]
    minimum_sets: Mapping[LegalBasis, tuple[DisclosureClass, ...]]
    admission: Mapping[int, Mapping[str, str]]
    enquiries: Mapping[int, Enquiries] = field(default_factory=dict)
    known: Mapping[int, KnownThere] = field(default_factory=dict)
    joint_count: bool = False
    id: int | None = None
    version: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def covers(self, category: str, services: str | Iterable[str], from_organisation: int) -> bool:
        """May `from_organisation` refer this category for all of these services?"""
        wanted = {services} if isinstance(services, str) else set(services)
        return category in self.categories and any(
            direction.source == from_organisation and wanted <= set(direction.services)
            for direction in self.directions
        )

    def services_from(self, from_organisation: int) -> tuple[Service, ...]:
        """The services `from_organisation` may ask the other for."""
        return next((d.services for d in self.directions if d.source == from_organisation), ())

    def clock(self, name: str, urgency: str) -> Duration | None:
        """The length of a clock; the code of a state is the clock that runs in it. None where none runs."""
        like = {"survivor_declined": ClockName.DECLINED, "no_response": ClockName.DECLINED}
        code = like.get(str(name), name)
        if code not in ClockName.values:
            return None
        return self.clocks[ClockName(code)].get(Urgency(urgency))

    def released_at(self, disclosure_class: str, urgency: str) -> Release:
        """When the class opens to the receiver: on sending, on acceptance, or never."""
        return self.release[DisclosureClass(disclosure_class)][Urgency(urgency)]

    def second_person(self, step: str) -> bool:
        """Do the parties ask for a second person at this step?"""
        return step in self.second_person_steps

    @property
    def legal_bases(self) -> tuple[LegalBasis, ...]:
        """On what a disclosure may rest."""
        return tuple(self.minimum_sets)

    def classes_under(self, basis: str) -> tuple[DisclosureClass, ...]:
        """The classes that may be disclosed on this legal basis; empty if the parties did not sign it."""
        return self.minimum_sets.get(LegalBasis(basis), ())

    def admission_hint(self, organisation_id: int, language: str) -> str:
        """What the organisation says of whom it can admit: a hint, never a hard stop."""
        return self.admission.get(organisation_id, {}).get(language, "")

    def answers(self, organisation_id: int) -> Enquiries:
        """How the organisation answers whether it could take a family; not at all unless it was signed."""
        return self.enquiries.get(organisation_id, Enquiries.NONE)

    def tells_known(self, organisation_id: int) -> KnownThere:
        """How the organisation answers whether a survivor is known to it; not at all unless it was signed."""
        return self.known.get(organisation_id, KnownThere.NONE)


def _same(amount: int, unit: str) -> dict[str, list[Any]]:
    return {urgency.value: [amount, unit] for urgency in Urgency}


def _each(
    emergency: tuple[int, str] | None, urgent: tuple[int, str], standard: tuple[int, str]
) -> dict[str, Any]:
    lengths = {Urgency.EMERGENCY: emergency, Urgency.URGENT: urgent, Urgency.STANDARD: standard}
    return {urgency.value: list(length) for urgency, length in lengths.items() if length}


DEFAULT_CLOCKS: dict[str, dict[str, Any]] = {
    ClockName.AWAITING_APPROVAL: _each(None, (2, "hours"), (1, "working_days")),
    ClockName.REVIEW_SENDING: {"emergency": [1, "hours"]},
    ClockName.SECOND_SIGNATURE: {"emergency": [1, "hours"]},
    ClockName.SENT: _each((15, "minutes"), (1, "hours"), (4, "working_hours")),
    ClockName.LADDER: _each((15, "minutes"), (1, "hours"), (4, "working_hours")),
    ClockName.UNDER_REVIEW: _each((1, "hours"), (12, "hours"), (3, "working_days")),
    ClockName.INFO_REQUESTED: _each((1, "hours"), (8, "hours"), (2, "working_days")),
    ClockName.WAITLISTED: _each((24, "hours"), (3, "days"), (7, "days")),
    ClockName.DECLINE_PROPOSED: _each((30, "minutes"), (4, "hours"), (1, "working_days")),
    ClockName.DECLINED: _each((1, "hours"), (4, "hours"), (1, "working_days")),
    ClockName.ACCEPTED: _each((2, "hours"), (24, "hours"), (3, "working_days")),
    ClockName.HANDOVER: _same(1, "hours"),
    ClockName.NOT_ARRIVED: _same(1, "hours"),
    ClockName.ARRIVED: _each((7, "days"), (14, "days"), (30, "days")),
    ClockName.OUTCOME: _same(5, "days"),
}


def default_terms(a: int, b: int) -> dict[str, Any]:
    """The mechanism's own values between two organisations: everything in both directions, triage on sending."""
    return {
        "directions": [
            {"from": frm, "to": to, "services": list(Service.values)} for frm, to in ((a, b), (b, a))
        ],
        "categories": list(Category.values),
        "release": {
            cls.value: {
                urgency.value: "sending" if cls is DisclosureClass.TRIAGE else "acceptance"
                for urgency in Urgency
            }
            for cls in DisclosureClass
        },
        "clocks": {
            str(name): {urgency: list(length) for urgency, length in lengths.items()}
            for name, lengths in DEFAULT_CLOCKS.items()
        },
        "ladder": list(Rung.values),
        "second_person": [str(step) for step in ALWAYS_A_SECOND],
        "legal_bases": {
            basis.value: [cls.value for cls in (DisclosureClass if basis in CONSENTED else MINIMUM_SET)]
            for basis in LegalBasis
        },
        "admission": {str(a): {"ar": "", "en": ""}, str(b): {"ar": "", "en": ""}},
        "enquiries": {str(a): Enquiries.AUTOMATIC.value, str(b): Enquiries.AUTOMATIC.value},
        "known": {str(a): KnownThere.NONE.value, str(b): KnownThere.NONE.value},
        "joint_count": False,
    }


# ── Reading ────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_terms(
    data: Any, parties: tuple[int, int], *, id: int | None = None, version: int | None = None
) -> TermsView:
    """The typed view of `data` between `parties`; raises `InvalidTerms` with a problem per path."""
    reader = _Reader(parties)
    view = reader.read(data)
    if reader.problems or view is None:
        raise InvalidTerms(reader.problems)
    return TermsView(**view, id=id, version=version, data=data)


class _Reader:
    """Walks the data once and collects problems instead of stopping at the first."""

    def __init__(self, parties: tuple[int, int]) -> None:
        self.parties = parties
        self.problems: list[Problem] = []

    def read(self, data: Any) -> dict[str, Any] | None:
        known = self._mapping(data, "", KEYS + OPTIONAL, required=KEYS)
        if known is None or self.problems:
            return None
        return {
            "directions": self._directions(known["directions"]),
            "categories": self._codes(known["categories"], "categories", Category, some=True),
            "release": self._release(known["release"]),
            "clocks": self._clocks(known["clocks"]),
            "ladder": self._codes(known["ladder"], "ladder", Rung, some=True),
            "second_person_steps": self._second_person(known["second_person"]),
            "minimum_sets": self._legal_bases(known["legal_bases"]),
            "admission": self._admission(known["admission"]),
            "enquiries": self._by_party(known.get("enquiries", {}), "enquiries", Enquiries),
            "known": self._by_party(known.get("known", {}), "known", KnownThere),
            "joint_count": self._yes_or_no(known.get("joint_count", False), "joint_count"),
        }

    def _problem(self, path: str, message: Any) -> None:
        self.problems.append((path, message))

    def _mapping(
        self, value: Any, path: str, keys: Iterable[str], *, required: Iterable[str] = ()
    ) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self._problem(path, _("An object is expected here."))
            return None
        dot = f"{path}." if path else ""
        for unknown in sorted(str(key) for key in value.keys() - set(keys)):
            self._problem(f"{dot}{unknown}", _("This name is not known here."))
        for missing in [key for key in required if key not in value]:
            self._problem(f"{dot}{missing}", _("This is missing."))
        return value

    def _codes(
        self, value: Any, path: str, choices: type[TextChoices], *, some: bool = False
    ) -> tuple[Any, ...]:
        if not isinstance(value, list):
            self._problem(path, _("A list is expected here."))
            return ()
        found: list[Any] = []
        for index, code in enumerate(value):
            if not isinstance(code, str) or code not in choices.values:
                self._problem(f"{path}[{index}]", _("This code is not known."))
            elif choices(code) in found:
                self._problem(f"{path}[{index}]", _("This code is here twice."))
            else:
                found.append(choices(code))
        if some and not value:
            self._problem(path, _("Choose at least one."))
        return tuple(found)

    def _directions(self, value: Any) -> tuple[Direction, ...]:
        if not isinstance(value, list) or not value:
            self._problem("directions", _("Choose at least one."))
            return ()
        found = [self._direction(item, f"directions[{index}]") for index, item in enumerate(value)]
        directions = tuple(direction for direction in found if direction is not None)
        if len({direction.source for direction in directions}) < len(directions):
            self._problem("directions", _("Each direction stands here once."))
        return directions

    def _direction(self, value: Any, path: str) -> Direction | None:
        keys = ("from", "to", "services")
        known = self._mapping(value, path, keys, required=keys)
        if known is None or not all(key in known for key in keys):
            return None
        services = self._codes(known["services"], f"{path}.services", Service, some=True)
        pair = (known["from"], known["to"])
        if pair not in (self.parties, self.parties[::-1]):
            self._problem(path, _("A direction leads from one party of the agreement to the other."))
            return None
        return Direction(*pair, services)

    def _release(self, value: Any) -> dict[DisclosureClass, dict[Urgency, Release]]:
        known = self._mapping(value, "release", DisclosureClass.values, required=DisclosureClass.values) or {}
        return {
            DisclosureClass(cls): self._per_urgency(
                moments, f"release.{cls}", self._moment_of(cls), required=Urgency.values
            )
            for cls, moments in known.items()
            if cls in DisclosureClass.values
        }

    def _moment_of(self, cls: str) -> Callable[[Any, str, Urgency], Release | None]:
        def read(value: Any, path: str, urgency: Urgency) -> Release | None:
            if value not in Release.values:
                self._problem(path, _("This code is not known."))
                return None
            if cls == DisclosureClass.TRIAGE and value != Release.SENDING:
                self._problem(path, _("Triage opens on sending: without it nobody can answer."))
            early = value == Release.SENDING and cls != DisclosureClass.TRIAGE
            if early and (cls != DisclosureClass.IDENTITY or urgency != Urgency.EMERGENCY):
                self._problem(path, _("On sending only triage opens, and identity in an emergency."))
            return Release(value)

        return read

    def _clocks(self, value: Any) -> dict[ClockName, dict[Urgency, Duration]]:
        known = self._mapping(value, "clocks", ClockName.values, required=ClockName.values) or {}
        return {
            ClockName(name): self._per_urgency(
                lengths, f"clocks.{name}", self._length, required=DEFAULT_CLOCKS[name].keys()
            )
            for name, lengths in known.items()
            if name in ClockName.values
        }

    def _length(self, value: Any, path: str, urgency: Urgency) -> Duration | None:
        whole = (
            isinstance(value, list) and len(value) == 2 and type(value[0]) is int and value[1] in Unit.values
        )
        if not whole or not 1 <= value[0] <= LONGEST:
            self._problem(path, _("A length is a number from 1 to 1000 and a unit, such as 4 working hours."))
            return None
        if urgency in DAY_AND_NIGHT and value[1].startswith("working_"):
            self._problem(path, _("Emergency and urgent clocks run day and night, not in working time."))
        return Duration(value[0], value[1])

    def _per_urgency(
        self, value: Any, path: str, read: Callable[[Any, str, Urgency], Any], *, required: Iterable[str]
    ) -> dict[Urgency, Any]:
        known = self._mapping(value, path, Urgency.values, required=required) or {}
        return {
            Urgency(urgency): read(item, f"{path}.{urgency}", Urgency(urgency))
            for urgency, item in known.items()
            if urgency in Urgency.values
        }

    def _second_person(self, value: Any) -> frozenset[SecondPersonStep]:
        found = frozenset(self._codes(value, "second_person", SecondPersonStep))
        if isinstance(value, list) and not found.issuperset(ALWAYS_A_SECOND):
            named = ", ".join(str(step.label) for step in ALWAYS_A_SECOND)
            message = _("The mechanism always asks for a second person here: {steps}.")
            self._problem("second_person", format_lazy(message, steps=named))
        return found

    def _legal_bases(self, value: Any) -> dict[LegalBasis, tuple[DisclosureClass, ...]]:
        known = self._mapping(value, "legal_bases", LegalBasis.values) or {}
        found: dict[LegalBasis, tuple[DisclosureClass, ...]] = {}
        for basis, classes in known.items():
            if basis in LegalBasis.values:
                path = f"legal_bases.{basis}"
                found[LegalBasis(basis)] = self._codes(classes, path, DisclosureClass)
                if not set(MINIMUM_SET) <= set(found[LegalBasis(basis)]):
                    self._problem(path, _("The minimum set is triage and identity."))
        if LegalBasis.CONSENT not in found:
            self._problem("legal_bases", _("Consent is always a basis."))
        return {basis: found[basis] for basis in LegalBasis if basis in found}

    def _admission(self, value: Any) -> dict[int, dict[str, str]]:
        parties = [str(party) for party in self.parties]
        known = self._mapping(value, "admission", parties) or {}
        found = {}
        for party, texts in known.items():
            path = f"admission.{party}"
            words = self._mapping(texts, path, ("ar", "en"), required=("ar", "en"))
            if words is None or party not in parties:
                continue
            if not all(isinstance(text, str) and len(text) <= LONGEST for text in words.values()):
                self._problem(path, _("A text of at most 1000 characters is expected here."))
                continue
            found[int(party)] = dict(words)
        return found

    def _by_party(self, value: Any, name: str, choices: type[TextChoices]) -> dict[int, Any]:
        parties = [str(party) for party in self.parties]
        known = self._mapping(value, name, parties) or {}
        for party in (party for party, code in known.items() if code not in choices.values):
            self._problem(f"{name}.{party}", _("This code is not known."))
        return {int(p): choices(code) for p, code in known.items() if p in parties and code in choices.values}

    def _yes_or_no(self, value: Any, name: str) -> bool:
        if not isinstance(value, bool):
            self._problem(name, _("Yes or no is expected here."))
        return value is True
