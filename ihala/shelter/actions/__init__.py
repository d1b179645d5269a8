"""What can be done in the shelter. Each is one function, on record, all or nothing."""

from .asking import answer_by_hand, ask
from .holds import extend_hold, free_hold, free_holds, hold, mind_holds
from .living import (
    be_back,
    check_off,
    finish_maintenance,
    give_belongings_back,
    go_away,
    keep_apart,
    keep_belongings,
    lift_keep_apart,
    open_belongings,
    open_keep_apart,
    report_maintenance,
)
from .places import (
    Layout,
    bring_back,
    change_house,
    change_unit,
    close_unit,
    make_bed,
    make_house,
    make_unit,
    open_house,
    take_out_of_use,
)
from .stays import admit, arrive, depart, extend_stay, give_beds, move

__all__ = [
    "Layout", "admit", "answer_by_hand", "arrive",
    "ask", "be_back", "bring_back", "change_house", "change_unit", "check_off", "close_unit",
    "depart", "extend_hold", "extend_stay", "finish_maintenance", "free_hold", "free_holds", "give_beds",
    "give_belongings_back", "go_away", "hold", "keep_apart", "keep_belongings", "lift_keep_apart", "make_bed",
    "make_house", "make_unit", "mind_holds", "move", "open_belongings", "open_house", "open_keep_apart",
    "report_maintenance", "take_out_of_use",
]  # fmt: skip
