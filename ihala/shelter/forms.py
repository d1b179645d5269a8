"""Forms of the shelter. The names of their fields are the names the actions take, so a view only hands them on."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ihala.cases import codelists
from ihala.cases.models import Case
from ihala.cases.references import read_reference
from ihala.core import clock
from ihala.core.vocabulary import Sex

from . import enums, rules
from .models import Bed, House, Unit
from .naming import named_bed

TICKS = forms.CheckboxSelectMultiple
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
USUAL_HOLD = timedelta(hours=24)


def in_hours(hold: timedelta = USUAL_HOLD) -> Any:
    """The default end of a hold, to the minute."""
    return (clock.now() + hold).astimezone(clock.DUBAI).replace(second=0, microsecond=0)


class HouseForm(forms.ModelForm):
    """A new house; its name and address are sealed."""

    name = forms.CharField(label=_("Name, sealed"), max_length=120)
    address = forms.CharField(
        label=_("Address, sealed"), max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only colleagues of this organisation can ever open it, and each reading is logged."),
    )  # fmt: skip

    class Meta:
        model = House
        fields = ("code", "turnaround_hours")
        labels = {"code": _("Neutral code"), "turnaround_hours": _("Hours to make a bed ready")}
        help_texts = {
            "code": _("Capital letters and digits. It stands on lists, so it must not name a place.")
        }

    field_order = ("code", "name", "address", "turnaround_hours")

    def clean_code(self) -> str:
        """Typed in small letters, it is meant in capitals."""
        return str(self.cleaned_data["code"]).upper()


class HouseChange(HouseForm):
    """What can be changed of a house: not its code."""

    class Meta(HouseForm.Meta):
        fields = ("turnaround_hours",)  # type: ignore[assignment]


class UnitForm(forms.ModelForm):
    """What a unit is and whom it suits."""

    sexes = forms.MultipleChoiceField(
        label=_("Who may live here"), choices=[(Sex.FEMALE.value, Sex.FEMALE.label), (Sex.MALE.value, Sex.MALE.label)],
        widget=TICKS,
    )  # fmt: skip

    class Meta:
        model = Unit
        fields = (
            "kind",
            "shared",
            "wheelchair",
            "ground_floor",
            "sexes",
            "ages_from",
            "ages_to",
            "boys_until",
        )
        labels = {
            "kind": _("Kind of unit"),
            "shared": _("Several families may share it"),
            "wheelchair": _("Reached with a wheelchair"),
            "ground_floor": _("On the ground floor"),
            "ages_from": _("Ages from"),
            "ages_to": _("Ages to"),
            "boys_until": _("Boys up to this age"),
        }
        help_texts = {"boys_until": _("A hint for those who place a family, not a limit of the system.")}


class NewUnitForm(UnitForm):
    """A new unit, with as many beds and cots as are in it."""

    code = forms.CharField(label=_("Neutral code"), max_length=9)
    beds = forms.IntegerField(label=_("Beds"), min_value=0, max_value=30, initial=1)
    cots = forms.IntegerField(label=_("Cots"), min_value=0, max_value=10, initial=0)
    field_order = ("code", "kind", "beds", "cots")


class BedForm(forms.Form):
    """One more bed."""

    code = forms.CharField(label=_("Neutral code"), max_length=9)
    kind = forms.ChoiceField(label=_("Kind of bed"), choices=enums.BedKind.choices)


class VoidForm(forms.Form):
    """Beds of a unit out of use."""

    beds = forms.ModelMultipleChoiceField(label=_("Beds"), queryset=Bed.objects.none(), widget=TICKS)
    reason = forms.ChoiceField(label=_("Reason"), choices=enums.VoidReason.choices)

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        beds = self.fields["beds"]
        beds.queryset = Bed.objects.filter(unit=unit).order_by("pk")  # type: ignore[attr-defined]
        beds.label_from_instance = _label  # type: ignore[attr-defined]


def _label(bed: Bed) -> SafeString:
    """One piece beside its box."""
    return format_html("<span>{}</span>", named_bed(bed.kind, bed.code))


class MaintenanceForm(forms.Form):
    """Something to repair."""

    kind = forms.ChoiceField(label=_("What"), choices=enums.MaintenanceKind.choices)
    planned_on = forms.DateField(label=_("Planned for"), required=False, widget=DATE)
    note = forms.CharField(
        label=_("Note, sealed"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class BedsForm(forms.Form):
    """Beds for a family, of those offered, unit by unit (`pages.offered`); beds she has already are ticked."""

    beds = forms.MultipleChoiceField(
        label=_("Beds"), widget=TICKS, error_messages={"invalid_choice": rules.BEDS_TAKEN.message}
    )

    def __init__(self, *args: Any, units: Sequence[dict[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units
        self.fields["beds"].choices = [(key, label) for unit in units for key, label, _own in unit["beds"]]  # type: ignore[attr-defined]

    def groups(self) -> list[dict[str, Any]]:
        """For the page: each unit with its beds as (key, label, ticked)."""
        ticked = set(self["beds"].data or ()) if self.is_bound else None
        return [
            {
                **unit,
                "beds": [
                    (key, label, own if ticked is None else key in ticked) for key, label, own in unit["beds"]
                ],
            }
            for unit in self.units
        ]

    def clean_beds(self) -> list[Bed]:
        """As rows; one that is not one's own is not found and the action refuses the rest."""
        return list(Bed.objects.filter(pk__in=self.cleaned_data["beds"]))


class HoldForm(BedsForm):
    """Keep beds until a moment."""

    until = forms.DateTimeField(label=_("Held until"), widget=MOMENT, initial=in_hours)


class AdmitForm(BedsForm):
    """She moves in."""

    planned_until = forms.DateField(label=_("Planned until"), required=False, widget=DATE)


class ArriveForm(forms.Form):
    """She has arrived for the beds held."""

    planned_until = forms.DateField(label=_("Planned until"), required=False, widget=DATE)


class MoveForm(BedsForm):
    """The beds she has from now on."""

    reason = forms.ChoiceField(label=_("Reason"), choices=enums.MoveReason.choices)


class ExtendHoldForm(forms.Form):
    """A later end of a hold."""

    until = forms.DateTimeField(label=_("Held until"), widget=MOMENT)
    reason = forms.ChoiceField(label=_("Reason"), choices=enums.ExtendReason.choices)


class FreeForm(forms.Form):
    """A hold is not needed any more."""

    reason = forms.ChoiceField(label=_("Reason"), choices=enums.FreeReason.choices)


class ExtendStayForm(forms.Form):
    """A later planned day."""

    planned_until = forms.DateField(label=_("Planned until"), widget=DATE)
    reason = forms.ChoiceField(label=_("Reason"), choices=enums.ExtendReason.choices)


class DepartForm(forms.Form):
    """How she left and to what kind of place."""

    departure = forms.ChoiceField(label=_("How the stay ended"), choices=enums.DepartureType.choices)
    destination = forms.ChoiceField(label=_("Kind of place she goes to"), choices=enums.Destination.choices)


class CheckForm(forms.Form):
    """An item of the arrival."""

    item = forms.ChoiceField(choices=enums.ArrivalItem.choices)
    language = forms.ChoiceField(
        label=pgettext_lazy("house rules", "Explained in"), required=False, choices=()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("Which language?")), *codelists.languages().items()]  # type: ignore[attr-defined]


class BelongingsForm(forms.Form):
    """What the house keeps for her."""

    items = forms.CharField(
        label=_("Kept for her, one thing a line, sealed"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AbsenceForm(forms.Form):
    """Nights away."""

    kind = forms.ChoiceField(label=_("Where"), choices=enums.AbsenceKind.choices)
    person = forms.TypedChoiceField(label=_("Who"), required=False, coerce=UUID, empty_value=None)
    expected_on = forms.DateField(label=_("Expected back"), required=False, widget=DATE)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", _("The whole family")), *people]  # type: ignore[attr-defined]


class SleepForm(forms.Form):
    """Who sleeps in which bed: one select per bed."""

    def __init__(
        self,
        *args: Any,
        beds: Sequence[tuple[int, str]] = (),
        people: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for pk, label in beds:
            self.fields[f"bed-{pk}"] = forms.ChoiceField(
                label=label, required=False, choices=[("", "—"), *people]
            )


def people(data: dict[str, str]) -> dict[int, UUID | None]:
    """What `SleepForm` cleaned, as `give_beds` takes it: persons by bed."""
    return {int(key[4:]): UUID(value) if value else None for key, value in data.items()}


class ApartForm(forms.Form):
    """Another family of the organisation, by the reference of its case, and why."""

    other = forms.CharField(
        label=_("Reference of the other case"), max_length=20, widget=forms.TextInput({"dir": "ltr"})
    )
    reason = forms.CharField(
        label=_("Why, sealed"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_other(self) -> Any:
        """The key of the case; whether it is there is all that is said."""
        found = Case.objects.filter(reference=read_reference(self.cleaned_data["other"]) or "").first()
        if found is None:
            raise forms.ValidationError(_("There is no case with this reference here."))
        return found.pk
