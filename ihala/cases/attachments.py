"""Files of a case: cleaned, cut into pieces and sealed under the case's class *attachments*; opened one at a time.

The secret of that class is made with the first file. A file is kept with its fingerprint, so that pieces that were
left out or taken from elsewhere are found out when it is opened.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ihala.audit.actions import Opening, open_sealed, seal_more
from ihala.audit.enums import EventName, Purpose
from ihala.core import clock, text
from ihala.core.refusal import Refusal, Refused
from ihala.core.vocabulary import DisclosureClass
from ihala.organisations.models import Actor
from ihala.vault.actions import seal_new
from ihala.vault.sealing import LARGEST_PIECE, OWN, Place, SecretName

from . import sealed
from .enums import AttachmentKind
from .files.clean import Cleaned, clean
from .files.kinds import MOST_PAGES, Bad, NotTaken
from .models import Attachment, AttachmentPiece, Case
from .rules import NOT_VISIBLE, why_not_change, why_not_open
from .writing import changed, locked, on_record, require

MOST_FILES = 60
LONGEST_NAME = 120
WHY: dict[Bad, Any] = {
    Bad.EMPTY: _("The file is empty. Choose it again; it may not have been loaded completely."),
    Bad.UNKNOWN: _("Only pictures (JPEG, PNG) and PDF are taken. Save or scan it as one of these."),
    Bad.HEIC: _("This picture has the format HEIC. Save it on the telephone as JPEG (most compatible)."),
    Bad.DAMAGED: _("The file is damaged or holds something else than its format allows. Save it anew."),
    Bad.TOO_LARGE: _("The file is larger than 8 MB. Scan with fewer details, or in several parts."),
    Bad.TOO_MANY_PIXELS: _("The picture is too large to be shown safely. Make it smaller."),
    Bad.TOO_MANY_PAGES: format_lazy(
        _("The PDF has more than {pages} pages. Divide it into parts."), pages=MOST_PAGES
    ),
    Bad.LOCKED: _("The PDF is protected by a password. Save it without one."),
    Bad.NOT_CLEANABLE: _("What this PDF tells about its maker cannot be removed. Print it to a new PDF."),
    Bad.TOO_MUCH_WORK: _("The file is built too strangely to be checked. Print or scan it anew."),
}
TOO_MANY = Refusal(
    "too_many_files",
    format_lazy(
        _("A case takes at most {count} attachments in its life; this one has had them."), count=MOST_FILES
    ),
)
NO_FILE = Refusal("no_such_file", _("This attachment was removed or never existed."), NOT_VISIBLE.status)
DAMAGED = Refusal(
    "file_damaged", _("This attachment does not match its fingerprint and is not shown. Call for help.")
)


@dataclass(frozen=True)
class File:
    """A file as it is handed over: what is known of it, and its bytes."""

    about: dict[str, Any]
    data: bytes


def rows_of(case: Case) -> list[Attachment]:
    """The case's files, those removed too. No query if it never had one."""
    if not case.files:
        return []
    return list(case.attachments.select_related("added_by", "removed_by").order_by("number"))


def name_of(case: Case) -> SecretName:
    """The secret of the case's files."""
    return sealed.name_of(case, DisclosureClass.ATTACHMENTS)


def openings(case: Case, files: Sequence[Attachment]) -> list[Opening]:
    """What there is to open to list the files; nothing for none."""
    kept = [file for file in files if file.removed_at is None]
    return [Opening(name_of(case), [(Place.of(file, "about"), file.about) for file in kept])] if kept else []


def assembled(files: Sequence[Attachment], opened: Sequence[Sequence[Any]]) -> dict[int, dict[str, Any]]:
    """What `openings` of the same rows gave, by number."""
    kept = [file.number for file in files if file.removed_at is None]
    found = zip(kept, opened[0], strict=True) if kept else ()
    return {number: about for number, about in found if about is not None}  # None: erased


def add_attachment(
    case: Case, data: bytes, *, by: Actor, name: str, what: AttachmentKind | str
) -> Attachment:
    """Keep a file. Refused in words if it is not one we take; only the cleaned file is ever stored."""
    require(why_not_change(case, by))
    try:
        cleaned = clean(data)
    except NotTaken as not_taken:
        raise Refused(Refusal(f"file_{not_taken.bad}", WHY[not_taken.bad])) from None
    case = locked(case)
    require(why_not_change(case, by))
    return _put(case, _described(cleaned, name, AttachmentKind(what)), by)


def take_over_attachment(case: Case, file: File, *, by: Actor) -> Attachment:
    """Keep a file that came with a referral in the case it has filled; on the guards of that referral."""
    return _put(locked(case), file, by)


def _described(cleaned: Cleaned, name: str, what: AttachmentKind) -> File:
    base = text.clean(name.replace("\\", "/").rsplit("/", 1)[-1], one_line=True)
    digest = hashlib.sha256(cleaned.data).hexdigest()
    about = {
        "name": base[-LONGEST_NAME:],
        "what": str(what),
        "type": str(cleaned.kind),
        "size": len(cleaned.data),
    }
    return File({**about, "sha256": digest}, cleaned.data)


def _put(case: Case, file: File, by: Actor) -> Attachment:
    """Seal a file into a locked case."""
    if case.files >= MOST_FILES:
        raise Refused(TOO_MANY)
    if not case.files:
        holder = {by.organisation_id: OWN}
        empty: dict[DisclosureClass, list[Any]] = {DisclosureClass.ATTACHMENTS: []}
        seal_new(sealed.subject_of(case), empty, sealed.VERSION, by.organisation_id, holders=holder)
    case.files += 1
    row = Attachment(case=case, number=case.files, added_at=clock.now(), added_by_id=by.membership_id or None)
    pieces = [AttachmentPiece(attachment=row, number=number) for number, _piece in enumerate(cut(file.data))]
    values = [(Place.of(piece, "body"), data) for piece, data in zip(pieces, cut(file.data), strict=True)]
    row.about, *bodies = seal_more(by, name_of(case), [(Place.of(row, "about"), file.about), *values])
    row.save(force_insert=True)
    for piece, body in zip(pieces, bodies, strict=True):
        piece.body = body
    AttachmentPiece.objects.bulk_create(pieces)
    changed(case, by)
    on_record(by, EventName.CASE_FILE_ADDED, case, number=row.number)
    return row


def cut(data: bytes) -> list[bytes]:
    """A file in pieces as they are sealed."""
    return [data[at : at + LARGEST_PIECE] for at in range(0, len(data), LARGEST_PIECE)]


def joined(about: dict[str, Any] | None, pieces: Sequence[bytes]) -> File:
    """The file again. Refused `no_such_file` once it was erased, `file_damaged` if it is not the one that was kept."""
    if about is None:
        raise Refused(NO_FILE)
    data = b"".join(pieces)
    if hashlib.sha256(data).hexdigest() != about["sha256"]:
        raise Refused(DAMAGED)
    return File(about, data)


def open_attachment(case: Case, number: int, *, by: Actor, purpose: Purpose = Purpose.DOWNLOAD) -> File:
    """One file, after the reading is on record. Refused `not_visible`, `no_such_file`, `file_damaged`."""
    require(why_not_open(case, by))
    row = case.attachments.filter(number=number, removed_at=None).first()
    if row is None:
        raise Refused(NO_FILE)
    pieces = list(row.pieces.order_by("number"))
    values = [
        (Place.of(row, "about"), row.about),
        *((Place.of(piece, "body"), piece.body) for piece in pieces),
    ]
    ((about, *bodies),) = open_sealed(by, purpose, [Opening(name_of(case), values)])
    return joined(about, bodies)


def remove_attachment(case: Case, number: int, *, by: Actor) -> None:
    """Take a file away; packages that were sent keep theirs. Refused `no_such_file`."""
    case = locked(case)
    require(why_not_change(case, by))
    row = case.attachments.filter(number=number, removed_at=None).first()
    if row is None:
        raise Refused(NO_FILE)
    row.pieces.all().delete()
    row.about, row.removed_at, row.removed_by_id = None, clock.now(), by.membership_id or None
    row.save()
    changed(case, by)
    on_record(by, EventName.CASE_FILE_REMOVED, case, number=number)
