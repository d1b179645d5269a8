"""Searching for people, comparing them, and what follows from it."""

from .joint import answer_joint, count_joint, propose_joint
from .known import ask_known, say_known
from .pairs import assign_pair, decide_pair, drop_pairs, seek_pairs, undo_pair
from .questions import answer, ask_colleagues, set_rule
from .searching import Match, People, forget, look_up, search

__all__ = [
    "Match",
    "People",
    "answer",
    "answer_joint",
    "ask_colleagues",
    "ask_known",
    "assign_pair",
    "count_joint",
    "decide_pair",
    "drop_pairs",
    "forget",
    "look_up",
    "propose_joint",
    "say_known",
    "search",
    "seek_pairs",
    "set_rule",
    "undo_pair",
]  # fmt: skip
