"""Whom an organisation may ask, and what came back. It queries and never writes."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from ihala.core.clock import today
from ihala.organisations.enums import Enquiries
from ihala.organisations.models import Actor, Organisation, Terms
from ihala.organisations.rules import as_text, view

from .models import Asking, Enquiry


@dataclass(frozen=True)
class Partner:
    """An organisation with an active agreement: how it answers, and what it may be asked for."""

    organisation: Organisation
    answers: Enquiries
    services: tuple[str, ...]
    categories: tuple[str, ...]

    @property
    def id(self) -> int:
        """Its key."""
        return self.organisation.pk

    def covers(self, category: str, services: Collection[str]) -> bool:
        """May it be asked for such a family and all of these? A question of before categories were kept has none."""
        return set(services) <= set(self.services) and (not category or category in self.categories)


@dataclass(frozen=True)
class Reply:
    """One organisation on the page of answers; without an asking it was not asked, and `why` says why not."""

    partner: Partner
    asking: Asking | None
    why: str = ""


def partners_of(organisation_id: int) -> list[Partner]:
    """Those with terms in force, in the order they were made. One query."""
    mine = Q(agreement__a=organisation_id) | Q(agreement__b=organisation_id)
    in_force = Terms.objects.select_related("agreement__a", "agreement__b").filter(
        mine, active_from__isnull=False, ended_at=None
    )
    found = []
    for terms in as_text(in_force):
        other = terms.agreement.other(organisation_id)
        if other.is_active:
            read = view(terms)
            services = tuple(str(service) for service in read.services_from(organisation_id))
            categories = tuple(str(category) for category in read.categories)
            found.append(Partner(other, read.answers(other.pk), services, categories))
    return sorted(found, key=lambda partner: partner.id)


def replies(enquiry: Enquiry) -> list[Reply]:
    """What each organisation with an active agreement said, those that can take them first. Two queries."""
    same = Asking.objects.filter(asking=enquiry.organisation_id, shape=enquiry.shape, window=enquiry.window)
    by_organisation = {asking.asked_id: asking for asking in same}
    found = [
        _reply(partner, by_organisation.get(partner.id), enquiry)
        for partner in partners_of(enquiry.organisation_id)
    ]
    order = {"fits": 0, "conditions": 1, "": 2, "no": 3}
    return sorted(found, key=lambda reply: order[reply.asking.verdict] if reply.asking else 4)


def _reply(partner: Partner, asking: Asking | None, enquiry: Enquiry) -> Reply:
    """What the terms do not cover is not shown, even where the same shape was answered for another need."""
    if not partner.covers(enquiry.category, enquiry.services):
        return Reply(partner, None, "not_covered")
    if asking is not None:
        return Reply(partner, asking)
    return Reply(partner, None, "none" if partner.answers == Enquiries.NONE else "often")


def visible_to(actor: Actor) -> QuerySet[Enquiry]:
    """The enquiries of the actor's organisation; the policy says the same."""
    return Enquiry.objects.filter(organisation=actor.organisation_id)


def asked_of(actor: Actor) -> QuerySet[Asking]:
    """What the actor's organisation was asked, newest first."""
    return (
        Asking.objects.select_related("asking")
        .filter(asked=actor.organisation_id)
        .order_by("-at", "-slot", "id")
    )


def slots_today(actor: Actor) -> list[tuple[Organisation, int]]:
    """Who has asked how many shapes today, of `MOST_A_DAY`."""
    counted: dict[Organisation, int] = {}
    for asking in asked_of(actor).filter(day=today()):
        counted[asking.asking] = max(counted.get(asking.asking, 0), asking.slot)
    return sorted(counted.items(), key=lambda pair: -pair[1])
