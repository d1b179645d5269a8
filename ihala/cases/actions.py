"""Writing cases. Every function records its audit event in the same transaction and refuses with `Refused`.

Access is asked here too, not only by the pages: who has no access to a case can neither open nor change it.
"""

from uuid import UUID

from ihala.audit.actions import record
from ihala.core import clock
from ihala.core.vocabulary import Category, DisclosureClass
from ihala.organisations.models import Actor, Membership

from . import sealed
from .content import CaseContent
from .enums import AccessReason, CaseState, CloseReason
from .models import Access, Case, CaseNote, Person
from .references import new_reference
from .rules import tidy, why_not_change, why_not_open


def create_case(content: CaseContent, *, by: Actor, paper_reference: str | None = None) -> Case:
    """Open a case with `content`; its author gets access. Refused `paper_reference_known` (409) on a second one."""
    ...


def open_case(case: Case, *, by: Actor, purpose: str) -> CaseContent:
    """The content of a case, unsealed after the reading is on record: one event, at most five statements.

    Refused `not_visible` (404) without access, `no_live_basis` without a key. An expected case is empty."""
    ...


def update_case(case: Case, content: CaseContent, *, by: Actor, version: int) -> Case:
    """Replace the content that `version` said by `content`. Refused `stale_version` (409) if it has changed since."""
    ...


def close_case(case: Case, *, by: Actor, reason: CloseReason) -> Case:
    """End the organisation's own work on a case; it stays readable to those with access."""
    ...


def give_access(
    case: Case, *, by: Actor, membership_id: int | None = None, role: str | None = None, reason: AccessReason
) -> Access:
    """Let one staff member, or everyone in a role, open the case; repeated, it is the same entry."""
    ...


def close_access(access: Access, *, by: Actor) -> Access:
    """End an entry of the access list; refused `last_access` for the last one."""
    ...


def expect_case(
    *, by: Actor, category: Category, access: tuple[int, ...] = (), roles: tuple[str, ...] = ()
) -> Case:
    """A case for someone who is to arrive: empty, state EXPECTED, open to these memberships and roles."""
    ...


def fill_expected_case(case: Case, content: CaseContent, *, by: Actor) -> Case:
    """She has arrived: the expected case takes the content of the package. Refused `case_not_expected`."""
    ...


def remove_expected_case(case: Case, *, by: Actor) -> None:
    """She will not arrive: the expected case goes. Refused `case_not_expected` for any other."""
    ...


def add_note(case: Case, body: str, *, by: Actor) -> CaseNote:
    """An internal note, never disclosed."""
    ...
