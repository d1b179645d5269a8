"""Walking through every page like a reader who presses every link, and reading what she is shown."""

import gzip
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.urls import resolve

from config.catalogue import LATIN_ALLOWED

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNREAD = {"script", "style", "bdi", "code", "svg", "template", "datalist"}
SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-saving", "data-saved", "data-failed")
LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]+")


@dataclass
class Answer:
    """One page as the server sent it."""

    address: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()

    @property
    def is_page(self) -> bool:
        """Not a PDF, not a piece of data."""
        return self.headers.get("content-type", "").startswith("text/html")


class Reader(HTMLParser):
    """Reads a page: its links, language, title, and the words a reader meets outside isolated values."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.assets: list[str] = []
        self.words: list[str] = []
        self.html: dict[str, str | None] = {}
        self.title = ""
        self.stack: list[tuple[str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag leads to and says."""
        found = dict(attrs)
        quiet = tag in UNREAD or found.get("lang") == "en" or self.quiet
        if tag == "html":
            self.html = found
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        asset = found.get("src") if tag == "script" else found.get("href") if _styles(tag, found) else None
        if asset:
            self.assets.append(asset)
        if not quiet:
            self.words += [text for name in SPOKEN if (text := found.get(name))]
        if tag not in VOID:
            self.stack.append((tag, quiet))

    def handle_endtag(self, tag: str) -> None:
        """Leave the tag, and those left open within it."""
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Words between tags."""
        if self.stack and self.stack[-1][0] == "title":
            self.title += data
        elif not self.quiet and data.strip():
            self.words.append(data.strip())

    @property
    def quiet(self) -> bool:
        """Within something that keeps its own letters?"""
        return bool(self.stack) and self.stack[-1][1]

    def latin(self) -> set[str]:
        """Words in Latin letters that no Arabic text may contain."""
        return {word for text in self.words for word in LATIN.findall(text) if word not in LATIN_ALLOWED}


def _styles(tag: str, found: dict[str, str | None]) -> bool:
    return tag == "link" and found.get("rel") == "stylesheet"


class Walk:
    """Everything that can be reached from the start page by pressing links, each kind of page a few times."""

    def __init__(self, base: str, cookies: dict[str, str], each: int = 2) -> None:
        self.base, self.each = base, each
        self.cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self.times: dict[str, int] = {}

    def pages(self, start: str = "/") -> Iterator[tuple[str, Answer]]:
        """The kind of each page and the page."""
        waiting, known = [start], {start}
        while waiting:
            address = waiting.pop(0)
            kind = kind_of(address)
            if self.times.get(kind, 0) >= self.each:
                continue
            self.times[kind] = self.times.get(kind, 0) + 1
            answer = self.get(address)
            yield kind, answer
            if answer.is_page:
                for link in Reader(answer.text).links:
                    found = self.inner(link, answer.address)
                    if found and found not in known:
                        known.add(found)
                        waiting.append(found)

    def inner(self, link: str, page: str) -> str:
        """The address of a link within the product, without its place on the page; "" for any other."""
        parts = urlsplit(urljoin(self.base + page, link))
        if f"{parts.scheme}://{parts.netloc}" != self.base:
            return ""
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def get(self, address: str) -> Answer:
        """Ask for a page as this person, packed as a browser does."""
        headers = {"Cookie": self.cookie, "Accept": "text/html", "Accept-Encoding": "gzip"}
        request = urllib.request.Request(self.base + address, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return _answer(self.base, answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return _answer(self.base, refused)


def _answer(base: str, answer: "urllib.request._UrlopenRet") -> Answer:
    body = answer.read()
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return Answer(answer.geturl().removeprefix(base), answer.status, headers, body)


def kind_of(address: str) -> str:
    """Pages of the same kind are drawn by the same view; each step of a referral is a kind of its own."""
    parts = urlsplit(address)
    match = resolve(parts.path)
    step = match.kwargs.get("step", "")
    return f"{match.view_name}{f'/{step}' if step else ''}{'?' if parts.query else ''}"


def packed(part: bytes) -> int:
    """How many bytes travel."""
    return len(gzip.compress(part, 6))
