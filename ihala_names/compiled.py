"""How loops are compiled, once for all of them."""

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Any:
    """Compile for many threads; keep the code beside its source or in the user's cache, where either can be written.

    What is kept depends on the source alone and holds nothing of any name.
    """
    options: dict[str, Any] = {"nogil": True, "fastmath": {"nnan", "nsz", "contract"}}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:  # no folder to keep it in: compiled anew by each process
        return njit(**options)(function)
