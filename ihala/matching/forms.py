"""The rule of the search, and what a form being typed says of a person."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from ihala.cases import normalise
from ihala.core.clock import today
from ihala.core.text import clean

from .asked import Asked, dialled
from .known import code, digits, sex_of

WHOLE_NUMBER = 7
"""Signs from which a number being typed is compared; before, it would find everybody."""


class RuleForm(forms.Form):
    """One yes or no."""

    tells_colleagues = forms.BooleanField(
        label=_("Tell caseworkers that a colleague's case has something to ask about"), required=False
    )


def asked_in(typed: Mapping[str, str], prefix: str = "survivor") -> Asked:
    """The person of a form as far as it is typed: name, number, year and sex; whatever is missing is not asked."""
    said = {
        key: clean(str(value), one_line=True)[:200] for key, value in typed.items() if key.startswith(prefix)
    }
    numbers: list[str] = []
    codes: list[str] = []
    for key, value in said.items():
        if key.endswith("-number"):
            number, letters = dialled(digits(value)), code(value)
            (numbers if letters.isdecimal() else codes).append(number if letters.isdecimal() else letters)
    birth = normalise.birth(said.get(f"{prefix}-birth"), on=today()).value
    return Asked(
        said.get(f"{prefix}-name") or said.get(f"{prefix}-name_latin", ""),
        birth.year if birth else None,
        tuple(one for one in numbers if len(one) >= WHOLE_NUMBER),
        tuple(one for one in codes if len(one) >= WHOLE_NUMBER),
        sex=sex_of(said.get(f"{prefix}-sex")),
    )
