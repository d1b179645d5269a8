"""Searching for people, and what follows from it."""

from .questions import answer, ask_colleagues, set_rule
from .searching import Match, People, forget, look_up, search

__all__ = ["Match", "People", "answer", "ask_colleagues", "forget", "look_up", "search", "set_rule"]
