"""The list behind the bell."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from ihala.accounts.roles import Permission
from ihala.organisations.models import Actor, Request

from . import actions, rules
from .enums import Kind
from .models import Notification

PAGE = 50


def notifications(request: Request) -> HttpResponse:
    """The newest first, and which of them the reader has not seen."""
    found = list(rules.visible_to(request.actor).order_by("-created_at", "id")[:PAGE])
    unseen = set(
        rules.unseen_by(request.actor).filter(pk__in=[one.pk for one in found]).values_list("pk", flat=True)
    )
    rows = [
        {"notification": one, "unseen": one.pk in unseen, "url": address(one, request.actor)} for one in found
    ]
    return render(request, "notifications/list.html", {"rows": rows, "unseen": len(unseen)})


@require_POST
def mark_all_seen(request: Request) -> HttpResponse:
    """Everything that was listed has been looked at."""
    actions.mark_seen(rules.unseen_by(request.actor), by=request.actor)
    return redirect("notifications:list")


def address(notification: Notification, actor: Actor) -> str:
    """Where its subject is shown; what is about no referral waits on the organisation's page,
    an emergency on the page of who reviews it. "" for no page."""
    try:
        if notification.kind == Kind.SIGN_IN_CHANGED:
            return reverse("mfa_index")
        if notification.kind == Kind.EMERGENCY_ACCESS:
            return reverse("cases:emergencies" if actor.has(Permission.READ_AUDIT) else "cases:list")
        if notification.kind == Kind.COLLEAGUE:
            return reverse("matching:questions")
        if notification.subject_id is None:
            return reverse("organisations:organisation") if notification.kind == Kind.SOMETHING_WAITS else ""
        return reverse("referrals:by_key", args=[notification.subject_id])
    except NoReverseMatch:
        return ""
