"""What templates say often: isolated values, moments, lengths of time, badges, signs, form fields.

Badges and clocks are tags and not includes because a work list shows a hundred of them.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ihala.core import clock as the_clock
from ihala.core import icons, looks, text, vocabulary
from ihala.core import veil as the_veil
from ihala.core.folding import same_for_all
from ihala.core.quick import drawn
from ihala.core.worktime import Duration

register = template.Library()
NO_CLOCK = SafeString('<span class="clock none">—</span>')
CLOCK = '<span class="clock {}">{}<time data-relative="clock" datetime="{}" title="{}">{}</time></span>'
LATE, WAITING = icons.icon("alert"), icons.icon("clock")
LTR_INPUTS = frozenset(
    {"tel", "email", "url", "number", "date", "time", "datetime-local", "month", "password"}
)


@register.filter
def veil(value: str) -> str:
    """A coded value as an address may carry it."""
    return the_veil.veil(value)


@register.filter
def bdi(value: object) -> SafeString | str:
    """A reference, document number, date or range: isolated, left to right."""
    return "" if value in (None, "") else drawn('<bdi dir="ltr">{}</bdi>', value)


@register.filter
def in_fours(value: str) -> SafeString | str:
    """A long secret, as somebody copies it by hand: "ABCD EFGH"."""
    return bdi(" ".join(value[at : at + 4] for at in range(0, len(value), 4)))


@register.filter
def problems(form: BaseForm) -> int:
    """How many lines the list of what to mend has."""
    return sum(map(len, form.errors.values()))


@register.filter
def name(value: object) -> SafeString | str:
    """A name or any words of unknown direction: isolated, direction by its first letter."""
    return "" if value in (None, "") else drawn("<bdi>{}</bdi>", value)


@register.filter
def phone(value: str | None) -> SafeString | str:
    """A telephone number, "+971 50 123 4567", isolated."""
    return bdi(text.phone(value)) if value else ""


@register.filter
def tel(value: str) -> SafeString:
    """The same, to be dialled at a touch (RFC 3966)."""
    return drawn('<a href="tel:{}"><bdi dir="ltr">{}</bdi></a>', value, text.phone(value))


@register.filter
def day(value: date | None) -> SafeString | str:
    """ "5 March 2026"."""
    return drawn("<bdi>{}</bdi>", text.day(value)) if value else ""


@register.filter
def both_dates(value: date | None) -> SafeString | str:
    """ "5 March 2026 · 16 Ramadan 1447 AH"."""
    return drawn("<bdi>{}</bdi>", text.both_dates(value)) if value else ""


@register.filter
def full_day(value: date | None) -> SafeString | str:
    """ "Thursday, 5 March 2026 · 16 Ramadan 1447 AH", the line under a page's heading."""
    return drawn("<bdi>{}</bdi>", text.both_dates(value, weekday=True)) if value else ""


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """ "today at 09:43", "5 March at 09:43"."""
    if not value:
        return ""
    return drawn('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), text.moment(value))


@register.filter
def hour(value: datetime | None) -> SafeString | str:
    """ "09:43" in Dubai."""
    return bdi(text.hour(value)) if value else ""


@register.filter
def reltime(value: datetime | None) -> SafeString | str:
    """ "35 minutes ago", "in 2 hours"; the page's script keeps it true."""
    if not value:
        return ""
    return drawn(
        '<time data-relative datetime="{}" title="{}">{}</time>',
        value.isoformat(timespec="seconds"),
        text.moment(value),
        text.relative(value),
    )


@register.filter
def duration(value: timedelta | Duration | None) -> str:
    """ "2 hours and 10 minutes", "3 working days"."""
    return text.duration(value) if value is not None else ""


@register.simple_tag
def clock(due: datetime | None, paused: bool = False) -> SafeString:
    """Time left until `due`: sign, words, and how near; "—" without one. A paused clock stands still."""
    if due is None:
        return NO_CLOCK
    words, near = text.time_left(due)
    if paused:
        return drawn('<span class="clock calm">{}<span>{}</span></span>', icons.icon("pause"), text.PAUSED)
    return drawn(
        CLOCK,
        near.value,
        LATE if near == text.Nearness.LATE else WAITING,
        due.isoformat(timespec="seconds"),
        text.moment(due),
        words,
    )


@register.simple_tag
@same_for_all
def state_badge(state: object, label: object = "") -> SafeString:
    """Sign, word and tone of a referral's state. `label`: its words, where `state` is a bare code."""
    sign, tone = looks.state(state)
    return _badge(sign, tone, label or getattr(state, "label", state))


@register.simple_tag
@same_for_all
def urgency_badge(urgency: str, label: object = "") -> SafeString:
    """Sign, word and tone of an urgency; its words come from the vocabulary."""
    sign, tone = looks.urgency(urgency)
    return _badge(sign, tone, label or vocabulary.Urgency(urgency).label)


@register.simple_tag
@same_for_all
def badge(label: object, tone: str = "quiet", sign: str = "") -> SafeString:
    """Any other badge. Tones: quiet, blue, green, amber, red, gold, emergency, urgent."""
    return _badge(sign, tone, label)


def _badge(sign: str, tone: str, label: object) -> SafeString:
    return _drawn_badge(sign, tone, str(label))


@lru_cache(maxsize=1024)
def _drawn_badge(sign: str, tone: str, label: str) -> SafeString:
    return drawn('<span class="badge {}">{}{}</span>', tone, icons.icon(sign) if sign else "", label)


@register.simple_tag
@same_for_all
def icon(name: str) -> SafeString:
    """A sign beside a word."""
    return icons.icon(name)


@register.filter
def category(value: str) -> object:
    """The words of a category's code."""
    return vocabulary.Category(value).label


@register.filter
def disclosure_class(value: str) -> object:
    """The words of a disclosure class's code."""
    return vocabulary.DisclosureClass(value).label


@register.simple_tag
def today() -> date:
    """The present day in Dubai, by the one clock."""
    return the_clock.today()


@register.simple_tag
def now_iso() -> str:
    """The present moment by the one clock; the page's script counts on from it."""
    return the_clock.now().isoformat(timespec="seconds")


@register.simple_tag
@same_for_all
def clock_words() -> str:
    """The words of time for the page's script, as JSON."""
    return _clock_words(get_language() or "ar")


@lru_cache
def _clock_words(language: str) -> str:
    return json.dumps(text.clock_words(), ensure_ascii=False, separators=(",", ":"))


# --- facts: a label and a value; tags and not includes because a referral's page shows eighty of them

Fact = Mapping[str, Any]
FILE = '{} <a class="button small" href="{}" download>{}{}<span class="sr"> {}</span></a>'
ABSENT = '<span class="absent">{}</span>'


@register.simple_tag
def fact_value(fact: Fact) -> SafeString | str:
    """One value, isolated as its kind asks, see `components/facts.html`; with `url`, where the file is downloaded."""
    value, kind = fact["value"], fact.get("kind", "")
    if value is None or value == "":
        return drawn(ABSENT, fact.get("missing") or "—")
    shown = KINDS[kind](value) if kind in KINDS else value
    return (
        drawn(FILE, shown, fact["url"], icons.icon("download"), _("Download"), fact["label"])
        if fact.get("url")
        else shown
    )


@register.simple_tag
def fact_list(facts: Iterable[Fact]) -> SafeString:
    """The entries of a list of facts."""
    return SafeString("".join([_fact(fact) for fact in facts]))


def _fact(fact: Fact) -> str:
    changed = SafeString(' class="changed"') if fact.get("changed") else ""
    return drawn("<div><dt>{}</dt><dd{}>{}</dd></div>", fact["label"], changed, fact_value(fact))


def _rows(rows: Iterable[Iterable[Fact]]) -> SafeString:
    """Rows of a table without a table: each in a line, its parts with their labels."""
    lines = [" · ".join([_part(part) for part in row]) for row in rows]
    return SafeString('<ul class="plain">' + "".join([f"<li>{line}</li>" for line in lines]) + "</ul>")


def _part(part: Fact) -> SafeString:
    return drawn('<span class="quiet">{}:</span> {}', part["label"], fact_value(part))


KINDS: dict[str, Callable[[Any], Any]] = {
    "ltr": bdi,
    "phone": phone,
    "name": name,
    "text": lambda words: drawn('<div class="prose">{}</div>', words),
    "moment": moment,
    "day": both_dates,
    "rows": _rows,
}


# --- forms


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    absent: BoundField | str = "",
    show_when: str = "",
    wide: bool = False,
    autofocus: bool = False,
) -> dict[str, Any]:
    """A form field with label, hint and error; `absent` is the field of "unknown / not asked / prefers not to say"."""
    widget = bound.field.widget
    grouped = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    hint_id, error_id = f"{bound.auto_id}_hint", f"{bound.auto_id}_error"
    attrs: dict[str, Any] = {}
    described = [id_ for id_, there in ((hint_id, bound.help_text), (error_id, bound.errors)) if there]
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if autofocus:
        attrs["autofocus"] = True
    if _left_to_right(widget) and "dir" not in widget.attrs:
        attrs["dir"] = "ltr"
    return {
        "bound": bound,
        "rendered": bound.as_widget(attrs=attrs),
        "grouped": grouped,
        "tick": isinstance(widget, CheckboxInput),
        "required": bound.field.required,
        "hint_id": hint_id,
        "error_id": error_id,
        "absent": absent or None,
        "show_when": show_when,
        "wide": wide,
        "classes": type(widget).__name__.lower(),
    }


@register.simple_tag
def empty_field(bound: BoundField) -> SafeString:
    """The same where nobody has typed and nothing is filled in beforehand: drawn once for each form and language."""
    if bound.form.is_bound:
        return render_to_string("components/field.html", field(bound))
    place = (type(bound.form), bound.name, get_language())
    if place not in _empty:
        _empty[place] = render_to_string("components/field.html", field(bound))
    return _empty[place]


_empty: dict[tuple[type, str, str | None], SafeString] = {}


def _left_to_right(widget: Any) -> bool:
    attrs: Mapping[str, Any] = widget.attrs
    return getattr(widget, "input_type", "") in LTR_INPUTS or attrs.get("inputmode") in {
        "numeric",
        "decimal",
        "tel",
        "email",
    }
