"""New rows are written as Django writes them, with an INSERT that is put together once."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.core.writing import insert
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
