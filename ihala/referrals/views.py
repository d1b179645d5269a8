"""The page of a referral, one for both sides; its notes, attestations and disclosure receipts."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ihala.cases import rules as case_rules
from ihala.core.downloads import download
from ihala.core.kept import ahead, of_every_page
from ihala.core.refusal import Refused, Status
from ihala.matching.models import JointCount, KnownQuestion
from ihala.notifications.actions import mark_subject_seen
from ihala.notifications.rules import about
from ihala.organisations.models import Request
from ihala.shelter.models import Asking

from . import actions, questions, workflow
from .actions import files
from .forms import AttestForm, NoteForm
from .forms_refused import kept
from .models import DestructionTask, Referral
from .presenting import asked, page, without_content
from .presenting_receipts import receipts_of
from .views_away import with_whom_to_call


def found(request: Request, reference: str) -> Referral:
    """The referral at this address, if this person sees it; refused 404 otherwise."""
    referral = questions.seen_at(reference, request.actor)
    if referral is None:
        raise Refused(workflow.NOT_VISIBLE)
    return referral


def asked_of(request: Request, reference: str) -> Referral:
    """The same for a step: when the form comes back the row is locked at once, so the step need not read it again."""
    if request.method == "POST":
        return actions.take_up(reference, request.actor)
    return found(request, reference)


@require_GET
def detail(request: Request, reference: str) -> HttpResponse:
    """Everything about one referral that this person may see, and what can be done now."""
    referral, actor = found(request, reference), request.actor
    with ahead(*asked(referral, actor), about(actor, referral.pk), *of_every_page(actor)):
        request.ihala_unseen = mark_subject_seen(referral.pk, by=actor)
        try:
            shown = {**page(referral, actor), "note_form": NoteForm()}
        except Refused as refused:
            if refused.refusal.status != Status.AWAY:
                raise
            shown = {**without_content(referral, actor), "refusal": refused.refusal}
            return render(request, "referrals/away.html", shown, status=Status.AWAY)
        return render(request, "referrals/detail.html", shown)


ELSEWHERE: dict[type[Model], Callable[[UUID], HttpResponse]] = {
    Asking: lambda _key: redirect("fit:asked"),
    KnownQuestion: lambda key: redirect("known:question", key),
    JointCount: lambda _key: redirect("joint:list"),
}
"""What else people are told of, and the page it stands on."""


@require_GET
def by_key(request: Request, key: UUID) -> HttpResponse:
    """From a notification, which knows a key alone, to the page of what it is about: mostly a referral."""
    referral = Referral.objects.visible_to(request.actor).filter(pk=key).first()
    if referral is not None:
        return redirect("referrals:detail", referral.reference)
    for model, page_of in ELSEWHERE.items():
        if model._default_manager.filter(pk=key).exists():
            return page_of(key)
    raise Refused(workflow.NOT_VISIBLE)


@require_POST
@with_whom_to_call
def note(request: Request, reference: str) -> HttpResponse:
    """Keep an internal note of the reader's own side."""
    referral = found(request, reference)
    form = NoteForm(request.POST)
    if not form.is_valid():
        context = {**page(referral, request.actor), "note_form": form}
        return render(request, "referrals/detail.html", context, status=Status.NOT_POSSIBLE)
    actions.add_note(referral, by=request.actor, text=form.cleaned_data["text"])
    messages.success(request, _("The note is kept."))
    return redirect("referrals:detail", referral.reference)


@require_http_methods(["GET", "POST"])
@with_whom_to_call
def attest(request: Request, reference: str) -> HttpResponse:
    """After a withdrawal of consent: what was destroyed, and what must be kept by law."""
    referral = found(request, reference)
    mine = DestructionTask.objects.select_related("referral").filter(
        organisation_id=request.actor.organisation_id
    )
    task = mine.filter(referral=referral).first()
    if task is None:
        raise Refused(workflow.NOT_VISIBLE)
    form = AttestForm(request.POST or None)
    status = Status.NOT_POSSIBLE if form.is_bound else 200
    if form.is_valid():
        try:
            actions.attest_destruction(task, by=request.actor, **form.cleaned_data)
        except Refused as refused:
            status = kept(form, refused)
        else:
            messages.success(request, _("The attestation is recorded."))
            return redirect("referrals:detail", referral.reference)
    return render(
        request, "referrals/attest.html", {"referral": referral, "form": form, "task": task}, status=status
    )


@require_GET
def file(request: Request, reference: str, version: int, number: int) -> HttpResponse:
    """A file of the package, for the side that may open it; on record before a byte leaves."""
    opened = files.read(found(request, reference), version, number, by=request.actor)
    return download(opened.data, opened.about["type"], case_rules.neutral_name(number, opened.about))


@require_GET
def receipts(request: Request, reference: str) -> HttpResponse:
    """Every field that was disclosed, its fingerprint, and on what the disclosure rests."""
    referral = found(request, reference)
    return render(
        request, "referrals/receipts.html", {"referral": referral, "receipts": receipts_of(referral)}
    )
