"""Searching for people, comparing them, and what follows from it."""

from .known import ask_known, say_known
from .questions import answer, ask_colleagues, set_rule
from .searching import Match, People, forget, look_up, search

__all__ = [
    "Match", "People", "answer", "ask_colleagues", "ask_known", "forget", "look_up", "say_known", "search", "set_rule",
]  # fmt: skip
