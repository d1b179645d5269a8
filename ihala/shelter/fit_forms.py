"""Forms of asking and answering: a household in numbers, as coarse as it is told."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ihala.cases.enums import Need
from ihala.core.vocabulary import AgeBand, Category, Service, Sex, Urgency

from .fit import OF_THE_PLACE, Household, Member
from .fit_words import Verdict
from .shapes import MOST_PEOPLE

TICKS = forms.CheckboxSelectMultiple


def name_of(sex: str, band: str) -> str:
    """The field of one kind of people."""
    return f"people__{sex}__{list(AgeBand.values).index(band)}"


class EnquiryForm(forms.Form):
    """How many of whom, what the place must offer, how fast and for which services. No name has a place in it.

    The category decides whom the agreements let one ask; from a case it is the case's own.
    """

    category = forms.ChoiceField(label=_("Category"), choices=Category.choices, widget=forms.RadioSelect)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, widget=forms.RadioSelect)
    needs = forms.MultipleChoiceField(
        label=_("Needs of the place"), choices=[pair for pair in Need.choices if pair[0] in OF_THE_PLACE],
        widget=TICKS, required=False,
    )  # fmt: skip
    services = forms.MultipleChoiceField(label=_("Services asked for"), choices=Service.choices, widget=TICKS)

    def __init__(
        self, *args: Any, household: Household | None = None, of_case: bool = False, **kwargs: Any
    ) -> None:
        initial: dict[str, Any] = {"urgency": Urgency.URGENT, "services": [Service.SHELTER]}
        if household is not None:
            initial["needs"] = sorted(household.needs)
            for member in household.members:
                field = name_of(member.sex, member.age_band)
                initial[field] = int(initial.get(field, 0)) + 1
        super().__init__(*args, **{**kwargs, "initial": initial})
        if of_case:
            del self.fields["category"]
        for sex in Sex:
            for band in AgeBand:
                label = f"{sex.label} · {band.label}"
                attrs = {
                    "min": 0,
                    "max": MOST_PEOPLE,
                    "dir": "ltr",
                    "inputmode": "numeric",
                    "aria-label": label,
                }
                self.fields[name_of(sex, band)] = forms.IntegerField(
                    label=label,
                    min_value=0,
                    max_value=MOST_PEOPLE,
                    required=False,
                    widget=forms.NumberInput(attrs=attrs),
                )

    def rows(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        """The table: an age band, and a number for each sex."""
        for band in AgeBand:
            yield band.label, [self[name_of(sex, band)] for sex in Sex]

    def clean(self) -> dict[str, Any]:
        """Somebody is to be housed, and not a crowd."""
        found = super().clean() or self.cleaned_data
        if not self.errors and not 1 <= len(self.household().members) <= MOST_PEOPLE:
            raise forms.ValidationError(_("Say who is to be housed: at least one person, at most twelve."))
        return found

    def household(self) -> Household:
        """Who is to be housed, adults first."""
        adults = (AgeBand.ADULT, AgeBand.OLDER)
        bands = [*adults, *(band for band in AgeBand if band not in adults)]
        members = tuple(
            Member(str(sex), str(band))
            for band in bands
            for sex in Sex
            for _one in range(self.cleaned_data.get(name_of(sex, band)) or 0)
        )
        return Household(members, frozenset(self.cleaned_data.get("needs", ())))


class AnswerForm(forms.Form):
    """One of three words."""

    verdict = forms.ChoiceField(choices=Verdict.choices)
