"""A paper form's file, read without trust: bytes in, a small tree of plain values or a list of problems out.

JSON from outside can be ten megabytes, nested a thousand deep, say the same key twice, or hold numbers and characters
that no database takes (RFC 8259, sections 4, 6, 8 and 9). Each is named with its path and nothing is raised. Numbers
have no place in any field of the form, so they are kept as they were written, as text.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ihala.core.text import clean

LARGEST = 1024 * 1024
"""Bytes. The largest form seen has 3 kB; the limit holds for each file."""
DEEPEST = 12
LONGEST_NUMBER = 40
MOST_PROBLEMS = 50
LONGEST_KEY = 60

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Problem:
    """Why a form is refused: where (JSONPath), what (code, for tests), and in words for both languages."""

    path: str
    code: str
    message: Promise | str


class Number(str):
    """A number as it was written; no field of the form takes one."""

    __slots__ = ()


class _NoNumber(str):
    """NaN or Infinity, which JSON does not know."""

    __slots__ = ()


class _Object(dict[str, Any]):
    """An object that remembers which keys it was given twice."""

    twice: tuple[str, ...] = ()


def read(content: bytes) -> tuple[dict[str, Any], list[Problem]]:
    """The form's object, or the problems that keep it from being one."""
    if len(content) > LARGEST:
        return _refused("too_large", _("The file is larger than 1 MB."))
    try:
        tree = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_int=Number,
            parse_float=Number,
            parse_constant=_NoNumber,
        )
    except UnicodeDecodeError:
        return _refused("not_utf8", _("The file is not text in UTF-8."))
    except RecursionError:
        return _refused("too_deep", _("The values are nested too deeply."))
    except ValueError:
        return _refused("not_json", _("The file is not JSON."))
    if not isinstance(tree, dict):
        return _refused("not_an_object", _("The file must hold one form, as a JSON object."))
    problems = first_of(_problems(tree))
    return ({}, problems) if problems else (plain(tree), [])


def first_of(problems: Iterator[Problem]) -> list[Problem]:
    """As many as anyone reads; a hostile file could have thousands."""
    return [problem for problem, _count in zip(problems, range(MOST_PROBLEMS), strict=False)]


def below(path: str, key: str | int) -> str:
    """The path one step further: `$.survivor`, `$.companions[0]`, `$["date of birth"]`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if _PLAIN_KEY.fullmatch(key) and len(key) <= LONGEST_KEY:
        return f"{path}.{key}"
    shown = clean(key, one_line=True)
    shown = shown if len(shown) <= LONGEST_KEY else f"{shown[:LONGEST_KEY]}…"
    return f"{path}[{json.dumps(shown, ensure_ascii=False)}]"


def _refused(code: str, message: Promise) -> tuple[dict[str, Any], list[Problem]]:
    return {}, [Problem("$", code, message)]


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        found.twice = tuple(key for key, times in Counter(key for key, _value in pairs).items() if times > 1)
    return found


def _problems(tree: Any) -> Iterator[Problem]:
    """What no form may hold, walked without recursion."""
    waiting: list[tuple[str, Any, int]] = [("$", tree, 0)]
    while waiting:
        path, value, depth = waiting.pop()
        if depth > DEEPEST:
            yield Problem(path, "too_deep", _("The values are nested too deeply."))
        elif isinstance(value, _Object):
            yield from _key_problems(path, value)
            waiting += [(below(path, key), below_it, depth + 1) for key, below_it in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(below(path, n), value[n], depth + 1) for n in reversed(range(len(value)))]
        elif isinstance(value, _NoNumber):
            yield Problem(path, "not_a_number", _("JSON knows no such number."))
        elif isinstance(value, Number) and len(value) > LONGEST_NUMBER:
            yield Problem(path, "number_too_long", _("This number is too long."))
        elif isinstance(value, str) and _NOT_TEXT.search(value):
            yield Problem(path, "not_text", _("This text holds characters that are none."))


def _key_problems(path: str, value: _Object) -> Iterator[Problem]:
    for key in value.twice:
        yield Problem(below(path, key), "key_twice", _("This key is there twice."))
    for key in value:
        if _NOT_TEXT.search(key):
            yield Problem(below(path, key), "not_text", _("This key holds characters that are none."))


def plain(tree: Any) -> Any:
    """The tree in built-in types. It is shallow by now."""
    if isinstance(tree, dict):
        return {key: plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [plain(value) for value in tree]
    return tree
