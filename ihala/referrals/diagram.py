"""The mechanism as a picture and a table, written from `workflow.STEPS` into `docs/mechanism.md`.

`ihala check` and a test compare the file with what the code says now, so the document cannot grow stale.
"""

from django.utils import translation

from .enums import State
from .workflow import EVERYWHERE, STEPS, SYSTEM, WHOSE_TURN, Rule

HEAD = """# The mechanism as the code has it

Generated from `ihala/referrals/workflow.py`; do not edit. Rules, clocks and reasons in words: the terms of each
agreement, shown in the product.

"""


def document() -> str:
    """The whole of docs/mechanism.md."""
    with translation.override("en"):
        return HEAD + _diagram() + "\n## Steps\n\n" + _table() + "\n## Whose turn\n\n" + _turns()


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> draft"]
    for step, rule in STEPS.items():
        if rule.to is not None and rule.frm != EVERYWHERE:
            lines += [
                f"    {frm} --> {rule.to}: {step}" for frm in State if frm in rule.frm and frm != rule.to
            ]
    return "\n".join([*lines, "```", ""])


def _table() -> str:
    rows = [
        "| Step | From | To | Side | Who | Guards | Reason | Tells |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for step, rule in STEPS.items():
        frm = "every state" if rule.frm == EVERYWHERE else ", ".join(s for s in State if s in rule.frm)
        rows.append(
            f"| {step} | {frm} | {rule.to or '(stays)'} | {rule.side or 'whose turn it is'} | {_who(rule)} "
            f"| {', '.join(guard.__name__ for guard in rule.guards) or '–'} "
            f"| {rule.reason.__name__ if rule.reason else '–'} | {', '.join(rule.tells) or '–'} |"
        )
    return "\n".join(rows) + "\n"


def _who(rule: Rule) -> str:
    if rule.who == SYSTEM:
        return "system"
    return ", ".join(sorted(rule.who)) + ("; emergencies: duty_officer" if rule.duty else "")


def _turns() -> str:
    rows = [
        "| State | Whose turn |",
        "|---|---|",
        *(f"| {state} | {turn} |" for state, turn in WHOSE_TURN.items()),
    ]
    return "\n".join(rows) + "\n"
