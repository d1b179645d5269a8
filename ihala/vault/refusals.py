"""Why the key agent says no. Over the socket a refusal travels as its code."""

from django.utils.translation import gettext_lazy as _

from ihala.core.refusal import Refusal, Refused, Status

NO_LIVE_BASIS = Refusal(
    "no_live_basis",
    _("There is no consent or legal basis in force under which this content may be opened."),
    Status.FORBIDDEN,
)
NOT_ACCEPTED = Refusal(
    "release_before_acceptance",
    _("This content opens only after the referral has been accepted and signed."),
    Status.FORBIDDEN,
)
NOT_CONFIRMED = Refusal(
    "erasure_not_confirmed", _("This erasure has not been confirmed by a second person."), Status.FORBIDDEN
)
AWAY = Refusal(
    "agent_away",
    _(
        "Sealed content cannot be opened or saved at this moment. Nothing was lost: wait a minute, then try again. "
        "If it stays so, tell the administrator that the key agent does not answer."
    ),
    Status.AWAY,
)
NO_MEMBER = Refusal(
    "no_member", _("Only somebody who works for the organisation now can open its content."), Status.FORBIDDEN
)
QUOTA = Refusal(
    "quota_reached",
    _(
        "More cases and referrals were opened lately than work usually needs, so nothing further opens for now. The "
        "data protection officers have been told. If this is work, call them; otherwise wait an hour."
    ),
    Status.TOO_MANY,
)
STEP_UP = Refusal(
    "step_up_needed",
    _("This shows where somebody is safe, so please confirm first that it is you. Then it opens."),
    Status.FORBIDDEN,
)
SEARCH_AWAY = Refusal(
    "search_away",
    _(
        "People cannot be searched at this moment. Search by reference works; try names and numbers again in a minute."
    ),
    Status.AWAY,
)
SEARCH_QUOTA = Refusal(
    "search_quota",
    _(
        "More searches were made lately than work usually needs, so people cannot be searched for now. The data "
        "protection officers have been told. If this is work, call them; otherwise wait an hour."
    ),
    Status.TOO_MANY,
)
NO_SEARCHER = Refusal(
    "no_searcher", _("Only somebody whose role opens cases can search for people."), Status.FORBIDDEN
)
NOT_ASKED = Refusal(
    "not_agreed", _("The agreement with this organisation does not provide for this."), Status.FORBIDDEN
)
NO_CONSENT_TO_ASK = Refusal(
    "no_consent_to_ask",
    _(
        "She has not consented that this organisation is asked whether it knows her. Record her consent first."
    ),
)
ASKED_OFTEN = Refusal(
    "asked_often",
    _(
        "No further question of this kind is possible today. Telephone the other organisation if it cannot wait."
    ),
    Status.TOO_MANY,
)
NOT_COMPARED = Refusal(
    "not_compared",
    _("The comparison broke off. Nothing was told and nothing of it was kept; it can be tried again."),
    Status.AWAY,
)
NOTHING_TO_COMPARE = Refusal(
    "nothing_to_compare",
    _("Her case says nothing by which she could be known: no name, no telephone, no document. Add it first."),
)
NOT_NOW = Refusal("agent_refused", _("This is not possible now."))

BY_CODE = {
    refusal.code: refusal
    for refusal in (
        NO_LIVE_BASIS,
        NOT_ACCEPTED,
        NOT_CONFIRMED,
        AWAY,
        NO_MEMBER,
        QUOTA,
        STEP_UP,
        SEARCH_AWAY,
        SEARCH_QUOTA,
        NO_SEARCHER,
        NOT_NOW,
        NOT_ASKED,
        NO_CONSENT_TO_ASK,
        ASKED_OFTEN,
        NOT_COMPARED,
        NOTHING_TO_COMPARE,
    )
}


def refused(code: str) -> Refused:
    """The refusal with that code, ready to be raised."""
    return Refused(BY_CODE.get(code, NOT_NOW))
