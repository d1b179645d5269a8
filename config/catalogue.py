"""The Arabic catalogue: complete, reviewed by machine for what a machine can see, compiled without system gettext.

`ihala messages check` compares the catalogue with every text in the code and the templates, `merge` gathers
`locale/ar/parts/*.po` into one file, `compile` writes the binary file that Django reads.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polib

from .home import ROOT

LANGUAGE = ROOT / "locale" / "ar"
CATALOGUE = LANGUAGE / "LC_MESSAGES" / "django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
SOURCES = ("config", "ihala")
FORMS = 6
METADATA = {
    "Project-Id-Version": "ihala",
    "Language": "ar",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 && n%100<=99 ? 4 : 5;",
}
KEYWORDS: "dict[str, tuple[int | tuple[int, str], ...] | None]" = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
LATIN_ALLOWED = {
    "Ihala", "PDF", "JSON", "CSV", "TOTP", "UAE", "PASS", "DVLHR", "HTDS", "HTCDS", "MB", "KB", "AES", "GCM",
    "HPKE", "SHA", "JPEG", "PNG", "HEIC", "ID", "IOM", "UNODC", "UTF", "WhatsApp", "English", "SMS", "Ctrl", "Esc",
    "ISO", "QR",
}  # fmt: skip
"""Names and abbreviations that an Arabic text may write in Latin letters."""

PLACEHOLDER = re.compile(r"%\([a-zA-Z_]\w*\)[sd]|%[sd]|\{[a-zA-Z_]\w*(?:[.:!][^{}]*)?\}")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Message:
    """A text to translate: context, singular, plural ('' when there is none)."""

    context: str
    singular: str
    plural: str = ""


def texts(root: Path = ROOT) -> dict[Message, str]:
    """Every text in code and templates, with one place where it stands."""
    found: dict[Message, str] = {}
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*.py")):
            for message in _in_python(path.read_bytes()):
                found.setdefault(message, str(path.relative_to(root)))
    for path in templates(root):
        for message in _in_template(path.read_text(encoding="utf-8")):
            found.setdefault(message, str(path.relative_to(root)))
    return found


def templates(root: Path = ROOT) -> list[Path]:
    """All template files: pages, e-mails and documents."""
    folders = [root / "templates", *sorted(root.glob("ihala/*/templates"))]
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def _in_python(source: bytes) -> Iterator[Message]:
    from babel.messages.extract import extract

    for _line, text, _comments, context in extract(
        "python", BytesIO(source), KEYWORDS, options={"encoding": "utf-8"}
    ):
        parts = list(text) if isinstance(text, tuple) else [text]
        yield Message(context or "", parts[0], parts[1] if len(parts) > 1 else "")


def _in_template(source: str) -> Iterator[Message]:
    from django.utils.translation.template import templatize

    for line in templatize(source).splitlines():
        if "gettext" in line or "_(" in line:
            yield from _in_python(line.strip().encode())


def entries(language: Path = LANGUAGE) -> list[tuple[str, polib.POEntry]]:
    """Every entry of every source file of the catalogue, with the file's name."""
    files = sorted([*language.glob("parts/*.po"), *language.glob("LC_MESSAGES/*.po")])
    return [(path.name, entry) for path in files for entry in polib.pofile(str(path), encoding="utf-8")]


def _key(entry: polib.POEntry) -> Message:
    return Message(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def problems(root: Path = ROOT) -> list[str]:
    """Everything wrong with the catalogue, in sentences."""
    from .catalogue_html import untranslated

    wanted = texts(root)
    language = root / "locale" / "ar"
    there: dict[Message, polib.POEntry] = {}
    found: list[str] = []
    for file, entry in entries(language):
        key = _key(entry)
        if key in there and _strings(there[key]) != _strings(entry):
            found.append(f"{file}: two translations of {entry.msgid!r}")
        there[key] = entry
        if entry.obsolete or key not in wanted:
            found.append(f"{file}: no longer used: {entry.msgid!r}")
            continue
        found += [f"{file}: {entry.msgid!r}: {reason}" for reason in _wrong(entry)]
    found += [f"{place}: no Arabic for {key.singular!r}" for key, place in wanted.items() if key not in there]
    twice = Counter((key.context, key.singular) for key in wanted)
    found += [f"once with and once without a plural: {key[1]!r}" for key, times in twice.items() if times > 1]
    for path in templates(root):
        if path.suffix == ".html":
            name = path.relative_to(root)
            found += [
                f"{name}:{line}: not translated: {text!r}" for line, text in untranslated(path.read_text())
            ]
    return found


def _strings(entry: polib.POEntry) -> list[str]:
    if entry.msgid_plural:
        return [entry.msgstr_plural[index] for index in sorted(entry.msgstr_plural)]
    return [entry.msgstr]


def _wrong(entry: polib.POEntry) -> Iterator[str]:
    if "fuzzy" in entry.flags:
        yield "not reviewed (fuzzy)"
    strings = _strings(entry)
    if entry.msgid_plural and len(strings) != FORMS:
        yield f"{len(strings)} plural forms instead of {FORMS}"
    if not all(text.strip() for text in strings):
        yield "no translation"
        return
    for index, text in enumerate(strings):
        wanted = PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)
        given = PLACEHOLDER.findall(text)
        missing, extra = set(wanted) - set(given), set(given) - set(wanted)
        # Arabic says "no case", "one case", "two cases" without the number, which is one of the placeholders.
        allowed = 1 if entry.msgid_plural and index < 3 else 0
        if extra or len(missing) > allowed:
            yield f"placeholders differ: {sorted(missing | extra)}"
        if foreign := sorted(
            _latin(text) - LATIN_ALLOWED - set(_latin(entry.msgid) if _is_code(entry.msgid) else ())
        ):
            yield f"Latin words in the Arabic: {', '.join(foreign)}"
        if entry.msgid.endswith("\n") != text.endswith("\n") or entry.msgid.startswith(
            "\n"
        ) != text.startswith("\n"):
            yield "line breaks at the ends differ"


def _latin(text: str) -> set[str]:
    without = re.sub(r"<[^>]*>|https?://\S+|&\w+;", " ", PLACEHOLDER.sub(" ", text))
    return set(re.findall(r"[A-Za-z][A-Za-z']+", without))


def _is_code(msgid: str) -> bool:
    """Examples such as an e-mail address or a form's code stay as they are in Arabic."""
    return "@" in msgid or "784-" in msgid


def merge(language: Path = LANGUAGE) -> int:
    """Gather all source files into one, sorted; the parts go away. Returns the number of entries."""
    merged = polib.POFile(wrapwidth=110)
    merged.metadata = METADATA
    gathered = {_key(entry): entry for _, entry in entries(language) if not entry.obsolete}
    for key in sorted(gathered, key=lambda key: (key.singular, key.context, key.plural)):
        entry = gathered[key]
        entry.occurrences = []
        entry.comment = ""
        merged.append(entry)
    target = language / "LC_MESSAGES" / "django.po"
    target.parent.mkdir(parents=True, exist_ok=True)
    merged.save(str(target))
    for part in language.glob("parts/*.po"):
        part.unlink()
    return len(gathered)


def is_stale(language: Path = LANGUAGE) -> bool:
    """Is a source newer than the binary file?"""
    compiled = language / "LC_MESSAGES" / "django.mo"
    sources = [*language.glob("parts/*.po"), *language.glob("LC_MESSAGES/*.po")]
    newest = max((path.stat().st_mtime_ns for path in [*sources, language]), default=0)
    return not compiled.exists() or compiled.stat().st_mtime_ns < newest


def compile_if_stale(language: Path = LANGUAGE) -> bool:
    """Write the binary file when a source is newer; True when written."""
    if not is_stale(language):
        return False
    compiled = language / "LC_MESSAGES" / "django.mo"
    binary = polib.MOFile()
    binary.metadata = METADATA
    for _file, entry in entries(language):
        if not entry.obsolete and "fuzzy" not in entry.flags and all(_strings(entry)):
            binary.append(entry)
    compiled.parent.mkdir(parents=True, exist_ok=True)
    draft = compiled.with_suffix(".mo.new")
    binary.save(str(draft))
    draft.chmod(0o644)  # for the accounts that answer people, however careful the umask of whoever starts us
    draft.replace(compiled)
    return True


def run(action: str, say: Say) -> int:
    """The command `ihala messages ACTION`."""
    if action == "merge":
        say(f"{merge()} entries")
    elif action == "compile":
        say("compiled" if compile_if_stale() else "up to date")
    else:
        found = problems()
        for problem in found:
            say(problem)
        say(f"{len(found)} problem(s) in the catalogue" if found else "The catalogue is complete.")
        return 1 if found else 0
    return 0
