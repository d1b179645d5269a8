"""The demonstration's door: enter as one of the cast. There is no such address without the demo setting."""

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from ihala.accounts.models import User
from ihala.accounts.rules import public_view
from ihala.core.acting import acting, at_the_door

from ..models import Actor, Membership, Organisation
from ..sign_in import record_sign_in

BACKEND = "ihala.accounts.backends.PasswordBackend"


@public_view
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One click per member of the cast; without JavaScript too."""
    if not settings.DEMO:
        raise Http404
    if request.method != "POST":
        return render(
            request, "organisations/demo.html", {"parties": _cast(), "next": request.GET.get("next", "")}
        )
    with at_the_door():
        user = User.objects.filter(username=request.POST.get("username", ""), is_active=True).first()
        if user is None:
            return redirect("demo_sign_in")
        login(request, user, backend=BACKEND)
        # Nobody knows the cast's passwords: whoever has just entered counts as confirmed for what asks for it again.
        record_authentication(request, user, "password", username=user.username, reauthenticated=True)
        record_sign_in(user.pk)
    back = request.POST.get("next", "")
    return redirect(
        back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else settings.LOGIN_REDIRECT_URL
    )


def _cast() -> list[tuple[Organisation, list[Membership]]]:
    found = []
    for organisation in Organisation.objects.filter(is_active=True).order_by("id"):
        with acting(Actor.system_of(organisation.pk)):
            members = Membership.objects.select_related("user").filter(organisation=organisation, active=True)
            found.append((organisation, list(members.order_by("id"))))
    return found
