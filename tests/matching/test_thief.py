"""What a thief of last night's dump and of the home's files makes of people who can be searched: nothing."""

import os
import random
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as product
from django.db import connection

from config import machine
from config.databases import OWNER_ROLE, parse
from ihala.cases import actions as cases
from ihala.cases.models import Person
from ihala.core.acting import acting
from ihala.matching.asked import read
from ihala.matching.engine import Engine
from ihala.matching.keeping import Keeper
from tests import given
from tests.demo.test_story import forms_of

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = (("مريم", "Mariam", 30), ("فاطمة", "Fatima", 24), ("زليخة", "Zuleikha", 12), ("لودميلا", "Ludmila", 8),
         ("بلسينغ", "Blessing", 6))  # fmt: skip
FAMILY = (
    "الزبرجدي Alzabarjadi",
    "القرنفلي Alqaranfuli",
    "Okonkwo-Adebayo Okonkwo-Adebayo",
    "الياسميني Alyasmini",
)


def people(number):
    """Names as they are distributed among real people: a few are common, and several people share a whole name."""
    drawn = random.Random(50)
    firsts = drawn.choices(FIRST, [weight for *_names, weight in FIRST], k=number)
    for index, (arabic, latin, _weight) in enumerate(firsts):
        family_arabic, family_latin = drawn.choice(FAMILY).rsplit(" ", 1)
        yield latin, {
            "name": f"{arabic} {family_arabic}", "name_latin": f"{latin} {family_latin}", "sex": "female",
            "birth": {"date": "1990-01-01", "approximate": True, "given": "1990", "calendar": "gregorian"},
            "phones": [{"number": f"+97150{7_000_000 + index}"}],
        }  # fmt: skip


def dumped(server):
    found = parse(server.address(OWNER_ROLE, connection.settings_dict["NAME"]))
    program = machine.binaries("pginstall18", None) / "bin" / "pg_dump"
    command = [str(program), "-h", found["HOST"], "-U", found["USER"], "-d", found["NAME"]]
    environment = os.environ | {"PGPASSWORD": found["PASSWORD"]}
    return subprocess.run(command, env=environment, check=True, capture_output=True).stdout


def test_a_dump_and_the_homes_files_name_nobody_and_counting_names_no_one_better_than_chance(server):
    worker = given.actor("aman.caseworker")
    for left in Path(product.SALTS_DIR).glob("search-*"):  # of another test's people
        left.unlink()
    named = {}
    with acting(worker):
        for first, survivor in people(80):
            content = replace(given.family().content, survivor=survivor, companions=(), persons_of_concern=())
            named[cases.create_case(content, by=worker).pk] = first
        keeper = Keeper(Engine(), keeps=True)
        keeper.load(worker.organisation_id)
        assert len(keeper.found(worker.organisation_id, read("Mariam Alzabarjadi", 2026), 50)) > 5
        rows = list(Person.objects.filter(case__in=named, role="survivor").values())
    files = [path.read_bytes() for path in Path(product.SALTS_DIR).glob("search-*")]
    assert any(len(data) > 4000 for data in files)
    haystacks = [dumped(server), *files]
    texts = {text for arabic, latin, _weight in FIRST[2:] for text in (arabic, latin)}
    texts |= {part for family in FAMILY for part in family.split(" ")} | {"507000", "+971507", "9715070000"}
    for text in texts:
        for form in {*forms_of(text), text.lower().encode()}:
            if len(form) >= 6:
                assert not [True for hay in haystacks if form in hay], text

    sealed = [bytes(row["identity"]) for row in rows]
    pieces = [data[at : at + 12] for data in sealed for at in range(0, len(data) - 12, 12)]
    assert len(set(pieces)) == len(pieces), "no value and no piece of one stands with two people"

    # The attack: who looks alike in all that can be seen is taken for one name, the largest group for the commonest.
    alike = Counter(_seen(row) for row in rows)
    common = [name for name, _count in Counter(named.values()).most_common()]
    guess = {
        group: common[min(place, len(common) - 1)] for place, (group, _n) in enumerate(alike.most_common())
    }
    right = sum(guess[_seen(row)] == named[row["case_id"]] for row in rows)
    chance = Counter(named.values()).most_common(1)[0][1]  # whoever says the commonest name of everybody
    assert right <= chance + 3 * (len(rows) * 0.25) ** 0.5


def _seen(row):
    """All that a thief can compare: what stands in clear, and how long what is sealed is."""
    return row["sex"], row["age_band"], len(row["identity"])
