"""After a lawful restore the operator's last word no longer leads on: two people set it aside, on record.

The database had to be restored from a backup and its newest events are gone. The operator's signer refuses it then, and
so do the witnesses, as they must. One officer asks, another person confirms that very request; the note that was signed
stays in the folder under another name, as the proof of what was lost, and every organisation reads in its log that this
was done.
"""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ihala.core.acting import acting, at_the_log
from ihala.core.clock import now
from ihala.core.refusal import Refusal, Refused, Status
from ihala.vault.models import OrganisationKey
from ihala.vault.salts import sync_folder

from . import hashes, signing
from .actions import ByWhom, record
from .enums import EventName
from .models import Event

WAITS_FOR = timedelta(hours=24)
LEADS_ON = Refusal(
    "leads_on", _("The log leads on from what was signed last. There is nothing to set aside.")
)
NOT_ASKED = Refusal("not_asked", _("Nobody asked for this within the last day."), Status.NOT_VISIBLE)
ANOTHER = Refusal(
    "another",
    _("Another checkpoint than the one that is meant now was asked for. It must be asked for anew."),
)
SECOND_PERSON = Refusal("second_person", _("Another person confirms what you asked for."), Status.FORBIDDEN)


def ask(by: ByWhom) -> UUID:
    """On record that somebody asks; the key of the request. `Refused` (`leads_on`) if the log is what was signed."""
    last, size = _broken()
    with acting(by):
        record(by, EventName.LOG_SET_ASIDE_ASKED, detail={"signed": last, "here": size})
        mine = Event.objects.filter(name=EventName.LOG_SET_ASIDE_ASKED, user_id=by.user_id)
        return mine.order_by("-at").values_list("pk", flat=True)[0]


def confirm(request: UUID, by: ByWhom) -> Path:
    """Set the last note aside, as another person than the one who asked; where it lies now."""
    last, size = _broken()
    with acting(by):
        asked = Event.objects.filter(pk=request, name=EventName.LOG_SET_ASIDE_ASKED, at__gt=now() - WAITS_FOR)
        found = asked.filter(organisation_id=by.organisation_id).first()
        if found is None:
            raise Refused(NOT_ASKED)
        if found.user_id == by.user_id:
            raise Refused(SECOND_PERSON)
        if found.detail["signed"] != last:
            raise Refused(ANOTHER)
        detail = {"signed": last, "here": size, "asked_by": found.membership_id}
        record(by, EventName.LOG_SET_ASIDE, detail=detail)
        others = OrganisationKey.objects.exclude(organisation_id=by.organisation_id)
        concerned = list(others.values_list("organisation_id", flat=True).distinct())
    for organisation in concerned:
        with acting(by):
            record(by, EventName.LOG_SET_ASIDE, concerns=organisation, detail=detail)
    path = signing.folder() / "last.note"
    kept = path.with_name(f"set-aside-{now():%Y%m%dT%H%M%SZ}.note")
    path.rename(kept)
    sync_folder(path.parent)
    return kept


def _broken() -> tuple[int, int]:
    """Leaves that were signed last, and leaves there are. `Refused` if the one leads on from the other."""
    last = signing.last_signed()
    if last is None:
        raise Refused(LEADS_ON)
    with at_the_log():
        size = hashes.size()
        if size >= last.size and hashes.root(last.size) == last.root:
            raise Refused(LEADS_ON)
    return last.size, size
