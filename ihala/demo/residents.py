"""Families who came to a house by themselves, the questions the two organisations asked each other, and this morning.

A house is full of people nobody referred; without them the board is bare and the pictures for managers show nothing.
Everything by actions, at moments of the past.
"""

from collections.abc import Iterator
from datetime import timedelta

from ihala.accounts.roles import Role
from ihala.cases import actions as cases
from ihala.cases.enums import AccessReason, CloseReason
from ihala.cases.models import Case
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.vocabulary import Category
from ihala.organisations.models import Actor
from ihala.referrals import actions as referrals
from ihala.referrals.models import Referral
from ihala.shelter import actions
from ihala.shelter.enums import ExtendReason
from ihala.shelter.models import Bed, Hold
from ihala.shelter.shapes import household_of

from .people import FAMILIES
from .scenes import Scene, open_case, span

LONG = (4, 18, 30, 55, 9, 75, 26, 120)
"""Days that families stayed, in turn."""
LEFT = (
    ("planned", "own_home"), ("planned", "relatives"), ("by_choice", "relatives"), ("transferred", "other_shelter"),
    ("legal_order", "authorities"), ("by_choice", "person_of_concern"), ("planned", "home_country"),
)  # fmt: skip
COMING = {"dfwac": 66, "aman": 22}
"""How many came within a year."""
FIRST_DAY, LAST_DAY, STILL_HERE = 378, 6, 3

QUESTIONS = (
    ("aman", "6d", "F18 M5 F2|", Category.DOMESTIC_VIOLENCE),
    ("aman", "52h", "F18|pregnancy", Category.HUMAN_TRAFFICKING),
    ("dfwac", "31h", "F18 F12 M5|", Category.DOMESTIC_VIOLENCE),
    ("aman", "4h", "M12|", Category.CHILD_ABUSE),
    ("dfwac", "3h", "F18 F0|cot", Category.DOMESTIC_VIOLENCE),
    ("aman", "85m", "F18 M12 F5|wheelchair", Category.DOMESTIC_VIOLENCE),
)
"""Who asked, how long ago, for which family, of which category."""


def came_by_themselves(actors: dict[str, Actor], code: str) -> Iterator[tuple[Case, float, float]]:
    """Each family's case, opened the hour it came; days ago of coming and of leaving (0: lives here still)."""
    keys = sorted(FAMILIES, key=lambda key: (len(FAMILIES[key].content.companions), key))
    third = len(keys) // 3
    for number in range(COMING[code]):
        key = keys[(number % 3) * third + number // 3 % third]
        came = FIRST_DAY - number * (FIRST_DAY - LAST_DAY) / COMING[code]
        left = came - LONG[number % len(LONG)]
        yield _case(actors, code, key, came), came, left if left > STILL_HERE else 0


def _case(actors: dict[str, Actor], code: str, key: str, days_ago: float) -> Case:
    worker = actors[f"{code}.caseworker"]
    with clock.at(clock.now() - timedelta(days=days_ago, hours=1)):
        case = open_case(Scene(actors, FAMILIES[key], code), worker)
        with acting(worker):
            cases.give_access(case, by=worker, role=Role.SUPERVISOR, reason=AccessReason.SUPERVISES)
    return case


def closed(case: Case, number: int, by: Actor) -> None:
    """The work on the case of a family that has left is over."""
    with acting(by):
        cases.close_case(case, by=by, reason=CloseReason.LEFT if number % 3 else CloseReason.NEED_MET)


def asked(actors: dict[str, Actor]) -> None:
    """The questions of the last days; today's use up some of the day's few."""
    for code, since, shape, category in QUESTIONS:
        by = actors[f"{code}.caseworker"]
        with clock.at(clock.now() - span(since)), acting(by):
            actions.ask(household_of(shape), by=by, category=category, urgency="urgent", services=["shelter"])


def arrived_this_night(actors: dict[str, Actor], code: str, beds: list[Bed]) -> None:
    """Two hours ago somebody stood at the door: her things are kept, the rest of the arrival is still to be done."""
    by, case = actors[f"{code}.supervisor"], _case(actors, code, "dv07", 0.1)
    with clock.at(clock.now() - timedelta(hours=2)):
        stay = actions.admit(beds, family=case.pk, planned_until=clock.today() + timedelta(days=30), by=by)
        actions.check_off(stay, "health", by=by)
        actions.keep_belongings(stay, "جواز سفر\nسوار ذهب\nهاتف محمول", by=by)


def kept_longer(by: Actor) -> None:
    """The hold that lasts longest lasts a day longer: the bus has broken down."""
    held = Hold.objects.filter(organisation=by.organisation_id, ended_at=None, backs__isnull=False)
    last = held.order_by("until", "pk").last()
    if last is not None and last.backs is not None:
        referral = Referral.objects.get(pk=last.backs)
        until = last.until + timedelta(hours=20)
        referrals.hold_beds(referral, by=by, until=until, reason=ExtendReason.TRANSPORT)


def warned(organisation: int) -> None:
    """The clock has looked at the holds."""
    system = Actor.system_of(organisation)
    with acting(system):
        actions.mind_holds(by=system)


def leaves(number: int) -> tuple[str, str]:
    """How a family left, and where to."""
    return LEFT[number % len(LEFT)]
