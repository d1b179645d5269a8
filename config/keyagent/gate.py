"""What is asked before the agent answers, whoever asks and whatever they say about themselves.

Does the one in whose name it is asked work there now? Have they shown lately that it is they, where class *safety* is
to be opened? Is it still a human amount? A no is on record; what looks like a taken-over process or a stolen session
rings the alarm: an event in the log and a content-free notice to the data protection officers, in one transaction.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from ihala.accounts.roles import Permission, Role, permissions_of
from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.audit.quotas import DAY, Alarm, Limits, Quotas, Rates, Searches
from ihala.core.clock import now
from ihala.core.refusal import Refused
from ihala.core.vocabulary import DisclosureClass
from ihala.notifications.actions import notify
from ihala.notifications.enums import Kind
from ihala.organisations.models import Actor
from ihala.vault.enums import SubjectKind
from ihala.vault.refusals import NO_LIVE_BASIS, NO_MEMBER, NO_SEARCHER, QUOTA, SEARCH_QUOTA, STEP_UP
from ihala.vault.sealing import SecretName
from ihala.vault.wire import Who

logger = logging.getLogger("ihala.keyagent")

STANDING = """
SELECT ihala_standing(membership, person, organisation)
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY AS asked(membership, person, organisation, place)
ORDER BY place
"""
CONFIRMING = (EventName.SIGN_IN_SUCCEEDED, EventName.SIGN_IN_CONFIRMED)
ASKING = {"known": Permission.DRAFT_REFERRAL}
"""What only people of certain roles ask, never a job."""
OF_REFERRALS = (SubjectKind.REFERRAL, SubjectKind.THREAD, SubjectKind.SIDE)


class Gate:
    """Keeps the counts; one for the life of the process."""

    def __init__(self) -> None:
        person, system, installation = (Rates(*pair) for pair in settings.OPENING_QUOTAS)
        self.quotas = Quotas(Limits(person, system, installation))
        self._rung: list[Alarm] = []
        self.searches = {
            purpose: Searches(Rates(*rates)) for purpose, rates in settings.SEARCH_QUOTAS.items()
        }

    @classmethod
    def restored(cls) -> "Gate":
        """With the counts of the last day, as the log tells them: a restart forgives nobody."""
        made = cls()
        made.restore()
        return made

    def restore(self) -> int:
        """Count what the log tells of the last day; how many openings."""
        opened = Event.objects.filter(name=EventName.SEALED_OPENED, refusal="", at__gt=now() - DAY)
        columns = ("organisation_id", "user_id", "case_id", "referral_id", "subject_id", "at")
        number = 0
        for organisation, user, case, referral, subject, at in opened.order_by("at").values_list(*columns):
            self.quotas.remember(organisation, user, case or referral or subject, at)
            number += 1
        searched = Event.objects.filter(name=EventName.PEOPLE_SEARCHED, refusal="", at__gt=now() - DAY)
        for row in searched.order_by("at").values_list("organisation_id", "user_id", "detail__purpose", "at"):
            organisation, user, purpose, at = row
            if organisation is not None and purpose in self.searches:
                self.searches[purpose].count(organisation, user, at)
        return number

    def ask(self, verb: str, arguments: dict[str, Any]) -> None:
        """`Refused` if this may not be answered."""
        actor: Who | None = arguments.get("actor")
        if actor is not None:
            self._admit(verb, arguments, actor, standing([actor])[actor])

    def ask_each(self, verb: str, questions: Sequence[dict[str, Any]]) -> list[Refused | None]:
        """The same for several who ask at once, each by itself; who they are is looked up in one query."""
        self._rung.clear()
        roles = standing(dict.fromkeys(one["actor"] for one in questions))
        said: list[Refused | None] = []
        for one in questions:
            try:
                self._admit(verb, one, one["actor"], roles[one["actor"]])
            except Refused as refused:
                said.append(refused)
            else:
                said.append(None)
        return said

    def _admit(self, verb: str, arguments: dict[str, Any], actor: Who, roles: list[str] | None) -> None:
        if roles is None or not roles_allow(verb, roles):
            raise Refused(NO_MEMBER)
        if verb == "find":
            self._search(actor, roles, arguments)
        if verb == "open":
            names = [opening.name for opening in arguments["openings"]]
            if needs_step_up(actor, roles, names):
                _refused(actor, arguments, STEP_UP.code)
                raise Refused(STEP_UP)
            self._count(actor, names, arguments)

    def _search(self, actor: Who, roles: list[str], arguments: dict[str, Any]) -> None:
        """Only people whose role opens cases search, never a job; and no more than work needs."""
        if Permission.READ_CASE not in permissions_of({Role(role) for role in roles}):
            raise Refused(NO_SEARCHER)
        purpose = str(arguments["purpose"])
        rates = self.searches.get(purpose)
        if rates is None or rates.count(actor.organisation_id, actor.user_id, now()):
            return
        audit.record(actor, EventName.PEOPLE_SEARCHED, refusal=SEARCH_QUOTA.code, detail={"purpose": purpose})
        self._ring("search_quota", actor)
        raise Refused(SEARCH_QUOTA)

    def _count(self, actor: Who, names: Iterable[SecretName], arguments: dict[str, Any]) -> None:
        roots = {name.subject.root for name in names}
        reached = self.quotas.count(actor.organisation_id, actor.user_id, roots, now())
        if reached:
            _refused(actor, arguments, reached)
            self._ring(reached, actor)
            raise Refused(QUOTA)

    def refused(self, verb: str, arguments: dict[str, Any], refused: Refused) -> None:
        """The vault itself said no; often enough, it is somebody trying doors."""
        actor: Who | None = arguments.get("actor")
        if verb != "open" or actor is None or refused.refusal.code != NO_LIVE_BASIS.code:
            return
        if self.quotas.probed(actor.organisation_id, actor.user_id, now()):
            self._ring("probing", actor)

    def _ring(self, reason: str, actor: Who) -> None:
        alarm = self.quotas.alarm(reason, actor.organisation_id, actor.user_id, now())
        if alarm is not None:
            self._rung.append(alarm)
            ring(alarm)

    def undo(self) -> None:
        """What was rung since the last `ask_each` was rolled back: it has not rung, and rings the next time."""
        self.quotas.silence(self._rung)


def ring(alarm: Alarm) -> None:
    """On record in each organisation concerned, and a notice to its data protection officers."""
    logger.warning("alarm: %s, %d opened within a day", alarm.reason, alarm.opened)
    for organisation in alarm.organisations:
        system = Actor.system_of(organisation)
        detail = {"reason": alarm.reason, "user": alarm.user_id, "opened": alarm.opened}
        audit.record(system, EventName.SEALED_ALARM, detail=detail)
        notify(organisation, roles=[Role.DPO], kind=Kind.LOOK_AT_LOG, subject_id=None, author=system)


def _refused(actor: Who, arguments: dict[str, Any], code: str) -> None:
    detail = {"purpose": str(arguments["purpose"]), "number": len(arguments["openings"])}
    audit.record(actor, EventName.SEALED_OPENED, refusal=code, detail=detail)


def standing(actors: Iterable[Who]) -> dict[Who, list[str] | None]:
    """The roles each has now; none for the system; None for who is nobody there (any more). One query."""
    asked = list(actors)
    with connection.cursor() as cursor:
        ids = [(one.membership_id, one.user_id, one.organisation_id) for one in asked]
        cursor.execute(STANDING, [list(column) for column in zip(*ids, strict=True)])
        return dict(zip(asked, (row[0] for row in cursor.fetchall()), strict=True))


def roles_allow(verb: str, roles: Iterable[str]) -> bool:
    """Is this asked by somebody whose work it is?"""
    return verb not in ASKING or ASKING[verb] in permissions_of({Role(role) for role in roles})


def needs_step_up(actor: Who, roles: list[str], names: Iterable[SecretName]) -> bool:
    """Class *safety* (where she is, whom she fears) opens to those who showed lately that it is they.

    Duty officers are never asked over a referral: at three in the morning somebody is being moved, and a telephone with
    the second factor in another room must not stand in the way. Jobs have nobody to ask.
    """
    minutes = settings.STEP_UP_MINUTES
    guarded = [name for name in names if name.disclosure_class == DisclosureClass.SAFETY]
    if Role.DUTY_OFFICER in roles:
        guarded = [name for name in guarded if name.subject.kind not in OF_REFERRALS]
    if not minutes or not guarded or actor.user_id == 0:
        return False
    return not _confirmed_since(actor, now() - timedelta(minutes=minutes))


def _confirmed_since(actor: Who, moment: datetime) -> bool:
    """Signed in or confirmed since then: the log says so."""
    own = Event.objects.filter(user_id=actor.user_id, organisation_id=actor.organisation_id, at__gte=moment)
    return own.filter(name__in=CONFIRMING).exists()
