"""What the shelter should do, in sixty lines of sets: the random tests compare the product with it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Beds = frozenset[int]


@dataclass
class Model:
    """Units with their beds; who has which. `moment` is the clock. Each step answers "" or the codes allowed."""

    unit_of: dict[int, str]
    shared: set[str]
    moment: datetime
    holds: dict[Any, tuple[Beds, datetime]] = field(default_factory=dict)
    stays: dict[Any, Beds] = field(default_factory=dict)
    voids: dict[int, Beds] = field(default_factory=dict)

    def held(self) -> dict[Any, Beds]:
        """Holds whose time has not run out."""
        return {family: beds for family, (beds, until) in self.holds.items() if until > self.moment}

    def taken(self, but: Any = None) -> set[int]:
        """All beds that somebody or something has; `but`: a family whose stay is looked away from."""
        rows = [*self.held().values(), *self.voids.values()]
        rows += [beds for family, beds in self.stays.items() if family != but]
        return {bed for beds in rows for bed in beds}

    def refuses(self, family: Any, beds: Beds, *, hold: bool = True, stay: bool = True) -> set[str]:
        """Why the family cannot have these beds. Without `hold` or `stay` its own one is looked away from."""
        if not beds:
            return {"no_beds"}
        families: dict[str, set[Any]] = {}
        taken: set[int] = {bed for beds_ in self.voids.values() for bed in beds_}
        for rows, own in ((self.held(), hold), (self.stays, stay)):
            for other, theirs in rows.items():
                if other == family and not own:
                    continue
                taken |= theirs
                for bed in theirs:
                    families.setdefault(self.unit_of[bed], set()).add(other)
        if taken & beds:
            return {"beds_taken"}
        codes = set()
        for unit in {self.unit_of[bed] for bed in beds} - self.shared:
            if families.get(unit):
                codes.add("lives_here" if families[unit] == {family} else "unit_taken")
        return codes

    def free(self) -> set[int]:
        """Beds that nobody and nothing has."""
        return set(self.unit_of) - self.taken()
