"""The product of all states × steps × roles × sides: allowed exactly where the mechanism says.

`ALLOWED` is written from the mechanism's table by hand, not from the code: state → step → (side, roles). "E" after a
step's roles adds the duty officer, who may in emergencies whatever a caseworker may.
"""

import pytest

from ihala.accounts.roles import Role
from ihala.core.acting import acting
from ihala.core.vocabulary import Urgency
from ihala.organisations.models import Actor
from ihala.referrals import workflow
from ihala.referrals.enums import Side, State, Step
from tests import given

pytestmark = pytest.mark.django_db

C, V, D, P = Role.CASEWORKER, Role.SUPERVISOR, Role.DUTY_OFFICER, Role.PRACTITIONER
S, R, B = {Side.SENDER}, {Side.RECEIVER}, {Side.SENDER, Side.RECEIVER}
WORK, SUP, ANSWER = {C, V}, {V}, {D, V}

WITHDRAW = {Step.WITHDRAW: (S, WORK)}
ERROR = {Step.ENTER_IN_ERROR: (S, SUP)}
UNTIL_HANDOVER = {
    **WITHDRAW,
    **ERROR,
    Step.SURVIVOR_DECLINES: (B, WORK),
    Step.AMEND: (S, WORK),
    Step.ASSIGN: (R, ANSWER),
}
CHECK = {Step.ATTEST_CONFLICT_CHECK: (R, ANSWER)}
BEDS = {Step.HOLD_BEDS: (R, WORK)}
DECIDE = {Step.ACCEPT: (R, SUP), Step.PROPOSE_DECLINE: (R, WORK), **CHECK}

ALLOWED = {
    State.DRAFT: {Step.SUBMIT: (S, WORK), Step.DISCARD: (S, WORK), Step.SEND_AT_ONCE: (S, WORK), **ERROR},
    State.AWAITING_APPROVAL: {Step.APPROVE: (S, SUP), Step.RETURN: (S, SUP), **WITHDRAW, **ERROR},
    State.SENT: {Step.ACKNOWLEDGE: (R, ANSWER), **UNTIL_HANDOVER},
    State.UNDER_REVIEW: {Step.ASK: (R, WORK), Step.WAITLIST: (R, WORK), **DECIDE, **UNTIL_HANDOVER},
    State.INFO_REQUESTED: {Step.ANSWER: (S, WORK), Step.TAKE_BACK: (R, WORK), **DECIDE, **UNTIL_HANDOVER},
    State.WAITLISTED: {**DECIDE, **UNTIL_HANDOVER},
    State.DECLINE_PROPOSED: {Step.CONFIRM_DECLINE: (R, SUP), Step.RETURN_PROPOSAL: (R, WORK), **UNTIL_HANDOVER},
    State.DECLINED: {Step.RECORD_NEXT_STEP: (S, WORK), **ERROR},
    State.SURVIVOR_DECLINED: {Step.RECORD_NEXT_STEP: (S, WORK), **ERROR},
    State.NO_RESPONSE: {Step.RECORD_NEXT_STEP: (S, WORK)},
    State.ACCEPTED: {Step.PLAN_HANDOVER: (S, WORK), **BEDS, **UNTIL_HANDOVER},
    State.HANDOVER: {Step.CONFIRM_ARRIVAL: (B, WORK), Step.REPORT_NOT_ARRIVED: (B, WORK), **BEDS, **UNTIL_HANDOVER},
    State.NOT_ARRIVED: {Step.CONFIRM_ARRIVAL: (B, WORK), Step.CLOSE_SAFETY_CHECK: (B, SUP), **BEDS, **ERROR},
    State.ARRIVED: {
        Step.RECORD_PROGRESS: (R, WORK), Step.COMPLETE: (R, WORK), Step.END_EARLY: (R, WORK),
        Step.REFER_ONWARD: (R, WORK), Step.ASSIGN: (R, ANSWER),
    },
    State.COMPLETED: {}, State.WITHDRAWN: {}, State.CONSENT_WITHDRAWN: {}, State.ENDED_EARLY: {},
    State.ENTERED_IN_ERROR: {},
}  # fmt: skip
NOT_IN_EMERGENCY = {Step.APPROVE, Step.RETURN, Step.CONFIRM_DECLINE, Step.CLOSE_SAFETY_CHECK, Step.ENTER_IN_ERROR,
                    Step.ACKNOWLEDGE, Step.ASSIGN, Step.ATTEST_CONFLICT_CHECK}  # fmt: skip
# Steps whose guards look at more than state, side and role have tests of their own.
BY_HAND = {Step.REVIEW_SENDING, Step.RELEASE, Step.CONFIRM_PLAN, Step.NO_ANSWER}


def expected(state: State, step: Step, side: Side, role: Role, urgency: Urgency) -> bool:
    """What the mechanism says for somebody who wrote nothing of it themselves."""
    if step is Step.WITHDRAW_CONSENT:
        return role in {C, V, D, P}
    rule = ALLOWED[state].get(step)
    if rule is None or (step is Step.SEND_AT_ONCE and urgency is not Urgency.EMERGENCY):
        return False
    sides, roles = rule
    if urgency is Urgency.EMERGENCY and step not in NOT_IN_EMERGENCY:
        roles = roles | {D}
    return side in sides and role in roles


def somebody(organisation_id: int, role: Role) -> Actor:
    """A person of that role who has had no part in the referral."""
    return Actor(999_001, 999_001, organisation_id, frozenset({role}))


@pytest.mark.parametrize("urgency", [Urgency.EMERGENCY, Urgency.STANDARD])
@pytest.mark.parametrize("state", State)
def test_each_step_is_allowed_exactly_where_the_mechanism_says(state, urgency):
    scene = given.a_scene_at(state, urgency=urgency)
    if state in workflow.BEFORE_DECISION:
        given.acted(scene, "conflict")
    referral = scene.subject
    wrong = []
    for side in Side:
        for role in Role:
            actor = somebody(referral.sender_id if side is Side.SENDER else referral.receiver_id, role)
            with acting(actor):
                for step in [step for step in Step if step not in BY_HAND]:
                    refusal = workflow.why_not(step, referral, actor)
                    seen = side is Side.SENDER or referral.sent_at is not None
                    if (refusal is None) != (seen and expected(state, step, side, role, urgency)):
                        wrong.append((side, role, step, refusal and refusal.code))
    assert wrong == []


@pytest.mark.parametrize("state", State)
def test_a_third_organisation_may_do_nothing_in_any_state(state):
    referral = given.a_referral(state)
    stranger = somebody(given.actor("sharjah.caseworker").organisation_id, Role.SUPERVISOR)
    with acting(stranger):
        codes = {workflow.why_not(step, referral, stranger).code for step in Step}
    assert codes == {"not_visible"}


@pytest.mark.parametrize("state", State)
def test_nobody_but_the_system_closes_for_want_of_an_answer(state):
    referral = given.a_referral(state)
    for organisation in (referral.sender_id, referral.receiver_id):
        for role in Role:
            actor = somebody(organisation, role)
            with acting(actor):
                assert workflow.why_not(Step.NO_ANSWER, referral, actor) is not None
    system = Actor.system_of(referral.receiver_id)
    with acting(system):
        assert (workflow.why_not(Step.NO_ANSWER, referral, system) is None) == (state == State.SENT)
