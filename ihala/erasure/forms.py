"""Asking for an erasure, placing a hold, setting how long cases are kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ihala.cases.models import Case, Person
from ihala.cases.references import read_reference
from ihala.core.clock import today
from ihala.core.refusal import Refused
from ihala.core.vocabulary import Category, DisclosureClass

from . import rules
from .enums import AskedBy, Ground, HoldReason, Unit


def find_case(typed: str) -> Case:
    """The organisation's case with that reference, as typed or read out. Refused `no_such_case`."""
    reference = read_reference(typed, "C")
    found = Case.objects.filter(reference=reference).first() if reference else None
    if found is None:
        raise Refused(rules.NO_SUCH_CASE)
    return found


class Day(forms.DateField):
    """A day, by the browser's own calendar."""

    widget = forms.DateInput({"type": "date"})


class CaseField(forms.CharField):
    """A case by its reference."""

    widget = forms.TextInput({"dir": "ltr", "autocomplete": "off", "spellcheck": "false"})

    def __init__(self) -> None:
        super().__init__(label=gettext_lazy("Reference of the case"), max_length=40)

    def clean(self, value: Any) -> Case:
        """The case itself."""
        try:
            return find_case(super().clean(value))
        except Refused as refused:
            raise forms.ValidationError(str(refused.refusal.message)) from None


class WhichCaseForm(forms.Form):
    """Which case is to be erased, or something of it."""

    case = CaseField()


class RequestForm(forms.Form):
    """What is to be erased, who asked for it, and on what ground."""

    what = forms.ChoiceField(label=gettext_lazy("What is to be erased"))
    asked_by = forms.ChoiceField(label=gettext_lazy("Who asked for it"))
    asked_on = Day(label=gettext_lazy("Asked on"))
    ground = forms.ChoiceField(label=gettext_lazy("Legal ground"))
    ask_receivers = forms.BooleanField(
        label=gettext_lazy("Ask the organisations that took the case over to attest what they destroyed"),
        required=False,
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {
            str(one.pk): one for one in Person.objects.filter(case=case).order_by("role", "position")
        }
        people = [
            (f"person:{key}", rules.person_words(one))
            for key, one in self.people.items()
            if one.role != "survivor"
        ]
        classes = [
            (f"class:{one.value}", _("Class %(name)s") % {"name": one.label}) for one in DisclosureClass
        ]
        choices = [("", "—"), ("case", Unit.CASE.label), (Unit.CLASS.label, classes)]
        self.fields["what"].choices = [*choices, *([(Unit.PERSON.label, people)] if people else [])]  # type: ignore[attr-defined]
        self.fields["asked_by"].choices = [one for one in AskedBy.choices if one[0] != AskedBy.SCHEDULE]  # type: ignore[attr-defined]
        self.fields["ground"].choices = Ground.choices  # type: ignore[attr-defined]
        self.fields["asked_on"].initial = today

    def clean_asked_on(self) -> Any:
        """Nobody asked tomorrow."""
        day = self.cleaned_data["asked_on"]
        if day > today():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    @property
    def wanted(self) -> dict[str, Any]:
        """As the action takes it."""
        unit, _colon, which = self.cleaned_data["what"].partition(":")
        return {
            "unit": Unit(unit),
            "disclosure_class": which if unit == Unit.CLASS else "",
            "person": self.people[which] if unit == Unit.PERSON else None,
            **{key: self.cleaned_data[key] for key in ("asked_by", "asked_on", "ground", "ask_receivers")},
        }


class HoldForm(forms.Form):
    """Which case the law makes the organisation keep, and why."""

    case = CaseField()
    reason = forms.ChoiceField(label=gettext_lazy("Why it must be kept"), choices=HoldReason)
    until = Day(label=gettext_lazy("Until"), required=False)


class RetentionForm(forms.Form):
    """How long closed cases of one category are kept."""

    category = forms.ChoiceField(label=gettext_lazy("Category"), choices=Category)
    years = forms.IntegerField(
        label=gettext_lazy("Years after the case was closed"), min_value=1, max_value=100, required=False,
        help_text=gettext_lazy("Left empty, cases are kept until somebody asks for their erasure."),
    )  # fmt: skip
    minors_until = forms.IntegerField(
        label=gettext_lazy("Where a minor is in the case, at least until the age of"), min_value=18, max_value=60,
        initial=21,
    )  # fmt: skip
