"""Names of countries and languages in both languages (`data/SOURCE.md`)."""

import csv
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

DATA = Path(__file__).parent / "data"
#: The tongues most often needed come first in lists; all others follow by name.
FREQUENT_LANGUAGES = ("ar", "en", "ur", "hi", "bn", "tl", "am", "fa", "ml", "ne", "si", "id", "ru", "fr")


@cache
def _names(file: str, code: str) -> dict[str, dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return {row[code]: {"ar": row["ar"], "en": row["en"]} for row in csv.DictReader(lines)}


def _language() -> str:
    return "ar" if (get_language() or "ar").startswith("ar") else "en"


def countries() -> dict[str, str]:
    """ISO 3166-1 alpha-2 code → name in the active language, sorted by name."""
    names = {code: name[_language()] for code, name in _names("countries_en_ar.csv", "alpha2").items()}
    return dict(sorted(names.items(), key=lambda item: item[1]))


def languages() -> dict[str, str]:
    """Language code → name in the active language; frequent ones first."""
    names = {code: name[_language()] for code, name in _names("languages_en_ar.csv", "code").items()}
    rest = sorted((code for code in names if code not in FREQUENT_LANGUAGES), key=lambda code: names[code])
    return {code: names[code] for code in (*FREQUENT_LANGUAGES, *rest) if code in names}


@cache
def _codes(file: str, code: str) -> dict[str, str]:
    """Every name in either language, and every code, → the code; in lower case."""
    listed = _names(file, code)
    names = {name.casefold(): key for key, both in listed.items() for name in both.values()}
    return {key.casefold(): key for key in listed} | names


def country_code(text: str) -> str:
    """The code of a country's name in either language; any other text as it is."""
    return _codes("countries_en_ar.csv", "alpha2").get(text.strip().casefold(), text)


def language_code(text: str) -> str:
    """The code of a language's name in either language; any other text as it is."""
    return _codes("languages_en_ar.csv", "code").get(text.strip().casefold(), text)


def is_country(code: object) -> bool:
    """True for a code of the list."""
    return isinstance(code, str) and code in _names("countries_en_ar.csv", "alpha2")


def is_language(code: object) -> bool:
    """True for a code of the list."""
    return isinstance(code, str) and code in _names("languages_en_ar.csv", "code")


def country(code: str) -> str:
    """The country's name in the active language; the code itself if unknown."""
    return _names("countries_en_ar.csv", "alpha2").get(code, {}).get(_language(), code)


def language(code: str) -> str:
    """The language's name in the active language; the code itself if unknown."""
    return _names("languages_en_ar.csv", "code").get(code, {}).get(_language(), code)
