"""Around the log: who looked at a case, unusual looking, checkpoints, the proof of one event, the export."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from ihala.accounts.roles import Permission
from ihala.audit import actions as audit
from ihala.audit import exporting, signing
from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.audit.rules import After, Wanted, page_of_log
from ihala.audit.verify import Key
from ihala.cases.models import Case
from ihala.core.clock import today
from ihala.core.refusal import Refusal, Refused, Status
from ihala.organisations.models import Actor, Request
from ihala.referrals.models import ReferralSide

from .audit_log import NOT_FOR_YOU, lines, staff_of
from .log_pages import findings_in_words, proof_page, standing_page, tabs
from .looking import unusual

NOTHING_HERE = Refusal(
    "not_visible", gettext_lazy("There is nothing at this address that you can see."), Status.NOT_VISIBLE
)
NO_KEY = Refusal(
    "not_a_witness_key",
    gettext_lazy("This is no key of a witness. Copy the whole line that the witness shows when it starts."),
)


def _officer(request: Request) -> Actor:
    if not request.actor.has(Permission.READ_AUDIT):
        raise Refused(NOT_FOR_YOU)
    return request.actor


@require_GET
def looked(request: Request, reference: str) -> HttpResponse:
    """Who opened what of a case, for those who write in it and for the data protection officer."""
    actor = request.actor
    cases = Case.objects.all() if actor.has(Permission.READ_AUDIT) else Case.objects.visible_to(actor)
    case = cases.filter(reference=reference).first()
    if case is None or not (actor.has(Permission.READ_AUDIT) or actor.has(Permission.WRITE_CASE)):
        raise Refused(NOTHING_HERE)
    about = {case.pk, *ReferralSide.objects.filter(case=case).values_list("referral_id", flat=True)}
    wanted = Wanted(group=EventName.SEALED_OPENED, about=about)
    after = After.from_text(request.GET.get("after", ""))
    events, older = page_of_log(actor.organisation_id, wanted, after)
    shown = {
        "case": case,
        "back": actor.has(Permission.WRITE_CASE),
        "lines": lines(events, staff_of(actor)),
        "emergencies": case.emergencies.select_related("membership").order_by("-opened_at"),
        "newest_url": request.path if after else "",
        "older_url": f"?after={older.as_text()}" if older else "",
    }
    return render(request, "desk/looked.html", shown)


@require_GET
def unusual_looking(request: Request) -> HttpResponse:
    """What the officer should ask about."""
    actor = _officer(request)
    found = findings_in_words(unusual(actor), staff_of(actor))
    return render(request, "desk/unusual.html", {"tabs": tabs("unusual"), "findings": found})


@require_GET
def checkpoints(request: Request) -> HttpResponse:
    """How far the log is numbered and signed, the keys in force, and the export."""
    _officer(request)
    return render(
        request, "desk/checkpoints.html", {"tabs": tabs("checkpoints"), **standing_page(request.actor)}
    )


@require_POST
def register(request: Request) -> HttpResponse:
    """The key of the organisation's own witness."""
    actor = _officer(request)
    try:
        signing.register_witness(actor, Key.read(request.POST.get("key", "")))
    except ValueError:
        audit.record(actor, EventName.LOG_KEY_REGISTERED, refusal=NO_KEY.code)
        raise Refused(NO_KEY) from None
    messages.success(
        request, _("The witness is registered. Its signature is needed from the next checkpoint on.")
    )
    return redirect("audit:checkpoints")


@require_POST
@reauthentication_required
def export(request: Request) -> HttpResponse:
    """The log of the organisation as an archive with its verifier; on record, after showing again that it is they."""
    actor = _officer(request)
    audit.record(actor, EventName.LOG_EXPORTED)
    name = f"log-{today().isoformat()}.zip"
    return HttpResponse(
        exporting.archive(actor.organisation_id),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_GET
def proof(request: Request, event: UUID) -> HttpResponse:
    """One event, its place in the tree, and the way from there to a signed checkpoint."""
    actor = _officer(request)
    found = Event.objects.filter(pk=event).first()
    if found is None:
        raise Refused(NOTHING_HERE)
    (line,) = lines([found], staff_of(actor))
    return render(request, "desk/proof.html", {"line": line, **proof_page(found)})
