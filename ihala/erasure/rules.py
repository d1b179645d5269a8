"""What an erasure reaches, what stays and why, what stands in its way, and what is due. Reads and never writes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ihala.accounts.roles import Permission
from ihala.cases.content import PERSONS
from ihala.cases.enums import CaseState, PersonRole
from ihala.cases.models import Case, CaseNote, Person
from ihala.consent.models import Consent, LegalBasisRecord
from ihala.core import text
from ihala.core.clock import DUBAI, now, today
from ihala.core.refusal import Refusal, Status
from ihala.core.vocabulary import AgeBand, DisclosureClass
from ihala.organisations.models import Actor
from ihala.referrals.models import Referral

from .enums import Outcome, Unit
from .models import Erasure, LegalHold, RetentionRule

NOT_VISIBLE = Refusal("not_visible", _("This erasure cannot be found."), Status.NOT_VISIBLE)
NO_SUCH_CASE = Refusal("no_such_case", _("There is no case of your organisation with this reference."))
NO_SUCH_PERSON = Refusal("no_such_person", _("There is no such person in this case."))
NOT_PERMITTED = Refusal("not_permitted", _("Your role does not do this."), Status.FORBIDDEN)
SECOND_PERSON = Refusal(
    "second_person",
    _(
        "You asked for this erasure; another person confirms it: a director, or a second data protection officer."
    ),
    Status.FORBIDDEN,
)
SURVIVOR_ALONE = Refusal(
    "survivor_is_the_case", _("The survivor cannot be erased alone: erase the whole case or a class of it.")
)
NOTHING_THERE = Refusal(
    "nothing_to_erase", _("Nobody has arrived in this case yet; there is nothing to erase.")
)
ERASED = Refusal("case_erased", _("This case has been erased already."), Status.CONFLICT)
NOT_WAITING = Refusal(
    "not_waiting", _("This erasure does not wait for a decision any more."), Status.CONFLICT
)
ASKED_ALREADY = Refusal(
    "asked_already",
    _("An erasure of this case waits for confirmation. Decide that one first."),
    Status.CONFLICT,
)
ONLY_WHOLE = Refusal(
    "only_whole",
    _("This case was sealed before its parts had keys of their own: it can only be erased whole."),
)
MINORS = {AgeBand.INFANT: 0, AgeBand.TODDLER: 2, AgeBand.CHILD: 5, AgeBand.TEEN: 12}
"""The youngest age a band stands for."""
SHOWN_AHEAD = timedelta(days=90)
MOST_SHOWN = 200


# ---------------------------------------------------------------------------------------------------- may it be done


def why_not_request(case: Case, unit: Unit, person: Person | None, actor: Actor) -> Refusal | None:
    """Why this erasure cannot be asked for."""
    if not (actor.has(Permission.REQUEST_ERASURE) or actor.system):
        return NOT_PERMITTED
    if refusal := why_not_now(case):
        return refusal
    if unit == Unit.PERSON and (person is None or person.case_id != case.pk):
        return NO_SUCH_PERSON
    if unit == Unit.PERSON and person is not None and person.role == PersonRole.SURVIVOR:
        return SURVIVOR_ALONE
    waiting = Erasure.objects.filter(case=case, cancelled_at=None, carried_out_at=None)
    return ASKED_ALREADY if waiting.exists() else None


def why_not_confirm(erasure: Erasure, actor: Actor) -> Refusal | None:
    """Why this person cannot confirm it now. The legal hold and open referrals are asked again."""
    if not actor.has(Permission.CONFIRM_ERASURE):
        return NOT_PERMITTED
    if erasure.cancelled_at is not None or erasure.confirmed_at is not None:
        return NOT_WAITING
    if erasure.requested_by_id is not None and erasure.requested_by_id == actor.membership_id:
        return SECOND_PERSON
    return why_not_now(erasure.case)


def why_not_cancel(erasure: Erasure, actor: Actor) -> Refusal | None:
    """Whoever may ask or confirm may also take the request back, until it is confirmed."""
    if not (actor.has(Permission.REQUEST_ERASURE) or actor.has(Permission.CONFIRM_ERASURE)):
        return NOT_PERMITTED
    if erasure.cancelled_at is not None or erasure.confirmed_at is not None:
        return NOT_WAITING
    return None


def why_not_now(case: Case) -> Refusal | None:
    """What stands in the way of erasing anything of the case: it is gone, held by law, or being referred."""
    if case.state == CaseState.ERASED:
        return ERASED
    if case.state == CaseState.EXPECTED:
        return NOTHING_THERE
    if hold := live_hold(case):
        return held(hold)
    if under_way := [one.reference for one in referrals_of(case).filter(ended_at=None)[:1]]:
        message = format_lazy(
            _("Referral {reference} of this case is under way. End it first, then erase."),
            reference=under_way[0],
        )
        return Refusal("referral_under_way", message)
    return None


def held(hold: LegalHold) -> Refusal:
    """Says why and since when."""
    message = format_lazy(
        _("A legal hold keeps this case: {reason}, since {day}. Nothing of it is erased until the hold is lifted."),
        reason=hold.get_reason_display(), day=text.day(hold.placed_at),
    )  # fmt: skip
    return Refusal("legal_hold", message)


def live_hold(case: Case) -> LegalHold | None:
    """The hold that keeps the case now."""
    return live_holds().filter(case=case).order_by("placed_at").first()


def live_holds() -> "QuerySet[LegalHold]":
    """Every hold in force of the acting organisation."""
    return LegalHold.objects.filter(Q(until=None) | Q(until__gte=today()), lifted_at=None)


def referrals_of(case: Case) -> "QuerySet[Referral]":
    """The referrals the case stands behind, on either side."""
    return Referral.objects.filter(sides__case=case, sides__organisation=case.organisation_id).order_by(
        "created_at"
    )


# ------------------------------------------------------------------------------------------------- what it reaches


def classes_of(unit: Unit, disclosure_class: str, role: str) -> set[str]:
    """The classes in which something of it stands."""
    if unit == Unit.CASE:
        return set(DisclosureClass.values)
    if unit == Unit.CLASS:
        return {disclosure_class}
    return {str(field.disclosure_class) for field in PERSONS[role]}


def parts_of_referral(erasure: Erasure, referral: Referral) -> list[str]:
    """The salts of an ended referral that go: what the organisation sent and kept, never what is the other side's.

    A package is a snapshot by class, so a person's classes go whole. The exchange goes while nobody took the case
    over; after an arrival it is the receiver's record as much as the sender's.
    """
    me = erasure.organisation_id
    mine = [f"side.{me}"] if erasure.unit == Unit.CASE else []
    if referral.sender_id != me:
        return mine
    classes = sorted(classes_of(Unit(erasure.unit), erasure.disclosure_class, erasure.person_role))
    alone = erasure.unit == Unit.CASE and referral.arrived_at is None
    return [*classes, *mine, *(["thread"] if alone else [])]


@dataclass(frozen=True)
class Line:
    """One line of the preview: what, how much of it, and why it stays (or "")."""

    what: Any
    count: int | None
    outcome: Outcome
    why: Any = ""


def preview(erasure: Erasure) -> list[Line]:
    """What will go and what must stay, counted and not opened."""
    case, unit = erasure.case, Unit(erasure.unit)
    people = Person.objects.filter(case=case)
    lines = list(_of_case(erasure, case, unit, people))
    lines += _of_referrals(erasure, list(referrals_of(case)))
    return [*lines, *_what_stays(unit)]


def _of_case(erasure: Erasure, case: Case, unit: Unit, people: "QuerySet[Person]") -> Iterator[Line]:
    goes = Outcome.GOES
    yield Line(_("Forms being typed"), None, goes)
    if unit == Unit.PERSON:
        yield Line(_("Everything said about this person alone"), 1, goes)
        why = _("Free text is erased with its class, not with a person who is mentioned in it.")
        yield Line(_("Mentions in the story and in notes"), None, Outcome.STAYS, why)
        return
    wanted = classes_of(unit, erasure.disclosure_class, "")
    for cls in DisclosureClass:
        if cls in wanted:
            yield Line(
                format_lazy(_("Class {name} of the case and of everyone in it"), name=cls.label), None, goes
            )
    if DisclosureClass.NARRATIVE in wanted:
        yield Line(_("Internal notes"), CaseNote.objects.filter(case=case).count(), goes)
    if DisclosureClass.IDENTITY in wanted:
        said = sum(model.objects.filter(case=case).count() for model in (Consent, LegalBasisRecord))
        yield Line(_("Words and witnesses of consents and legal bases"), said, goes)
    if unit == Unit.CASE:
        yield Line(_("Persons in the case, with sex and age"), people.count(), goes)
        yield Line(_("The organisation's own file number"), int(bool(case.paper_reference)), goes)


def _of_referrals(erasure: Erasure, referrals: Iterable[Referral]) -> Iterator[Line]:
    for one in referrals:
        name = {"reference": one.reference}
        if one.sender_id != erasure.organisation_id:
            why = _("It was written by the other organisation; only the sender erases it.")
            yield Line(
                format_lazy(_("Package received with referral {reference}"), **name), None, Outcome.STAYS, why
            )
        elif one.sent_at is not None or erasure.unit == Unit.CASE:
            yield Line(format_lazy(_("Package of referral {reference}, as sent"), **name), None, Outcome.GOES)
        if erasure.unit == Unit.CASE:
            yield Line(format_lazy(_("Own notes on referral {reference}"), **name), None, Outcome.GOES)
        if one.sender_id == erasure.organisation_id and one.arrived_at is not None:
            why = _("It is the other organisation's own file; it can be asked to attest what it destroyed.")
            yield Line(
                format_lazy(_("The receiver's case after referral {reference}"), **name),
                None,
                Outcome.STAYS,
                why,
            )
            why = _("Both organisations wrote it and both answer for it.")
            yield Line(format_lazy(_("Exchange on referral {reference}"), **name), None, Outcome.STAYS, why)


def _what_stays(unit: Unit) -> Iterator[Line]:
    stays = Outcome.STAYS
    why = _("It proves who looked and that this was erased; it holds codes and no content.")
    yield Line(_("The log"), None, stays, why)
    why = _("They prove that a disclosure was lawful; they hold codes and days.")
    yield Line(_("That consents and legal bases were given"), None, stays, why)
    if unit == Unit.CASE:
        why = _("Counts and deadlines need them; they name nobody.")
        yield Line(_("Reference, category and days of the case"), None, stays, why)


def named(erasure: Erasure) -> Any:
    """What is erased, in words without a name."""
    if erasure.unit == Unit.CLASS:
        label = DisclosureClass(erasure.disclosure_class).label
        return format_lazy(_("One disclosure class: {name}"), name=label)
    if erasure.unit == Unit.PERSON:
        return format_lazy(_("One person: {role}"), role=PersonRole(erasure.person_role).label)
    return Unit.CASE.label


def person_words(person: Person) -> Any:
    """A person of a case without a name: "Companion 2 (female, 5 to 11)"."""
    role = PersonRole(person.role).label
    if person.role == PersonRole.PERSON_OF_CONCERN:
        return format_lazy("{role} {number}", role=role, number=person.position + 1)
    return format_lazy(
        pgettext_lazy("a person without a name", "{role} {number} ({sex}, {age})"),
        role=role, number=person.position + 1, sex=person.get_sex_display(), age=person.get_age_band_display(),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------- retention


@dataclass(frozen=True)
class Due:
    """A closed case and the day on which its retention is over."""

    case: Case
    on: date
    hold: LegalHold | None

    @property
    def is_due(self) -> bool:
        """Is the day here?"""
        return self.on <= today()


def due_soon(until: date | None = None) -> list[Due]:
    """Closed cases of the acting organisation whose retention ends within `SHOWN_AHEAD`, soonest first.

    Three queries. For minors the age band in clear and the day of the last change give the latest possible birthday,
    so nobody's file goes too early.
    """
    horizon = until or today() + SHOWN_AHEAD
    rules = {rule.category: rule for rule in RetentionRule.objects.all()}
    closed = Q(pk=None)
    for rule in rules.values():
        closed |= Q(category=rule.category, closed_at__date__lte=_years_on(horizon, -rule.years))
    cases = list(
        Case.objects.filter(closed, state=CaseState.CLOSED)
        .prefetch_related("people")
        .order_by("closed_at")[:MOST_SHOWN]
    )
    holds = {hold.case_id: hold for hold in live_holds().filter(case__in=cases)}
    found = [Due(case, retained_until(case, rules[case.category]), holds.get(case.pk)) for case in cases]
    return sorted((one for one in found if one.on <= horizon), key=lambda one: one.on)


def retained_until(case: Case, rule: RetentionRule) -> date:
    """The day from which a closed case may go."""
    closed = _day(case.closed_at or now())
    days = [_years_on(closed, rule.years)]
    for person in case.people.all():
        youngest = MINORS.get(AgeBand(person.age_band))
        if person.role != PersonRole.PERSON_OF_CONCERN and youngest is not None:
            days.append(_years_on(_day(case.changed_at), max(0, rule.minors_until - youngest)))
    return max(days)


def _day(moment: datetime) -> date:
    return moment.astimezone(DUBAI).date()


def _years_on(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
