"""Two people sign at the same moment: exactly one succeeds."""

import threading
from typing import Any

import pytest
from django.db import connection

from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.organisations import actions
from ihala.organisations.models import Actor, Terms

from . import cast


@pytest.mark.django_db(transaction=True)
def test_of_two_who_countersign_at_once_exactly_one_succeeds() -> None:
    aman, dfwac = cast.aman(), cast.dfwac()
    cast.agree(aman, dfwac)
    terms = cast.propose(aman, dfwac)
    gate, results = threading.Barrier(2), []

    def sign(actor: Actor) -> None:
        try:
            gate.wait(10)
            with acting(actor):
                results.append(actions.countersign(terms, by=actor).pk)
        except Refused as refused:
            results.append(refused.refusal.code)
        finally:
            connection.close()

    threads: list[Any] = [
        threading.Thread(target=sign, args=(actor,)) for actor in (dfwac.director, dfwac.supervisor)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(results, key=str) == sorted([terms.pk, "not_proposed"], key=str)
    with acting(aman.director):
        assert Terms.objects.filter(active_from__isnull=False, ended_at=None).count() == 1
