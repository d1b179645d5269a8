"""For what people are searched, how likely an answer is, why somebody was found, and what a colleague is answered."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SearchPurpose(TextChoices):
    """Who asks: somebody at the search box, or a form that is being typed."""

    SEARCH = "search", _("Search")
    INTAKE = "intake", pgettext_lazy("search", "While a new case is typed")


class Likelihood(TextChoices):
    """How likely somebody is the one who is looked for; the order is the order of the list."""

    STRONG = "strong", pgettext_lazy("likelihood", "Very likely")
    LIKELY = "likely", pgettext_lazy("likelihood", "Likely")
    POSSIBLE = "possible", pgettext_lazy("likelihood", "Possible")


class Why(TextChoices):
    """What answers what was typed; codes as the search process gives them."""

    NAME = "name", pgettext_lazy("found by", "All that was typed of the name")
    NAME_PART = "name_part", pgettext_lazy("found by", "Part of the name that was typed")
    OTHER_SCRIPT = "other_script", pgettext_lazy("found by", "Written in the other script")
    OTHER_SPELLING = "other_spelling", pgettext_lazy("found by", "In another spelling")
    PHONE = "phone", pgettext_lazy("found by", "Phone number")
    PHONE_PART = "phone_part", pgettext_lazy("found by", "Part of a phone number")
    PHONE_NEAR = "phone_near", pgettext_lazy("found by", "Phone number, one digit differs")
    DOCUMENT = "document", pgettext_lazy("found by", "Number of a document")
    DOCUMENT_PART = "document_part", pgettext_lazy("found by", "Part of a document's number")
    DOCUMENT_NEAR = "document_near", pgettext_lazy("found by", "Number of a document, one sign differs")
    YEAR = "year", pgettext_lazy("found by", "Year of birth")
    YEAR_NEAR = "year_near", pgettext_lazy("found by", "Year of birth, at most two apart")
    YEAR_APART = "year_apart", pgettext_lazy("found by", "But another year of birth")


class Answer(TextChoices):
    """What those who work on a case answer a colleague."""

    ACCESS = "access", pgettext_lazy("answer to a colleague", "Access given")
    NO = "no", pgettext_lazy("answer to a colleague", "No access; it is cleared by telephone")


class Result(TextChoices):
    """Is she known there?"""

    YES = "yes", pgettext_lazy("known", "Known to both")
    NO = "no", pgettext_lazy("known", "Not known there")
    CLOSER = "closer", pgettext_lazy("known", "Look closer")
    UNCLEAR = "unclear", pgettext_lazy("known", "Cannot be told")


class Says(TextChoices):
    """What somebody says of their own record, after speaking with the other side."""

    YES = "yes", pgettext_lazy("known", "The same person")
    NO = "no", pgettext_lazy("known", "Another person")
    CANNOT = "cannot", pgettext_lazy("known", "Cannot tell")


class PairReason(TextChoices):
    """Why two cases may be of one person."""

    NAME = "name", pgettext_lazy("pair of cases", "Names alike, in any spelling")
    PHONE = "phone", pgettext_lazy("pair of cases", "The same telephone")
    DOCUMENT = "document", pgettext_lazy("pair of cases", "The same document")
    YEAR = "year", pgettext_lazy("pair of cases", "Birth years at most two apart")
    NATIONALITY = "nationality", pgettext_lazy("pair of cases", "The same nationality")


class Decision(TextChoices):
    """What somebody found who looked at both."""

    SAME = "same", pgettext_lazy("pair of cases", "The same person")
    DIFFERENT = "different", pgettext_lazy("pair of cases", "Different persons")
    CANNOT = "cannot", pgettext_lazy("pair of cases", "Cannot tell")
