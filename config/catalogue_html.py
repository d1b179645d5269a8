"""Visible English in a template that nobody marked for translation."""

import re
from html.parser import HTMLParser

VISIBLE_ATTRIBUTES = {
    "title",
    "aria-label",
    "aria-description",
    "placeholder",
    "alt",
    "label",
    "data-confirm",
}
SILENT_ELEMENTS = {"script", "style", "code", "svg", "template"}
_BUTTONS = {"submit", "button", "reset"}
ALLOWED = {"English", "Ihala", "PDF", "UTC"}

_HIDDEN = re.compile(
    r"{#.*?#}"
    r"|{%\s*comment.*?endcomment\s*%}"
    r"|{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%}"
    r"|{%.*?%}|{{.*?}}",
    re.DOTALL,
)


def untranslated(source: str) -> list[tuple[int, str]]:
    """Line and text of every visible English word in `source` outside the translation tags."""
    reader = _Reader()
    reader.feed(_HIDDEN.sub(lambda match: " " + "\n" * match.group().count("\n"), source))
    reader.close()
    return list(reader.found)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT_ELEMENTS:
            self.silent += 1
        named = dict(attrs)
        pushed = tag == "input" and named.get("type") in _BUTTONS
        visible = VISIBLE_ATTRIBUTES | ({"value"} if pushed else set())
        for name in visible & set(named):
            self._look(named[name] or "")
        if tag == "meta" and named.get("name") in {"description"}:
            self._look(named.get("content") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT_ELEMENTS and self.silent:
            self.silent -= 1

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._look(data)

    def _look(self, text: str) -> None:
        if _words(text):
            before = text[: len(text) - len(text.lstrip())]
            self.found.append((self.getpos()[0] + before.count("\n"), " ".join(text.split())[:60]))


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in ALLOWED]
