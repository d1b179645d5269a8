"""Asking an action for the code of its refusal."""

from collections.abc import Callable
from typing import Any

import pytest

from ihala.core.refusal import Refused


def refusal_of(function: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """The code with which `function` refuses; the test fails if it does not."""
    with pytest.raises(Refused) as caught:
        function(*args, **kwargs)
    return caught.value.refusal.code
