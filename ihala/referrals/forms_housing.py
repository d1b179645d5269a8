"""Forms in which beds are chosen: what fits first and why, what is free against that advice, or none with a reason."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ihala.cases.enums import CaseState
from ihala.cases.models import Case
from ihala.core import clock
from ihala.core.vocabulary import Kind
from ihala.shelter.enums import ExtendReason
from ihala.shelter.fit import Suggestion
from ihala.shelter.fit_words import sentence
from ihala.shelter.naming import named_place

from .actions import housing
from .enums import NoBeds
from .forms import StepForm, Words

BEDS = re.compile(r"beds:[0-9]{1,18}(,[0-9]{1,18}){0,30}")
NONE = "none:"


class PlaceField(forms.ChoiceField):
    """One of the suggestions, or none with a reason (`without`). Beds that are none any more are let through: holding
    them says who was faster. So what was chosen is checked without putting the suggestions together."""

    without: tuple[tuple[str, Any], ...] = ()

    def valid_value(self, value: str) -> bool:
        """Beds by their keys, or a reason that was offered."""
        return bool(BEDS.fullmatch(value)) or value in dict(self.without)


def suggested(advice: housing.Advice) -> Iterator[tuple[str, str]]:
    """Choices of beds with the sentence that explains each: those that fit, then those that are free all the same."""
    for one in advice.suggestions:
        yield (
            _value(one.beds),
            format_html("<span>{} — {}</span>", _named(one), sentence(one.verdict, one.clauses)),
        )
    for place, answer in advice.against:
        said = sentence(answer.verdict, answer.clauses)
        yield _value(place.beds), format_html("<span>{} — {}</span>", named_place(place.name), said)


def _value(beds: tuple[int, ...]) -> str:
    return "beds:" + ",".join(map(str, beds))


def _named(one: Suggestion) -> SafeString:
    return format_html_join(
        " + ", "{} ({})", ((named_place(given.place.name), _so_many(len(given.beds))) for given in one.given)
    )


def _so_many(beds: int) -> str:
    return ngettext("%(count)d bed", "%(count)d beds", beds) % {"count": beds}


class HousingForm(StepForm):
    """A step that chooses beds."""

    place = PlaceField(label=_("Beds to hold"), widget=forms.RadioSelect)

    def offer(self, *without: tuple[str, Any]) -> None:
        """The choices as they are when they are shown; nothing is opened or read where only an answer is taken."""
        field = cast("PlaceField", self.fields["place"])
        field.without = without
        field.choices = lambda: [*suggested(self.advice), *without]
        if not self.is_bound:
            shown = next(suggested(self.advice), ("", "")) if self.advice.suggestions else ("", "")
            self.initial.setdefault("place", shown[0])

    @cached_property
    def advice(self) -> housing.Advice:
        """What fits at this moment."""
        household = housing.household_of(self.referral, by=self.by)
        return housing.advice(self.referral, household, by=self.by)

    def beds(self) -> list[int]:
        """The keys of the beds chosen."""
        return list(housing.beds_in(self.cleaned_data.get("place", "").removeprefix("beds:")))


class AcceptForm(HousingForm):
    """Accepting: which beds are held; for a pull request which of one's own cases is asked for."""

    case = forms.ChoiceField(label=_("Your case that is asked for"))
    text = Words(label=_("Remark"), required=False)

    def prepare(self) -> None:
        """A pull request asks for a case; whoever is to be housed where beds are kept, for beds."""
        if self.referral.kind == Kind.PULL_REQUEST:
            self._offer_cases()
        else:
            self.fields.pop("case", None)
        if housing.needs_place(self.referral, self.by):
            self.offer(*((f"{NONE}{code}", label) for code, label in NoBeds.choices))
        else:
            self.fields.pop("place", None)

    def _offer_cases(self) -> None:
        self.cases = {
            str(case.pk): case
            for case in Case.objects.worked_on_by(self.by)
            .filter(state=CaseState.OPEN)
            .order_by("-changed_at")
        }
        shown = [
            (key, f"{case.reference} · {case.get_category_display()}") for key, case in self.cases.items()
        ]
        self.fields["case"].choices = [("", _("Choose a case")), *shown]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Another reason is told in words."""
        found = super().clean() or self.cleaned_data
        if found.get("place") == f"{NONE}{NoBeds.OTHER}" and not found.get("text"):
            self.add_error("text", _("Describe in a few words what “other” means here."))
        return found

    def arguments(self) -> dict[str, Any]:
        """The case itself, the beds, or why there are none."""
        found = super().arguments()
        if "case" in found:
            found["case"] = self.cases[found["case"]]
        if "place" in found:
            chosen = found.pop("place")
            found |= {
                "beds": self.beds(),
                "no_beds": chosen.removeprefix(NONE) if chosen.startswith(NONE) else "",
            }
        return found


class HoldBedsForm(HousingForm):
    """After the acceptance: other beds, beds anew, or those held for longer."""

    place = PlaceField(label=_("Beds to hold"), widget=forms.RadioSelect, required=False)
    day = forms.DateField(
        label=_("Or keep those held until"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    hour = forms.TimeField(
        label=_("Hour"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    reason = forms.ChoiceField(
        label=_("Reason to keep them longer"),
        choices=ExtendReason.choices,
        widget=forms.RadioSelect,
        required=False,
    )

    def prepare(self) -> None:
        """Longer is asked only while beds are held."""
        self.offer()
        held = housing.held_for(self.referral)
        if held is not None and held.live:
            self.initial["place"] = ""
            return
        for name in ("day", "hour", "reason"):
            self.fields.pop(name, None)

    def clean(self) -> dict[str, Any]:
        """Beds, or a later end with its reason."""
        found = super().clean() or self.cleaned_data
        longer = [found.get(name) for name in ("day", "hour", "reason")]
        if not self.errors and not found.get("place") and not all(longer):
            raise forms.ValidationError(_("Choose beds, or a later end and its reason."))
        return found

    def arguments(self) -> dict[str, Any]:
        """Beds, or until when and why."""
        given = self.cleaned_data
        if beds := self.beds():
            return {"version": given["version"], "beds": beds}
        until = datetime.combine(given["day"], given["hour"], clock.DUBAI)
        return {"version": given["version"], "until": until, "reason": given["reason"]}
