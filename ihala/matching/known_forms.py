"""What is chosen on the pages of matching."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .enums import Says


class PartnerForm(forms.Form):
    """Which organisation is asked."""

    partner = forms.IntegerField(min_value=1)


class WordForm(forms.Form):
    """What somebody says of their own record."""

    says = forms.ChoiceField(
        label=_("What the two of you found"), choices=Says.choices, widget=forms.RadioSelect
    )
    telephoned = forms.BooleanField(label=_("I have spoken with the other side by telephone"))
