"""Tab-separated files, with errors that name the file and the line."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class BadInput(ValueError):
    """A file that cannot be used; the message says which, where and what to do."""


def rows_of(path: Path, *, least: int, header: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Line number from 1 and fields of every line that is not blank; a header must be the one expected."""
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as stream:
            for number, line in enumerate(stream, 1):
                fields = line.rstrip("\r\n").split("\t")
                if number == 1 and header is not None:
                    if fields[0] != header:
                        raise BadInput(f"{path}, line 1: a header beginning with '{header}' is expected")
                    continue
                if fields == [""]:
                    continue
                if len(fields) < least:
                    raise BadInput(f"{path}, line {number}: {least} fields separated by tabs are expected")
                yield number, fields
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path}: not UTF-8 at byte {error.start}: {error.reason}; save the file as UTF-8"
        ) from None
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None


class Pool(NamedTuple):
    """Names of a file, with the line each stands on and the birth year where given."""

    lines: list[int]
    names: list[str]
    years: list[int | None]


def pool_of(path: Path) -> Pool:
    """One name a line, optionally TAB birth year; blank lines are counted but hold nobody."""
    pool = Pool([], [], [])
    for number, fields in rows_of(path, least=1):
        pool.lines.append(number)
        pool.names.append(fields[0])
        pool.years.append(year_of(fields[1] if len(fields) > 1 else "", path, number))
    return pool


def year_of(text: str, path: Path, number: int) -> int | None:
    """A birth year in any digits; empty is unknown."""
    plain = text.strip()
    if not plain:
        return None
    if plain.isdecimal() and len(plain) == 4:
        return int(plain)
    raise BadInput(
        f"{path}, line {number}: '{plain[:20]}' is no birth year; four digits or nothing are expected"
    )
