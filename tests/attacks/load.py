"""People at work, for the attacks: `python -m tests.attacks.load` sends and opens until its standard input ends.

Each line on standard output is something the product has acknowledged: `sent KEY` once the action has returned, and
`opened KEY` once content was answered. What is refused in words because a process is away is tried again, like a person
would; anything else ends it with an error.
"""

import logging
import os
import sys
import threading

import django

PEOPLE = 4


def main() -> None:
    """Work in threads, each with its own connection to the database and the key agent."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    logging.disable()  # what goes wrong meanwhile is the test's intention
    stop, failed = threading.Event(), []
    people = [threading.Thread(target=work, args=[stop, failed]) for _number in range(PEOPLE)]
    for person in people:
        person.start()
    sys.stdin.read()
    stop.set()
    for person in people:
        person.join()
    sys.exit("\n".join(failed) or 0)


def work(stop: threading.Event, failed: list[str]) -> None:
    """Send a referral as Aman's caseworker, open it as Dubai's duty officer, again and again."""
    from django.db import DatabaseError, InterfaceError, connection

    from ihala.core.refusal import Refused
    from ihala.vault import link

    actors = None
    while not stop.is_set():
        try:
            actors = actors or the_cast()
            once(actors)
        except (DatabaseError, InterfaceError, Refused) as error:
            if isinstance(error, Refused) and error.refusal.code != "agent_away":
                failed.append(repr(error))
                return
            link.forget()
            connection.close()
            stop.wait(0.2)
        except BaseException as error:
            failed.append(repr(error))
            raise


def once(actors):
    """One referral, sent and opened."""
    from ihala.core.acting import acting
    from ihala.core.vocabulary import Kind, Urgency
    from ihala.demo.acts import ACTS
    from ihala.demo.people import HELEN
    from ihala.demo.scenes import Scene, play
    from ihala.referrals.actions import package

    scene = Scene(actors, HELEN, "aman", "dfwac", Urgency.EMERGENCY, Kind.TRANSFER)
    play(scene, "case consent draft send", ACTS)
    tell("sent", scene.subject.pk)
    with acting(duty := actors["dfwac.duty"]):
        assert any(values for _part, values in package.open_parts(scene.subject, by=duty))
        tell("opened", scene.subject.pk)


def the_cast():
    """Account name → actor, of the two organisations."""
    from ihala.core.acting import acting
    from ihala.organisations.models import Actor, Membership, Organisation
    from ihala.organisations.rules import actor_of

    found = {}
    for organisation in Organisation.objects.filter(code__in=["aman", "dfwac"]):
        with acting(Actor.system_of(organisation.pk)):
            for member in Membership.objects.select_related("user", "organisation"):
                found[member.user.username] = actor_of(member)
    return found


def tell(what, key):
    """One line, whole, at once."""
    os.write(1, f"{what} {key}\n".encode())


if __name__ == "__main__":
    main()
