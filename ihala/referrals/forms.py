"""The forms of the three screens on which a referral is drafted, and of notes and attestations."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ihala.core.text import clean
from ihala.core.vocabulary import DisclosureClass, Kind, Service, Urgency
from ihala.organisations.models import Actor

from . import workflow
from .enums import Step
from .models import Referral
from .presenting_words import read_by

LONGEST = 4000


class Words(forms.CharField):
    """Lines of text, cleaned of controls that turn the reading direction around."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Clean before the length is counted."""
        return super().to_python(clean(str(value)) if value else value) or ""


class Line(forms.CharField):
    """One line of text."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Clean before the length is counted."""
        return super().to_python(clean(str(value), one_line=True) if value else value) or ""


def several(label: Any, choices: Iterable[tuple[str, Any]] = (), **kwargs: Any) -> forms.MultipleChoiceField:
    """Ticks beside words."""
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, **kwargs
    )


class NeedForm(forms.Form):
    """Screen 1: what is needed, from whom, how fast."""

    receiver = forms.TypedChoiceField(label=_("Receiving organisation"), coerce=int, widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("Kind of referral"), choices=Kind.choices, widget=forms.RadioSelect)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, widget=forms.RadioSelect)
    services = several(_("Services asked for"), Service.choices)
    services_given = several(_("Services given so far"), Service.choices, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, receivers: Iterable[tuple[int, str]], asked: Iterable[str] = (), **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        choices = list(receivers)
        self.fields["receiver"].choices = choices  # type: ignore[attr-defined]
        self.fields["receiver"].widget.choices = choices
        if len(choices) == 1:
            self.initial.setdefault("receiver", choices[0][0])
        self.initial.setdefault("kind", Kind.TRANSFER)
        offered = set(asked)
        if offered:
            known = [pair for pair in Service.choices if pair[0] in offered]
            self.fields["services"].choices = known  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What the actions `draft` and `revise` take, but the receiver."""
        return {name: self.cleaned_data[name] for name in ("kind", "urgency", "services", "services_given")}


class DisclosureForm(forms.Form):
    """Screen 2: which classes go, and which single fields of them."""

    classes = several(_("Disclosure classes"), DisclosureClass.choices, required=False)
    shown = several(_("Fields"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, allowed: Iterable[str], paths: Iterable[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.paths = list(paths)
        self.allowed = set(allowed)
        self.fields["shown"].choices = [(path, path) for path in self.paths]  # type: ignore[attr-defined]

    def withheld(self, before: Iterable[str]) -> set[str]:
        """Paths that do not go: those shown here and not ticked, and those of before that were not shown here."""
        here = set(self.paths)
        return (here - set(self.cleaned_data["shown"])) | (set(before) - here)

    def chosen(self, before: Iterable[str]) -> set[str]:
        """The classes that go; those that could not be chosen here stay as they were."""
        return (set(self.cleaned_data["classes"]) & self.allowed) | (set(before) - self.allowed)


class SendForm(forms.Form):
    """Screen 3: submit for approval, or send at once. `key` makes a repeated send the same send."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    step = forms.ChoiceField(choices=(("submit", "submit"), ("send_at_once", "send_at_once")))


class NoteForm(forms.Form):
    """An internal note of one side."""

    text = Words(label=_("Internal note"), help_text=_("Only your side reads this."))


class AttestForm(forms.Form):
    """What became of the receiver's own copies after consent was withdrawn."""

    kept_by_law = forms.BooleanField(label=_("Something must be kept by law"), required=False)
    text = Words(label=_("What was destroyed, and what must be kept and why"))


class StepForm(forms.Form):
    """A step that asks for nothing but the version it was based on."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, step: Step, referral: Referral, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step, self.referral, self.by = step, referral, by
        self.fields["version"].initial = referral.version
        if "text" in self.fields and not self.fields["text"].help_text:
            private = workflow.STEPS[step].private or referral.sent_at is None
            self.fields["text"].help_text = read_by(step, referral.side_of(by.organisation_id), private)
        self.prepare()

    def prepare(self) -> None:
        """What depends on the referral or the actor, such as lists to choose from."""

    def arguments(self) -> dict[str, Any]:
        """What the action takes besides the referral and `by`."""
        return dict(self.cleaned_data)


class TextForm(StepForm):
    """A few words, if there is something to say."""

    text = Words(label=_("Remark"), required=False)
