"""Many events go into the log in one statement of another form; what is written is the same."""

from uuid import uuid4

import pytest
from django.db import DataError

from ihala.audit.actions import prepared
from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.core.acting import acting
from ihala.core.writing import insert
from tests import given

COLUMNS = [field.attname for field in Event._meta.concrete_fields]


def events(actor, number):
    return [
        prepared(
            actor, EventName.SEALED_OPENED, subject_id=uuid4() if place else None, case_id=None, referral_id=uuid4(),
            concerns=place or None, refusal='{"a,b\\"}' if place == 1 else "",
            detail={"classes": ["x"] * place, "n": None},
        )
        for place in range(number)
    ]  # fmt: skip


@pytest.mark.parametrize("number", [1, 3, 4, 33])
def test_few_or_many_are_read_as_they_were_written(db, number):
    actor = given.actor("aman.dpo")
    written = events(actor, number)
    with acting(actor):
        insert(written)
        read = {one.pk: one for one in Event.objects.filter(pk__in=[one.pk for one in written])}
    assert [[getattr(read[one.pk], name) for name in COLUMNS] for one in written] == [
        [getattr(one, name) for name in COLUMNS] for one in written
    ]


def test_what_is_too_long_is_refused_and_not_cut(db):
    actor = given.actor("aman.dpo")
    written = events(actor, 5)
    written[4].refusal = "x" * 65
    with pytest.raises(DataError), acting(actor):
        insert(written)
