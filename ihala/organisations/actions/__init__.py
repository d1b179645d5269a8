"""What changes organisations, their staff, their agreements and their rota. Each action records what it did."""

from .agreements import countersign, end_agreement, propose_terms, withdraw_proposal
from .calendars import add_holiday, add_shift, remove_holiday, remove_shift, set_calendar
from .second_factor import ask_reset, carry_out_reset
from .staff import (
    NewPassword,
    add_member,
    change_roles,
    create_organisation,
    deactivate,
    new_password,
    reactivate,
)
from .telephones import set_telephones

__all__ = [
    "NewPassword",
    "add_holiday",
    "add_member",
    "add_shift",
    "ask_reset",
    "carry_out_reset",
    "change_roles",
    "countersign",
    "create_organisation",
    "deactivate",
    "end_agreement",
    "new_password",
    "propose_terms",
    "reactivate",
    "remove_holiday",
    "remove_shift",
    "set_calendar",
    "set_telephones",
    "withdraw_proposal",
]
