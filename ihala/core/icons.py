"""The signs beside words: 16 by 16, in the colour of the text, written into the page so that nothing is fetched.

A sign never stands alone for a meaning; the word beside it does. `FLIPPED` ones point along the reading direction.
"""
# ruff: noqa: E501  a path breaks nowhere

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

PATHS = {
    "alert": '<path d="M8 2 15 14H1Z"/><path d="M8 6.5v3.5M8 12v.1"/>',
    "arrival": '<path d="M2 14V7l6-5 6 5v7"/><path d="m5.5 9.5 2 2 3.5-4"/>',
    "back": '<path d="M13 8H3M7 4 3 8l4 4"/>',
    "bed": '<path d="M1.5 13V4M1.5 11h13M14.5 13V9a2 2 0 0 0-2-2H6v4"/><circle cx="3.8" cy="8" r="1.3"/>',
    "bell": '<path d="M3 12h10l-1.3-2V7a3.7 3.7 0 0 0-7.4 0v3ZM6.5 14h3"/>',
    "book": '<path d="M2 3h4.5L8 4.5 9.5 3H14v10H9.5L8 14l-1.5-1H2ZM8 4.5V14"/>',
    "check": '<path d="m3 8.5 3.5 3.5L13 4.5"/>',
    "child": '<circle cx="8" cy="5" r="2.5"/><path d="M4 14c0-3 1.8-5 4-5s4 2 4 5"/>',
    "clock": '<circle cx="8" cy="8" r="6"/><path d="M8 4.5V8l2.5 1.5"/>',
    "close": '<path d="m4 4 8 8M12 4l-8 8"/>',
    "dot": '<circle cx="8" cy="8" r="2.5" fill="currentColor"/>',
    "download": '<path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11"/>',
    "draft": '<path d="M3 13h2.5L13 5.5 10.5 3 3 10.5ZM9 4.5 11.5 7"/>',
    "error": '<circle cx="8" cy="8" r="6"/><path d="M8 4.5v4M8 11v.1"/>',
    "eye": '<path d="M1 8s2.5-4.5 7-4.5S15 8 15 8s-2.5 4.5-7 4.5S1 8 1 8Z"/><circle cx="8" cy="8" r="2"/>',
    "eye-off": '<path d="M1 8s2.5-4.5 7-4.5S15 8 15 8s-2.5 4.5-7 4.5S1 8 1 8ZM2.5 13.5l11-11"/>',
    "exit": '<path d="M9 2H3v12h6M6.5 8H14m-3-3 3 3-3 3"/>',
    "file": '<path d="M3.5 1.5H10L13 4.5v10H3.5ZM9.5 1.5V5H13"/>',
    "flag": '<path d="M4 15V2h8l-2 3 2 3H4"/>',
    "forward": '<path d="M3 8h10M9 4l4 4-4 4"/>',
    "hand": '<path d="M2 10.5 5 8l3 1.5h2.5L14 7M2 14l3-2h5l4-4"/>',
    "home": '<path d="M2 7.5 8 2l6 5.5M3.5 6.5V14h9V6.5"/>',
    "inbox": '<path d="M2 9 4 3h8l2 6v4H2ZM2 9h3.5l1 2h3l1-2H14"/>',
    "info": '<circle cx="8" cy="8" r="6"/><path d="M8 7.5v4M8 4.8v.1"/>',
    "lock": '<path d="M3.5 7h9v7h-9ZM5.5 7V4.5a2.5 2.5 0 0 1 5 0V7"/>',
    "menu": '<path d="M2 4h12M2 8h12M2 12h12"/>',
    "minus": '<path d="M3 8h10"/>',
    "open": '<path d="M3.5 7h9v7h-9ZM5.5 7V4.5a2.5 2.5 0 0 1 4.8-1"/>',
    "outbox": '<path d="M2 10v4h12v-4M8 10V2M5 5l3-3 3 3"/>',
    "people": '<circle cx="6" cy="5" r="2.5"/><path d="M1.5 14c0-3 2-5 4.5-5s4.5 2 4.5 5M10.5 3a2.5 2.5 0 0 1 0 4.5M12 9.5c1.6.7 2.5 2.3 2.5 4.5"/>',
    "pause": '<path d="M5.5 3.5v9M10.5 3.5v9"/>',
    "phone": '<path d="M4 2 2.5 3.5c0 5 5 10 10 10L14 12l-3-2.5-1.5 1.5C8 10.3 5.7 8 5 6.5L6.5 5Z"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "print": '<path d="M4 6V2h8v4M4 12H2V6h12v6h-2M4 9.5h8V14H4Z"/>',
    "question": '<path d="M5 6a3 3 0 1 1 4.5 2.6C8.4 9.2 8 9.7 8 10.8M8 13.3v.1"/>',
    "search": '<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 4 4"/>',
    "send": '<path d="M1.5 8 14.5 2 10 14 7.5 9Z"/>',
    "shield": '<path d="M8 1.5 13.5 4v4c0 3.5-2.5 5.5-5.5 6.5C5 13.5 2.5 11.5 2.5 8V4Z"/>',
    "star": '<path d="m8 2 1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5Z"/>',
    "stop": '<circle cx="8" cy="8" r="6"/><path d="m4 4 8 8"/>',
    "triangle": '<path d="M8 3 14 13H2Z" fill="currentColor"/>',
    "undo": '<path d="M6 3 2.5 6.5 6 10M2.5 6.5H10a3.5 3.5 0 0 1 0 7H6"/>',
    "user": '<circle cx="8" cy="5" r="3"/><path d="M2.5 14.5c0-3.5 2.4-5.5 5.5-5.5s5.5 2 5.5 5.5"/>',
    "van": '<path d="M1.5 4h8v7h-8ZM9.5 6.5h3l2 2.5v2h-5"/><circle cx="4.5" cy="12" r="1.5"/><circle cx="11.5" cy="12" r="1.5"/>',
}
FLIPPED = frozenset({"back", "forward", "exit", "send", "undo", "van", "question"})


@lru_cache
def icon(name: str) -> SafeString:
    """The sign as SVG; an unknown name is an error of the template's author."""
    return format_html(
        '<svg class="{}" viewBox="0 0 16 16" aria-hidden="true">{}</svg>',
        "icon flip" if name in FLIPPED else "icon",
        mark_safe(PATHS[name]),  # noqa: S308  the constant above
    )
