"""New rows are written as Django writes them, with an INSERT that is put together once."""

from uuid import uuid4

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.core.writing import change, in_one_go, insert
from ihala.notifications.enums import Kind
from ihala.notifications.models import Notification, Seen

from .cast import Party

pytestmark = pytest.mark.django_db


def _told(party: Party) -> Notification:
    me = party.organisation.pk
    return Notification(
        organisation_id=me, kind=Kind.SOMETHING_CHANGED, roles=["supervisor"], subject_id=uuid4(), created_at=now(),
        author_id=me, author_membership_id=party.duty.membership_id,
    )  # fmt: skip


def test_rows_are_written_in_one_statement_and_read_as_they_were(aman: Party) -> None:
    rows = [_told(aman), _told(aman)]
    with acting(aman.duty):
        with CaptureQueriesContext(connection) as captured:
            insert(rows)
        found = {row.pk: row for row in Notification.objects.filter(pk__in=[row.pk for row in rows])}
        assert len(captured) == 1
        for row in rows:
            assert not row._state.adding
            for field in Notification._meta.concrete_fields:
                assert getattr(found[row.pk], field.attname) == getattr(row, field.attname)


def test_nothing_to_write_asks_nothing(aman: Party) -> None:
    with acting(aman.duty), CaptureQueriesContext(connection) as captured:
        insert([])
    assert not [one for one in captured if "INSERT" in one["sql"]]


def test_a_row_that_is_there_is_refused_or_left_out(aman: Party) -> None:
    told = _told(aman)
    seen = {
        "notification": told,
        "organisation_id": aman.organisation.pk,
        "membership_id": aman.duty.membership_id,
    }
    with acting(aman.duty):
        insert([told])
        insert([Seen(seen_at=now(), **seen)])
        insert([Seen(seen_at=now(), **seen)], unless_there=True)
        assert Seen.objects.filter(notification=told).count() == 1
        with pytest.raises(IntegrityError), transaction.atomic():
            insert([Seen(seen_at=now(), **seen)])


def test_the_other_organisations_row_is_not_written(aman: Party, dfwac: Party) -> None:
    with acting(aman.duty), pytest.raises(Exception, match="row-level security"), transaction.atomic():
        insert(
            [
                Seen(
                    notification=_told(aman),
                    organisation_id=dfwac.organisation.pk,
                    membership_id=1,
                    seen_at=now(),
                )
            ]
        )


def test_a_change_writes_the_named_fields_and_no_others(aman: Party) -> None:
    told = _told(aman)
    with acting(aman.duty):
        insert([told])
        told.delivered_at, told.kind = now(), Kind.DEADLINE_NEAR
        change(told, ["delivered_at"])
        found = Notification.objects.get(pk=told.pk)
    assert (found.delivered_at, found.kind) == (told.delivered_at, Kind.SOMETHING_CHANGED)


def test_a_change_the_walls_do_not_let_through_is_an_error_at_once_and_in_one_go(
    aman: Party, dfwac: Party
) -> None:
    told = _told(aman)
    with acting(aman.duty):
        insert([told])
    with acting(dfwac.duty):
        with pytest.raises(DatabaseError, match="hit 0 rows"):
            change(told, ["kind"])
        with pytest.raises(DatabaseError, match="hit 0 rows"), in_one_go():
            change(told, ["kind"])


def test_what_is_sent_in_one_go_is_all_there_and_can_be_read_meanwhile(aman: Party) -> None:
    rows = [_told(aman), _told(aman), _told(aman)]
    with acting(aman.duty):
        with in_one_go():
            insert(rows[:1])
            insert(rows[1:2])
            assert Notification.objects.filter(pk__in=[row.pk for row in rows]).count() == 2
            rows[0].delivered_at = now()
            change(rows[0], ["delivered_at"])
            insert(rows[2:])
        assert Notification.objects.filter(pk__in=[row.pk for row in rows]).count() == 3
        assert Notification.objects.get(pk=rows[0].pk).delivered_at == rows[0].delivered_at


def test_an_error_in_one_go_is_raised_and_leaves_nothing(aman: Party) -> None:
    first, second = _told(aman), _told(aman)
    with acting(aman.duty):
        with pytest.raises(IntegrityError), transaction.atomic(), in_one_go():
            insert([first])
            insert([first])
            insert([second])
        assert not Notification.objects.filter(pk__in=[first.pk, second.pk]).exists()
        with pytest.raises(ValueError, match="mine"), transaction.atomic(), in_one_go():
            insert([first])
            raise ValueError("mine")
        assert not Notification.objects.filter(pk=first.pk).exists()


def test_a_field_that_the_model_does_not_have_is_not_left_out_in_silence(aman: Party) -> None:
    told = _told(aman)
    with acting(aman.duty):
        insert([told])
        for names in (["roles", "rolls"], ["organisation_id"]):
            with pytest.raises(FieldDoesNotExist, match=names[-1]):
                change(told, names)
