"""The words of fit: three answers, and the clauses of which its sentences are made."""

from collections.abc import Iterable
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import pgettext, pgettext_lazy


class Verdict(TextChoices):
    """What an organisation, or a unit, can do for a household."""

    FITS = "fits", pgettext_lazy("fit", "Fits")
    CONDITIONS = "conditions", pgettext_lazy("fit", "Fits with conditions")
    NO = "no", pgettext_lazy("fit", "No")


class Reach(StrEnum):
    """How a unit is reached."""

    STAIRS = "stairs"
    GROUND = "ground floor"
    WHEELCHAIR = "wheelchair"


class Clause(TextChoices):
    """One clause of a sentence: what speaks for a unit, what is to be settled, why not; the last are told to others."""

    FAMILY = "family", pgettext_lazy("fit", "the family stays together in one unit")
    ADULTS = "adults", pgettext_lazy("fit", "they stay together in one unit")
    SINGLE = "single", pgettext_lazy("fit", "there is a place for one person")
    SIBLINGS = (
        "siblings",
        pgettext_lazy("fit", "brothers and sisters stay together, and someone is awake at night"),
    )
    CHILD = "child", pgettext_lazy("fit", "there is a place for a child alone, and someone is awake at night")
    WHEELCHAIR = "wheelchair", pgettext_lazy("fit", "a wheelchair gets everywhere")
    MOBILITY = "mobility", pgettext_lazy("fit", "there are no stairs")

    BOYS_AGE = (
        "boys_age",
        pgettext_lazy("fit", "the boy's exact age has to be settled: boys live here up to a limit"),
    )
    AGE = "age", pgettext_lazy("fit", "an age that is not known has to be settled")
    SEX = "sex", pgettext_lazy("fit", "a sex that is not recorded has to be settled")
    NIGHT = "night", pgettext_lazy("fit", "someone has to stay with the child at night")
    COT = "cot", pgettext_lazy("fit", "a cot has to be brought")
    STAIRS = "stairs", pgettext_lazy("fit", "there are stairs, which a pregnancy makes hard")
    SHARING = "sharing", pgettext_lazy("fit", "others live in the unit and have to be asked")
    NEAR = "near", pgettext_lazy("fit", "an adult relative sleeps in another unit of the same house")
    CARE = "care", pgettext_lazy("fit", "help with daily care has to be arranged")
    HEARING = "hearing", pgettext_lazy("fit", "an alarm that can be seen has to be set up")
    SIGHT = "sight", pgettext_lazy("fit", "someone has to show the way around on arrival")

    MEN = "men", pgettext_lazy("fit", "men do not live here")
    WOMEN = "women", pgettext_lazy("fit", "women do not live here")
    GIRLS = "girls", pgettext_lazy("fit", "girls do not live here")
    BOYS = "boys", pgettext_lazy("fit", "boys of this age do not live here")
    ALONE = "alone", pgettext_lazy("fit", "a child under 12 cannot be here without an adult")
    ACCESSIBLE = "accessible", pgettext_lazy("fit", "no free unit is as accessible as needed")
    TAKEN = "taken", pgettext_lazy("fit", "another family lives in the unit")
    STRANGERS = (
        "strangers",
        pgettext_lazy("fit", "those who live there and those who would come do not share a unit"),
    )
    APART = "apart", pgettext_lazy("fit", "someone to keep apart from lives in the house")
    ROOM = "room", pgettext_lazy("fit", "there are not enough free places in one unit")

    PLACE = "place", pgettext_lazy("fit", "there is a place tonight")
    AGREED = "agreed", pgettext_lazy("fit", "the details are agreed by telephone")
    TONIGHT = "tonight", pgettext_lazy("fit", "no place tonight is right for them")


def sentence(verdict: Verdict | str, clauses: Iterable[Clause | str]) -> str:
    """One sentence in the active language: "Fits with conditions: a cot has to be brought." """
    said = pgettext("between clauses", "; ").join(str(Clause(clause).label) for clause in clauses)
    lead = str(Verdict(verdict).label)
    return f"{lead}: {said}." if said else f"{lead}."
