"""The forms of consent and of legal bases."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from ihala.cases import codelists, normalise
from ihala.cases.enums import Interpreter, Relation
from ihala.core import clock
from ihala.core.text import clean
from ihala.core.vocabulary import CONSENTED, DisclosureClass, LegalBasis
from ihala.organisations.models import Organisation

from .enums import GivenBy, How, Purpose
from .models import Consent
from .rules import LONGEST_WORDS, Given, why_not_given
from .words import CLASSES

USUAL = timedelta(days=90)


class DayField(forms.Field):
    """A day in either calendar and any digits; the browser's own picker writes ISO."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> date | None:
        """The day, or an error that says what is wrong with it."""
        if isinstance(value, date) or not value:
            return value or None
        found = normalise.day(str(value))
        if found.doubt:
            raise forms.ValidationError(found.doubt.label, code=str(found.doubt))
        return found.value


def _line(label: Any, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=300, **kwargs)


def _classes() -> list[tuple[str, str]]:
    return [
        (cls.value, f"{cls.label}: {words}")
        for cls, words in CLASSES.items()
        if cls is not DisclosureClass.TRIAGE
    ]


class RecipientForm(forms.Form):
    """To which organisation; those with an agreement are offered."""

    recipient = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("To which organisation"), empty_label=None
    )

    def __init__(self, *args: Any, partners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField", self.fields["recipient"]).queryset = partners


class ConsentForm(RecipientForm):
    """What she allows, to whom, for what, until when, and how she said so."""

    classes = forms.MultipleChoiceField(
        label=_("What may be disclosed"), choices=_classes, widget=forms.CheckboxSelectMultiple
    )
    purposes = forms.MultipleChoiceField(
        label=_("For what"), choices=Purpose.choices, widget=forms.CheckboxSelectMultiple
    )
    given_by = forms.ChoiceField(
        label=_("Given by"), choices=GivenBy.choices, widget=forms.RadioSelect, initial=GivenBy.SURVIVOR
    )
    guardian = _line(_("Name of the guardian"))
    relation = forms.ChoiceField(
        label=_("Relation of the guardian"), choices=[("", "—"), *Relation.choices], required=False
    )
    how = forms.ChoiceField(label=_("How it was given"), choices=How.choices)
    language = forms.ChoiceField(label=_("In which language"), choices=lambda: codelists.languages().items())
    interpreter = forms.ChoiceField(
        label=_("Interpreter"), choices=[("", "—"), *Interpreter.choices], required=False
    )
    witness = _line(_("Witness"), help_text=_("Who was there when it was said, by name or function"))
    given_on = DayField(label=_("Given on"))
    until = DayField(label=_("Last day"), help_text=_("Consent is for a time; it can be renewed."))
    words = forms.CharField(
        label=_("In her own words"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What she wants and what she does not want"),
    )

    def clean(self) -> dict[str, Any]:
        """The rules of consent, at the field they belong to."""
        values = super().clean() or {}
        if self.errors:
            return values
        if values["given_by"] == GivenBy.GUARDIAN and not values["relation"]:
            self.add_error("relation", _("Choose how the guardian is related."))
        elif refusal := why_not_given(self.given(), clock.today()):
            error = forms.ValidationError(refusal.message, code=refusal.code)
            self.add_error(_FIELD_OF.get(refusal.code), error)
        return values

    def given(self) -> Given:
        """What was entered, as the rules take it."""
        values: dict[str, Any] = {name: self.cleaned_data[name] for name in _GIVEN}
        values |= {name: tuple(values[name]) for name in ("classes", "purposes")}
        values |= {name: clean(values[name]) for name in ("guardian", "witness", "words")}
        if values["given_by"] == GivenBy.SURVIVOR:
            values["guardian"] = values["relation"] = ""
        return Given(**values)

    @classmethod
    def opening(
        cls, partners: Any, renews: Consent | None = None, details: dict[str, Any] | None = None
    ) -> "ConsentForm":
        """An empty form, or one that repeats the consent to be renewed; it has to be said again all the same."""
        initial: dict[str, Any] = {
            "given_on": clock.today(),
            "until": clock.today() + USUAL,
            "language": "ar",
        }
        if renews is not None:
            names: Iterable[str] = ("classes", "purposes", "given_by", "how")
            initial |= {name: getattr(renews, name) for name in names} | {"recipient": renews.recipient_id}
            initial |= {name: (details or {}).get(name, "") for name in ("guardian", "relation", "language")}
        return cls(initial=initial, partners=partners)


_GIVEN = [field.name for field in fields(Given)]
_FIELD_OF = {
    "no_classes": "classes",
    "unknown_class": "classes",
    "guardian_needed": "guardian",
    "given_in_future": "given_on",
    "ends_before_it_begins": "until",
    "consent_expired": "until",
    "too_long": "until",
}


class LegalBasisForm(RecipientForm):
    """On what law a disclosure without consent rests."""

    type = forms.ChoiceField(
        label=_("Legal basis"), choices=[(b.value, b.label) for b in LegalBasis if b not in CONSENTED]
    )
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Law and article, or the order and who made it")
    )
    note = forms.CharField(
        label=_("Why it applies"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
