"""Real sign-in: name and password, second factor, the log, and the same answer for everybody who is wrong."""

import re

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client
from django.urls import reverse

from ihala.accounts.models import User
from ihala.audit.models import Event
from ihala.core.acting import acting, at_the_door
from ihala.organisations import actions
from tests.organisations import cast
from tests.organisations.cast import PASSWORD, Party

pytestmark = pytest.mark.django_db
LOGIN = "/sign-in/"


@pytest.fixture
def aman(db: None) -> Party:
    return cast.aman()


@pytest.fixture
def home(settings):
    settings.LOGIN_REDIRECT_URL = "/sign-in/second/"
    return "/sign-in/second/"


def sign_in(client: Client, username: str, password: str = PASSWORD):
    return client.post(LOGIN, {"login": username, "password": password})


def test_a_name_and_a_password_sign_in(aman: Party, client: Client, home: str) -> None:
    response = sign_in(client, "Aman.Duty")
    assert (response.status_code, response["Location"]) == (302, home)
    page = client.get(home)
    assert page.status_code == 200
    assert page.context["request"].actor.username == "aman.duty"
    with acting(aman.dpo):
        assert Event.objects.filter(name="sign_in.succeeded", organisation_id=aman.id).count() == 1
