"""How a state and an urgency look: sign and tone beside the word. Colour never speaks alone."""

STATES = {
    "draft": ("draft", "quiet"),
    "awaiting_approval": ("clock", "amber"),
    "sent": ("send", "blue"),
    "under_review": ("eye", "amber"),
    "info_requested": ("question", "blue"),
    "waitlisted": ("pause", "amber"),
    "decline_proposed": ("stop", "amber"),
    "accepted": ("check", "green"),
    "handover": ("van", "blue"),
    "arrived": ("arrival", "green"),
    "completed": ("star", "green"),
    "declined": ("stop", "quiet"),
    "withdrawn": ("undo", "quiet"),
    "consent_withdrawn": ("hand", "quiet"),
    "survivor_declined": ("hand", "quiet"),
    "not_arrived": ("alert", "red"),
    "ended_early": ("minus", "quiet"),
    "no_response": ("error", "red"),
    "entered_in_error": ("close", "quiet"),
}
URGENCIES = {
    "emergency": ("triangle", "emergency"),
    "urgent": ("triangle", "urgent"),
    "standard": ("", "quiet"),
}
UNKNOWN = ("dot", "quiet")


def state(code: object) -> tuple[str, str]:
    """Sign and tone of a state, from its code in either case."""
    return STATES.get(str(getattr(code, "value", code)).lower(), UNKNOWN)


def urgency(code: object) -> tuple[str, str]:
    """Sign and tone of an urgency."""
    return URGENCIES.get(str(getattr(code, "value", code)).lower(), UNKNOWN)
