"""The short way of drawing a page says exactly what Django's own way says, of whatever stands there."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import TextChoices
from django.template import Context, Engine
from django.utils.functional import SimpleLazyObject
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from ihala.core.quick import QuickVariable, drawn, escaped

HOSTILE = "<b>\"'&"


class Colour(TextChoices):
    RED = "red", "Red & hot"


@dataclass
class Thing:
    """A plain object."""

    name: str = HOSTILE
    parts: tuple[str, ...] = ("one", "two")

    def said(self) -> str:
        """A method without arguments."""
        return "said"

    def needing(self, more: str) -> str:
        """A method with one."""
        return more

    def failing(self) -> str:
        """A method that fails."""
        raise ValueError("inside")

    @property
    def broken(self) -> str:
        """A property that fails."""
        raise AttributeError("inside")

    def delete(self) -> str:
        """Never called by a template."""
        raise AssertionError

    delete.alters_data = True  # type: ignore[attr-defined]


VALUES: dict[str, Any] = {
    "text": HOSTILE, "markup": mark_safe("<i>x</i>"), "number": 1234567, "decimal": Decimal("1234.5"), "yes": True,
    "nothing": None, "day": date(2026, 3, 5), "moment": datetime(2026, 3, 5, 22, 30, tzinfo=UTC), "colour": Colour.RED,
    "lazy": gettext_lazy("Work"), "thing": Thing(), "table": {"a": HOSTILE, "items": "own", "0": "zero"},
    "list": [HOSTILE, "b"], "later": SimpleLazyObject(Thing), "kind": Thing, "choices": Colour,
}  # fmt: skip
SAID = (
    "text", "markup", "number", "decimal", "yes", "nothing", "day", "moment", "colour", "colour.label", "lazy",
    "absent", "thing.name", "thing.said", "thing.needing", "thing.delete", "thing.absent", "thing.parts.1",
    "table.a", "table.items", "table.absent", "list.0", "list.7", "later.name", "kind.name", "choices.RED.label",
    "nothing.name", "text.upper", "text|upper", "absent|default:text", "'<b>'", "7", "True", "thing.name|safe",
    "push", "dicts",
)  # fmt: skip
LINES = "".join(f"[{{{{ {one} }}}}{{% if {one} %}}yes{{% else %}}no{{% endif %}}]" for one in SAID) + (
    "{% for one in list %}{{ forloop.counter }}{{ one }}{% endfor %}{% for one in absent %}x{% empty %}none{% endfor %}"
    "{% if text == table.a and not absent or number > 3 %}so{% endif %}"
    "{% autoescape off %}{{ text }}{{ table.a }}{% endautoescape %}"
    '{% include "part" with given=thing.name %}{% include "part" with given=table.a only %}{% include named %}'
)
PART = "({{ given }}{{ text }})"


def _drawn(loader: Any, lines: str, values: dict[str, Any]) -> str:
    engine = Engine(loaders=[loader], string_if_invalid="missing %s")
    return str(engine.get_template("page").render(Context({**values, "named": "part"})))


def _both(lines: str, values: dict[str, Any]) -> tuple[str, str]:
    plain = ("django.template.loaders.locmem.Loader", {"page": lines, "part": PART})
    return _drawn(plain, lines, values), _drawn(("ihala.core.folding.Loader", [plain]), lines, values)


def test_every_kind_of_value_is_drawn_as_django_draws_it() -> None:
    djangos, ours = _both(LINES, VALUES)
    assert ours == djangos
    assert "<b>" in djangos  # where it was asked for, and nowhere else
    assert ours.count("&lt;b&gt;") > 5


@pytest.mark.parametrize("said", ["thing.failing", "thing.broken"])
def test_an_error_inside_of_a_value_comes_out_as_djangos_does(said: str) -> None:
    plain = ("django.template.loaders.locmem.Loader", {"page": f"{{{{ {said} }}}}"})
    for loader in (plain, ("ihala.core.folding.Loader", [plain])):
        with pytest.raises((ValueError, AttributeError), match="inside"):
            _drawn(loader, said, VALUES)


def test_a_variable_that_is_translated_or_written_out_is_left_to_django() -> None:
    assert QuickVariable("'word'").resolve(Context()) == "word"
    assert str(QuickVariable("_('Work')").resolve(Context())) == str(gettext_lazy("Work"))


@pytest.mark.parametrize("value", [HOSTILE, mark_safe(HOSTILE), gettext_lazy("Work"), 7, None, Colour.RED])
def test_escaping_is_djangos_own(value: Any) -> None:
    assert str(escaped(value)) == str(conditional_escape(value))
    assert drawn("<p>{}</p>", value) == format_html("<p>{}</p>", value)
