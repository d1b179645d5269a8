"""Questions asked together are answered as each would be by itself."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as some

from ihala.core.acting import acting
from ihala.core.kept import Given, ahead, kept, kept_sql
from ihala.core.together import reader_of
from ihala.organisations.models import Membership

pytestmark = pytest.mark.django_db

KINDS = {
    "uuid": models.UUIDField(),
    "timestamptz": models.DateTimeField(),
    "date": models.DateField(),
    "time": models.TimeField(),
    "interval": models.DurationField(),
    "bytea": models.BinaryField(),
    "text": models.TextField(),
    "bigint": models.BigIntegerField(),
    "boolean": models.BooleanField(),
    "uuid[]": ArrayField(models.UUIDField()),
    "text[]": ArrayField(models.TextField()),
}
WORDS = some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"]))
VALUES = some.tuples(
    some.uuids(), some.datetimes(min_value=datetime(1, 1, 2), timezones=some.just(UTC)), some.dates(), some.times(),
    some.timedeltas(timedelta(-9999), timedelta(9999)), some.binary(), WORDS, some.integers(-(2**63), 2**63 - 1),
    some.booleans(), some.lists(some.none() | some.uuids()), some.lists(some.none() | WORDS),
)  # fmt: skip
_echo = kept_sql(
    "SELECT " + ", ".join(f"%s::{kind}" for kind in KINDS),
    *(Given(kind, field) for kind, field in KINDS.items()),
    columns=tuple(KINDS.values()),
)
_other = kept_sql(
    "SELECT %s::integer", Given("number", models.IntegerField()), columns=(models.IntegerField(),)
)


@given(VALUES)
def test_every_kind_of_column_is_read_as_by_itself(values):
    asked = dict(zip(KINDS, values, strict=True))
    alone = _echo(None, **asked)
    with ahead(_echo.asked(None, **asked), _other.asked(None, number=7)):
        assert _other(None, number=7) == [(7,)]
        together = _echo(None, **asked)
    assert alone == together == [values]


def test_what_is_not_there_is_none_and_a_question_without_rows_has_none():
    nothing = dict.fromkeys(KINDS)
    nowhere = kept_sql(
        "SELECT %s::integer WHERE false",
        Given("number", models.IntegerField()),
        columns=(models.IntegerField(),),
    )
    with (
        ahead(_echo.asked(None, **nothing), nowhere.asked(None, number=1)),
        CaptureQueriesContext(connection) as more,
    ):
        assert _echo(None, **nothing) == [(None,) * len(KINDS)]
        assert nowhere(None, number=1) == []
    assert len(more) == 0


def test_an_answer_serves_as_often_as_its_question_was_asked():
    seven = _other.asked(None, number=7)
    with ahead(seven, seven), CaptureQueriesContext(connection) as more:
        assert [_other(None, number=7) for _ in range(3)] == [[(7,)]] * 3
    assert len(more) == 1


def test_a_kind_of_column_nobody_has_thought_of_is_refused_when_it_is_put_together():
    for kind in (models.DecimalField(), ArrayField(models.DecimalField())):
        with pytest.raises(ImproperlyConfigured):
            reader_of(kind)


@kept
def _named(_nobody):
    return Membership.objects.filter(
        name_en="100 % of O'Neill's \\ %s", user=Given("user", models.BigIntegerField())
    )


def test_what_no_asking_changes_is_written_into_the_statement_and_quoted():
    asked = _named.asked(None, user=1)
    assert asked.values == [1]
    assert "100 %% of O''Neill''s" in asked.compiled.sql
    with acting(SimpleNamespace(organisation_id=1, user_id=1)):
        assert _named(None, user=1) == []
