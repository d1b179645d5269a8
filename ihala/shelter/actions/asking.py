"""Asking whom an organisation could take tonight, before anybody is named, and answering that by hand.

Each answer is made in the name of the organisation asked (decisions 8 and 39): its own policies show its own beds, and
only the coarse answer leaves. One window gives one answer to one shape, whoever asks.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID, uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Permission, Role
from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.cases.models import Case
from ihala.cases.rules import why_not_work
from ihala.core.clock import now, today
from ihala.core.refusal import Refusal, Refused, Status
from ihala.core.vocabulary import Category, Service, Urgency
from ihala.notifications import actions as notifications
from ihala.notifications.enums import Kind as Notice
from ihala.organisations.enums import Enquiries
from ihala.organisations.models import Actor

from .. import capacity, rules
from ..asked import Partner, partners_of
from ..fit import Household
from ..fit_words import Clause, Verdict
from ..models import MOST_A_DAY, Asking, Enquiry
from ..shapes import MOST_PEOPLE, Coarse, coarse, household_of, shape_of, window_of

NOBODY = Refusal("nobody_to_house", _("Say who is to be housed: at least one person, at most twelve."))
NO_SERVICE = Refusal("no_services", _("Choose at least one service that is asked for."))
ANSWERED = Refusal("answered", _("This question has been answered."), Status.CONFLICT)


def ask(
    household: Household,
    *,
    by: Actor,
    urgency: Urgency | str,
    services: Iterable[str],
    category: Category | str = "",
    case: Case | None = None,
) -> Enquiry:
    """Ask every organisation whose terms in force cover category and services; their answers stand in `Asking`.

    `case` is one the actor works on and stays unknown to those asked; the category is then the case's.
    Refused `not_permitted`, `nobody_to_house`.
    """
    rules_refuse = rules.why_not(Permission.DRAFT_REFERRAL, by) or (why_not_work(case, by) if case else None)
    wanted = sorted({str(Service(code)) for code in services})
    if rules_refuse or not wanted or not 1 <= len(household.members) <= MOST_PEOPLE:
        raise Refused(rules_refuse or (NOBODY if wanted else NO_SERVICE))
    moment = now()
    enquiry = Enquiry(
        organisation_id=by.organisation_id, case=case, shape=shape_of(household),
        category=Category(case.category if case else category), urgency=Urgency(urgency),
        services=wanted, window=window_of(moment), asked_at=moment,
        asked_by_id=by.membership_id or None,
    )  # fmt: skip
    enquiry.save(force_insert=True)
    partners = _to_ask(enquiry)
    made = _asked(partners, enquiry)
    for partner in partners:
        _tell_who_answers(made.get(partner.id), by)
    audit.record(
        by, EventName.FIT_ASKED, subject_kind="enquiry", subject_id=enquiry.pk, case_id=enquiry.case_id,
        along=[_event(partner, made.get(partner.id), by) for partner in partners],
    )  # fmt: skip
    return enquiry


def _to_ask(enquiry: Enquiry) -> list[Partner]:
    """Those whose terms let them be asked this and who have not answered it within this window."""
    known = set(_askings(enquiry).values_list("asked_id", flat=True))
    return [
        partner
        for partner in partners_of(enquiry.organisation_id)
        if partner.covers(enquiry.category, enquiry.services)
        and partner.answers != Enquiries.NONE
        and partner.id not in known
    ]


def _askings(enquiry: Enquiry) -> QuerySet[Asking]:
    return Asking.objects.filter(
        asking=enquiry.organisation_id, shape=enquiry.shape, window=enquiry.window
    ).exclude(asked=enquiry.organisation_id)


def _event(partner: Partner, asking: Asking | None, by: Actor) -> Event:
    """The event of one organisation asked, for both logs."""
    return audit.prepared(
        by, EventName.FIT_ASKED, subject_kind="enquiry", subject_id=asking.pk if asking else None,
        concerns=partner.id, refusal="" if asking else "asked_often",
        detail={"answer": asking.verdict, "slot": asking.slot} if asking else {},
    )  # fmt: skip


def _tell_who_answers(asking: Asking | None, by: Actor) -> None:
    if asking is not None and asking.by_hand:
        notifications.notify(
            asking.asked_id, roles=[Role.DUTY_OFFICER, Role.SUPERVISOR], kind=Notice.SOMETHING_WAITS,
            subject_id=asking.pk, author=by,
        )  # fmt: skip


def _asked(partners: Sequence[Partner], enquiry: Enquiry) -> dict[int, Asking]:
    """The row of this question for each organisation, in the next slot of its day; none once its slots are used up.

    Two people who ask at once meet at the constraints: the later one takes the next slot, or the same answer.
    """
    answers = _answers(partners, enquiry)
    rows = {partner.id: _row(partner, enquiry, answers.get(partner.id)) for partner in partners}
    made: dict[int, Asking] = {}
    for _attempt in range(MOST_A_DAY):
        left = [row for key, row in rows.items() if key not in made]
        for organisation, key, slot in _written(left):
            rows[organisation].id, rows[organisation].slot = key, slot
            made[organisation] = rows[organisation]
        missing = rows.keys() - made.keys()
        if not missing:
            break
        made |= {row.asked_id: row for row in _askings(enquiry).filter(asked__in=missing)}
        if not _free_slots(missing - made.keys(), enquiry):
            break
    return made


def _row(partner: Partner, enquiry: Enquiry, answer: Coarse | None) -> Asking:
    return Asking(
        id=uuid4(), asked_id=partner.id, asking_id=enquiry.organisation_id, shape=enquiry.shape,
        window=enquiry.window, day=today(), at=enquiry.asked_at, by_hand=answer is None,
        verdict=answer.verdict if answer else "", clauses=list(answer.clauses) if answer else [],
        answered_at=enquiry.asked_at if answer else None,
    )  # fmt: skip


def _written(rows: Sequence[Asking]) -> list[tuple[int, UUID, int]]:
    """Write each in the name of the organisation asked; those that got a slot, which."""
    fields = Asking._meta.concrete_fields
    told = [{field.column: getattr(row, field.attname) for field in fields} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation, made, place FROM ihala_asked_in_turn(%s::jsonb, %s)",
            [json.dumps(told, cls=DjangoJSONEncoder), MOST_A_DAY],
        )
        return cursor.fetchall()


def _free_slots(organisations: Collection[int], enquiry: Enquiry) -> bool:
    """Is there one that the asker has not asked as often as a day allows?"""
    asked = Asking.objects.filter(asking=enquiry.organisation_id, day=today(), asked__in=organisations)
    used = Counter(asked.values_list("asked_id", flat=True))
    return any(used[organisation] < MOST_A_DAY for organisation in organisations)


def _answers(partners: Sequence[Partner], enquiry: Enquiry) -> dict[int, Coarse]:
    """What is known to this window already, else what the beds say; nothing where it is answered by hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation, verdict, clauses FROM ihala_answered_in_turn(%s, %s, %s)",
            [[partner.id for partner in partners], enquiry.shape, enquiry.window],
        )
        found = {
            organisation: Coarse(Verdict(verdict), tuple(map(Clause, clauses)))
            for organisation, verdict, clauses in cursor.fetchall()
        }
    live = [
        partner.id for partner in partners if partner.id not in found and partner.answers != Enquiries.BY_HAND
    ]
    household = household_of(enquiry.shape)
    stands = capacity.of_each(live, household) if live else {}
    return found | {key: coarse(household, free, every) for key, (free, every) in stands.items()}


BY_HAND: dict[Verdict, Sequence[Clause]] = {
    Verdict.FITS: (Clause.PLACE,),
    Verdict.CONDITIONS: (Clause.AGREED,),
    Verdict.NO: (Clause.TONIGHT,),
}
"""An answer by hand says one of three things, as an automatic one does."""


def answer_by_hand(asking: Asking, verdict: Verdict | str, *, by: Actor) -> Asking:
    """Answer a question that waits for somebody. Refused `not_permitted`, `not_visible`, `answered` (409)."""
    refusal = rules.why_not(Permission.ANSWER_INBOX, by)
    row = Asking.objects.select_for_update().filter(pk=asking.pk, asked=by.organisation_id).first()
    if refusal or row is None or row.verdict:
        raise Refused(refusal or (rules.NOT_VISIBLE if row is None else ANSWERED))
    given = Verdict(verdict)
    row.verdict, row.clauses, row.answered_at = given, list(BY_HAND[given]), now()
    row.answered_by_id = by.membership_id
    row.save(update_fields=["verdict", "clauses", "answered_at", "answered_by_id"])
    audit.record(
        by, EventName.FIT_ANSWERED, subject_kind="enquiry", subject_id=row.pk, concerns=row.asking_id,
        detail={"answer": row.verdict},
    )  # fmt: skip
    notifications.notify(
        row.asking_id, roles=[Role.DUTY_OFFICER, Role.SUPERVISOR], kind=Notice.SOMETHING_CHANGED, subject_id=row.pk,
        author=by,
    )  # fmt: skip
    return row
