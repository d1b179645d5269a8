"""When the processes that answered people are replaced: soon after a sign-out, and when nothing is opened any more."""

import pytest

from config.renewing import IDLE, SOON, YOUNG, Renewing


class Moment:
    """A clock that a test sets."""

    def __init__(self):
        self.at = 1000.0

    def __call__(self):
        return self.at


@pytest.fixture
def made():
    clock, opened, asked = Moment(), {}, []
    renewing = Renewing(lambda: asked.append(True), clock, opened)
    return renewing, clock, opened, asked


def test_a_process_goes_soon_after_a_sign_out_but_not_before_it_was_of_any_use(made):
    renewing, clock, _opened, asked = made
    renewing.signed_out()
    clock.at += SOON
    assert not renewing.is_due(), "whoever signs in and out again and again does not keep the server busy"
    clock.at += YOUNG
    assert renewing.is_due()
    renewing._watch()
    assert asked == [True]


def test_the_answer_of_the_sign_out_itself_leaves_first(made):
    renewing, clock, _opened, _asked = made
    clock.at += YOUNG
    renewing.signed_out()
    assert not renewing.is_due()
    clock.at += SOON
    assert renewing.is_due()


def test_it_goes_when_nothing_was_opened_for_a_while_and_stays_when_nothing_ever_was(made):
    renewing, clock, opened, _asked = made
    clock.at += 10 * IDLE
    assert not renewing.is_due()
    opened["at"] = clock.at
    assert not renewing.is_due()
    clock.at += IDLE
    assert renewing.is_due()
