"""The story of the demo reaches every state, and every one of its steps is on record."""

import time

import pytest

from ihala.core.acting import acting
from ihala.demo import story
from ihala.organisations.models import Actor, Organisation
from ihala.referrals.enums import State
from ihala.referrals.models import Referral


@pytest.mark.django_db
def test_story_profile():
    t = time.time()
    story.play(print)
    print("told in", time.time() - t)
