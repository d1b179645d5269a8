"""Kinds, states and coded reasons of the shelter. Codes stand in the database and in the log, labels on screens."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class UnitKind(TextChoices):
    """What a unit is; pictures for managers count by it."""

    FLAT = "flat", pgettext_lazy("unit", "Family flat")
    FAMILY_ROOM = "family_room", pgettext_lazy("unit", "Family room")
    SINGLE_ROOM = "single_room", pgettext_lazy("unit", "Single room")
    SHARED_ROOM = "shared_room", pgettext_lazy("unit", "Shared room")


class BedKind(TextChoices):
    """A cot is for a child under two; nobody else is counted into it."""

    BED = "bed", pgettext_lazy("bed", "Bed")
    COT = "cot", pgettext_lazy("bed", "Cot")


class ClaimKind(TextChoices):
    """Why a bed is not free for some time."""

    HOLD = "hold", pgettext_lazy("claim", "Hold")
    STAY = "stay", pgettext_lazy("claim", "Stay")
    VOID = "void", pgettext_lazy("claim", "Out of use")


class HoldEnd(TextChoices):
    """How a hold ended."""

    ARRIVED = "arrived", pgettext_lazy("hold", "Arrived")
    FREED = "freed", pgettext_lazy("hold", "Freed")
    LAPSED = "lapsed", pgettext_lazy("hold", "Lapsed")


class FreeReason(TextChoices):
    """Why a hold is freed before its time."""

    NOT_COMING = "not_coming", pgettext_lazy("free", "She is not coming")
    NOT_ARRIVED = "not_arrived", pgettext_lazy("free", "Not arrived; the safety check is closed")
    REFERRAL_ENDED = "referral_ended", pgettext_lazy("free", "The referral has ended")
    OTHER_BEDS = "other_beds", pgettext_lazy("free", "Other beds suit better")
    MISTAKE = "mistake", pgettext_lazy("free", "Held by mistake")


class ExtendReason(TextChoices):
    """Why a hold or the planned end of a stay is moved."""

    TRANSPORT = "transport", pgettext_lazy("extend", "Transport is delayed")
    HEALTH = "health", pgettext_lazy("extend", "Medical reasons")
    SAFETY = "safety", pgettext_lazy("extend", "It is not safe to move yet")
    PAPERS = "papers", pgettext_lazy("extend", "Papers or proceedings take longer")
    HOUSING = "housing", pgettext_lazy("extend", "The next home is not ready")
    CARE = "care", pgettext_lazy("extend", "Care is still needed")
    SEARCHED_FOR = "searched_for", pgettext_lazy("extend", "She has not arrived and is being looked for")


class VoidReason(TextChoices):
    """Why beds are out of use."""

    TURNAROUND = "turnaround", pgettext_lazy("void", "Made ready after a departure")
    MAINTENANCE = "maintenance", pgettext_lazy("void", "Maintenance")
    RESERVED = "reserved", pgettext_lazy("void", "Kept free for emergencies")
    CLOSED = "closed", pgettext_lazy("void", "Closed")


class MoveReason(TextChoices):
    """Why a family changes beds."""

    LARGER = "larger", pgettext_lazy("move", "More room is needed")
    SMALLER = "smaller", pgettext_lazy("move", "Fewer beds are needed")
    ACCESSIBILITY = "accessibility", pgettext_lazy("move", "Accessibility")
    SAFETY = "safety", pgettext_lazy("move", "Safety")
    KEEP_APART = "keep_apart", pgettext_lazy("move", "Two families are kept apart")
    REPAIR = "repair", pgettext_lazy("move", "Something has to be repaired")
    WISH = "wish", pgettext_lazy("move", "She wished so")


class AbsenceKind(TextChoices):
    """Why somebody who lives here is away for some nights; the bed stays theirs."""

    HOSPITAL = "hospital", pgettext_lazy("absence", "Hospital")
    COURT = "court", pgettext_lazy("absence", "Court or authorities")
    VISIT = "visit", pgettext_lazy("absence", "Agreed visit")
    TRAVEL = "travel", pgettext_lazy("absence", "Travel")
    UNEXPLAINED = "unexplained", pgettext_lazy("absence", "Unexplained")


class DepartureType(TextChoices):
    """How a stay ended."""

    PLANNED = "planned", pgettext_lazy("departure", "As planned")
    BY_CHOICE = "by_choice", pgettext_lazy("departure", "Left by choice")
    TRANSFERRED = "transferred", pgettext_lazy("departure", "Transferred")
    LEGAL_ORDER = "legal_order", pgettext_lazy("departure", "Legal order")
    HOUSE_RULES = "house_rules", pgettext_lazy("departure", "Rules of the house")
    LOST_CONTACT = "lost_contact", pgettext_lazy("departure", "Lost contact")
    DECEASED = "deceased", pgettext_lazy("departure", "Deceased")


class Destination(TextChoices):
    """The kind of place somebody goes to, never the place."""

    OWN_HOME = "own_home", pgettext_lazy("destination", "A safe home of her own")
    RELATIVES = "relatives", pgettext_lazy("destination", "Family or friends")
    OTHER_SHELTER = "other_shelter", pgettext_lazy("destination", "Another shelter")
    HOME_COUNTRY = "home_country", pgettext_lazy("destination", "Her home country")
    PERSON_OF_CONCERN = "person_of_concern", pgettext_lazy("destination", "Back to the person of concern")
    HOSPITAL = "hospital", pgettext_lazy("destination", "Hospital or care")
    AUTHORITIES = "authorities", pgettext_lazy("destination", "Care of the authorities")
    UNKNOWN = "unknown", pgettext_lazy("destination", "Unknown")


class MaintenanceKind(TextChoices):
    """What has to be repaired."""

    WATER = "water", pgettext_lazy("maintenance", "Water")
    ELECTRICITY = "electricity", pgettext_lazy("maintenance", "Electricity")
    COOLING = "cooling", pgettext_lazy("maintenance", "Cooling")
    LOCKS = "locks", pgettext_lazy("maintenance", "Doors and locks")
    FURNITURE = "furniture", pgettext_lazy("maintenance", "Furniture")
    PESTS = "pests", pgettext_lazy("maintenance", "Pests")
    FIRE = "fire", pgettext_lazy("maintenance", "Fire safety")
    OTHER = "other", pgettext_lazy("maintenance", "Something else")


class ArrivalItem(TextChoices):
    """What is done with every family that moves in."""

    HEALTH = "health", pgettext_lazy("arrival", "Health looked after, urgent needs met")
    BELONGINGS = "belongings", pgettext_lazy("arrival", "Belongings kept, receipt given")
    RULES = "rules", pgettext_lazy("arrival", "House rules explained in her language")
    ROOM = "room", pgettext_lazy("arrival", "Room given, everybody has a bed")
    TELEPHONE = "telephone", pgettext_lazy("arrival", "Telephone made safe: location and accounts")
    SAFETY = "safety", pgettext_lazy("arrival", "Way out and emergency number shown")
