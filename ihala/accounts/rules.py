"""Which views are open without signing in."""

from collections.abc import Callable
from typing import Any

View = Callable[..., Any]


def public_view(view: View) -> View:
    """Mark a view as open to everybody; without this mark a view asks for signing in."""
    view.public = True  # type: ignore[attr-defined]
    return view


def is_public(view: Any) -> bool:
    """Was the view marked as open?"""
    return getattr(view, "public", False) is True
