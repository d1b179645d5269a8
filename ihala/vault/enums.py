"""What can be sealed, and on what a grant rests."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ihala.core.vocabulary import LegalBasis


class SubjectKind(TextChoices):
    """What a secret belongs to. The root of the first three is a case, of four a referral; a house is its own."""

    CASE = "case", _("Case")
    PERSON = "person", _("Person in a case")
    DRAFT = "draft", _("Form being typed")
    REFERRAL = "referral", _("Disclosure package of a referral")
    THREAD = "thread", _("Exchange between the two sides of a referral")
    SIDE = "side", _("What one side of a referral keeps to itself")
    HOUSE = "house", _("House of a shelter")
    KEEP_APART = "keep_apart", _("Whom to keep apart from; compared, never opened")

    @property
    def of_case(self) -> bool:
        """True if the shred salt is a case's."""
        return self in (SubjectKind.CASE, SubjectKind.PERSON, SubjectKind.DRAFT)

    @property
    def of_referral(self) -> bool:
        """True if the shred salt is a referral's; a house belongs to neither and has a salt of its own."""
        return self in (
            SubjectKind.REFERRAL, SubjectKind.THREAD, SubjectKind.SIDE, SubjectKind.KEEP_APART,
        )  # fmt: skip


OWN_CONTENT = "own"
"""The basis of a grant by which an organisation holds what it wrote itself; every other is a `LegalBasis`."""

AGREEMENT = "agreement"
"""The basis of what both sides of a referral say to each other: the agreement they have signed."""

BASIS_KINDS = [(OWN_CONTENT, _("Own content")), (AGREEMENT, _("Agreement")), *LegalBasis.choices]
