"""The form of a case, drawn from the registry: what was typed, shown again; what was typed, brought into shape.

Everything typed is one flat mapping of names → texts ("companions-0-birth"), the same whether it comes from a browser,
a kept draft or a stored case, so that there is one way to show a form and one to read it. Rows are found by the names
that came; adding a row without a script sends the form and shows it once more with one row.
"""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from ihala.accounts.roles import Permission, Role, permissions_of
from ihala.core import clock
from ihala.core.vocabulary import Absent
from ihala.organisations.models import Actor, Membership

from . import codelists
from .attachments import WHY
from .content import Field, Kind
from .enums import AccessReason, AttachmentKind, CloseReason
from .files.kinds import LARGEST, Bad
from .fit import LONGEST_LINE, LONGEST_TEXT, Misfit, Unfit, absent, fit
from .normalise import Doubt
from .typed import ABSENT, IN_ONE_SELECT, WITH_ROWS, Typed

GIVEN_FOR = [
    (reason.value, reason.label)
    for reason in (
        AccessReason.WORKS_ON_IT,
        AccessReason.COVERS,
        AccessReason.SUPERVISES,
        AccessReason.SERVICE,
    )
]


def _select(choices: Mapping[str, Any], *, required: bool) -> forms.ChoiceField:
    options: list[Any] = [("", "—"), *choices.items()]
    if not required:
        options.append((_("No answer"), [(ABSENT + code, label) for code, label in Absent.choices]))
    return forms.ChoiceField(choices=options, required=False)


def _yes_no() -> dict[str, Any]:
    return {"yes": pgettext("answer", "Yes"), "no": pgettext("answer", "No")}


def _line(**attrs: str) -> forms.CharField:
    return forms.CharField(required=False, widget=forms.TextInput({"maxlength": LONGEST_LINE, **attrs}))


def form_field(field: Field) -> forms.Field:
    """Django's field for a field of the registry. It keeps the text; `fit` judges it."""
    match field.kind:
        case Kind.TEXT:
            found: forms.Field = forms.CharField(
                required=False, widget=forms.Textarea({"rows": 3, "maxlength": LONGEST_TEXT})
            )
        case Kind.CHOICE:
            found = _select(dict(field.choices.choices) if field.choices else {}, required=field.required)
        case Kind.YES_NO:
            found = _select(_yes_no(), required=False)
        case Kind.COUNTRY:
            found = _line(list="codes-country")
        case Kind.CHOICES:
            options = field.choices.choices if field.choices else []
            found = forms.MultipleChoiceField(
                choices=options, required=False, widget=forms.CheckboxSelectMultiple
            )
        case Kind.LANGUAGES:
            found = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
            found.choices = [(code, codelists.language(code)) for code in codelists.FREQUENT_LANGUAGES]
        case Kind.OTHER_CHOICE:
            found = _line(list=f"codes-{field.key}")
        case Kind.PHONE:
            found = _line(inputmode="tel")
        case Kind.DOCUMENT_NUMBER:
            found = _line(dir="ltr")
        case _:
            found = _line()
    found.label, found.help_text = str(field.label), str(field.hint)
    found.widget.attrs.setdefault("autocomplete", "off")
    return found


class FieldsForm(forms.Form):
    """Questions of one part of a case. Unchecked, it shows what was typed without judging it."""

    def __init__(
        self, fields: tuple[Field, ...], typed: Typed, prefix: str, *, checked: bool, rows: bool = False
    ) -> None:
        super().__init__(typed, prefix=prefix, use_required_attribute=False)
        self.registry = {field.key: field for field in fields if field.kind not in WITH_ROWS}
        self.of_rows = [field.key for field in fields if field.kind in WITH_ROWS]
        self.checked = checked
        self.values: dict[str, Any] = {}
        self.doubts: dict[str, Doubt] = {}
        for key, field in self.registry.items():
            self.fields[key] = form_field(field)
            if field.kind == Kind.LANGUAGES:
                self._add_languages(key)
            if field.kind == Kind.BIRTH:
                self.fields[f"{key}_was"] = forms.CharField(required=False, widget=forms.HiddenInput)
            given = f"{self.add_prefix(key)}_absent" in typed
            if (given or not rows) and not field.required and field.kind not in IN_ONE_SELECT:
                self._add_absence(key)
        for key in self.of_rows:
            self._add_absence(key)

    def _add_absence(self, key: str) -> None:
        self.fields[f"{key}_absent"] = forms.ChoiceField(
            choices=Absent.choices, required=False, widget=forms.RadioSelect, label=_("No answer")
        )

    def _add_languages(self, key: str) -> None:
        """Those already given, in their order, then the frequent ones to tick; all others are typed by name."""
        given = self.data.getlist(self.add_prefix(key))  # type: ignore[attr-defined]
        field = self.fields[key]
        codes = dict.fromkeys((*filter(codelists.is_language, given), *codelists.FREQUENT_LANGUAGES))
        field.choices = [(code, codelists.language(code)) for code in codes]  # type: ignore[attr-defined]
        self.fields[f"{key}_more"] = _line(list="codes-language", autocomplete="off")
        self.fields[f"{key}_more"].label = _("Another language")

    def full_clean(self) -> None:
        """Django's, unless the form is only shown. What is needed is asked by `require`: an empty row needs nothing."""
        if self.checked:
            super().full_clean()
        else:
            self._errors, self.cleaned_data = ErrorDict(), {}
        for key, field in self.registry.items():
            self.fields[key].required = field.required

    def clean(self) -> dict[str, Any]:
        """Bring every answer into its field's shape; a misfit is an error at its question."""
        for key, field in self.registry.items():
            if key not in self.errors:
                self._take(key, field)
        for key in self.of_rows:
            if code := self.cleaned_data.get(f"{key}_absent"):
                self.values[key] = absent(code)
        return self.cleaned_data

    def _take(self, key: str, field: Field) -> None:
        try:
            found = fit(field, self._raw(key, field), on=clock.today())
        except Unfit as unfit:
            self.add_error(key, str(unfit.misfit.label))
            return
        if found.leftovers:
            self.add_error(key, str(Misfit.NO_SUCH_CHOICE.label))
        if found.value is not None:
            self.values[key] = found.value
        for _place, doubt in found.doubts:
            self.doubts[key] = doubt

    def _raw(self, key: str, field: Field) -> Any:
        """The answer as `fit` wants it; an answer given counts more than a reason for none."""
        given = self.cleaned_data.get(key)
        if field.kind == Kind.LANGUAGES and (more := self.cleaned_data.get(f"{key}_more")):
            given = [*(given or []), codelists.language_code(more)]
        if field.kind in IN_ONE_SELECT and given and given.startswith(ABSENT):
            return absent(given.removeprefix(ABSENT))
        if not given:
            code = self.cleaned_data.get(f"{key}_absent")
            return absent(code) if code else None
        if field.kind == Kind.YES_NO:
            return given == "yes"
        if field.kind == Kind.OTHER_CHOICE:
            return field.code_of(given)
        if field.kind == Kind.COUNTRY:
            return codelists.country_code(given)
        if field.kind == Kind.BIRTH:
            return self._birth(key, given)
        return given

    def _birth(self, key: str, given: str) -> Any:
        """ "About 19" was understood on the day it was written: as long as it reads the same, it means the same."""
        try:
            was = json.loads(self.cleaned_data.get(f"{key}_was") or "null")
        except ValueError:
            return given
        return was if isinstance(was, dict) and was.get("given") == given else given

    def require(self) -> None:
        """Ask for what may not be left open."""
        for key, field in self.registry.items():
            if field.required and key not in self.values and key not in self.errors:
                self.add_error(key, _("This answer is needed to find a place."))


class AccessForm(forms.Form):
    """Let a colleague open the case, and say why."""

    membership = forms.ModelChoiceField(Membership.objects.none(), label=_("Colleague"))
    reason = forms.ChoiceField(choices=GIVEN_FOR, label=_("Why"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [role for role in Role if Permission.READ_CASE in permissions_of({role})]
        colleagues = Membership.objects.filter(
            organisation_id=actor.organisation_id, active=True, roles__overlap=roles
        )
        field = self.fields["membership"]
        field.queryset = colleagues.exclude(pk=actor.membership_id).order_by("name_en")  # type: ignore[attr-defined]


class FileForm(forms.Form):
    """A file for the case, and what it shows."""

    what = forms.ChoiceField(choices=AttachmentKind, label=_("What it is"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("Picture (JPEG, PNG) or PDF, at most 8 MB. Place, time and device are removed from it."),
        widget=forms.FileInput(
            {
                "accept": "image/jpeg,image/png,application/pdf",
                "data-most": LARGEST,
                "data-too-large": WHY[Bad.TOO_LARGE],
            }
        ),
        allow_empty_file=True,
        max_length=None,
    )


class CloseForm(forms.Form):
    """Why the work on the case ends."""

    reason = forms.ChoiceField(choices=CloseReason, label=_("Why the case is closed"))


class NoteForm(forms.Form):
    """A note for colleagues with access."""

    body = forms.CharField(
        label=_("Internal note"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("For colleagues with access to the case; never disclosed."),
    )
