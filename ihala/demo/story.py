"""The demo's story: about sixty referrals over the past year, told by calling actions with the clock set back.

Everything a visitor sees was done by one of the cast at a moment of the past: signed, sent, asked, accepted, arrived.
"""

import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.testing import InMemoryConnector

from ihala.accounts.models import User
from ihala.audit.signing import in_force, register_witness
from ihala.audit.witness import Witness
from ihala.core import clock
from ihala.core.acting import acting, at_the_door, at_the_log
from ihala.core.vocabulary import Urgency
from ihala.matching.actions import set_rule
from ihala.notifications.actions import mark_seen
from ihala.notifications.rules import unseen_by
from ihala.organisations.actions import add_holiday, add_shift, ask_reset
from ihala.organisations.enums import ConfirmedBy
from ihala.organisations.models import Actor, Membership, Organisation
from ihala.organisations.terms import default_terms

from . import cast as the_cast
from . import emergencies, erasures, houses, matches
from .acts import ACTS
from .people import FAMILIES, HELEN, MARIAM
from .scenes import Scene, span
from .scenes import play as play_scene
from .tales import NOW, TALES, Tale

Progress = Callable[[str], None]

HOLIDAYS = (
    ("2026-12-02", "عيد الاتحاد", "National Day"),
    ("2026-12-03", "عيد الاتحاد", "National Day"),
    ("2027-01-01", "رأس السنة الميلادية", "New Year's Day"),
)


def play(progress: Progress = lambda line: None, *, processes: int = 1) -> None:
    """Tell the story once; on a database where it is told already nothing happens. With two `processes` every second
    referral is told by a child of this process, which must have no other threads then."""
    if Organisation.objects.filter(code="aman").exists():
        return
    # Nobody is to be told by e-mail of what happened in the past: the jobs stay in memory and go with it.
    with jobs.replace_connector(InMemoryConnector()):
        with _quickly():
            actors = _founded(clock.now())
        progress("organisations, staff and their agreement")
        _told_by(processes, actors, progress)
        with _quickly():
            houses.lived(actors)
            _helen(actors)
            _mariam(actors)
            _lost_telephone(actors)
            with transaction.atomic():
                erasures.play(actors, clock.now())
                emergencies.play(actors, clock.now())
            matches.play(actors, clock.now())
            _seen(actors)


@contextmanager
def _quickly() -> Iterator[None]:
    """The story can be told again; waiting for the disk after each of its thousand steps would take a minute."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = on")


def _told_by(processes: int, actors: dict[str, Actor], progress: Progress) -> None:
    tales = (*TALES, *NOW)
    if processes < 2:
        _told(actors, tales, progress)
        return
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    child = os.fork()
    if child == 0:
        os._exit(_told_in_child(actors, tales[1::2]))
    _told(actors, tales[::2], progress)
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("the other half of the story was not told")


def _told_in_child(actors: dict[str, Actor], tales: tuple[Tale, ...]) -> int:
    """The exit status of the child: it must not come back into what its parent is doing."""
    try:
        _told(actors, tales, lambda line: None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _founded(present: datetime) -> dict[str, Actor]:
    """Organisations, staff, rota, holidays, and an agreement of two versions with a third one proposed."""
    with clock.at(present - timedelta(days=400)), transaction.atomic():
        actors = the_cast.assemble()
        witnessed(actors)
        first = the_cast.propose(actors, _first_terms(actors))
    with clock.at(present - timedelta(days=396)):
        the_cast.sign(actors, first)
        houses.found(actors)
    with clock.at(present - timedelta(days=161)):
        second = the_cast.propose(actors, _second_terms(actors))
    with clock.at(present - timedelta(days=154)):
        the_cast.sign(actors, second)
    with clock.at(present - timedelta(days=2)):
        the_cast.propose(actors, _third_terms(actors))
    for code in ("aman", "dfwac"):
        _on_duty(actors, code, present)
    return actors


def witnessed(actors: dict[str, Actor]) -> None:
    """Each of the two has a witness, whose key its data protection officer registers."""
    for code in ("aman", "dfwac"):
        name, officer = f"witness.{code}", actors[f"{code}.dpo"]
        key = Witness(Path(settings.WITNESS_DIR) / name, name, _nobody).key
        with acting(officer):
            register_witness(officer, key)


def witnesses_elsewhere() -> list[str]:
    """The registered witnesses whose folder is not here: in a demo that was restored into another home."""
    with at_the_log():
        names = [key.name for owner, key in in_force().items() if owner]
    return [name for name in names if not (Path(settings.WITNESS_DIR) / name / "witness.key").exists()]


def _nobody(*asked: object) -> bytes:
    raise OSError("no server runs while the story is told")


def _first_terms(actors: dict[str, Actor]) -> dict:
    """As first signed: no shared rule for admission yet, and the waiting list looked at less often."""
    data = default_terms(*_parties(actors))
    data["clocks"]["waitlisted"]["standard"] = [14, "days"]
    return data


def _second_terms(actors: dict[str, Actor]) -> dict:
    """In force today: the mechanism's own clocks, and what each house can take."""
    aman, dubai = _parties(actors)
    data = {**default_terms(aman, dubai), **the_cast.known_to_each(actors)}
    data["admission"] = {
        str(aman): {"ar": "نساء وأطفال؛ الأبناء حتى ١٢ سنة", "en": "Women and children; sons up to 12 years"},
        str(dubai): {
            "ar": "نساء وأطفال؛ وحدات مهيأة للكرسي المتحرك",
            "en": "Women and children; wheelchair units",
        },
    }
    return data


def _third_terms(actors: dict[str, Actor]) -> dict:
    """Proposed: identity already on sending in an emergency, a second person for acceptances, another ladder."""
    data = _second_terms(actors)
    data["second_person"] = [*data["second_person"], "accept"]
    data["ladder"] = ["supervisor", "duty_officer", "director"]
    data["release"]["identity"][str(Urgency.EMERGENCY)] = "sending"
    return data


def _parties(actors: dict[str, Actor]) -> tuple[int, int]:
    return actors["aman.director"].organisation_id, actors["dfwac.director"].organisation_id


def _on_duty(actors: dict[str, Actor], code: str, present: datetime) -> None:
    """Who answers at night, from yesterday to the end of next week; and the holidays to come."""
    supervisor, administrator = actors[f"{code}.supervisor"], actors[f"{code}.admin"]
    midnight = datetime.combine(present.astimezone(clock.DUBAI).date(), time(8), clock.DUBAI)
    with acting(supervisor):
        members = [
            Membership.objects.get(pk=actors[f"{code}.{role}"].membership_id)
            for role in ("duty", "supervisor2")
        ]
        for day in range(-1, 9):
            begins = midnight + timedelta(days=day)
            member = members[0] if day % 3 != 2 else members[1]
            add_shift(member, starts_at=begins, ends_at=begins + timedelta(hours=24), by=supervisor)
    with acting(administrator):
        for on, name_ar, name_en in HOLIDAYS:
            add_holiday(
                on=datetime.fromisoformat(on).date(), name_ar=name_ar, name_en=name_en, by=administrator
            )


def _told(actors: dict[str, Actor], tales: tuple[Tale, ...], progress: Progress) -> None:
    with _quickly():
        for number, tale in enumerate(tales, 1):
            tell(actors, tale)
            if number % 10 == 0:
                progress(f"referrals: {100 * number // len(tales)} %")


def tell(actors: dict[str, Actor], tale: Tale) -> Scene:
    """Play one referral, from its day in the past on; each is committed whole."""
    sender, _to, receiver = tale.way.partition(">")
    scene = Scene(actors, FAMILIES[tale.family], sender, receiver, tale.urgency, tale.kind)
    scene.turn = sum(map(ord, tale.family))
    with transaction.atomic():
        play_scene(scene, tale.script, ACTS, moment_of(tale.since))
    return scene


def moment_of(since: str) -> datetime:
    """ "312d 02:40" is that hour in Dubai so many days ago; "35m" is so long before now."""
    ago, _space, hour = since.partition(" ")
    moment = clock.now() - span(ago)
    if not hour:
        return moment
    return datetime.combine(moment.astimezone(clock.DUBAI).date(), time.fromisoformat(hour), clock.DUBAI)


def _helen(actors: dict[str, Actor]) -> None:
    """The case from which a visitor sends their first referral."""
    scene = Scene(actors, HELEN)
    with transaction.atomic():
        play_scene(
            scene, "case consent+10m file:order+2m file:scan+1m", ACTS, clock.now() - timedelta(minutes=40)
        )


def _mariam(actors: dict[str, Actor]) -> None:
    """A case that only its author may open; at Aman colleagues are told that there is something to ask about."""
    officer = actors["aman.dpo"]
    with clock.at(clock.now() - timedelta(days=150)), acting(officer):
        set_rule(by=officer, tells_colleagues=True)
    with transaction.atomic():
        play_scene(Scene(actors, MARIAM), "case", ACTS, moment_of("61d 10:20"))


def _lost_telephone(actors: dict[str, Actor]) -> None:
    """The Foundation's duty officer has lost hers; the reset waits for a second person."""
    duty, administrator = actors["dfwac.duty"], actors["dfwac.admin"]
    with at_the_door(duty.user_id):
        TOTP.activate(User.objects.get(pk=duty.user_id), generate_totp_secret())
    with clock.at(clock.now() - timedelta(minutes=25)), acting(administrator):
        person = Membership.objects.get(pk=duty.membership_id)
        ask_reset(person, confirmed_how=ConfirmedBy.CALLED_BACK, by=administrator)


def _seen(actors: dict[str, Actor]) -> None:
    """Everybody has looked at what they were told before today."""
    before = clock.now() - timedelta(hours=14)
    for actor in actors.values():
        with acting(actor):
            mark_seen(list(unseen_by(actor).filter(created_at__lt=before)), by=actor)


def cast(address: str) -> str:
    """Who can enter and where, for the terminal."""
    lines = [f"{address}  ·  enter as one of:"]
    for code, _name_ar, name_en, _emirate in the_cast.ORGANISATIONS:
        names = [person.username for person in the_cast.PEOPLE if person.organisation == code]
        lines += [f"  {name_en}", *(f"    {'  '.join(names[i : i + 4])}" for i in range(0, len(names), 4))]
    return "\n".join(lines)
