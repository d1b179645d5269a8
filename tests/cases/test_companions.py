"""Whoever stays in a case stays who they are when somebody before them is removed."""

from dataclasses import replace

from django.test import Client
from django.urls import reverse

from ihala.audit.enums import Purpose
from ihala.cases import actions
from ihala.cases.models import Case, Person
from ihala.cases.rules import content_of, package_of
from ihala.cases.typed import next_number, one_more, row_numbers, typed_of
from ihala.core.acting import acting
from tests.organisations.cast import Party

from . import family


def test_removing_one_companion_leaves_the_others_who_they_are(aman: Party, case: Case) -> None:
    """Rows, salts and paths belong to a person; nobody moves into the place of somebody who was removed."""
    with acting(aman.caseworker):
        second = Person.objects.get(case=case, role="companion", position=1)
        content = actions.open_case(case, by=aman.caseworker, purpose=Purpose.WORK)
        left = replace(
            content, companions=content.companions[1:], numbers={**content.numbers, "companion": (1,)}
        )
        changed_case = actions.update_case(case, left, by=aman.caseworker, version=case.version)
        (row,) = Person.objects.filter(case=case, role="companion")
        assert (row.pk, row.position) == (second.pk, 1)
        again = actions.open_case(changed_case, by=aman.caseworker, purpose=Purpose.WORK)
    assert again.companions == content.companions[1:] and again.numbers["companion"] == (1,)
    paths = {path for values in package_of(again).values() for path in values}
    assert "companions.1.name" in paths and not [path for path in paths if path.startswith("companions.0.")]
    assert content_of(package_of(again), again.category) == replace(again, attachments={})
    assert typed_of(again)["companions-1-name"] == content.companions[1]["name"]


def test_the_form_removes_the_first_companion_and_keeps_the_second_in_their_place(
    aman: Party, case: Case, writer: Client
) -> None:
    with acting(aman.caseworker):
        second = Person.objects.get(case=case, role="companion", position=1)
    typed = dict(typed_of(family.CONTENT).lists()) | {
        "companions-0-DELETE": ["on"],
        "version": [str(case.version)],
    }
    assert writer.post(reverse("cases:edit", args=[case.reference]), typed).status_code == 302
    with acting(aman.caseworker):
        assert list(Person.objects.filter(case=case, role="companion").values_list("pk", "position")) == [
            (second.pk, 1)
        ]
    assert (
        'name="companions-1-name"'
        in writer.get(reverse("cases:edit", args=[case.reference])).content.decode()
    )


def test_a_row_added_after_one_was_removed_takes_neither_its_number_nor_its_mark() -> None:
    typed = typed_of(family.CONTENT)
    typed["companions-1-DELETE"] = "on"
    assert (row_numbers(typed, "companions"), next_number(typed, "companions")) == ([0], 2)
    assert row_numbers(one_more(typed, "companions"), "companions") == [0, 2]
