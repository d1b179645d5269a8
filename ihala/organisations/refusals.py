"""Why something about organisations, staff and terms may not be done, in the words shown."""

from django.utils.translation import gettext_lazy as _

from ihala.core.refusal import Refusal, Status

NOT_VISIBLE = Refusal(
    "not_visible", _("There is nothing at this address that you can see."), Status.NOT_VISIBLE
)
NOT_PERMITTED = Refusal("not_permitted", _("This belongs to another role."), Status.FORBIDDEN)

# Terms
OWN_PROPOSAL = Refusal(
    "own_proposal",
    _("Your organisation proposed these terms; the other party countersigns them."),
    Status.FORBIDDEN,
)
NOT_PROPOSED = Refusal(
    "not_proposed",
    _("These terms do not wait for a signature any more. Reload to see them."),
    Status.CONFLICT,
)
PROPOSAL_WAITS = Refusal(
    "proposal_waits",
    _("A proposal waits for a signature already. Sign it or take it back before proposing another."),
    Status.CONFLICT,
)
NO_PARTNER = Refusal("no_partner", _("Choose another organisation that takes part."))
NOTHING_ACTIVE = Refusal("nothing_active", _("No terms are in force that could be ended."), Status.CONFLICT)

# Staff
NO_ROLE = Refusal("no_role", _("Choose at least one role."))
ROLES_APART = Refusal(
    "roles_apart", _("An administrator sees no case content: the role cannot be held together with these.")
)
NAMES_NEEDED = Refusal("names_needed", _("Enter the name in Arabic or in English."))
BAD_USERNAME = Refusal(
    "bad_username", _("A user name has 3 to 60 small Latin letters, digits, dots, hyphens or underscores.")
)
USERNAME_TAKEN = Refusal("username_taken", _("This user name is taken. Choose another."), Status.CONFLICT)
YOURSELF = Refusal(
    "yourself",
    _("Your own roles and your own access are changed by another administrator."),
    Status.FORBIDDEN,
)
NOT_ACTIVE = Refusal("not_active", _("This person does not work here any more."), Status.CONFLICT)
STILL_ACTIVE = Refusal("still_active", _("This person works here already."), Status.CONFLICT)
WORKS_ELSEWHERE = Refusal(
    "works_elsewhere", _("This person works for another organisation now."), Status.CONFLICT
)

NO_SECOND_FACTOR = Refusal(
    "no_second_factor", _("This person has no second factor; a one-time password is enough."), Status.CONFLICT
)
RESET_WAITS = Refusal("reset_waits", _("A reset waits for a second person already."), Status.CONFLICT)
RESET_OVER = Refusal(
    "reset_over",
    _("This reset was carried out, or nobody did so within a day. Ask for it again."),
    Status.CONFLICT,
)
RESET_YOURS = Refusal(
    "reset_yours",
    _("Somebody else carries it out: neither who asked for it nor whose second factor it is."),
    Status.FORBIDDEN,
)

# Telephones, calendar and rota
NO_TELEPHONE = Refusal("no_telephone", _("This is not a telephone number in use."))
HOLIDAY_TAKEN = Refusal("holiday_taken", _("This day is a holiday already."), Status.CONFLICT)
BAD_HOURS = Refusal("bad_hours", _("The working day ends after it begins."))
NO_WORKING_DAY = Refusal("no_working_day", _("At least one day of the week is a working day."))
SHIFT_BACKWARDS = Refusal("shift_backwards", _("A shift ends after it begins."))
SHIFT_TOO_LONG = Refusal("shift_too_long", _("A shift lasts 48 hours at most."))
SHIFT_OVERLAPS = Refusal("shift_overlaps", _("This person is on duty then already."), Status.CONFLICT)
CANNOT_ANSWER = Refusal("cannot_answer", _("This person's roles do not answer the inbox."))


def invalid_terms(paths: list[str]) -> Refusal:
    """The data is no terms; the paths say where."""
    return Refusal(
        "invalid_terms", _("These terms are not complete. Mend what is marked."), detail={"paths": paths}
    )
