"""Does a household fit into a unit? Pure functions: frozen values in, an answer with its sentence out; no queries.

The rules, in the order in which they are asked (a table of households and units in `tests/shelter` was written first):

1. Mother and children stay together in one unit, and so do brothers and sisters without her; an adult relative may
   sleep in another unit of the same house (a condition).
2. Everybody from two years up has a bed, a child under two a cot; a cot can be brought (a condition).
3. A wheelchair needs an accessible unit; who cannot climb stairs needs one without; in a pregnancy stairs are a
   condition.
4. Who may live in a unit are hints its manager sets: sexes, ages, boys up to an age. Clearly outside: no. Perhaps
   outside, since before acceptance only age bands are known: a condition.
5. Children without an adult belong where children live alone; from 12 on elsewhere if somebody stays at night.
6. A unit is one family's unless it is shared. Strangers share if nobody is a man or boy of 12 and over among women or
   girls, and no child is alone among adults; where there are children on either side, everybody is asked.
7. Nobody is put into the house of somebody they must be kept apart from.

A "no" here is advice: whoever accepts may still hold any free bed and says why (mechanism, "Coded reasons").
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID

from ihala.cases.enums import Need
from ihala.core.vocabulary import AgeBand, Sex

from .fit_values import BIG, OF_THE_PLACE, Household, Lodgers, Member, Place
from .fit_words import Clause, Reach, Verdict

__all__ = ["OF_THE_PLACE", "Answer", "Household", "Lodgers", "Member", "Place", "Suggestion", "fit"]


@dataclass(frozen=True)
class Given:
    """The beds of one unit given to some of the household."""

    place: Place
    beds: tuple[int, ...]


@dataclass(frozen=True)
class Suggestion:
    """Where the household could live, and what speaks for it or has to be settled."""

    given: tuple[Given, ...]
    conditions: tuple[Clause, ...]
    merits: tuple[Clause, ...]

    @property
    def verdict(self) -> Verdict:
        """Fits, or fits with conditions."""
        return Verdict.CONDITIONS if self.conditions else Verdict.FITS

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """What the sentence says after its first words."""
        return self.conditions or self.merits

    @property
    def beds(self) -> tuple[int, ...]:
        """The keys of every bed given."""
        return tuple(bed for given in self.given for bed in given.beds)


@dataclass(frozen=True)
class Answer:
    """What a set of units can do for a household: the best suggestions first, or why there is none."""

    suggestions: tuple[Suggestion, ...] = ()
    why: Clause = Clause.ROOM

    @property
    def verdict(self) -> Verdict:
        """The best there is."""
        return self.suggestions[0].verdict if self.suggestions else Verdict.NO

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """What the sentence says after its first words."""
        return self.suggestions[0].clauses if self.suggestions else (self.why,)


@dataclass
class _Look:
    """One look at a unit: the conditions found, or the clause that forbids and how far the look got."""

    conditions: set[Clause] = field(default_factory=set)
    stopped: Clause | None = None


STAGES: tuple[frozenset[Clause], ...] = (
    frozenset({Clause.MEN, Clause.WOMEN, Clause.GIRLS, Clause.BOYS}),
    frozenset({Clause.ALONE}),
    frozenset({Clause.ACCESSIBLE}),
    frozenset({Clause.TAKEN}),
    frozenset({Clause.STRANGERS}),
    frozenset({Clause.APART}),
    frozenset({Clause.ROOM}),
)
"""How near to a "yes" a unit came: the reason told is that of the nearest unit."""


def fit(household: Household, places: Sequence[Place], keep_apart: Collection[UUID] = ()) -> Answer:
    """Where the household could live tonight, best first; keep_apart are the families it must not meet.

    One suggestion per unit that can take those who must stay together.
    """
    houses = {
        place.house for place in places for lodgers in place.lodgers if lodgers.family in set(keep_apart)
    }
    alike: dict[tuple[object, ...], _Look] = {}
    looks = {}
    for place in places:
        features = (*_features(place), place.house in houses)
        if features not in alike:
            alike[features] = _look(household, place, place.house in houses)
        looks[place.key] = alike[features]
    found: list[Suggestion] = []
    open_ones = sorted(
        (place for place in places if looks[place.key].stopped is None), key=lambda one: one.house
    )
    for _house, units in groupby(open_ones, key=lambda one: one.house):
        found += _placed(household, list(units), looks)
    found.sort(key=lambda one: _rank(household, one))
    stopped = [look.stopped or Clause.ROOM for look in looks.values()]
    return Answer(tuple(found), max(stopped, key=_stage, default=Clause.ROOM))


def _features(place: Place) -> tuple[object, ...]:
    """All that a look at a unit depends on: units that are alike are looked at once."""
    return (
        place.sexes,
        place.ages_from,
        place.ages_to,
        place.boys_until,
        place.reach,
        place.shared,
        place.lodgers,
    )


def _stage(clause: Clause) -> int:
    return next(number for number, clauses in enumerate(STAGES) if clause in clauses)


# ── One unit ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _look(household: Household, place: Place, apart: bool) -> _Look:
    """Rules 3 to 7 for one unit; how many beds there are is asked afterwards."""
    look = _Look()
    look.stopped = (
        _who(household, place, look)
        or _alone(household, place, look)
        or _reach(household, place, look)
        or _taken(place)
        or _sharing(household, place, look)
        or (Clause.APART if apart else None)
    )
    look.conditions |= {_CARED[need] for need in household.needs if need in _CARED}
    return look


_CARED: dict[str, Clause] = {
    Need.CARE: Clause.CARE,
    Need.HEARING: Clause.HEARING,
    Need.SIGHT: Clause.SIGHT,
}


def _who(household: Household, place: Place, look: _Look) -> Clause | None:
    """May each of them live there? The first word that says no, in the order men, women, girls, boys."""
    refused = set()
    for member in household.members:
        clause = _admits(member, place)
        if clause is not None and clause in STAGES[0]:
            refused.add(clause)
        elif clause is not None:
            look.conditions.add(clause)
    return next(
        (word for word in (Clause.MEN, Clause.WOMEN, Clause.GIRLS, Clause.BOYS) if word in refused), None
    )


def _admits(member: Member, place: Place) -> Clause | None:
    """None if the person may live in the unit; a condition if that is not sure; else the word for who may not."""
    if member.sex == Sex.UNKNOWN:
        as_either = [_admits(Member(sex, member.age_band), place) for sex in (Sex.FEMALE, Sex.MALE)]
        return Clause.SEX if any(one is None or one not in STAGES[0] for one in as_either) else member.word
    if member.sex not in place.sexes:
        return member.word
    youngest, oldest = member.ages
    lowest = 0 if place.ages_from is None else place.ages_from
    highest = oldest if place.ages_to is None else place.ages_to
    limit = place.boys_until if member.sex == Sex.MALE else None
    if limit is not None:
        highest = min(highest, limit)
    if oldest < lowest or youngest > highest:
        return member.word
    if member.age_band == AgeBand.UNKNOWN:
        return Clause.AGE
    if oldest > highest or youngest < lowest:
        return Clause.BOYS_AGE if limit is not None and oldest > limit else Clause.AGE
    return None


def _alone(household: Household, place: Place, look: _Look) -> Clause | None:
    if not household.alone or place.for_children:
        return None
    if any(member.ages[0] < BIG for member in household.members):
        return Clause.ALONE
    look.conditions.add(Clause.NIGHT)
    return None


def _reach(household: Household, place: Place, look: _Look) -> Clause | None:
    needs = household.needs
    if Need.WHEELCHAIR in needs and place.reach is not Reach.WHEELCHAIR:
        return Clause.ACCESSIBLE
    if Need.MOBILITY in needs and place.reach is Reach.STAIRS:
        return Clause.ACCESSIBLE
    if Need.PREGNANCY in needs and place.reach is Reach.STAIRS:
        look.conditions.add(Clause.STAIRS)
    return None


def _taken(place: Place) -> Clause | None:
    return Clause.TAKEN if place.lodgers and not place.shared else None


def _sharing(household: Household, place: Place, look: _Look) -> Clause | None:
    """Rule 6. Lodgers who are not known yet have to be asked after, like a family."""
    for lodgers in place.lodgers:
        if not lodgers.members:
            look.conditions.add(Clause.SHARING)
            continue
        theirs = Household(lodgers.members)
        if household.alone != theirs.alone or _mixed(household, theirs) or _mixed(theirs, household):
            return Clause.STRANGERS
        if not household.alone and (household.children or theirs.children):
            look.conditions.add(Clause.SHARING)
    return None


def _mixed(some: Household, with_others: Household) -> bool:
    """Is there a man or a big boy among women or girls of the others?"""
    return any(member.big_male for member in some.members) and any(
        member.sex != Sex.MALE for member in with_others.members
    )


# ── Beds ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _placed(household: Household, places: Sequence[Place], looks: dict[int, _Look]) -> Iterator[Suggestion]:
    """For each unit of one house with room for those who must stay together, where everybody would sleep."""
    for place in places:
        together = _together(household.core, household.needs, place)
        if together is None:
            continue
        given, no_cot = together
        spare = len(place.beds) - len(given)
        inside = min(spare, len(household.others))
        next_door = _next_door(
            len(household.others) - inside, [one for one in places if one.key != place.key]
        )
        if next_door is None:
            continue
        beds = given + place.beds[len(given) : len(given) + inside]
        cots = place.cots[: _cots(household.core, household.needs)]
        used = (Given(place, beds + cots), *next_door)
        conditions = set().union(*(looks[one.place.key].conditions for one in used))
        conditions |= ({Clause.COT} if no_cot else set()) | ({Clause.NEAR} if next_door else set())
        yield Suggestion(
            used,
            tuple(clause for clause in Clause if clause in conditions),
            _merits(household, place),
        )


def _cots(members: Sequence[Member], needs: frozenset[str]) -> int:
    infants = sum(member.infant for member in members)
    return max(infants, 1) if Need.COT in needs else infants


def _together(
    members: Sequence[Member], needs: frozenset[str], place: Place
) -> tuple[tuple[int, ...], bool] | None:
    """The beds of the unit for these, and whether a cot is missing; None if the beds do not suffice."""
    wanted = sum(not member.infant for member in members)
    if wanted > len(place.beds):
        return None
    return place.beds[:wanted], _cots(members, needs) > len(place.cots)


def _next_door(people: int, places: Sequence[Place]) -> tuple[Given, ...] | None:
    """Beds in other units of the house for adult relatives; None if there are not enough."""
    given = []
    for place in places:
        here = min(people, len(place.beds))
        if here:
            given.append(Given(place, place.beds[:here]))
            people -= here
    return tuple(given) if people == 0 else None


def _merits(household: Household, place: Place) -> tuple[Clause, ...]:
    """What the sentence of a fitting unit says."""
    if household.alone:
        first = Clause.CHILD if len(household.members) == 1 else Clause.SIBLINGS
    elif len(household.members) == 1:
        first = Clause.SINGLE
    else:
        first = Clause.FAMILY if household.children else Clause.ADULTS
    reached = (Clause.WHEELCHAIR,) if Need.WHEELCHAIR in household.needs else ()
    flat = (Clause.MOBILITY,) if Need.MOBILITY in household.needs and not reached else ()
    return (first, *reached, *flat)


def _rank(household: Household, one: Suggestion) -> tuple[int, ...]:
    """Fewest conditions first; then a unit that leaves what others need: accessible units, children's beds, room."""
    place = one.given[0].place
    need_access = {Need.WHEELCHAIR, Need.MOBILITY, Need.PREGNANCY} & household.needs
    unused = 0 if place.shared else len(place.beds) - sum(not member.infant for member in household.members)
    return (
        len(one.conditions),
        len(one.given),
        0 if need_access else {Reach.STAIRS: 0, Reach.GROUND: 1, Reach.WHEELCHAIR: 2}[place.reach],
        int(place.for_children and not household.alone),
        unused,
        place.key,
    )
