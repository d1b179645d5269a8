"""What tests start from: a fixed cast, and referrals brought to a state by replaying actions.

    actor = given.actor("aman.caseworker")
    referral = given.a_referral(State.ACCEPTED)
    with acting(actor): …

Everything is written by calling actions, inside the test's own transaction (or committed, in a transactional test).
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client

from ihala.accounts.models import User
from ihala.cases.models import Case
from ihala.core.acting import acting, at_the_door
from ihala.core.clock import now
from ihala.core.vocabulary import Category, Kind, Urgency
from ihala.demo import cast as the_cast
from ihala.demo.acts import ACTS
from ihala.demo.family import Family
from ihala.demo.paths import path_to
from ihala.demo.people import FAMILIES, HELEN
from ihala.demo.scenes import Scene, play
from ihala.organisations.models import Actor, Membership, Organisation, Terms
from ihala.referrals.enums import State
from ihala.referrals.models import Referral

FAMILY_OF = {
    Category.DOMESTIC_VIOLENCE: "dv01",
    Category.HUMAN_TRAFFICKING: "ht01",
    Category.CHILD_ABUSE: "ca01",
}


@dataclass(frozen=True)
class Cast:
    """The organisations by code, the actors by account name, and the terms in force between Aman and Dubai."""

    organisations: dict[str, Organisation]
    actors: dict[str, Actor]
    terms: Terms

    def __getattr__(self, code: str) -> Organisation:
        """`cast.aman`, `cast.dfwac`, `cast.sharjah`."""
        try:
            return self.organisations[code]
        except KeyError:
            raise AttributeError(code) from None


_last: Cast | None = None


def cast() -> Cast:
    """The cast; made the first time a test asks, found again later in the same test."""
    global _last
    if _last is None or not Organisation.objects.filter(pk=_last.aman.pk, code="aman").exists():
        actors = the_cast.assemble(hire_quickly)
        terms = the_cast.sign(actors, the_cast.propose(actors))
        _last = Cast({one.code: one for one in Organisation.objects.order_by("id")}, actors, terms)
    return _last


def hire_quickly(people: list[the_cast.Person], system: Actor) -> list[Membership]:
    """What the action `add_member` writes, in two statements: nearly every test begins with this."""
    nobody_knows = "!" + "x" * 40
    with at_the_door():
        users = User.objects.bulk_create(
            User(
                username=one.username,
                email=the_cast.address_of(one),
                password=nobody_knows,
                date_joined=now(),
            )
            for one in people
        )
    return Membership.objects.bulk_create(
        Membership(
            user=user,
            organisation_id=system.organisation_id,
            roles=[one.role.value],
            name_ar=one.name_ar,
            name_en=one.name_en,
            created_at=now(),
        )
        for one, user in zip(people, users, strict=True)
    )


def actor(username: str) -> Actor:
    """One of the cast, such as "dfwac.duty"."""
    return cast().actors[username]


def outsider() -> User:
    """Somebody who can sign in and works for nobody."""
    with at_the_door():
        return User.objects.create(username="outsider", password=make_password(None), date_joined=now())


def signed_in(username: str, client: Client | None = None, language: str = "ar") -> Client:
    """A client in which this member of the cast has signed in."""
    client = client or Client()
    with at_the_door():
        client.force_login(User.objects.get(username=actor(username).username))
    client.cookies["ihala_language"] = language
    return client


def family(category: str = Category.DOMESTIC_VIOLENCE) -> Family:
    """An invented family of the demo."""
    return FAMILIES[FAMILY_OF[Category(category)]]


def a_scene(
    *,
    urgency: str = Urgency.EMERGENCY,
    kind: str = Kind.TRANSFER,
    category: str = Category.DOMESTIC_VIOLENCE,
    sender: str = "aman",
    receiver: str = "dfwac",
    of: Family | None = None,
) -> Scene:
    """A scene that has not begun: the cast on its two sides and a family."""
    return Scene(cast().actors, of or family(category), sender, receiver, Urgency(urgency), Kind(kind))


def acted(scene: Scene, script: str) -> Scene:
    """Play a script (see `ihala/demo/acts.py`) further in the scene, and reload the referral."""
    play(scene, script, ACTS)
    if scene.referral is not None:
        with acting(scene.sender_s("supervisor" if scene.sender != "sharjah" else "caseworker")):
            scene.referral = Referral.objects.filter(pk=scene.referral.pk).first()
    return scene


def a_case(category: str = Category.DOMESTIC_VIOLENCE, by: str = "aman.caseworker", **kwargs: Any) -> Case:
    """A case with an invented family, opened by its caseworker."""
    scene = a_scene(category=category, sender=by.partition(".")[0], **kwargs)
    return acted(scene, "case").file


def a_case_with_consent(category: str = Category.DOMESTIC_VIOLENCE, **kwargs: Any) -> Case:
    """A case of Aman's with a live consent for the Dubai Foundation."""
    return acted(a_scene(category=category, **kwargs), "case consent").file


def helens_case() -> Case:
    """The mother and two children of the journey: Aman's case with a live consent, ready to be referred."""
    return acted(a_scene(of=HELEN), "case consent").file


def a_referral(
    state: State | str = State.SENT,
    *,
    urgency: str = Urgency.EMERGENCY,
    kind: str = Kind.TRANSFER,
    category: str = Category.DOMESTIC_VIOLENCE,
    sender: str = "aman",
    receiver: str = "dfwac",
) -> Referral:
    """A referral from Aman to the Dubai Foundation in that state."""
    return a_scene_at(
        state, urgency=urgency, kind=kind, category=category, sender=sender, receiver=receiver
    ).subject


def a_scene_at(
    state: State | str, *, urgency: str = Urgency.EMERGENCY, kind: str = Kind.TRANSFER, **kwargs: Any
) -> Scene:
    """The same, with the case, the basis and the cast beside it, to be played further by `acted`."""
    scene = a_scene(urgency=urgency, kind=kind, **kwargs)
    return acted(scene, path_to(State(state), urgency, kind))
