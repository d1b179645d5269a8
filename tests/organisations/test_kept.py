"""A query that is worked out once answers like the queryset it was made from, for whoever asks."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import BigIntegerField, CharField, QuerySet, Value
from django.test.utils import CaptureQueriesContext

from ihala.core.acting import acting, looking_as
from ihala.core.kept import Given, kept, kept_within
from ihala.organisations.models import Actor, Membership

from .cast import Party

pytestmark = pytest.mark.django_db


def _colleagues(actor: Actor) -> QuerySet[Membership]:
    mine = Membership.objects.filter(organisation=actor.organisation_id).exclude(pk=actor.membership_id)
    return mine.select_related("user").annotate(tag=Value("x", output_field=CharField())).order_by("id")


def test_it_answers_like_its_queryset_for_everybody(aman: Party, dfwac: Party) -> None:
    """Often enough that the connection has prepared it and PostgreSQL has settled on one plan for all."""
    asked = kept(_colleagues)
    for actor in (aman.duty, dfwac.duty, aman.supervisor, dfwac.supervisor) * 4:
        with acting(actor):
            expected = list(_colleagues(actor))
            found = asked(actor)
            assert found == expected
            assert [(one.user.username, one.tag) for one in found] == [
                (one.user.username, "x") for one in expected
            ]


def test_its_sql_is_put_together_once_for_each_set_of_roles(aman: Party, dfwac: Party) -> None:
    built: list[frozenset[Any]] = []

    @kept
    def asked(actor: Actor) -> QuerySet[Membership]:
        built.append(actor.roles)
        return _colleagues(actor)

    for actor in (aman.duty, dfwac.duty, aman.supervisor, dfwac.supervisor):
        with acting(actor):
            asked(actor)
    assert built == [aman.duty.roles, aman.supervisor.roles]


def test_one_statement_is_sent_with_the_values_of_who_asks(aman: Party) -> None:
    asked = kept(
        lambda _nobody: Membership.objects.filter(pk=Given("key", CharField())).values_list("pk", flat=True)
    )
    with (
        acting(aman.duty),
        CaptureQueriesContext(
            connection,
        ) as captured,
    ):
        assert asked(None, key=aman.duty.membership_id) == [aman.duty.membership_id]
    assert len([one for one in captured if "organisations_membership" in one["sql"]]) == 1


def test_a_question_about_rows_stands_around_their_query(aman: Party) -> None:
    @kept_within(
        "SELECT %s::text, count(*) FROM ({}) AS colleagues",
        Given("word", CharField()),
        columns=(CharField(), BigIntegerField()),
    )
    def counted(actor: Actor) -> QuerySet[Membership]:
        return _colleagues(actor)

    with acting(aman.duty):
        assert counted(aman.duty, word="w") == [("w", len(_colleagues(aman.duty)))]


def test_who_sees_nothing_asks_nothing(aman: Party) -> None:
    asked = kept(lambda _nobody: Membership.objects.none())
    counted = kept_within("SELECT count(*) FROM ({}) AS n", columns=(BigIntegerField(),))
    within = counted(lambda _nobody: Membership.objects.none())
    with acting(aman.duty), CaptureQueriesContext(connection) as captured:
        assert asked(None) == within(None) == []
    assert not [one for one in captured if "organisations_membership" in one["sql"]]


def test_looking_as_another_shows_theirs_and_leaves_nothing_of_it(aman: Party, dfwac: Party) -> None:
    everybody = kept(lambda _nobody: Membership.objects.order_by("id"))
    system = Actor.system_of(dfwac.organisation.pk)
    with acting(aman.duty):
        theirs = looking_as(system, everybody.asked(None), aman.duty)
        assert {one.organisation_id for one in theirs} == {dfwac.organisation.pk}
        assert {one.organisation_id for one in everybody(None)} == {aman.organisation.pk}


def test_the_wall_stands_behind_it(aman: Party, dfwac: Party) -> None:
    everybody = kept(lambda _nobody: Membership.objects.order_by("id"))
    with acting(aman.duty):
        assert {one.organisation_id for one in everybody(None)} == {aman.organisation.pk}
