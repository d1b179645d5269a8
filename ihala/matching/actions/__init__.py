"""Searching for people, and what follows from it."""

from .searching import forget

__all__ = ["forget"]
