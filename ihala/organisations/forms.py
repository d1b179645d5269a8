"""Forms of organisations: new terms, staff, calendar, rota."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Role
from ihala.core.vocabulary import Category, DisclosureClass, LegalBasis, Service, Urgency

from . import document, refusals
from .enums import ClockName, Enquiries, KnownThere, Release, Rung, SecondPersonStep, Weekday
from .models import Holiday, Membership
from .telephones import LINES, as_dialled
from .terms import DEFAULT_CLOCKS, LONGEST, MINIMUM_SET, InvalidTerms, read_terms

TICKS = forms.CheckboxSelectMultiple


class LengthWidget(forms.MultiWidget):
    """A number and its unit."""

    def __init__(self, units: list[tuple[str, Any]]) -> None:
        number = forms.NumberInput(attrs={"min": 1, "max": LONGEST, "dir": "ltr"})
        super().__init__([number, forms.Select(choices=units)])

    def decompress(self, value: list[Any] | None) -> list[Any]:
        """The stored shape is the shown shape: [amount, unit]."""
        return list(value) if value else [None, None]


class LengthField(forms.MultiValueField):
    """A clock's length, [amount, unit] as terms store it."""

    def __init__(self, *, label: Any, urgency: str) -> None:
        units = document.unit_choices(urgency)
        parts = [forms.IntegerField(min_value=1, max_value=LONGEST), forms.ChoiceField(choices=units)]
        super().__init__(parts, label=label, widget=LengthWidget(units), require_all_fields=True)
        number, unit = self.widget.widgets
        number.attrs["aria-label"], unit.attrs["aria-label"] = label, _("Unit of time")

    def compress(self, values: list[Any]) -> list[Any]:
        """[amount, unit]."""
        return list(values)


LATER_RUNGS = [("", _("Nobody more")), *Rung.choices]
LADDER = ("ladder_1", "ladder_2", "ladder_3")


class TermsForm(forms.Form):
    """A new version of the terms, starting from the one in force or from the mechanism's own values.

    What the form does not offer (the other party's admission) stays as it was.
    """

    categories = forms.MultipleChoiceField(label=_("Categories"), choices=Category.choices, widget=TICKS)
    asked = forms.MultipleChoiceField(
        label=_("What we may ask for"), choices=Service.choices, widget=TICKS, required=False
    )
    offered = forms.MultipleChoiceField(
        label=_("What the other party may ask for"), choices=Service.choices, widget=TICKS, required=False
    )
    identity_at_once = forms.BooleanField(
        label=_("Identity opens on sending in an emergency"), required=False
    )
    legal_bases = forms.MultipleChoiceField(
        label=_("Legal bases besides consent"),
        choices=[choice for choice in LegalBasis.choices if choice[0] != LegalBasis.CONSENT],
        widget=TICKS,
        required=False,
    )
    second_person = forms.MultipleChoiceField(
        label=_("Never done by one person alone"), choices=SecondPersonStep.choices, widget=TICKS,
        help_text=_("The first three are the mechanism's own and stay."), required=False,
    )  # fmt: skip
    ladder_1 = forms.ChoiceField(label=_("Told first"), choices=Rung.choices)
    ladder_2 = forms.ChoiceField(label=_("Told second"), choices=LATER_RUNGS, required=False)
    ladder_3 = forms.ChoiceField(label=_("Told third"), choices=LATER_RUNGS, required=False)
    admission_ar = forms.CharField(
        label=_("Whom we can admit, in Arabic"), widget=forms.Textarea(attrs={"rows": 3, "dir": "rtl"}),
        max_length=LONGEST, required=False,
    )  # fmt: skip
    admission_en = forms.CharField(
        label=_("Whom we can admit, in English"), widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"}),
        max_length=LONGEST, required=False,
    )  # fmt: skip

    answers = forms.ChoiceField(
        label=_("When the other party asks whether we could take a family, we answer"), choices=Enquiries.choices,
        help_text=_("Fits, fits with conditions, or no: never a number, a place or a name."),
    )  # fmt: skip
    known = forms.ChoiceField(
        label=_("When the other party asks, with her consent, whether a survivor is known to us, we answer"),
        choices=KnownThere.choices,
        help_text=_("Yes, no or look closer, to two people. Both logs show it, and few questions a day are possible."),
    )  # fmt: skip
    joint_count = forms.BooleanField(
        label=_("Count once a year how many survivors both parties served"), required=False,
        help_text=_("Counts only, rounded to fives and never told below five; both parties agree to each count."),
    )  # fmt: skip

    def __init__(self, *args: Any, start: dict[str, Any], me: int, other: int, **kwargs: Any) -> None:
        self.start, self.me, self.other = start, me, other
        kwargs["initial"] = self._initial()
        super().__init__(*args, **kwargs)
        for cls in DisclosureClass:
            choices = document.release_choices(cls)
            self.fields[f"release__{cls}"] = forms.ChoiceField(label=cls.label, choices=choices)
        for name, lengths in DEFAULT_CLOCKS.items():
            for urgency in lengths:
                label = f"{ClockName(name).label} · {Urgency(urgency).label}"
                self.fields[f"clock__{name}__{urgency}"] = LengthField(label=label, urgency=urgency)

    def _initial(self) -> dict[str, Any]:
        start = self.start
        services = {direction["from"]: direction["services"] for direction in start["directions"]}
        hint = start["admission"].get(str(self.me), {})
        initial: dict[str, Any] = {
            "categories": start["categories"],
            "asked": services.get(self.me, []),
            "offered": services.get(self.other, []),
            "identity_at_once": start["release"]["identity"]["emergency"] == Release.SENDING,
            "legal_bases": [basis for basis in start["legal_bases"] if basis != LegalBasis.CONSENT],
            "second_person": start["second_person"],
            **dict(zip(LADDER, [*start["ladder"], "", ""], strict=False)),
            "admission_ar": hint.get("ar", ""),
            "admission_en": hint.get("en", ""),
            "answers": start.get("enquiries", {}).get(str(self.me), Enquiries.NONE),
            "known": start.get("known", {}).get(str(self.me), KnownThere.NONE),
            "joint_count": start.get("joint_count", False),
        }
        initial |= {f"release__{cls}": moments["standard"] for cls, moments in start["release"].items()}
        for name, lengths in start["clocks"].items():
            initial |= {f"clock__{name}__{urgency}": length for urgency, length in lengths.items()}
        return initial

    def clean(self) -> dict[str, Any]:
        """The whole is read as terms; each problem stands at its field, or above the form."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            read_terms(self.data_of_terms(), (min(self.me, self.other), max(self.me, self.other)))
        except InvalidTerms as error:
            for path, message in error.problems:
                field = path.replace("clocks.", "clock__").replace(".", "__")
                if path.startswith("ladder["):  # the list has no gaps, the fields may
                    field = self._filled_rungs()[int(path[7:-1])]
                self.add_error(field if field in self.fields else None, message)
        return cleaned

    def _filled_rungs(self) -> list[str]:
        return [name for name in LADDER if self.cleaned_data[name]]

    def data_of_terms(self) -> dict[str, Any]:
        """The terms as data."""
        given, data = self.cleaned_data, deepcopy(self.start)
        both = ((self.me, self.other, given["asked"]), (self.other, self.me, given["offered"]))
        data["directions"] = [
            {"from": frm, "to": to, "services": services} for frm, to, services in both if services
        ]
        data["categories"] = given["categories"]
        for cls in DisclosureClass:
            data["release"][cls.value] = dict.fromkeys(Urgency.values, given[f"release__{cls}"])
        if given["identity_at_once"]:
            data["release"]["identity"]["emergency"] = Release.SENDING.value
        for name, lengths in DEFAULT_CLOCKS.items():
            data["clocks"][str(name)] = {urgency: given[f"clock__{name}__{urgency}"] for urgency in lengths}
        data["second_person"] = given["second_person"]
        data["ladder"] = [given[name] for name in self._filled_rungs()]
        data["legal_bases"] = self._bases(given["legal_bases"])
        data["admission"][str(self.me)] = {"ar": given["admission_ar"], "en": given["admission_en"]}
        data["enquiries"] = {**data.get("enquiries", {}), str(self.me): given["answers"]}
        data["known"] = {**data.get("known", {}), str(self.me): given["known"]}
        data["joint_count"] = given["joint_count"]
        return data

    def _bases(self, chosen: list[str]) -> dict[str, list[str]]:
        before, least = self.start["legal_bases"], [cls.value for cls in MINIMUM_SET]
        every = [cls.value for cls in DisclosureClass]
        usual = {LegalBasis.CONSENT.value: every, LegalBasis.GUARDIAN_CONSENT.value: every}
        wanted = [LegalBasis.CONSENT.value, *chosen]
        return {basis: before.get(basis) or usual.get(basis, least) for basis in wanted}

    def releases(self) -> Iterator[forms.BoundField]:
        """The fields of the disclosure classes."""
        return (self[f"release__{cls}"] for cls in DisclosureClass)

    def clock_rows(self) -> Iterator[tuple[Any, list[forms.BoundField | None]]]:
        """The table of clocks: what must happen, and a field per urgency where a clock runs."""
        for name in ClockName:
            fields = [f"clock__{name}__{urgency}" for urgency in Urgency]
            yield name.label, [self[field] if field in self.fields else None for field in fields]


class RolesForm(forms.Form):
    """The roles of a member."""

    roles = forms.MultipleChoiceField(label=_("Roles"), choices=Role.choices, widget=TICKS)

    def clean_roles(self) -> list[Role]:
        """Typed."""
        return [Role(role) for role in self.cleaned_data["roles"]]


class MemberForm(RolesForm):
    """A new member of staff."""

    username = forms.CharField(
        label=_("User name"), max_length=60, widget=forms.TextInput(attrs={"dir": "ltr"})
    )
    name_ar = forms.CharField(label=_("Name in Arabic"), max_length=120, required=False)
    name_en = forms.CharField(
        label=_("Name in English"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    email = forms.EmailField(
        label=_("E-mail at work"),
        required=False,
        help_text=_("E-mail only ever says that something waits; it names nobody and nothing."),
    )
    field_order = ("username", "name_ar", "name_en", "email", "roles")


class CalendarForm(forms.Form):
    """Office hours and weekend."""

    opens = forms.TimeField(label=_("Opens"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closes = forms.TimeField(
        label=_("Closes"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    weekend = forms.MultipleChoiceField(
        label=_("Weekend"), choices=Weekday.choices, widget=TICKS, required=False
    )

    def clean_weekend(self) -> list[int]:
        """Numbers, Monday = 0."""
        return [int(day) for day in self.cleaned_data["weekend"]]


class HolidayForm(forms.ModelForm):
    """A day without work."""

    class Meta:
        model = Holiday
        fields = ("on", "name_ar", "name_en")
        widgets = {"on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name_ar"].required = self.fields["name_en"].required = False


class TelephonesForm(forms.Form):
    """The lines of one's own organisation, typed in any form they are dialled in."""

    duty = forms.CharField(
        label=LINES["duty"], max_length=40, required=False,
        help_text=_("Answered day and night. Partners call it when a referral cannot wait."),
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    supervisor = forms.CharField(
        label=LINES["supervisor"], max_length=40, required=False,
        help_text=_("For what two supervisors have to say to each other, the conflict check among it."),
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_duty(self) -> str:
        """As it is dialled."""
        return self._dialled("duty")

    def clean_supervisor(self) -> str:
        """As it is dialled."""
        return self._dialled("supervisor")

    def _dialled(self, name: str) -> str:
        number = as_dialled(self.cleaned_data[name])
        if number is None:
            raise forms.ValidationError(refusals.NO_TELEPHONE.message)
        return number


MOMENT = "%Y-%m-%dT%H:%M"


class ShiftForm(forms.Form):
    """Somebody on duty, from and until in Dubai's time."""

    member = forms.ModelChoiceField(Membership.objects.none(), label=_("Person on duty"))
    starts_at = forms.DateTimeField(
        label=_("From"),
        input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )
    ends_at = forms.DateTimeField(
        label=_("Until"),
        input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = members  # type: ignore[attr-defined]
