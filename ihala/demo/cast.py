"""Who plays in the demo and in the tests: Aman, the Dubai Foundation, and Sharjah's centre without an agreement.

Account names say organisation and role. The people's names are invented.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ihala.accounts.roles import Role
from ihala.core.acting import acting
from ihala.organisations.actions import (
    add_member,
    countersign,
    create_organisation,
    propose_terms,
    set_telephones,
)
from ihala.organisations.enums import Emirate, KnownThere
from ihala.organisations.models import Actor, Membership, Organisation, Terms
from ihala.organisations.terms import default_terms


@dataclass(frozen=True)
class Person:
    """One account: its name, role and the name of the person."""

    username: str
    role: Role
    name_ar: str
    name_en: str

    @property
    def organisation(self) -> str:
        """The code of the organisation."""
        return self.username.partition(".")[0]


R = Role
ORGANISATIONS = (
    ("aman", "مركز أمان لإيواء النساء والأطفال", "Aman Centre for Sheltering Women and Children",
     Emirate.RAS_AL_KHAIMAH),
    ("dfwac", "مؤسسة دبي لرعاية النساء والأطفال", "Dubai Foundation for Women and Children", Emirate.DUBAI),
    ("sharjah", "مركز الشارقة لحماية المرأة", "Sharjah Women's Protection Centre", Emirate.SHARJAH),
)  # fmt: skip
LINES = {
    "aman": ("+971 50 000 0101", "+971 50 000 0102"),
    "dfwac": ("+971 50 000 0201", "+971 50 000 0202"),
}
"""Duty line and supervisor's line; invented, as their noughts show."""
PEOPLE = (
    Person("aman.caseworker", R.CASEWORKER, "هند خليفة الزعابي", "Hind Khalifa Al Zaabi"),
    Person("aman.supervisor", R.SUPERVISOR, "عائشة جمعة النعيمي", "Aisha Juma Al Nuaimi"),
    Person("aman.supervisor2", R.SUPERVISOR, "شيخة عبيد الشامسي", "Shaikha Obaid Al Shamsi"),
    Person("aman.duty", R.DUTY_OFFICER, "مريم علي الطنيجي", "Maryam Ali Al Tunaiji"),
    Person("aman.dpo", R.DPO, "خالد إبراهيم المهيري", "Khalid Ibrahim Al Muhairi"),
    Person("aman.director", R.DIRECTOR, "بدرية حسن الحوسني", "Badriya Hassan Al Hosani"),
    Person("aman.admin", R.ADMINISTRATOR, "يوسف أحمد الياسي", "Yousef Ahmed Al Yasi"),
    Person("dfwac.duty", R.DUTY_OFFICER, "لطيفة سعيد الفلاسي", "Latifa Saeed Al Falasi"),
    Person("dfwac.supervisor", R.SUPERVISOR, "حصة مبارك المنصوري", "Hessa Mubarak Al Mansoori"),
    Person("dfwac.supervisor2", R.SUPERVISOR, "عفراء ناصر الكتبي", "Afra Nasser Al Ketbi"),
    Person("dfwac.practitioner", R.PRACTITIONER, "ريم إسماعيل الحمادي", "Reem Ismail Al Hammadi"),
    Person("dfwac.caseworker", R.CASEWORKER, "ميثاء عمر البلوشي", "Maitha Omar Al Balushi"),
    Person("dfwac.dpo", R.DPO, "طارق محمود الجابري", "Tariq Mahmoud Al Jabri"),
    Person("dfwac.director", R.DIRECTOR, "ماجدة عيسى الصايغ", "Majida Essa Al Sayegh"),
    Person("dfwac.admin", R.ADMINISTRATOR, "جاسم يعقوب العلي", "Jassim Yaqoub Al Ali"),
    Person("sharjah.caseworker", R.CASEWORKER, "أسماء ثاني السويدي", "Asma Thani Al Suwaidi"),
)  # fmt: skip

Hire = Callable[[list[Person], Actor], list[Membership]]


def hire(people: list[Person], system: Actor) -> list[Membership]:
    """Add people as staff, with passwords nobody knows: the demo's sign-in page asks for none."""
    return [
        add_member(
            username=person.username, roles=[person.role], name_ar=person.name_ar, name_en=person.name_en, by=system,
            email=address_of(person), password=secrets.token_urlsafe(24),
        ).membership
        for person in people
    ]  # fmt: skip


def address_of(person: Person) -> str:
    """An e-mail address that leads nowhere (RFC 2606)."""
    return f"{person.username}@staff.example"


def assemble(hiring: Hire = hire) -> dict[str, Actor]:
    """Make the organisations and their staff; account name → actor."""
    actors: dict[str, Actor] = {}
    for code, name_ar, name_en, emirate in ORGANISATIONS:
        organisation = create_organisation(code=code, name_ar=name_ar, name_en=name_en, emirate=emirate)
        system = Actor.system_of(organisation.pk)
        people = [person for person in PEOPLE if person.organisation == code]
        with acting(system):
            members = hiring(people, system)
            if code in LINES:
                set_telephones(duty=LINES[code][0], supervisor=LINES[code][1], by=system)
        for person, member in zip(people, members, strict=True):
            actors[person.username] = _actor(person, member, organisation)
    return actors


def _actor(person: Person, member: Membership, organisation: Organisation) -> Actor:
    return Actor(
        member.user_id, member.pk, organisation.pk, frozenset({person.role}), person.name_ar, person.name_en,
        organisation.name_ar, organisation.name_en, person.username,
    )  # fmt: skip


def propose(actors: dict[str, Actor], data: dict[str, Any] | None = None) -> Terms:
    """Aman's director proposes terms to the Dubai Foundation; without `data` the mechanism's own values, and besides
    that each tells the other whether a survivor is known, and that both are counted once a year."""
    aman, dubai = actors["aman.director"], actors["dfwac.director"]
    with acting(aman):
        other = Organisation.objects.get(pk=dubai.organisation_id)
        mutual = {**default_terms(aman.organisation_id, dubai.organisation_id), **known_to_each(actors)}
        return propose_terms(other, data or mutual, by=aman)


def known_to_each(actors: dict[str, Actor]) -> dict[str, Any]:
    """What the two add to the mechanism's own values: whom they know, and how many both know."""
    pair = (actors["aman.director"].organisation_id, actors["dfwac.director"].organisation_id)
    return {"known": dict.fromkeys(map(str, pair), KnownThere.AT_ONCE.value), "joint_count": True}


def sign(actors: dict[str, Actor], terms: Terms) -> Terms:
    """The Dubai Foundation's director countersigns."""
    director = actors["dfwac.director"]
    with acting(director):
        return countersign(terms, by=director)
