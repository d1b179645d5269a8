"""Who works for an organisation, and what the database lets others do about it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ihala.accounts.models import User
from ihala.accounts.roles import Permission, Role
from ihala.audit.models import Event
from ihala.core.acting import acting, at_the_door
from ihala.core.worktime import WorkCalendar
from ihala.organisations import actions, rules
from ihala.organisations.models import Actor, Calendar, DutyShift, Holiday, Membership, Organisation
from ihala.vault.models import OrganisationKey

from .cast import Party, agree
from .test_agreements import refused

NIGHT = datetime(2027, 1, 1, 20, tzinfo=UTC)


def test_a_new_organisation_has_its_calendar_and_its_key(aman: Party) -> None:
    with acting(aman.system):
        assert Calendar.objects.get().organisation_id == aman.id
        key = OrganisationKey.objects.get(organisation_id=aman.id)
        logged = Event.objects.get(name="key.created").detail
    assert logged == {"version": 1, "fingerprint": key.fingerprint} and len(key.fingerprint) == 50
    assert str(aman.organisation) == aman.organisation.name_ar


def test_only_the_installation_makes_organisations(aman: Party) -> None:
    with acting(aman.director), pytest.raises(Exception, match="row-level security"), transaction.atomic():
        Organisation.objects.create(code="x", name_ar="x", name_en="x", emirate="dubai", created_at=NIGHT)
    with acting(aman.director), pytest.raises(Exception, match="permission denied"), transaction.atomic():
        Organisation.objects.update(name_en="x")


def test_an_actor_says_who_they_are_in_the_readers_language(aman: Party) -> None:
    from django.utils import translation

    actor = Actor(1, 2, 3, frozenset({Role.DPO}), "خالد", "", "أمان", "Aman")
    assert (actor.name, actor.organisation_name) == ("خالد", "أمان")
    with translation.override("en"):
        assert (actor.name, actor.organisation_name) == ("خالد", "Aman")
        assert Actor.system_of(3).name == "System"
    assert actor.has(Permission.READ_AUDIT) and not actor.has(Permission.READ_CASE)
    assert actor.is_a(Role.DPO) and not actor.is_a(Role.DIRECTOR)
    assert Actor.system_of(3).system and not Actor.system_of(3).permissions


def add(by: Actor, **more: Any) -> actions.NewPassword:
    with acting(by):
        given = {
            "username": "aman.new",
            "roles": [Role.CASEWORKER],
            "name_ar": "نورة",
            "name_en": "",
            "by": by,
        }
        return actions.add_member(**given | more)


def test_a_new_member_has_a_one_time_password_that_is_stored_nowhere(aman: Party) -> None:
    made = add(aman.admin)
    assert made.password not in repr(made) and len(made.password) == 19
    assert made.membership.name_en == "نورة"
    with acting(aman.admin):
        user = User.objects.get(username="aman.new")
        assert user.one_time_password and user.check_password(made.password)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"roles": []}, "no_role"),
        ({"roles": [Role.ADMINISTRATOR, Role.CASEWORKER]}, "roles_apart"),
        ({"name_ar": ""}, "names_needed"),
        ({"username": "a"}, "bad_username"),
        ({"username": "نورة"}, "bad_username"),
        ({"username": "Aman.DUTY"}, "username_taken"),
    ],
)
def test_a_member_is_added_with_a_name_and_roles_that_go_together(
    aman: Party, more: dict[str, Any], code: str
) -> None:
    refused(code, add, aman.admin, **more)


def test_only_the_administrator_manages_staff_and_never_themselves(aman: Party, dfwac: Party) -> None:
    for name in ("director", "supervisor", "caseworker", "dpo"):
        refused("not_permitted", add, aman.actor(name))
        with acting(aman.actor(name)):
            refused("not_permitted", actions.deactivate, aman.members["duty"], by=aman.actor(name))
    with acting(aman.admin):
        refused("yourself", actions.change_roles, aman.members["admin"], [Role.DPO], by=aman.admin)
        refused("yourself", actions.deactivate, aman.members["admin"], by=aman.admin)
        refused("yourself", actions.new_password, aman.members["admin"], by=aman.admin)
        refused("not_visible", actions.deactivate, dfwac.members["duty"], by=aman.admin)
        refused("no_role", actions.change_roles, aman.members["duty"], [], by=aman.admin)
        assert Event.objects.filter(organisation_id=aman.id, refusal="yourself").count() == 3


def test_a_member_leaves_and_comes_back_but_not_from_two_places(aman: Party, dfwac: Party) -> None:
    duty = aman.members["duty"]
    with acting(aman.admin):
        refused("still_active", actions.reactivate, duty, by=aman.admin)
        gone = actions.deactivate(duty, by=aman.admin)
        assert not gone.active and gone.ended_at
        refused("not_active", actions.deactivate, duty, by=aman.admin)
        refused("not_active", actions.new_password, duty, by=aman.admin)
        assert not User.objects.filter(pk=duty.user_id).exists()
    with acting(dfwac.system):
        elsewhere = Membership.objects.create(
            user_id=duty.user_id,
            organisation_id=dfwac.id,
            roles=["dpo"],
            name_ar="x",
            name_en="x",
            created_at=NIGHT,
        )
    with acting(aman.admin):
        refused("works_elsewhere", actions.reactivate, duty, by=aman.admin)
    with acting(dfwac.admin):
        actions.deactivate(elsewhere, by=dfwac.admin)
    with acting(aman.admin):
        assert actions.reactivate(duty, by=aman.admin).active


def test_roles_change_and_a_lost_password_is_replaced(aman: Party) -> None:
    duty = aman.members["duty"]
    with acting(aman.admin):
        changed = actions.change_roles(duty, [Role.DPO, Role.DIRECTOR, Role.DPO], by=aman.admin)
        assert changed.roles == ["dpo", "director"]
        assert changed.role_labels == [str(Role.DIRECTOR.label), str(Role.DPO.label)]
        made = actions.new_password(duty, by=aman.admin)
        user = User.objects.get(pk=duty.user_id)
        assert user.one_time_password and user.check_password(made.password)
        names = Event.objects.filter(organisation_id=aman.id, name="membership.changed").count()
        assert names == 2


# ── Walls ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_memberships_of_others_are_out_of_reach(aman: Party, dfwac: Party) -> None:
    with acting(aman.admin):
        assert set(Membership.objects.values_list("organisation_id", flat=True)) == {aman.id}
        assert Membership.objects.filter(organisation=dfwac.id).update(roles=["dpo"]) == 0
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            Membership.objects.create(
                user_id=dfwac.duty.user_id, organisation_id=dfwac.id, roles=["dpo"], name_ar="x", name_en="x",
                created_at=NIGHT,
            )  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():  # nor can a colleague of others be claimed
            Membership.objects.create(
                user_id=dfwac.duty.user_id, organisation_id=aman.id, roles=["dpo"], name_ar="x", name_en="x",
                created_at=NIGHT,
            )  # fmt: skip
    with at_the_door(aman.duty.user_id):
        assert Membership.objects.get().pk == aman.duty.membership_id
    with at_the_door():
        assert not Membership.objects.exists()


def test_a_query_outside_of_acting_is_an_error(aman: Party) -> None:
    for model in (Membership, Calendar, User):
        with pytest.raises(Exception, match=r"outside acting|no user is set"), transaction.atomic():
            model.objects.count()


# ── Working time and rota ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_calendar_is_read_with_its_holidays_by_partners_only(
    aman: Party, dfwac: Party, sharjah: Party
) -> None:
    agree(aman, dfwac)
    day = date(2026, 12, 2)
    with acting(aman.admin):
        actions.set_calendar(opens=time(7), closes=time(15), weekend=[4, 5, 5, 9], by=aman.admin)
        actions.add_holiday(on=day, name_ar="", name_en="Eid Al Etihad", by=aman.admin)
    expected = WorkCalendar(time(7), time(15), frozenset({4, 5}), frozenset({day}))
    for party in (aman, dfwac):
        with acting(party.caseworker):
            assert rules.calendar_of(aman.id) == expected
    with acting(sharjah.caseworker):
        assert rules.calendar_of(aman.id) == WorkCalendar()
        assert not Holiday.objects.exists()
    with acting(dfwac.admin):
        assert Calendar.objects.filter(organisation=aman.id).update(opens=time(1)) == 0
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            Holiday.objects.create(organisation_id=aman.id, on=NIGHT, name_ar="x", name_en="x")


def test_the_calendar_is_the_administrators_and_makes_sense(aman: Party, dfwac: Party) -> None:
    hours: dict[str, Any] = {"opens": time(8), "closes": time(16), "weekend": [5]}
    with acting(aman.supervisor):
        refused("not_permitted", actions.set_calendar, **hours, by=aman.supervisor)
        refused(
            "not_permitted", actions.add_holiday, on=NIGHT.date(), name_ar="x", name_en="", by=aman.supervisor
        )
    with acting(aman.admin):
        refused("bad_hours", actions.set_calendar, **hours | {"closes": time(8)}, by=aman.admin)
        refused("no_working_day", actions.set_calendar, **hours | {"weekend": range(7)}, by=aman.admin)
        day = actions.add_holiday(on=NIGHT.date(), name_ar="عطلة", name_en="", by=aman.admin)
        assert day.name == "عطلة"
        refused("holiday_taken", actions.add_holiday, on=NIGHT.date(), name_ar="x", name_en="", by=aman.admin)
    with acting(aman.supervisor):
        refused("not_permitted", actions.remove_holiday, day, by=aman.supervisor)
    with acting(dfwac.admin):
        refused("not_visible", actions.remove_holiday, day, by=dfwac.admin)
    with acting(aman.admin):
        actions.remove_holiday(day, by=aman.admin)
        assert not Holiday.objects.exists()


def shift(
    party: Party, name: str, starts: datetime = NIGHT, hours: float = 12, by: str = "supervisor"
) -> DutyShift:
    actor = party.actor(by)
    with acting(actor):
        return actions.add_shift(
            party.members[name], starts_at=starts, ends_at=starts + timedelta(hours=hours), by=actor
        )


def test_who_is_on_duty_by_the_rota_and_without_it(aman: Party) -> None:
    shift(aman, "supervisor")
    with acting(aman.caseworker):
        assert rules.on_duty(aman.id, NIGHT + timedelta(hours=1)) == ([aman.members["supervisor"]], True)
        assert rules.on_duty(aman.id, NIGHT + timedelta(hours=12)) == ([aman.members["duty"]], False)
        assert rules.on_duty(aman.id).by_rota is False
    with acting(aman.admin):
        actions.deactivate(aman.members["supervisor"], by=aman.admin)
        assert rules.on_duty(aman.id, NIGHT) == ([aman.members["duty"]], False)


def test_a_shift_is_the_supervisors_for_members_who_answer(aman: Party, dfwac: Party) -> None:
    refused("not_permitted", shift, aman, "duty", by="duty")
    refused("cannot_answer", shift, aman, "dpo")
    refused("shift_backwards", shift, aman, "duty", hours=0)
    refused("shift_too_long", shift, aman, "duty", hours=49)
    with acting(dfwac.supervisor):
        times = {"starts_at": NIGHT, "ends_at": NIGHT + timedelta(hours=1)}
        refused("not_visible", actions.add_shift, aman.members["duty"], **times, by=dfwac.supervisor)


def test_shifts_of_one_person_never_overlap_and_can_touch(aman: Party, dfwac: Party) -> None:
    first = shift(aman, "duty")
    refused("shift_overlaps", shift, aman, "duty", NIGHT + timedelta(hours=11))
    shift(aman, "duty", NIGHT + timedelta(hours=12))
    shift(aman, "supervisor")
    with acting(dfwac.supervisor):
        assert not DutyShift.objects.exists()
        refused("not_visible", actions.remove_shift, first, by=dfwac.supervisor)
    with acting(aman.duty):
        refused("not_permitted", actions.remove_shift, first, by=aman.duty)
    with acting(aman.supervisor):
        actions.remove_shift(first, by=aman.supervisor)
        assert DutyShift.objects.count() == 2
        answering = {member.pk for member in rules.can_answer(aman.id)}
        assert answering == {aman.members[name].pk for name in ("caseworker", "supervisor", "duty")}
