"""Who may do what: one table.

A staff member holds one or more roles in one organisation; a role carries permissions. Which role may take which step
of a referral, from which state and on which side, stands in `ihala/referrals/workflow.py`. `docs/permissions.md` is
made from this table (`ihala.accounts.permission_table`) and a test fails when it is stale.
"""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    """What somebody is at their organisation (glossary, "Parties and people")."""

    CASEWORKER = "caseworker", pgettext_lazy("role", "Caseworker")
    SUPERVISOR = "supervisor", pgettext_lazy("role", "Supervisor")
    DUTY_OFFICER = "duty_officer", pgettext_lazy("role", "Duty officer")
    PRACTITIONER = "practitioner", pgettext_lazy("role", "Practitioner")
    DIRECTOR = "director", pgettext_lazy("role", "Director")
    DPO = "dpo", pgettext_lazy("role", "Data protection officer")
    ADMINISTRATOR = "administrator", pgettext_lazy("role", "Administrator")
    COORDINATOR = "coordinator", pgettext_lazy("role", "Partnership coordinator")


class Permission(StrEnum):
    """One thing that may be done. Cases and referrals also need access to the one in question."""

    WRITE_CASE = "write_case"
    READ_CASE = "read_case"
    IMPORT_INTAKE = "import_intake"
    DRAFT_REFERRAL = "draft_referral"
    APPROVE_REFERRAL = "approve_referral"
    ANSWER_INBOX = "answer_inbox"
    ACCEPT_EMERGENCY = "accept_emergency"
    ACCEPT_ANY = "accept_any"
    CONFIRM_DECLINE = "confirm_decline"
    ASSIGN = "assign"
    RECORD_CONSENT = "record_consent"
    SIGN_LEGAL_BASIS = "sign_legal_basis"
    PLAN_HANDOVER = "plan_handover"
    CONFIRM_ARRIVAL = "confirm_arrival"
    CLOSE_SAFETY_CHECK = "close_safety_check"
    REPORT_OUTCOME = "report_outcome"
    ENTER_IN_ERROR = "enter_in_error"
    SEE_BEDS = "see_beds"
    PLACE_FAMILIES = "place_families"
    KEEP_APART = "keep_apart"
    MANAGE_HOUSES = "manage_houses"
    READ_AUDIT = "read_audit"
    SEE_COUNTS = "see_counts"
    PROPOSE_AGREEMENT = "propose_agreement"
    SIGN_AGREEMENT = "sign_agreement"
    MANAGE_ROTA = "manage_rota"
    MANAGE_STAFF = "manage_staff"
    MANAGE_CALENDAR = "manage_calendar"
    MANAGE_TELEPHONES = "manage_telephones"
    REQUEST_ERASURE = "request_erasure"
    CONFIRM_ERASURE = "confirm_erasure"
    MANAGE_RETENTION = "manage_retention"
    SET_SEARCH_RULE = "set_search_rule"
    CONFIRM_RESET = "confirm_reset"


R, P = Role, Permission

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # Writes and works cases.
    R.CASEWORKER: frozenset({
        P.READ_CASE, P.WRITE_CASE, P.IMPORT_INTAKE, P.DRAFT_REFERRAL, P.ANSWER_INBOX, P.RECORD_CONSENT,
        P.SIGN_LEGAL_BASIS, P.PLAN_HANDOVER, P.CONFIRM_ARRIVAL, P.REPORT_OUTCOME, P.SEE_BEDS, P.PLACE_FAMILIES,
    }),
    # Does what a caseworker does, and approves, declines and overrides as the second person.
    R.SUPERVISOR: frozenset({
        P.READ_CASE, P.WRITE_CASE, P.IMPORT_INTAKE, P.DRAFT_REFERRAL, P.ANSWER_INBOX, P.RECORD_CONSENT,
        P.SIGN_LEGAL_BASIS, P.PLAN_HANDOVER, P.CONFIRM_ARRIVAL, P.REPORT_OUTCOME,
        P.APPROVE_REFERRAL, P.ACCEPT_EMERGENCY, P.ACCEPT_ANY, P.CONFIRM_DECLINE, P.ASSIGN, P.CLOSE_SAFETY_CHECK,
        P.ENTER_IN_ERROR, P.PROPOSE_AGREEMENT, P.SIGN_AGREEMENT, P.MANAGE_ROTA, P.SEE_COUNTS,
        P.SEE_BEDS, P.PLACE_FAMILIES, P.KEEP_APART, P.MANAGE_HOUSES, P.REQUEST_ERASURE, P.CONFIRM_RESET,
    }),
    # Answers the inbox day and night; for emergencies also what cannot wait for the morning.
    R.DUTY_OFFICER: frozenset({
        P.READ_CASE, P.WRITE_CASE, P.IMPORT_INTAKE, P.DRAFT_REFERRAL, P.ANSWER_INBOX, P.ACCEPT_EMERGENCY, P.ASSIGN,
        P.RECORD_CONSENT, P.SIGN_LEGAL_BASIS, P.PLAN_HANDOVER, P.CONFIRM_ARRIVAL, P.REPORT_OUTCOME,
        P.SEE_BEDS, P.PLACE_FAMILIES, P.KEEP_APART,
    }),
    # Psychologist, social or legal specialist: works on the cases they were given; sees where beds are free, not who
    # lives there.
    R.PRACTITIONER: frozenset({P.READ_CASE, P.RECORD_CONSENT, P.SEE_BEDS}),
    # Sees counts and pictures, no names; signs for the organisation.
    R.DIRECTOR: frozenset({P.SEE_COUNTS, P.PROPOSE_AGREEMENT, P.SIGN_AGREEMENT, P.CONFIRM_ERASURE, P.CONFIRM_RESET}),
    # Reads the log, reviews exceptional access, answers erasure, sets how long cases are kept.
    R.DPO: frozenset({
        P.READ_AUDIT, P.SEE_COUNTS, P.REQUEST_ERASURE, P.CONFIRM_ERASURE, P.MANAGE_RETENTION, P.SET_SEARCH_RULE,
    }),
    # Manages staff and settings; sees no content of any case.
    R.ADMINISTRATOR: frozenset({P.MANAGE_STAFF, P.MANAGE_CALENDAR, P.MANAGE_TELEPHONES, P.CONFIRM_RESET}),
    # Runs training, knowledge, meetings and campaigns; sees counts.
    R.COORDINATOR: frozenset({P.SEE_COUNTS}),
}  # fmt: skip


def permissions_of(roles: "frozenset[Role] | set[Role]") -> frozenset[Permission]:
    """All that somebody with these roles may do."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
