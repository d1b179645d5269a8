"""The terms as a document that can be read aloud, and the difference between two versions of it.

Both are made from the same lines, so what is signed is what is shown and what is compared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ihala.core.text import duration, is_arabic
from ihala.core.vocabulary import DisclosureClass, Urgency

from .enums import ClockName, Release, Unit
from .models import Organisation
from .terms import TermsView


@dataclass(frozen=True)
class Line:
    """One provision: what it is about and what was agreed. Either may be shown alone."""

    label: str
    value: str


@dataclass(frozen=True)
class Section:
    """A clause of the document. `text` introduces it."""

    key: str
    title: str
    text: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ClockRow:
    """A row of the table of clocks: what must happen, and how long it may take for each urgency ("—": no clock)."""

    label: str
    lengths: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """What one version says and the other does not; "" for nothing."""

    label: str
    old: str
    new: str


def sections(view: TermsView, parties: Iterable[Organisation]) -> list[Section]:
    """The clauses but for the clocks, in the order of the memorandum."""
    names = {party.pk: party.name for party in parties}
    found = [
        _section("subject", _("What may be referred"), _("Cases of these categories:"), _categories(view)),
        _section("services", _("Services"), _("Each party may ask the other for:"), _services(view, names)),
        _section("release", _("What is disclosed, and when"), _release_text(), _release(view)),
        _section("bases", _("On what a disclosure rests"), _bases_text(), _bases(view)),
        _section("second", _("A second person"), _second_text(), _second(view)),
        _section(
            "ladder", _("When nobody acknowledges"), _("These are told, one after the other:"), _ladder(view)
        ),
        _section(
            "admission",
            _("Whom each party can admit"),
            _("A hint, never a hard stop."),
            _admission(view, names),
        ),
        _section(
            "enquiries",
            _("Asking before anybody is named"),
            _("Whether a family could be taken tonight is answered:"),
            (Line(name, str(view.answers(party).label)) for party, name in names.items()),
        ),
        _section("known", _("Asking whether a survivor is known"), _known_text(), _known(view, names)),
        _section(
            "joint_count", _("Counting together"), _("How many survivors both parties served:"), _joint(view)
        ),
    ]
    return [section for section in found if section.lines]


def clock_rows(view: TermsView) -> list[ClockRow]:
    """The table of clocks, one row per clock, one length per urgency."""
    return [
        ClockRow(str(name.label), tuple(_length(view, name, urgency) for urgency in Urgency))
        for name in ClockName
    ]


def changes(old: TermsView, new: TermsView, parties: Iterable[Organisation]) -> list[Change]:
    """Every provision in which the two differ, in the order of the document."""
    parties = list(parties)
    before, after = _provisions(old, parties), _provisions(new, parties)
    labels = dict.fromkeys([*before, *after])
    return [
        Change(label, before.get(label, ""), after.get(label, ""))
        for label in labels
        if before.get(label, "") != after.get(label, "")
    ]


def _provisions(view: TermsView, parties: list[Organisation]) -> dict[str, str]:
    """What the document says, by what it is about."""
    found = {
        f"{section.title}: {line.label}": line.value or line.label
        for section in sections(view, parties)
        for line in section.lines
    }
    for row in clock_rows(view):
        for urgency, length in zip(Urgency, row.lengths, strict=True):
            found[f"{row.label} ({urgency.label})"] = length
    return found


def _section(key: str, title: str, text: str, lines: Iterable[Line]) -> Section:
    return Section(key, title, text, tuple(lines))


def _words(choices: Iterable[Any]) -> str:
    return _(", ").join(str(choice.label) for choice in choices)


def _categories(view: TermsView) -> Iterable[Line]:
    return (Line(str(category.label), "") for category in view.categories)


def _services(view: TermsView, names: Mapping[int, str]) -> Iterable[Line]:
    for direction in view.directions:
        between = {"source": names[direction.source], "target": names[direction.target]}
        yield Line(_("%(source)s asks %(target)s for") % between, _words(direction.services))


def _release_text() -> str:
    return _("Before acceptance the receiver sees triage only: no name, document, telephone, place or story.")


def _release(view: TermsView) -> Iterable[Line]:
    for cls in DisclosureClass:
        standard, emergency = view.release[cls][Urgency.STANDARD], view.release[cls][Urgency.EMERGENCY]
        value = str(standard.label)
        if emergency != standard:
            value = _("%(usual)s; in an emergency: %(emergency)s") % {
                "usual": standard.label,
                "emergency": emergency.label,
            }
        yield Line(str(cls.label), value)


def _bases_text() -> str:
    return _("Without consent two people sign, and no more than the classes named here is disclosed.")


def _bases(view: TermsView) -> Iterable[Line]:
    return (Line(str(basis.label), _words(classes)) for basis, classes in view.minimum_sets.items())


def _second_text() -> str:
    return _("These are never done by one person alone:")


def _second(view: TermsView) -> Iterable[Line]:
    return (Line(str(step.label), "") for step in sorted(view.second_person_steps))


def _ladder(view: TermsView) -> Iterable[Line]:
    places = (_("first"), _("second"), _("third"))
    return (Line(str(rung.label), place) for rung, place in zip(view.ladder, places, strict=False))


def _admission(view: TermsView, names: Mapping[int, str]) -> Iterable[Line]:
    for party, name in names.items():
        arabic, english = view.admission_hint(party, "ar"), view.admission_hint(party, "en")
        hint = (arabic or english) if is_arabic() else (english or arabic)
        if hint:
            yield Line(name, hint)


def _known_text() -> str:
    return _("Only with her consent and for one case; whether she is known to the party asked is answered:")


def _known(view: TermsView, names: Mapping[int, str]) -> Iterable[Line]:
    return (Line(name, str(view.tells_known(party).label)) for party, name in names.items())


def _joint(view: TermsView) -> Iterable[Line]:
    if view.joint_count:
        yield Line(
            _("Once for each year that is over, agreed by both, rounded to fives and never told below five"),
            "",
        )
    else:
        yield Line(_("It is not counted"), "")


def _length(view: TermsView, name: ClockName, urgency: Urgency) -> str:
    length = view.clock(name, urgency)
    return "—" if length is None else duration(length)


def release_choices(cls: DisclosureClass) -> list[tuple[str, Any]]:
    """What the form offers for a class: triage always opens on sending, nothing else does but for emergencies."""
    if cls is DisclosureClass.TRIAGE:
        return [(Release.SENDING.value, Release.SENDING.label)]
    return [(moment.value, moment.label) for moment in (Release.ACCEPTANCE, Release.NEVER)]


def unit_choices(urgency: str) -> list[tuple[str, Any]]:
    """Working time is offered for standard referrals only."""
    usable = [unit for unit in Unit if urgency == Urgency.STANDARD or not unit.value.startswith("working_")]
    return [(unit.value, unit.label) for unit in usable]
