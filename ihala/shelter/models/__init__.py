"""What the shelter keeps: places, what claims them, and the life of a family in them."""

from .claims import FAR, Claim, ClaimedBed, Extension, Hold, Stay, Void
from .enquiries import MOST_A_DAY, Asking, Enquiry
from .living import Absence, ArrivalCheck, KeepApart
from .places import Bed, House, Maintenance, Unit

__all__ = [
    "FAR", "MOST_A_DAY", "Absence", "ArrivalCheck", "Asking", "Bed", "Claim", "ClaimedBed", "Enquiry", "Extension",
    "Hold", "House", "KeepApart", "Maintenance", "Stay", "Unit", "Void",
]  # fmt: skip
