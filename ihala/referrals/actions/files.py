"""The files of a disclosure package: copies of the case's, sealed under the package's own secret, file by file.

One file is in memory at a time. What opens them is what opens class *attachments* of that version, so acceptance
releases them and an ending closes them with everything else.
"""

from typing import Any

from ihala.audit import actions as audit
from ihala.audit.enums import Purpose
from ihala.cases import actions as cases
from ihala.cases.models import Case
from ihala.core.refusal import Refusal, Refused
from ihala.core.vocabulary import DisclosureClass
from ihala.organisations.models import Actor
from ihala.vault.sealing import Place, SecretName

from .. import workflow
from ..models import PackageFile, PackagePart, Referral
from . import sealed

NO_FILE = Refusal("no_such_file", workflow.NOT_VISIBLE.message, workflow.NOT_VISIBLE.status)
HEAD = "attachments."


def numbers_of(part: PackagePart) -> list[int]:
    """Which of the case's files the part holds."""
    return [int(field["path"].removeprefix(HEAD)) for field in part.fields if field["path"].startswith(HEAD)]


def _name(part: PackagePart) -> SecretName:
    subject = sealed.package_subject(part.referral)
    return SecretName(subject, part.disclosure_class, part.version, part.organisation_id)


def keep_copies(parts: list[PackagePart], case: Case, *, by: Actor) -> None:
    """Copy the files of the class *attachments* from the case into its part of the package."""
    for part in parts:
        for number in numbers_of(part):
            data = cases.open_attachment(case, number, by=by, purpose=Purpose.REFERRAL).data
            pieces = [
                PackageFile(part=part, attachment=number, number=place)
                for place, _data in enumerate(cases.cut(data))
            ]
            values = [
                (Place.of(piece, "body"), cut) for piece, cut in zip(pieces, cases.cut(data), strict=True)
            ]
            for piece, body in zip(pieces, audit.seal_more(by, _name(part), values), strict=True):
                piece.body = body
            PackageFile.objects.bulk_create(pieces)


def read(
    referral: Referral, version: int, number: int, *, by: Actor, purpose: Purpose = Purpose.DOWNLOAD
) -> cases.File:
    """One file of one version. Refused `no_such_file`, or `no_live_basis` before acceptance and after an ending."""
    wanted = {"version": version, "disclosure_class": DisclosureClass.ATTACHMENTS}
    part = PackagePart.objects.select_related("referral").filter(referral=referral, **wanted).first()
    if part is None or number not in numbers_of(part):
        raise Refused(NO_FILE)
    pieces = list(part.files.filter(attachment=number).order_by("number"))
    values = [(Place.of(part, "document"), part.document)]
    values += [(Place.of(piece, "body"), piece.body) for piece in pieces]
    ((document, *bodies),) = audit.open_sealed(by, purpose, [audit.Opening(_name(part), values)])
    about: dict[str, Any] | None = document and document["values"][f"{HEAD}{number}"]
    return cases.joined(about, bodies)


def hand_over(referral: Referral, case: Case, *, by: Actor) -> None:
    """On arrival: the files of the newest version become files of the receiver's case."""
    newest = {"version": referral.package_version, "disclosure_class": DisclosureClass.ATTACHMENTS}
    part = PackagePart.objects.filter(referral=referral, **newest).first()
    for number in numbers_of(part) if part else []:
        file = read(referral, referral.package_version, number, by=by, purpose=Purpose.TRANSFER)
        cases.take_over_attachment(case, file, by=by)
