"""What all tests start from stands on its own feet: each state is reached by actions."""

import pytest

from ihala.core.vocabulary import Category, Kind, Urgency
from ihala.referrals.enums import State
from tests import given

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", State)
def test_an_emergency_reaches_every_state(state):
    assert given.a_referral(state).state == state


@pytest.mark.parametrize("category", Category)
def test_a_standard_referral_of_every_category_is_approved_before_it_is_sent(category):
    referral = given.a_referral(State.ACCEPTED, urgency=Urgency.STANDARD, category=category)
    assert (referral.category, referral.urgency, referral.state) == (category, "standard", State.ACCEPTED)


def test_a_pull_request_is_completed_by_its_acceptance_and_holds_nothing():
    assert given.a_referral(State.COMPLETED, kind=Kind.PULL_REQUEST).state == State.COMPLETED
    with pytest.raises(ValueError, match="no pull request"):
        given.a_referral(State.ARRIVED, kind=Kind.PULL_REQUEST)


def test_the_cast_is_made_once_in_a_test():
    assert given.cast() is given.cast()
    assert given.actor("sharjah.caseworker").organisation_id == given.cast().sharjah.pk


def test_a_referral_goes_the_other_way_too():
    referral = given.a_referral(State.UNDER_REVIEW, sender="dfwac", receiver="aman")
    assert referral.receiver_id == given.cast().aman.pk
