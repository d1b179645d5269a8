"""A lost second factor is reset by two people: an administrator asks, somebody else carries it out (decision 16).

Neither alone gets into the account: whoever asks never learns the one-time password, and whoever learns it could not
have asked. The person is told, and both steps are on record.
"""

from allauth.mfa.models import Authenticator

from ihala.audit.enums import EventName
from ihala.core.acting import at_the_door
from ihala.core.clock import now

from .. import rules
from ..enums import ConfirmedBy
from ..models import Actor, Membership, SecondFactorReset
from .log import recorded, refuse_if
from .staff import NewPassword, give_one_time_password


def ask_reset(membership: Membership, *, confirmed_how: ConfirmedBy | str, by: Actor) -> SecondFactorReset:
    """Ask for it, and say how it was made sure that it is this person. It waits a day for a second one."""
    locked = Membership.objects.select_for_update().get(pk=membership.pk)
    has_one = has_second_factor(locked.user_id)
    refuse_if(rules.why_not_ask_reset(locked, has_one, by), by, EventName.SECOND_FACTOR_RESET_ASKED)
    made = SecondFactorReset.objects.create(
        organisation_id=by.organisation_id,
        membership=locked,
        confirmed_how=ConfirmedBy(confirmed_how),
        asked_at=now(),
        asked_by_id=by.membership_id,
    )
    recorded(
        by, EventName.SECOND_FACTOR_RESET_ASKED, member=locked.pk, how=str(made.confirmed_how), reset=made.pk
    )
    return made


def carry_out_reset(reset: SecondFactorReset, *, by: Actor) -> NewPassword:
    """Take the second factor away, end all sessions, and give a one-time password to tell the person."""
    locked = SecondFactorReset.objects.select_for_update().get(pk=reset.pk)
    refuse_if(rules.why_not_carry_out_reset(locked, by), by, EventName.SECOND_FACTOR_RESET)
    membership = Membership.objects.select_related("user").get(pk=locked.membership_id)
    with at_the_door(membership.user_id):
        Authenticator.objects.filter(user_id=membership.user_id).delete()
    locked.done_at, locked.done_by_id = now(), by.membership_id
    locked.save()
    recorded(by, EventName.SECOND_FACTOR_RESET, member=membership.pk, reset=locked.pk)
    return give_one_time_password(membership)


def has_second_factor(user_id: int) -> bool:
    """Has this person set up any, recovery codes apart?"""
    with at_the_door(user_id):
        found = Authenticator.objects.filter(user_id=user_id)
        return found.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
