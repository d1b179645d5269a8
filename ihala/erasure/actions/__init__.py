"""What erases, and what keeps from it. Each function records its event in the same transaction."""

from .carrying import carry_out, finish_restored, repeat
from .keeping import lift_hold, place_hold, request_due, set_retention
from .requesting import cancel, confirm, record_printed, request

__all__ = [
    "cancel", "carry_out", "confirm", "finish_restored", "lift_hold", "place_hold", "record_printed", "repeat",
    "request", "request_due", "set_retention",
]  # fmt: skip
