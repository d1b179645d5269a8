"""Asking whom an organisation could take tonight, before anybody is named, and answering that by hand.

Each answer is made in the name of the organisation asked (`Actor.system_of`, decision 8): its own policies show its own
beds, and only the coarse answer leaves. One window gives one answer to one shape, whoever asks.
"""

from collections.abc import Iterable, Sequence
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Permission, Role
from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.cases.models import Case
from ihala.core.acting import acting
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
    category: Category | str,
    urgency: Urgency | str,
    services: Iterable[str],
    case: Case | None = None,
) -> Enquiry:
    """Ask every organisation whose terms in force cover category and services; their answers stand in `Asking`.

    `case` is the actor's own and stays unknown to those asked. Refused `not_permitted`, `nobody_to_house`.
    """
    rules_refuse = rules.why_not(Permission.DRAFT_REFERRAL, by)
    wanted = sorted({str(Service(code)) for code in services})
    if rules_refuse or not wanted or not 1 <= len(household.members) <= MOST_PEOPLE:
        raise Refused(rules_refuse or (NOBODY if wanted else NO_SERVICE))
    moment = now()
    enquiry = Enquiry(
        organisation_id=by.organisation_id, case=case, shape=shape_of(household), category=Category(category),
        urgency=Urgency(urgency), services=wanted, window=window_of(moment), asked_at=moment,
        asked_by_id=by.membership_id or None,
    )  # fmt: skip
    enquiry.save(force_insert=True)
    known = set(_askings(enquiry).values_list("asked_id", flat=True))
    events = []
    for partner in partners_of(by.organisation_id):
        if (
            partner.covers(enquiry.category, wanted)
            and partner.answers != Enquiries.NONE
            and partner.id not in known
        ):
            events.append(_ask_one(partner, enquiry, by))
    audit.record(
        by, EventName.FIT_ASKED, subject_kind="enquiry", subject_id=enquiry.pk, case_id=enquiry.case_id, along=events
    )  # fmt: skip
    return enquiry


def _askings(enquiry: Enquiry) -> QuerySet[Asking]:
    return Asking.objects.filter(
        asking=enquiry.organisation_id, shape=enquiry.shape, window=enquiry.window
    ).exclude(asked=enquiry.organisation_id)


def _ask_one(partner: Partner, enquiry: Enquiry, by: Actor) -> Event:
    """Ask one organisation, as its own system; the event for both logs."""
    asked = Actor.system_of(partner.id)
    with acting(asked):
        made = _asked(partner, enquiry)
    if made is not None and made.by_hand:
        notifications.notify(
            partner.id, roles=[Role.DUTY_OFFICER, Role.SUPERVISOR], kind=Notice.SOMETHING_WAITS, subject_id=made.pk,
            author=by,
        )  # fmt: skip
    return audit.prepared(
        by, EventName.FIT_ASKED, subject_kind="enquiry", subject_id=made.pk if made else None, concerns=partner.id,
        refusal="" if made else "asked_often", detail={"answer": made.verdict, "slot": made.slot} if made else {},
    )  # fmt: skip


def _asked(partner: Partner, enquiry: Enquiry) -> Asking | None:
    """The row of this question in the next slot of the day; None once the day's slots are used up.

    Two people who ask at once meet at the constraints: the later one takes the next slot, or the same answer.
    """
    today_s = Asking.objects.filter(asked=partner.id, asking=enquiry.organisation_id, day=today())
    answer = _answer(partner, enquiry)
    for _attempt in range(MOST_A_DAY):
        slot = today_s.count() + 1
        if slot > MOST_A_DAY:
            return None
        row = Asking(
            id=uuid4(), asked_id=partner.id, asking_id=enquiry.organisation_id, shape=enquiry.shape,
            window=enquiry.window, day=today(), slot=slot, at=enquiry.asked_at, by_hand=answer is None,
            verdict=answer.verdict if answer else "", clauses=list(answer.clauses) if answer else [],
            answered_at=enquiry.asked_at if answer else None,
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
            return row
        except IntegrityError:
            same = today_s.filter(shape=enquiry.shape, window=enquiry.window).first()
            if same is not None:
                return same
    return None


def _answer(partner: Partner, enquiry: Enquiry) -> Coarse | None:
    """What is known to this window already, else what the beds say; None where it is answered by hand."""
    same = Asking.objects.filter(asked=partner.id, shape=enquiry.shape, window=enquiry.window)
    before = same.exclude(verdict="").order_by("at").first()
    if before is not None:
        return Coarse(Verdict(before.verdict), tuple(map(Clause, before.clauses)))
    if partner.answers == Enquiries.BY_HAND:
        return None
    free, every = capacity.places(partner.id)
    return coarse(household_of(enquiry.shape), free, every)


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
