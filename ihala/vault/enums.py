"""What can be sealed, and on what a grant rests."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ihala.core.vocabulary import LegalBasis


class SubjectKind(TextChoices):
    """What a secret belongs to. The root of the first two is a case, of the others a referral."""

    CASE = "case", _("Case")
    PERSON = "person", _("Person in a case")
    REFERRAL = "referral", _("Disclosure package of a referral")
    THREAD = "thread", _("Exchange between the two sides of a referral")
    SIDE = "side", _("What one side of a referral keeps to itself")

    @property
    def of_case(self) -> bool:
        """True if the shred salt is a case's, false if it is a referral's."""
        return self in (SubjectKind.CASE, SubjectKind.PERSON)


OWN_CONTENT = "own"
"""The basis of a grant by which an organisation holds what it wrote itself; every other is a `LegalBasis`."""

AGREEMENT = "agreement"
"""The basis of what both sides of a referral say to each other: the agreement they have signed."""

BASIS_KINDS = [(OWN_CONTENT, _("Own content")), (AGREEMENT, _("Agreement")), *LegalBasis.choices]
