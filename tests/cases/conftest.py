"""Aman with its staff, the Foundation, and the family of the first paper form."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from ihala.accounts.models import User
from ihala.accounts.roles import Role
from ihala.cases import actions
from ihala.cases.models import Case
from ihala.cases.rules import CaseContent
from ihala.core.acting import acting, at_the_door
from ihala.organisations.actions import add_member
from ihala.organisations.models import Actor
from tests.organisations import cast

from . import family

SignIn = Callable[[Actor], Client]


@pytest.fixture
def aman(db: None) -> cast.Party:
    return cast.aman()


@pytest.fixture
def dfwac(db: None) -> cast.Party:
    return cast.dfwac()


@pytest.fixture
def colleague(aman: cast.Party) -> Actor:
    """A second caseworker at Aman."""
    return another(aman)


def another(party: cast.Party, name: str = "second", role: Role = Role.CASEWORKER) -> Actor:
    with acting(party.system):
        added = add_member(
            username=f"{party.organisation.code}.{name}", roles=[role], name_ar="زميلة", name_en="Colleague",
            email=f"{name}@example.org", password=cast.PASSWORD, by=party.system,
        )  # fmt: skip
    return cast.actor_for(added.membership)


@pytest.fixture
def content() -> CaseContent:
    return family.CONTENT


@pytest.fixture
def case(aman: cast.Party) -> Case:
    with acting(aman.caseworker):
        return actions.create_case(family.CONTENT, by=aman.caseworker)


def changed(content: CaseContent, **case_values: Any) -> CaseContent:
    return replace(content, case={**content.case, **case_values})


@pytest.fixture
def sign_in(db: None) -> SignIn:
    def signed_in(actor: Actor) -> Client:
        client = Client()
        with at_the_door(actor.user_id):
            client.force_login(User.objects.get(pk=actor.user_id))
        return client

    return signed_in


@pytest.fixture
def writer(aman: cast.Party, sign_in: SignIn) -> Client:
    return sign_in(aman.caseworker)
