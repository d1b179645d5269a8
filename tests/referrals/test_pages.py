"""The page of a referral, in every state, for both sides."""

import pytest
from django.urls import reverse

from ihala.core.acting import acting
from ihala.referrals.enums import State
from tests import given

pytestmark = pytest.mark.django_db

READERS = ("aman.caseworker", "aman.supervisor", "dfwac.duty", "dfwac.supervisor")


def address(referral, name="detail", *rest):
    return reverse(f"referrals:{name}", args=[referral.reference, *rest])


@pytest.mark.parametrize("state", State)
def test_the_page_of_a_referral_opens_in_every_state_for_whoever_sees_it(state):
    referral = given.a_referral(state)
    for reader, language in zip(READERS, ("ar", "en", "ar", "en"), strict=True):
        with acting(given.actor(reader)):
            sees = type(referral).objects.visible_to(given.actor(reader)).filter(pk=referral.pk).exists()
        answer = given.signed_in(reader, language=language).get(address(referral))
        assert answer.status_code == (200 if sees else 404)
