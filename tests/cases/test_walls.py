"""With every filter of the ORM removed: the other organisation's rows can be neither read nor written."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from ihala.cases import actions
from ihala.cases.models import Case
from ihala.core import clock
from ihala.core.acting import acting
from ihala.organisations.models import Actor
from tests.organisations.cast import Party
from tests.walls import blocked, run

TABLES = ("cases_case", "cases_person", "cases_access", "cases_casenote", "cases_formdraft")
CHILDREN = ("cases_person", "cases_access", "cases_casenote")


@pytest.fixture
def full(aman: Party, case: Case) -> Case:
    with acting(aman.caseworker):
        actions.add_note(case, "note", by=aman.caseworker)
        actions.save_draft({"case-reason": ["x"]}, by=aman.caseworker, case=case)
    return case


@pytest.mark.parametrize("table", TABLES)
def test_another_organisation_reads_and_writes_no_row(
    full: Case, aman: Party, dfwac: Party, table: str
) -> None:
    with acting(aman.caseworker):
        assert run(f"SELECT * FROM {table}") > 0
    with acting(dfwac.supervisor):
        assert run(f"SELECT * FROM {table}") == 0
        blocked(f"UPDATE {table} SET id = id")
        blocked(f"DELETE FROM {table}")


def test_no_row_is_put_into_another_organisation(full: Case, aman: Party, dfwac: Party) -> None:
    new_case = (
        "INSERT INTO cases_case (id, organisation_id, reference, category, state, opened_at, changed_at,"
    )
    rows = {
        f"{new_case} version, close_reason) VALUES (%s, %s, 'C-0000-0000', 'child_abuse', 'open', %s, %s, 1, '')": (
            uuid4(), aman.id, clock.now(), clock.now()),
        "INSERT INTO cases_person (id, case_id, role, position, sex, age_band) "
        "VALUES (%s, %s, 'companion', 9, '', '')": (
            uuid4(), full.id),
        "INSERT INTO cases_access (id, case_id, membership_id, reason, opened_at) VALUES (%s, %s, %s, 'covers', %s)": (
            uuid4(), full.id, dfwac.supervisor.membership_id, clock.now()),
        "INSERT INTO cases_casenote (id, case_id, written_at, body) VALUES (%s, %s, %s, 'x')": (
            uuid4(), full.id, clock.now()),
    }  # fmt: skip
    with acting(dfwac.supervisor):
        for sql, values in rows.items():
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                run(sql, values)


def test_a_draft_is_its_authors_alone_even_inside_the_organisation(full: Case, colleague: Actor) -> None:
    with acting(colleague):
        assert run("SELECT * FROM cases_formdraft") == 0
        blocked("UPDATE cases_formdraft SET based_on = 7")


@pytest.mark.parametrize("table", CHILDREN)
def test_a_child_row_is_reached_only_through_its_case(full: Case, dfwac: Party, table: str) -> None:
    with acting(dfwac.supervisor):
        assert run(f"SELECT * FROM {table} WHERE case_id = %s", (full.id,)) == 0


def test_an_open_case_and_its_access_list_are_never_deleted(full: Case, aman: Party) -> None:
    with acting(aman.caseworker):
        for table in ("cases_case", "cases_access", "cases_casenote"):
            blocked(f"DELETE FROM {table}")


def test_nothing_is_read_outside_of_acting(full: Case) -> None:
    with pytest.raises(DatabaseError, match="outside acting"), transaction.atomic():
        run("SELECT * FROM cases_case")


def test_every_column_says_how_sensitive_it_is() -> None:
    from django.apps import apps

    for model in apps.get_app_config("cases").get_models():
        assert set(model.sensitivity) == {field.name for field in model._meta.local_fields}, model
