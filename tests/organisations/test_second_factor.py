"""A lost second factor: two people, both confirmed, on record; the person is told; nobody alone gets in."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.test import Client

from ihala.accounts import sealing
from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.core import clock
from ihala.core.acting import acting, at_the_door
from ihala.notifications.models import Notification
from ihala.organisations import actions
from ihala.organisations.models import Membership, SecondFactorReset
from tests.accounts.test_sign_in import code_of, confirm, sign_in
from tests.refused import refusal_of

from .cast import PASSWORD, Party


def with_a_factor(party: Party, name: str = "duty") -> Membership:
    member = party.members[name]
    with at_the_door(member.user_id):
        Authenticator.objects.create(
            user_id=member.user_id, type="totp", data={"secret": sealing.seal("JBSWY3DP")}
        )
    return member


def asked(party: Party, name: str = "duty") -> SecondFactorReset:
    with acting(party.admin):
        return actions.ask_reset(with_a_factor(party, name), confirmed_how="in_person", by=party.admin)


def factors(member: Membership) -> int:
    with at_the_door(member.user_id):
        return Authenticator.objects.filter(user_id=member.user_id).count()


def inside(username: str) -> Client:
    """Signed in, and confirmed with the password a moment ago."""
    client = Client()
    sign_in(client, username)
    confirm(client)
    return client


def test_two_people_reset_it_and_the_person_is_told(aman: Party) -> None:
    person = with_a_factor(aman)
    admin = inside("aman.admin")
    address = f"/organisations/staff/{person.pk}/second-factor/"
    assert address in admin.get(f"/organisations/staff/{person.pk}/").content.decode()
    assert admin.post(address, {}).status_code == 422
    assert admin.post(address, {"confirmed_how": "called_back"}).status_code == 302
    assert factors(person) == 1
    assert admin.post(address, {"confirmed_how": "video"}).status_code == 422

    second = inside("aman.supervisor")
    with acting(aman.supervisor):
        key = SecondFactorReset.objects.get().pk
    link = f"/organisations/resets/{key}/"
    assert link in second.get("/organisations/").content.decode()
    assert link not in admin.get("/organisations/").content.decode()
    assert admin.get(link).status_code == 403
    assert second.get(link).status_code == 200
    told = second.post(link).context["made"].password
    assert factors(person) == 0
    assert second.post(link).status_code == 409
    with acting(aman.duty):
        kinds = list(Notification.objects.filter(membership=person.pk).values_list("kind", flat=True))
    assert kinds == ["sign_in_changed"]
    assert sign_in(Client(), "aman.duty").status_code == 200
    assert sign_in(Client(), "aman.duty", told).status_code == 302
    with acting(aman.dpo):
        names = set(Event.objects.values_list("name", flat=True))
    assert {EventName.SECOND_FACTOR_RESET_ASKED, EventName.SECOND_FACTOR_RESET} <= names


def test_both_confirm_with_their_own_password_first(aman: Party) -> None:
    reset = asked(aman)
    for username, address in (
        ("aman.admin", f"/organisations/staff/{reset.membership_id}/second-factor/"),
        ("aman.supervisor", f"/organisations/resets/{reset.pk}/"),
    ):
        client = Client()
        sign_in(client, username)
        session = client.session
        session.pop("account_authentication_methods", None)
        session.save()
        assert client.get(address)["Location"].startswith("/sign-in/again/")
        assert client.post(address, {"confirmed_how": "video"}).status_code == 302
    assert factors(aman.members["duty"]) == 1


def test_nobody_does_it_alone_for_themselves_or_without_the_role(aman: Party, dfwac: Party) -> None:
    reset = asked(aman, "supervisor")
    for by, code in (
        (aman.admin, "reset_yours"), (aman.supervisor, "reset_yours"), (aman.caseworker, "not_permitted"),
    ):  # fmt: skip
        with acting(by):
            assert refusal_of(actions.carry_out_reset, reset, by=by) == code
    with acting(aman.admin):
        member = aman.members
        for who, code in (("admin", "yourself"), ("supervisor", "reset_waits"), ("dpo", "no_second_factor")):
            assert refusal_of(actions.ask_reset, member[who], confirmed_how="video", by=aman.admin) == code
        actions.deactivate(member["dpo"], by=aman.admin)
        gone = Membership.objects.get(pk=member["dpo"].pk)
        assert refusal_of(actions.ask_reset, gone, confirmed_how="video", by=aman.admin) == "not_active"
    with acting(dfwac.supervisor):
        assert not SecondFactorReset.objects.exists()
        with pytest.raises(SecondFactorReset.DoesNotExist):
            actions.carry_out_reset(reset, by=dfwac.supervisor)
    with acting(aman.system), pytest.raises(IntegrityError), transaction.atomic():
        SecondFactorReset.objects.filter(pk=reset.pk).update(
            done_at=clock.now(), done_by=aman.admin.membership_id
        )


def test_after_a_day_it_is_asked_for_again(aman: Party) -> None:
    reset = asked(aman)
    with clock.at(clock.now() + timedelta(hours=25)):
        with acting(aman.supervisor):
            assert refusal_of(actions.carry_out_reset, reset, by=aman.supervisor) == "reset_over"
        with acting(aman.admin):
            again = actions.ask_reset(aman.members["duty"], confirmed_how="video", by=aman.admin)
    assert again.pk != reset.pk


def test_the_secret_of_an_app_waits_sealed_in_the_session(aman: Party) -> None:
    client = inside("aman.duty")
    first = client.get("/sign-in/second/totp/activate/").context["form"].secret
    stored = Session.objects.get(session_key=client.session.session_key).get_decoded()
    assert first not in str(stored) and sealing.unseal(stored["mfa.totp.secret"]) == first
    wrong: Any = client.post("/sign-in/second/totp/activate/", {"code": "000000"})
    assert wrong.context["form"].secret == first
    assert client.post("/sign-in/second/totp/activate/", {"code": code_of(first)}).status_code == 302
    assert factors(aman.members["duty"]) == 2  # the app and its recovery codes
    assert PASSWORD not in str(stored)
