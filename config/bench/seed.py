"""What the benchmark needs of the product from inside: people, prepared referrals, counted statements, query plans.

`python -m config.bench.seed WHAT JSON` runs as the runtime role in a process of its own and answers with one line of
JSON. Everything is written by calling actions.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import django

from .rows import PASSWORD, RECEIVERS, SENDERS

Actors = dict[str, Any]


def main() -> None:
    """Do one thing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.bench.settings")
    django.setup()
    from procrastinate.contrib.django import app
    from procrastinate.testing import InMemoryConnector

    what, asked = sys.argv[1], json.loads(sys.argv[2])
    if what == "log":
        from . import logged

        answer: Any = logged.inside(**asked)
    elif what == "searches":
        from . import searching

        answer = searching.measured(**asked)
    elif what == "openings":
        from . import agent

        answer = agent.frames(actor=actors_of(0)["dfwac.duty"], **asked)
    elif what in ("plans", "count"):
        from . import counting

        answer = counting.plans(**asked) if what == "plans" else counting.count(actors_of(0), **asked)
    else:
        with app.replace_connector(InMemoryConnector()):  # what is prepared leaves no jobs behind
            answer = PREPARING[what](**asked)
    print(json.dumps(answer), flush=True)  # noqa: T201  read by the benchmark


def staff(users: int) -> None:
    """`users` caseworkers at Aman and as many duty officers at the Dubai Foundation, with a known password."""
    from ihala.accounts.roles import Role
    from ihala.core.acting import acting
    from ihala.organisations.actions import add_member
    from ihala.organisations.models import Actor, Organisation

    for prefix, role in ((SENDERS, Role.CASEWORKER), (RECEIVERS, Role.DUTY_OFFICER)):
        system = Actor.system_of(Organisation.objects.get(code=prefix.partition(".")[0]).pk)
        for number in range(users):
            with acting(system):
                add_member(
                    username=f"{prefix}{number}", roles=[role], name_ar=f"مناوبة {number}", name_en=f"Shift {number}",
                    by=system, password=PASSWORD,
                )  # fmt: skip


def actors_of(number: int) -> Actors:
    """The cast, with the caseworker and the duty officer of this number in their places."""
    from ihala.core.acting import acting
    from ihala.organisations.models import Actor, Membership, Organisation
    from ihala.organisations.rules import actor_of

    actors: Actors = {}
    for organisation in Organisation.objects.filter(code__in=["aman", "dfwac"]):
        with acting(Actor.system_of(organisation.pk)):
            for member in Membership.objects.select_related("user", "organisation"):
                actors[member.user.username] = actor_of(member)
    actors["aman.caseworker"] = actors[f"{SENDERS}{number}"]
    actors["dfwac.duty"] = actors[f"{RECEIVERS}{number}"]
    return actors


def drafts(count: int, users: int, script: str, first: int = 0) -> list[list[Any]]:
    """Referrals acted out by `script` for each user in turn: reference and version, in the order of the users."""
    from django.db import connection

    from ihala.core.vocabulary import Kind, Urgency
    from ihala.demo.acts import ACTS
    from ihala.demo.people import FAMILIES
    from ihala.demo.scenes import Scene, play

    casts = [actors_of(number) for number in range(users)]
    families = [family for key, family in sorted(FAMILIES.items()) if key.startswith("dv")]
    made = []
    _hurry(connection)
    for number in range(first, first + count):
        family = families[number % len(families)]
        scene = Scene(casts[number % users], family, "aman", "dfwac", Urgency.EMERGENCY, Kind.TRANSFER)
        play(scene, script, ACTS)
        made.append([scene.subject.reference, scene.subject.version])
    return made


def answered(references: list[str]) -> list[list[Any]]:
    """The receiver acknowledges what was sent and attests the conflict check."""
    from django.db import connection

    from ihala.core.acting import acting
    from ihala.referrals import actions
    from ihala.referrals.models import Referral

    duty = actors_of(0)["dfwac.duty"]
    made = []
    _hurry(connection)
    for reference in references:
        with acting(duty):
            referral = Referral.objects.filter(reference=reference, acknowledged_at=None).first()
            if referral is None:  # time was up before it was sent
                continue
            referral = actions.acknowledge(referral, by=duty)
            done = actions.attest_conflict_check(referral, by=duty, spoke_with="مناوبة أمان", result="clear")
        made.append([reference, done.version])
    return made


def erased(count: int) -> list[float]:
    """Seconds from confirmed to done of erasing `count` whole cases, one after the other; this waits for the disk."""
    import time

    from ihala.core.acting import acting
    from ihala.core.clock import today
    from ihala.demo.people import FAMILIES
    from ihala.demo.scenes import Scene, open_case
    from ihala.erasure import actions
    from ihala.erasure.enums import AskedBy, Ground, Unit
    from ihala.organisations.models import Actor

    cast, took = actors_of(0), []
    officer, director = cast["aman.dpo"], cast["aman.director"]
    families = [family for key, family in sorted(FAMILIES.items()) if key.startswith("dv")]
    for number in range(count):
        case = open_case(Scene(cast, families[number % len(families)]), cast["aman.caseworker"])
        with acting(officer):
            asked = actions.request(
                case,
                by=officer,
                unit=Unit.CASE,
                ground=Ground.RIGHT,
                asked_by=AskedBy.SURVIVOR,
                asked_on=today(),
            )
        with acting(director):
            actions.confirm(asked, by=director)
        system, began = Actor.system_of(officer.organisation_id), time.perf_counter()
        with acting(system):
            actions.carry_out(asked.pk, by=system)
        took.append(time.perf_counter() - began)
    return took


def _hurry(connection: Any) -> None:
    """Preparing is not measured: this connection does not wait for the disk."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


PREPARING: dict[str, Callable[..., Any]] = {
    "staff": staff,
    "drafts": drafts,
    "answered": answered,
    "erased": erased,
}

if __name__ == "__main__":
    main()
