"""Who is told, who has looked, and that the e-mail is the same whatever is told."""

import socket
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiosmtpd.controller import Controller
from django.core import mail as outbox
from django.db import connection, transaction
from django.test import Client
from django.urls import include, path
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ihala.accounts.models import User
from ihala.accounts.roles import Role
from ihala.core import clock
from ihala.core.acting import acting, at_the_door
from ihala.notifications import actions, mail, rules, tasks, views
from ihala.notifications.enums import Kind
from ihala.notifications.models import Notification, Seen
from ihala.organisations import actions as organisations
from ihala.organisations.models import Actor
from tests.organisations.cast import Party

ANSWERING = [Role.DUTY_OFFICER, Role.SUPERVISOR]


def told(frm: Party, to: Party, roles: list[Role] | None = None, **more: Any) -> Notification:
    """The duty officer of one tells the other."""
    with acting(frm.duty):
        return actions.notify(
            to.id, ANSWERING if roles is None else roles, Kind.SOMETHING_WAITS, uuid4(), frm.duty, **more
        )


def names_told(party: Party, notification: Notification) -> list[str]:
    with acting(party.system):
        return [member.user.username for member in rules.recipients(party.id, [notification])]


def test_the_addressed_roles_see_it_and_nobody_else(aman: Party, dfwac: Party) -> None:
    notification = told(aman, dfwac)
    for name, count in {"duty": 1, "supervisor": 1, "caseworker": 0, "dpo": 0}.items():
        with acting(dfwac.actor(name)):
            assert rules.unseen_count(dfwac.actor(name)) == count
    with acting(aman.duty):
        assert not Notification.objects.exists()
    with acting(dfwac.duty):
        assert rules.visible_to(dfwac.duty).get() == notification


def test_a_named_member_sees_it_whatever_their_role(aman: Party, dfwac: Party) -> None:
    told(aman, dfwac, [], membership_id=dfwac.members["practitioner"].pk)
    with acting(dfwac.practitioner):
        assert rules.unseen_count(dfwac.practitioner) == 1
    with acting(dfwac.duty):
        assert rules.unseen_count(dfwac.duty) == 0


def test_nobody_is_told_of_their_own_doing(aman: Party) -> None:
    notification = told(aman, aman)
    with acting(aman.duty):
        assert rules.unseen_count(aman.duty) == 0
    with acting(aman.supervisor):
        assert rules.unseen_count(aman.supervisor) == 1
    assert names_told(aman, notification) == ["aman.supervisor"]


def test_looking_at_the_subject_or_the_list_empties_the_bell(aman: Party, dfwac: Party) -> None:
    first, _second = told(aman, dfwac), told(aman, dfwac)
    with acting(dfwac.duty):
        actions.mark_subject_seen(first.subject_id, by=dfwac.duty)
        actions.mark_seen([first], by=dfwac.duty)
        assert rules.unseen_count(dfwac.duty) == 1
        assert Seen.objects.count() == 1
    with acting(dfwac.supervisor):
        assert rules.unseen_count(dfwac.supervisor) == 2


def test_the_bell_looks_at_the_newest_only(
    aman: Party, dfwac: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "NEWEST", 2)
    oldest, _newer, newest = told(aman, dfwac), told(aman, dfwac), told(aman, dfwac)
    with acting(dfwac.duty):
        assert rules.unseen_count(dfwac.duty) == 2
        actions.mark_seen([newest], by=dfwac.duty)
        assert rules.unseen_count(dfwac.duty) == 1
        actions.mark_subject_seen(oldest.subject_id, by=dfwac.duty)
        assert Seen.objects.count() == 1


def test_of_the_duty_officers_only_those_on_duty_get_mail(aman: Party, dfwac: Party) -> None:
    with acting(dfwac.system):
        second = organisations.add_member(
            username="dfwac.night", roles=[Role.DUTY_OFFICER], name_ar="ليلى", name_en="", by=dfwac.system,
            email="night@dfwac.example", password="x" * 12,
        ).membership  # fmt: skip
    notification = told(aman, dfwac)
    assert names_told(dfwac, notification) == ["dfwac.supervisor", "dfwac.duty", "dfwac.night"]
    with acting(dfwac.supervisor):
        organisations.add_shift(
            second, starts_at=clock.now(), ends_at=clock.now() + timedelta(hours=8), by=dfwac.supervisor
        )
    assert names_told(dfwac, notification) == ["dfwac.supervisor", "dfwac.night"]


def test_who_left_or_has_no_address_gets_no_mail(aman: Party, dfwac: Party) -> None:
    notification = told(aman, dfwac)
    with acting(dfwac.admin):
        organisations.deactivate(dfwac.members["supervisor"], by=dfwac.admin)
        User.objects.filter(pk=dfwac.members["duty"].user_id).update(email="")
    assert names_told(dfwac, notification) == []
    assert actions.deliver(dfwac.id) == 0


def test_the_job_stands_in_the_same_transaction_and_holds_keys_only(aman: Party, dfwac: Party) -> None:
    with acting(aman.duty), pytest.raises(RuntimeError), transaction.atomic():
        actions.notify(dfwac.id, ANSWERING, Kind.SOMETHING_WAITS, uuid4(), aman.duty)
        raise RuntimeError
    assert jobs() == []
    told(aman, dfwac)
    assert jobs() == [{"organisation_id": dfwac.id}]


def jobs() -> list[dict[str, Any]]:
    import json

    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'notifications.deliver'")
        return [args if isinstance(args, dict) else json.loads(args) for (args,) in cursor.fetchall()]


def test_what_is_told_within_moments_is_one_job_and_one_mail_for_each(
    aman: Party, dfwac: Party, django_assert_num_queries: Any
) -> None:
    told(aman, dfwac)
    with acting(aman.duty), django_assert_num_queries(2):
        actions.notify(dfwac.id, ANSWERING, Kind.SOMETHING_WAITS, uuid4(), aman.duty)
    told(aman, aman)
    assert jobs() == [{"organisation_id": dfwac.id}, {"organisation_id": aman.id}]
    assert actions.deliver(dfwac.id) == 2
    assert sorted(message.to[0] for message in outbox.outbox) == [
        "duty@dfwac.example",
        "supervisor@dfwac.example",
    ]


@pytest.mark.parametrize("seconds", [-5, 0.5, 3600])
def test_no_one_relies_on_a_job_that_runs_too_soon_or_is_tried_again_much_later(
    aman: Party, dfwac: Party, seconds: float
) -> None:
    told(aman, dfwac)
    with connection.cursor() as cursor:
        due = clock.now() + timedelta(seconds=seconds)
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = %s", [due])
    told(aman, dfwac)
    assert len(jobs()) == 2


def test_what_no_job_has_mailed_is_mailed_within_a_minute_but_not_beside_a_job_that_minds_it(
    aman: Party, dfwac: Party
) -> None:
    told(aman, dfwac)
    with clock.later(timedelta(minutes=1)):
        tasks.mail_overdue(0)
        assert len(jobs()) == 1
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")
        tasks.mail_overdue(0)
        assert jobs() == [{"organisation_id": dfwac.id}]
        assert actions.deliver(dfwac.id) == 2
        assert rules.organisations_with_overdue_mail() == []


def test_a_refused_address_keeps_nobody_else_from_their_mail_and_a_busy_server_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = 550

    def send(_backend: Any, messages: list[Any]) -> int:
        if messages[0].to == ["gone@dfwac.example"]:
            raise SMTPRecipientsRefused({"gone@dfwac.example": (code, b"")})
        return 1

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send)
    addresses = ["duty@dfwac.example", "gone@dfwac.example", "supervisor@dfwac.example"]
    assert mail.send(addresses) == 2
    code = 450
    with pytest.raises(SMTPRecipientsRefused):
        mail.send(addresses)


def test_what_is_delivered_is_not_delivered_again(aman: Party, dfwac: Party) -> None:
    notification = told(aman, dfwac)
    tasks.deliver(organisation_id=dfwac.id, notification_id=str(notification.pk))
    assert sorted(message.to[0] for message in outbox.outbox) == [
        "duty@dfwac.example",
        "supervisor@dfwac.example",
    ]
    assert actions.deliver(dfwac.id) == 0
    assert actions.deliver(aman.id) == 0
    assert len(outbox.outbox) == 2


def test_two_jobs_at_once_mail_one_after_the_other(
    aman: Party, dfwac: Party, monkeypatch: pytest.MonkeyPatch, owner: Any
) -> None:
    """`owner` is another connection: there another job holds the turn, or asks for it while this one mails."""
    turn = (actions.TURN, dfwac.id)

    def asked(what: str) -> bool:
        return bool(owner.execute(f"SELECT pg_{what}(%s, %s)", turn).fetchone()[0])

    told(aman, dfwac)
    assert asked("try_advisory_lock")
    assert actions.deliver(dfwac.id) == 0
    assert outbox.outbox == []
    assert asked("advisory_unlock")
    during = []
    send = mail.send
    monkeypatch.setattr(
        mail, "send", lambda addresses: during.append(asked("try_advisory_lock")) or send(addresses)
    )
    assert actions.deliver(dfwac.id) == 2
    assert during == [False]
    monkeypatch.setattr(mail, "send", lambda addresses: (_ for _ in ()).throw(OSError("away")))
    told(aman, dfwac)
    with pytest.raises(OSError, match="away"):
        actions.deliver(dfwac.id)
    assert asked("try_advisory_lock"), "the turn is given back whatever happened"
    assert asked("advisory_unlock")


def test_a_mail_server_that_is_away_leaves_it_undelivered(
    aman: Party, dfwac: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(aman, dfwac)
    monkeypatch.setattr(mail, "send", lambda addresses: (_ for _ in ()).throw(OSError("away")))
    with pytest.raises(OSError, match="away"):
        actions.deliver(dfwac.id)
    with acting(dfwac.duty):
        assert Notification.objects.get().delivered_at is None
    assert tasks.RETRY.max_attempts == 8


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    kind=st.sampled_from(Kind),
    subject=st.none() | st.uuids(),
    name=st.text(min_size=1, max_size=40).filter(lambda text: "\0" not in text and text.isprintable()),
)
def test_whatever_is_told_the_mail_is_byte_for_byte_the_same(
    aman: Party, dfwac: Party, kind: Kind, subject: UUID | None, name: str
) -> None:
    author = Actor(
        aman.duty.user_id, aman.duty.membership_id, aman.id, aman.duty.roles, name, name, name, name
    )
    with acting(author):
        actions.notify(dfwac.id, [Role.SUPERVISOR], kind, subject, author)
    outbox.outbox.clear()
    actions.deliver(dfwac.id)
    [message] = outbox.outbox
    assert (message.subject, message.body) == (mail.SUBJECT, mail.BODY.format(link="http://localhost:8000/"))


def test_the_mail_names_nothing(aman: Party, dfwac: Party) -> None:
    text = mail.SUBJECT + mail.BODY
    for word in (
        "Ihala",
        "إحالة",
        "referral",
        "shelter",
        "إيواء",
        "Aman",
        "أمان",
        "Dubai",
        "دبي",
        "case",
        "حالة",
    ):
        assert word.lower() not in text.lower().replace("automatic", "")


def test_a_real_mail_server_receives_it(aman: Party, dfwac: Party, settings: Any) -> None:
    received: list[Any] = []

    class Sink:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            received.append(envelope)
            return "250 OK"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sink = Controller(Sink(), hostname="127.0.0.1", port=port)
    sink.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        notification = told(aman, dfwac, [Role.SUPERVISOR])
        assert actions.deliver(dfwac.id) == 1
    finally:
        sink.stop()
    [envelope] = received
    assert envelope.rcpt_tos == ["supervisor@dfwac.example"]
    assert str(notification.subject_id).encode() not in envelope.content


# ── Walls ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_tells_in_the_name_of_another_organisation(aman: Party, dfwac: Party) -> None:
    with acting(aman.duty), pytest.raises(Exception, match="row-level security"), transaction.atomic():
        actions.notify(aman.id, ANSWERING, Kind.SOMETHING_WAITS, None, dfwac.duty)


def test_the_other_side_can_neither_change_nor_mark_what_was_told(aman: Party, dfwac: Party) -> None:
    notification = told(aman, dfwac)
    with acting(aman.duty):
        assert Notification.objects.filter(pk=notification.pk).update(delivered_at=clock.now()) == 0
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            actions.mark_seen([notification], by=aman.duty)
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            Notification.objects.filter(pk=notification.pk)._raw_delete("default")


# ── Pages ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_list_and_the_bell(aman: Party, dfwac: Party, language: str) -> None:
    told(aman, dfwac)
    client = Client()
    with at_the_door():
        client.force_login(User.objects.get(username="dfwac.duty"))
    client.cookies["ihala_language"] = language
    page = client.get("/notifications/")
    assert page.context["unseen"] == 1 and page.context["bell"].count == 1
    assert str(Kind.SOMETHING_WAITS.label) != ""
    assert client.post("/notifications/seen/").status_code == 302
    page = client.get("/notifications/")
    assert page.context["unseen"] == 0 and page.context["bell"].count == 0


def test_an_organisation_that_was_told_nothing_sees_an_empty_list(aman: Party) -> None:
    client = Client()
    with at_the_door():
        client.force_login(User.objects.get(username="aman.duty"))
    assert client.get("/notifications/").context["rows"] == []


def test_no_bell_without_anybody_signed_in(db: None) -> None:
    assert "bell" not in Client().get("/sign-in/").context


def _subject(request: Any, key: UUID) -> Any: ...


REFERRALS = ([path("key/<uuid:key>/", _subject, name="by_key")], "referrals")
urlpatterns = [path("r/", include(REFERRALS)), path("", include("config.urls"))]


def test_a_notification_leads_to_its_subject(aman: Party, dfwac: Party, settings: Any) -> None:
    notification = told(aman, dfwac)
    bare = told(aman, dfwac)
    with acting(dfwac.duty):
        rows = [Notification(subject_id=notification.subject_id), Notification(subject_id=None)]
    assert bare.subject_id
    waits, reset = (
        Notification(subject_id=None, kind=kind) for kind in ("something_waits", "sign_in_changed")
    )
    assert [views.address(one, dfwac.duty) for one in (waits, reset)] == [
        "/organisations/",
        "/sign-in/second/",
    ]
    settings.ROOT_URLCONF = __name__
    assert [views.address(row, dfwac.duty) for row in rows] == [f"/r/key/{notification.subject_id}/", ""]
    settings.ROOT_URLCONF = "ihala.notifications.urls"
    assert views.address(rows[0], dfwac.duty) == ""
