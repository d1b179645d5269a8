"""Charts as SVG made on the server: right to left where the reader reads so, words and numbers beside every colour.

Every position is worked out here for the reading direction, and the SVG itself is always left to right: otherwise a
browser turns the anchors of the words around and clips them (look, "Charts"). The table beneath says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ihala.core.text import is_arabic

WIDTH = 720
LINE = 34
LABELS = 210
HEIGHT, FOOT, HEAD = 230, 46, 22


@dataclass(frozen=True)
class Bar:
    """One value: its length from 0 to 1 (None: not told), and how it is written."""

    label: str
    length: float | None
    words: str


def mirrored(x: float, width: float = 0) -> float:
    """Where something of this width stands for the reader's direction."""
    return round(WIDTH - x - width if is_arabic() else x, 1)


def _frame(name: str, title: str, about: str, height: int, drawn: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d" direction="ltr">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>',
        WIDTH, height, name, name, name, title, name, about, drawn,
    )  # fmt: skip


def _text(x: float, y: float, words: str, anchor: str, look: str = "") -> SafeString:
    return format_html('<text x="{}" y="{}" text-anchor="{}" class="{}">{}</text>', x, y, anchor, look, words)


def _rect(x: float, y: float, width: float, height: float, look: str) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="2" class="{}"/>',
        x, round(y, 1), round(width, 1), round(height, 1), look,
    )  # fmt: skip


def lying(name: str, title: str, about: str, bars: Sequence[Bar], marked: Sequence[bool] = ()) -> SafeString:
    """Bars that lie, one per line, each with its label before it and its words after it."""
    pieces: list[SafeString] = []
    room = WIDTH - LABELS - 130
    before, after = ("start", "end") if is_arabic() else ("end", "start")
    for number, bar in enumerate(bars):
        y = number * LINE + 6
        look = "bar two" if marked and marked[number] else "bar"
        length = max(2.0, room * bar.length) if bar.length is not None else 40.0
        pieces += [
            _text(mirrored(LABELS - 10), y + 17, bar.label, before),
            _rect(
                mirrored(LABELS, length), y, length, LINE - 10, "bar untold" if bar.length is None else look
            ),
            _text(mirrored(LABELS + length + 8), y + 17, bar.words, after, "value"),
        ]
    return _frame(name, title, about, len(bars) * LINE + 8, SafeString("".join(pieces)))


def standing(
    name: str, title: str, about: str, groups: Sequence[str], series: Sequence[Sequence[Bar]]
) -> SafeString:
    """Groups of bars that stand side by side; in each group one bar per series, in the colours of the legend."""
    pieces: list[SafeString] = [_rect(0, HEAD + HEIGHT, WIDTH, 1, "axis")]
    room = WIDTH / max(1, len(groups))
    width = min(34.0, (room - 16) / max(1, len(series)))
    for place, group in enumerate(groups):
        left = place * room + (room - width * len(series)) / 2
        for number, bars in enumerate(series):
            bar = bars[place]
            height = max(2.0, HEIGHT * bar.length) if bar.length is not None else 14.0
            x = mirrored(left + number * width, width - 3)
            look = "bar untold" if bar.length is None else f"bar s{number + 1}"
            pieces.append(_rect(x, HEAD + HEIGHT - height, width - 3, height, look))
            pieces.append(
                _text(x + (width - 3) / 2, round(HEAD + HEIGHT - height - 5, 1), bar.words, "middle", "value")
            )
        pieces.append(_text(mirrored(place * room + room / 2), HEAD + HEIGHT + 24, group, "middle"))
    return _frame(name, title, about, HEAD + HEIGHT + FOOT, SafeString("".join(pieces)))


def legend(labels: Sequence[str]) -> SafeString:
    """The series by colour, in words."""
    rows = format_html_join(
        "", '<li class="s{}">{}</li>', ((number, label) for number, label in enumerate(labels, 1))
    )
    return format_html('<ul class="legend">{}</ul>', rows)
