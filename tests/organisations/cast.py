"""The fixed cast, made by calling actions: Aman, the Foundation, and a third organisation without agreement."""

from dataclasses import dataclass, field
from typing import Any

from ihala.accounts.roles import Role
from ihala.core.acting import acting
from ihala.organisations import actions
from ihala.organisations.enums import Emirate
from ihala.organisations.models import Actor, Membership, Organisation, Terms
from ihala.organisations.terms import default_terms

PASSWORD = "a long pass phrase 7"
ROLES = {
    "caseworker": Role.CASEWORKER,
    "supervisor": Role.SUPERVISOR,
    "duty": Role.DUTY_OFFICER,
    "practitioner": Role.PRACTITIONER,
    "director": Role.DIRECTOR,
    "dpo": Role.DPO,
    "admin": Role.ADMINISTRATOR,
}


@dataclass
class Party:
    """One organisation with one member per role; `party.supervisor` is that member as an actor."""

    organisation: Organisation
    members: dict[str, Membership] = field(default_factory=dict)

    @property
    def id(self) -> int:
        return self.organisation.pk

    @property
    def system(self) -> Actor:
        return Actor.system_of(self.id)

    def actor(self, name: str) -> Actor:
        return actor_for(self.members[name])

    def __getattr__(self, name: str) -> Actor:
        if name not in ROLES:
            raise AttributeError(name)
        return self.actor(name)


def actor_for(membership: Membership) -> Actor:
    """The actor a member is after signing in."""
    return Actor(
        membership.user_id,
        membership.pk,
        membership.organisation_id,
        frozenset(Role(role) for role in membership.roles),
        membership.name_ar,
        membership.name_en,
    )


def party(code: str, name_ar: str, name_en: str, emirate: Emirate) -> Party:
    """An organisation with everybody in it."""
    made = Party(actions.create_organisation(code=code, name_ar=name_ar, name_en=name_en, emirate=emirate))
    with acting(made.system):
        for name, role in ROLES.items():
            made.members[name] = actions.add_member(
                username=f"{code}.{name}", roles=[role], name_ar=f"موظفة {name}", name_en=f"{code} {name}",
                email=f"{name}@{code}.example", password=PASSWORD, by=made.system,
            ).membership  # fmt: skip
    return made


def aman() -> Party:
    return party("aman", "مركز أمان لإيواء النساء والأطفال", "Aman Centre for Sheltering Women and Children",
                 Emirate.RAS_AL_KHAIMAH)  # fmt: skip


def dfwac() -> Party:
    return party("dfwac", "مؤسسة دبي لرعاية النساء والأطفال", "Dubai Foundation for Women and Children",
                 Emirate.DUBAI)  # fmt: skip


def sharjah() -> Party:
    return party(
        "sharjah", "مركز حماية المرأة – الشارقة", "Women's Protection Centre – Sharjah", Emirate.SHARJAH
    )


def propose(one: Party, other: Party, data: dict[str, Any] | None = None) -> Terms:
    """One party's director proposes."""
    with acting(one.director):
        return actions.propose_terms(
            other.organisation, data or default_terms(*sorted((one.id, other.id))), by=one.director
        )


def agree(one: Party, other: Party, data: dict[str, Any] | None = None) -> Terms:
    """Proposed by one, countersigned by the other."""
    terms = propose(one, other, data)
    with acting(other.director):
        return actions.countersign(terms, by=other.director)
