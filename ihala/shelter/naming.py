"""What units and beds are called wherever people read it: in words, with a code that never parts from its word."""

import re

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .enums import BedKind
from .models import Unit

TOGETHER = '<span class="nowrap">{}</span>'
"""Browsers break a line before a code, which is a box of its own, whatever space stands there."""
SEPARATOR = " · "
"""Between house and unit in the short name that the database gives a place ("D · 5")."""


def isolated(code: str) -> SafeString:
    """A code or reference inside Arabic words."""
    return format_html('<bdi dir="ltr">{}</bdi>', code)


def named_bed(kind: str, code: str) -> SafeString:
    """ "Bed 2", "Cot C1"."""
    return format_html(TOGETHER.format("{}\u00a0{}"), BedKind(kind).label, isolated(code))


def named_unit(unit: Unit) -> SafeString:
    """ "House A, unit 1"; the unit comes with its house."""
    return unit_in_words(unit.house.code, unit.code)


def unit_in_words(house: str, unit: str) -> SafeString:
    """ "House A, unit 1"."""
    words = re.sub(r"(\S+) (\{\})", TOGETHER.format("\\1\u00a0\\2"), _("House {}, unit {}"))
    return format_html(words, isolated(house), isolated(unit))


def named_place(name: str) -> SafeString:
    """ "House D, unit 5", of the short name "D · 5"."""
    house, _separator, unit = name.partition(SEPARATOR)
    return unit_in_words(house, unit)
