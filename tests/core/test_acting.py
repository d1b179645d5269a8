"""Who acts is told to the database for the length of a transaction, and a query without it raises."""

from dataclasses import dataclass

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection, transaction
from django.db.models import Value

from ihala.core.acting import acting, at_the_door, becoming

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Somebody:
    organisation_id: int
    user_id: int


ONE, TWO = Somebody(1, 11), Somebody(2, 22)


def ask(question: str):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {question}")
        return cursor.fetchone()[0]


def refused(question: str) -> bool:
    try:
        with transaction.atomic():
            ask(question)
    except ProgrammingError as error:
        return "outside acting()" in str(error)
    return False


def test_outside_of_acting_a_query_raises_instead_of_seeing_nothing():
    assert refused("ihala_organisation()")
    assert refused("ihala_user()")


def test_inside_the_database_knows_who_acts_and_afterwards_nobody_does():
    with acting(ONE):
        assert (ask("ihala_organisation()"), ask("ihala_user()")) == (1, 11)
        with acting(TWO):
            assert ask("ihala_organisation()") == 2
        assert ask("ihala_organisation()") == 1
    assert refused("ihala_organisation()")


def test_an_error_inside_restores_who_acted_before():
    with acting(ONE):
        with pytest.raises(ZeroDivisionError), acting(TWO):
            raise ZeroDivisionError
        assert ask("ihala_organisation()") == 1


def test_at_the_door_no_organisation_acts_and_sign_in_tables_may_be_searched():
    with at_the_door():
        assert ask("ihala_at_the_door()") is True
        assert refused("ihala_organisation()")
    assert ask("ihala_at_the_door()") is False


def test_who_is_known_at_the_door_goes_on_as_an_actor():
    with at_the_door(user_id=11):
        assert ask("ihala_user()") == 11
        assert ask("ihala_at_the_door()") is False
        list(ContentType.objects.annotate(one=Value(1)).annotate(acts=becoming("one"))[:1])
        assert ask("ihala_organisation()") == 1
