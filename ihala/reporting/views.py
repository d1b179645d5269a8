"""Documents for paper, and pictures for managers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_GET

from ihala.accounts.roles import Permission
from ihala.audit import actions as audit
from ihala.audit.enums import EventName, Purpose
from ihala.cases.rules import NOT_PERMITTED
from ihala.core.refusal import Refused
from ihala.core.text import is_arabic
from ihala.organisations.models import Request
from ihala.referrals import workflow
from ihala.referrals.actions import package
from ihala.referrals.models import Referral

from . import pictures as shown
from .letters import letter_data, pdf

LANGUAGES = ("ar", "en")


@require_GET
def letter(request: Request, reference: str) -> HttpResponse:
    """The referral letter as PDF, with what this reader may open; printing it is on record."""
    actor = request.actor
    seen = Referral.objects.visible_to(actor).select_related("sender", "receiver", "terms__agreement")
    referral = seen.filter(reference=reference, sent_at__isnull=False).first()
    if referral is None:
        raise Refused(workflow.NOT_VISIBLE)
    asked = request.GET.get("lang", "")
    language = asked if asked in LANGUAGES else ("ar" if is_arabic() else "en")
    parts = package.open_parts(referral, by=actor, purpose=Purpose.LETTER)
    audit.record(
        actor, EventName.LETTER_PRINTED, subject_kind="referral", subject_id=referral.pk, referral_id=referral.pk,
        concerns=referral.other(actor.organisation_id), detail={"language": language},
    )  # fmt: skip
    with override(language):
        document = pdf(letter_data(referral, parts, actor))
    name = f"{referral.reference}.pdf"
    return HttpResponse(
        document,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@require_GET
def pictures(request: Request) -> HttpResponse:
    """Occupancy, length of stay and refusals as counts; for who sees counts, which is nobody's name."""
    if not request.actor.has(Permission.SEE_COUNTS):
        raise Refused(NOT_PERMITTED)
    return render(request, "reporting/pictures.html", shown.context(request.actor))
