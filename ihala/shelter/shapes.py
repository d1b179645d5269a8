"""The shape of a household: what is told to an organisation that is asked, and how an answer is made coarse.

A shape is a short line such as `F18 F5 M12|wheelchair`: sex and youngest year of the age band of each person, adults
first and sorted, so that the same family has the same shape whoever describes it. An answer depends on the shape, on
what the houses are like when they are empty, and on one of three words. Nothing else of who lives there tonight is in
it, so two different occupancies that give the same word give the same answer, letter by letter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ihala.core.clock import DUBAI
from ihala.core.vocabulary import Sex

from .fit import Household, Member, Place, fit
from .fit_values import BANDS
from .fit_words import Clause, Verdict

WINDOW = timedelta(hours=3)
MOST_PEOPLE = 12
_SEXES = {Sex.FEMALE: "F", Sex.MALE: "M", Sex.UNKNOWN: "X"}
_BANDS = {band: "?" if ages == (0, 120) else str(ages[0]) for band, ages in BANDS.items()}
_SEX_OF = {letter: str(sex) for sex, letter in _SEXES.items()}
_BAND_OF = {word: str(band) for band, word in _BANDS.items()}

ALWAYS_SO = frozenset({Clause.MEN, Clause.WOMEN, Clause.GIRLS, Clause.BOYS, Clause.ALONE, Clause.ACCESSIBLE})
"""Reasons for a "no" that hold however empty the houses are, and that say nothing of how large they are."""
SETTLED = frozenset(
    {
        Clause.BOYS_AGE, Clause.AGE, Clause.SEX, Clause.NIGHT, Clause.COT, Clause.STAIRS, Clause.CARE, Clause.HEARING,
        Clause.SIGHT,
    }
)  # fmt: skip
"""Conditions that are told to the asker: they come from the household and from how the houses are built."""


def shape_of(household: Household) -> str:
    """The line that stands for the household."""
    people = sorted(household.members, key=lambda one: (-one.ages[0], one.ages[1], one.sex))
    words = [f"{_SEXES[Sex(one.sex)]}{_BANDS[one.age_band]}" for one in people]
    return f"{' '.join(words)}|{' '.join(sorted(household.needs))}"


def household_of(shape: str) -> Household:
    """The household a shape stands for."""
    people, _bar, needs = shape.partition("|")
    members = tuple(Member(_SEX_OF[word[0]], _BAND_OF[word[1:]]) for word in people.split())
    return Household(members, frozenset(needs.split()))


def window_of(moment: datetime) -> datetime:
    """When the window began in which the same question has the same answer."""
    midnight = moment.astimezone(DUBAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (moment - midnight) // WINDOW * WINDOW


@dataclass(frozen=True)
class Coarse:
    """What the asker is told."""

    verdict: Verdict
    clauses: tuple[Clause, ...]


def coarse(household: Household, places: Sequence[Place], every_bed: Iterable[Place]) -> Coarse:
    """The answer to another organisation. `every_bed` are the same units as if nobody lived in them."""
    verdict = fit(household, places).verdict
    return Coarse(verdict, _told(verdict, household, every_bed))


def _told(verdict: Verdict, household: Household, every_bed: Iterable[Place]) -> tuple[Clause, ...]:
    """A function of the word, the question and the empty houses alone."""
    if verdict == Verdict.FITS:
        return (Clause.PLACE,)
    empty = fit(household, list(every_bed))
    if verdict == Verdict.NO:
        always = empty.verdict == Verdict.NO and empty.why in ALWAYS_SO
        return (empty.why,) if always else (Clause.TONIGHT,)
    told = tuple(clause for clause in empty.clauses if clause in SETTLED)
    return told or (Clause.AGREED,)
