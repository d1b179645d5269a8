"""One step of a referral: its form, and taking it. A stale or impossible one comes back with what was typed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ihala.core.refusal import Refusal, Refused, Status
from ihala.organisations.models import Request

from . import facts, workflow
from .enums import Step
from .forms_refused import kept
from .forms_steps import STEP_FORMS, StepForm
from .models import Referral
from .presenting import head, steps_so_far
from .presenting_steps import beside, initial
from .presenting_words import EXPLAINED, NOTE_LEFT_OUT, QUIET, done
from .views import asked_of, found
from .views_away import with_whom_to_call

DANGEROUS = frozenset(QUIET) - {Step.RETURN_PROPOSAL, Step.RETURN} | {Step.REPORT_NOT_ARRIVED}


@require_http_methods(["GET", "POST"])
@with_whom_to_call
def step(request: Request, reference: str, step: str) -> HttpResponse:
    """Ask for what the step needs, or take it."""
    referral = asked_of(request, reference)
    if step not in Step.values or Step(step) not in STEP_FORMS:
        raise Refused(workflow.NOT_VISIBLE)
    wanted = Step(step)
    if request.method == "POST":
        return _take(request, referral, wanted)
    refusal = workflow.why_not(wanted, referral, request.actor)
    if refusal is not None:
        return _not_now(request, referral, refusal)
    form = STEP_FORMS[wanted][0](
        step=wanted, referral=referral, by=request.actor, initial=initial(wanted, referral, request.actor)
    )
    return _asked(request, referral, form)


def _take(request: Request, referral: Referral, wanted: Step) -> HttpResponse:
    form_class, action = STEP_FORMS[wanted]
    form = form_class(request.POST, step=wanted, referral=referral, by=request.actor)
    if not form.is_valid():
        return _asked(request, referral, form, status=Status.NOT_POSSIBLE)
    try:
        after = action(referral, by=request.actor, **form.arguments())
    except Refused as refused:
        present = found(request, referral.reference)
        form.prepare()  # what can be chosen has changed, where somebody was faster
        return _asked(request, present, form, status=kept(form, refused, present))
    messages.success(request, done(wanted))
    if (
        form.cleaned_data.get("text")
        and wanted is Step.WITHDRAW_CONSENT
        and facts.lacks_note(referral, wanted)
    ):
        messages.warning(request, str(NOTE_LEFT_OUT))
    return _after(wanted, referral, after)


def _after(wanted: Step, referral: Referral, after: Any) -> HttpResponse:
    """Back to the referral; to the new draft where the step began one."""
    if wanted is Step.DISCARD:
        return redirect("/")
    if isinstance(after, Referral) and after.pk != referral.pk:
        return redirect("referrals:need", after.reference)
    return redirect("referrals:detail", referral.reference)


def _not_now(request: Request, referral: Referral, refusal: Refusal) -> HttpResponse:
    """The button has gone stale: say why on the referral's page; what is not permitted stays an error."""
    if refusal.status not in (Status.CONFLICT, Status.NOT_POSSIBLE):
        raise Refused(refusal)
    messages.warning(request, str(refusal.message))
    return redirect("referrals:detail", referral.reference)


def _asked(request: Request, referral: Referral, form: StepForm, status: int = 200) -> HttpResponse:
    """The form of a step; after a conflict with the referral as it stands now beside it."""
    context = {
        "referral": referral,
        "form": form,
        "step": form.step,
        "explained": EXPLAINED[form.step],
        "danger": form.step in DANGEROUS,
        "conflict": status == Status.CONFLICT,
        **head(referral, request.actor),
        **beside(form.step, referral, request.actor),
        "last": steps_so_far(referral, request.actor)[-3:] if status == Status.CONFLICT else [],
    }
    return render(request, "referrals/step.html", context, status=status)
