"""What is chosen about a pair of cases."""

from typing import Any, cast

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Permission, Role, permissions_of
from ihala.cases.models import Case
from ihala.core.text import day
from ihala.organisations.models import Actor, Membership

from .enums import Decision
from .models import Pair

WORKERS = [role.value for role in Role if Permission.WRITE_CASE in permissions_of({role})]


class DecideForm(forms.Form):
    """Same, different or cannot tell; for the same person, with which case to go on."""

    decision = forms.ChoiceField(
        label=_("What you found"), choices=Decision.choices, widget=forms.RadioSelect
    )
    go_on_with = forms.ChoiceField(
        label=_("Case to go on with"), required=False,
        widget=forms.RadioSelect, help_text=_("Needed for the same person. Both files stay as they are."),
    )  # fmt: skip

    def __init__(self, *args: Any, pair: Pair, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cases = {case.reference: case for case in (pair.one, pair.other)}
        chosen = cast("forms.ChoiceField", self.fields["go_on_with"])
        chosen.choices = [
            (reference, format_html('<span><bdi dir="ltr">{}</bdi> · {}</span>', reference, _opened(case)))
            for reference, case in self.cases.items()
        ]

    def clean(self) -> dict[str, Any]:
        """For the same person one of the two is chosen."""
        given = super().clean() or {}
        if given.get("decision") == Decision.SAME and not given.get("go_on_with"):
            self.add_error("go_on_with", _("Choose which of the two cases to go on with."))
        return given

    def primary(self) -> Case | None:
        """The case chosen, for the same person alone."""
        same = self.cleaned_data["decision"] == Decision.SAME
        return self.cases[self.cleaned_data["go_on_with"]] if same else None


def _opened(case: Case) -> str:
    return gettext("opened %(day)s") % {"day": day(case.opened_at)}


class AssignForm(forms.Form):
    """A colleague whose role works on cases."""

    member = forms.ModelChoiceField(Membership.objects.none(), label=_("Colleague"), empty_label=None)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        working = Membership.objects.filter(
            organisation=actor.organisation_id, active=True, roles__overlap=WORKERS
        )
        cast("forms.ModelChoiceField", self.fields["member"]).queryset = working.order_by("pk")
