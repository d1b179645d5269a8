"""What the page of the log shows: the filters in its address, and each event in words.

The log itself holds keys and codes. Names of staff, references and organisations are looked up here, one query each,
under the reader's own row-level security: whoever is not theirs to know stays unnamed.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ihala.audit.enums import EventName, Group, Purpose
from ihala.audit.models import Event
from ihala.audit.rules import Wanted
from ihala.cases.models import Case
from ihala.core.clock import DUBAI
from ihala.core.refusal import Refusal, Status
from ihala.core.text import isolate, phone
from ihala.core.vocabulary import DisclosureClass
from ihala.matching.enums import SearchPurpose
from ihala.organisations.models import Actor, Membership, Organisation
from ihala.referrals.enums import State, Step
from ihala.referrals.models import Referral, ReferralSide

NOT_FOR_YOU = Refusal(
    "not_permitted",
    gettext_lazy("The log is read by the data protection officer of the organisation."),
    Status.FORBIDDEN,
)


class LogFilter(forms.Form):
    """The filters, as the address carries them. Each may be left out."""

    group = forms.ChoiceField(label=gettext_lazy("What happened"), required=False)
    staff = forms.TypedChoiceField(
        label=gettext_lazy("Staff member"), required=False, coerce=int, empty_value=None
    )
    case = forms.CharField(label=gettext_lazy("Case or referral reference"), required=False, max_length=40)
    since = forms.DateField(
        label=gettext_lazy("From day"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("To day"), required=False, widget=forms.DateInput({"type": "date"})
    )
    refusals = forms.BooleanField(label=gettext_lazy("Refusals only"), required=False)

    def __init__(self, *args: Any, staff: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("Everything"))]
        self.fields["group"].choices = everything + Group.choices  # type: ignore[attr-defined]
        self.fields["staff"].choices = [("", _("Everybody")), *staff.items()]  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """What is asked of the log; a filter that makes no sense is shown with its error and not applied."""
        self.is_valid()
        asked = self.cleaned_data
        reference = asked.get("case")
        return Wanted(
            group=asked.get("group", ""),
            membership_id=asked.get("staff"),
            about=_ids_of(reference) if reference else None,
            since=_midnight(asked.get("since")),
            until=_midnight(asked.get("until"), after=1),
            refusals=asked.get("refusals", False),
        )


def _midnight(day: date | None, *, after: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=after), time(), DUBAI) if day else None


def _ids_of(reference: str) -> set[UUID]:
    """The case or referral with that reference (or key), and for a case its referrals; empty if there is none."""
    cases = _named(Case.objects.all(), reference)
    referrals = _named(Referral.objects.all(), reference)
    of_case = ReferralSide.objects.filter(case_id__in=cases).values_list("referral_id", flat=True)
    return {*cases, *referrals, *of_case}


def _named(rows: "QuerySet[Any]", reference: str) -> list[UUID]:
    try:
        found = rows.filter(pk=UUID(reference))
    except ValueError:
        found = rows.filter(reference__iexact=reference.strip())
    return list(found.values_list("pk", flat=True))


def staff_of(actor: Actor) -> dict[int, str]:
    """Everybody who works or worked for the reader's organisation: membership → name, in the reader's language."""
    members = Membership.objects.filter(organisation_id=actor.organisation_id)
    return dict(sorted(((member.pk, member.name) for member in members), key=lambda one: one[1]))


@dataclass(frozen=True)
class Line:
    """One event in words."""

    event: Event
    what: str
    who: str
    about: str
    details: list[str]


def lines(events: list[Event], staff: dict[int, str]) -> list[Line]:
    """Events in words. Three queries: cases, referrals, organisations."""
    cases = _references(Case.objects.all(), {event.case_id for event in events})
    referrals = _references(Referral.objects.all(), {event.referral_id for event in events})
    parties = {event.organisation_id for event in events if event.organisation_id}
    names = {found.pk: found.name for found in Organisation.objects.filter(pk__in=parties)}
    return [
        Line(
            event,
            what=_what(event),
            who=_who(event, staff, names),
            about=referrals.get(event.referral_id) or cases.get(event.case_id) or "",
            details=_details(event.detail),
        )
        for event in events
    ]


def _references(rows: "QuerySet[Any]", ids: set[UUID | None]) -> dict[UUID | None, str]:
    return dict(rows.filter(pk__in=ids - {None}).values_list("pk", "reference"))


def _what(event: Event) -> str:
    group, _point, name = event.name.partition(".")
    if group == Group.REFERRAL and name in Step.values:
        return str(Step(name).label)
    return str(EventName(event.name).label) if event.name in EventName.values else event.name


def _who(event: Event, staff: dict[int, str], organisations: dict[int, str]) -> str:
    if event.membership_id in staff:
        return staff[event.membership_id]
    if event.organisation_id is None:
        return _("At the door")
    return organisations.get(event.organisation_id, "") if event.user_id else _("System")


def _of_search(detail: dict[str, Any]) -> list[str]:
    """Of a search for people: for what, and how many were found; of a load how many cases. Never what was typed."""
    said = []
    if detail.get("purpose") in SearchPurpose.values:
        said.append(str(SearchPurpose(detail["purpose"]).label))
    if isinstance(number := detail.get("found"), int):
        said.append(_("found: %(number)d") % {"number": number})
    if "source" in detail and isinstance(number := detail.get("cases"), int):
        said.append(_("cases: %(number)d") % {"number": number})
    return said


def _of_lines(detail: dict[str, Any]) -> list[str]:
    """Of changed telephone lines: what stood there and what stands there now."""
    if "lines" not in detail:
        return []
    said = []
    for words, key in ((_("Before: %(numbers)s"), "before"), (_("Now: %(numbers)s"), "lines")):
        dialled = [one.partition(":")[2] for one in detail.get(key, [])]
        numbers = [phone(one if one.startswith("800") else f"+{one}") for one in dialled]
        said.append(words % {"numbers": _(", ").join(map(isolate, numbers)) or "–"})
    return said


def _details(detail: dict[str, Any]) -> list[str]:
    """Purpose, numbers, disclosure classes and states, where the event has them."""
    found = []
    if detail.get("purpose") in Purpose.values:
        found.append(str(Purpose(detail["purpose"]).label))
    found += _of_search(detail)
    for key, words in (
        ("classes", _("Disclosure classes: %(classes)s")),
        ("deposited", _("After acceptance: %(classes)s")),
    ):
        if classes := [str(DisclosureClass(cls).label) for cls in detail.get(key, [])]:
            found.append(words % {"classes": _(", ").join(classes)})
    found += _of_lines(detail)
    before, after = detail.get("from"), detail.get("to")
    if before in State.values and after in State.values and before != after:
        states = {"before": State(before).label, "after": State(after).label}
        found.append(_("From “%(before)s” to “%(after)s”") % states)
    return found
