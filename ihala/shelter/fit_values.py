"""The values `fit` works with: a household as triage tells of it, and a unit as it stands tonight."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from ihala.cases.enums import Need
from ihala.core.vocabulary import AgeBand, Sex

from .fit_words import Clause, Reach

BANDS: dict[str, tuple[int, int]] = {
    AgeBand.INFANT: (0, 1),
    AgeBand.TODDLER: (2, 4),
    AgeBand.CHILD: (5, 11),
    AgeBand.TEEN: (12, 17),
    AgeBand.ADULT: (18, 59),
    AgeBand.OLDER: (60, 120),
    AgeBand.UNKNOWN: (0, 120),
}
"""Youngest and oldest of each age band, in years."""
OF_AGE, BIG = 18, 12
OF_THE_PLACE = frozenset(
    {Need.WHEELCHAIR, Need.MOBILITY, Need.COT, Need.PREGNANCY, Need.HEARING, Need.SIGHT, Need.CARE}
)
"""The needs that decide about a unit; the others are met anywhere."""


@dataclass(frozen=True)
class Member:
    """One person to be housed, as coarse as triage tells: no name, no exact age."""

    sex: str
    age_band: str

    @cached_property
    def ages(self) -> tuple[int, int]:
        """Youngest and oldest this person may be."""
        return BANDS[self.age_band]

    @property
    def adult(self) -> bool:
        """Of age; who may be is counted as an adult, and the age has to be settled."""
        return self.ages[1] >= OF_AGE

    @property
    def infant(self) -> bool:
        """Under two: sleeps in a cot."""
        return self.age_band == AgeBand.INFANT

    @property
    def big_male(self) -> bool:
        """A man or a boy of 12 and over, or who may be one."""
        return self.sex != Sex.FEMALE and self.ages[1] >= BIG

    @property
    def word(self) -> Clause:
        """What this person is to the house: a man, a woman, a girl or a boy."""
        if self.sex == Sex.MALE:
            return Clause.MEN if self.adult else Clause.BOYS
        return Clause.WOMEN if self.adult else Clause.GIRLS


@dataclass(frozen=True)
class Household:
    """Who is to be housed, the survivor first, and what the place must offer."""

    members: tuple[Member, ...]
    needs: frozenset[str] = frozenset()

    @classmethod
    def of(cls, household: Iterable[dict[str, str]], needs: Iterable[str] = ()) -> "Household":
        """From the counts that stand in clear on a case or a referral: {sex, age_band} of each person."""
        members = tuple(Member(one["sex"], one["age_band"]) for one in household)
        return cls(members, frozenset(str(need) for need in needs) & OF_THE_PLACE)

    @cached_property
    def alone(self) -> bool:
        """Children without an adult."""
        return not any(member.adult for member in self.members)

    @cached_property
    def children(self) -> bool:
        """Is anybody under age?"""
        return any(not member.adult for member in self.members)

    @cached_property
    def core(self) -> tuple[Member, ...]:
        """Who must sleep in one unit: the children with one adult (the survivor if she is one), or her alone."""
        adults = [member for member in self.members if member.adult]
        kept = [member for member in self.members if not member.adult] + adults[:1]
        return tuple(kept)

    @cached_property
    def others(self) -> tuple[Member, ...]:
        """Adult relatives who may sleep next door."""
        return tuple(member for member in self.members if member.adult)[1:]


@dataclass(frozen=True)
class Lodgers:
    """A family that has beds in a unit already; `members` is empty where they are not known."""

    family: UUID | None = None
    members: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Place:
    """A unit as it stands tonight. `beds` and `cots` are the keys of those that are free."""

    key: int
    house: int
    name: str = ""
    beds: tuple[int, ...] = ()
    cots: tuple[int, ...] = ()
    sexes: frozenset[str] = frozenset({Sex.FEMALE, Sex.MALE})
    ages_from: int | None = None
    ages_to: int | None = None
    boys_until: int | None = None
    reach: Reach = Reach.STAIRS
    shared: bool = False
    lodgers: tuple[Lodgers, ...] = ()

    @property
    def for_children(self) -> bool:
        """Children live here without their parents, so somebody is awake at night."""
        return self.ages_to is not None and self.ages_to < OF_AGE
