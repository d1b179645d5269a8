"""For what people are searched, how likely an answer is, and why somebody was found."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SearchPurpose(TextChoices):
    """Who asks: somebody at the search box, or a form that is being typed."""

    SEARCH = "search", _("Search")
    INTAKE = "intake", pgettext_lazy("search", "While a new case is typed")
