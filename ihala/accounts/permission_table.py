"""`docs/permissions.md`, made from the one table in `roles.py`: `python -m ihala.accounts.permission_table`."""

from pathlib import Path

from django.utils import translation

from .roles import ROLE_PERMISSIONS, Permission, Role

FILE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
HEAD = """\
# Who may do what

Made from `ihala/accounts/roles.py` (`ROLE_PERMISSIONS`); a test fails when it is stale. Which role may take which step
of a referral, from which state and on which side, stands in `ihala/referrals/workflow.py`; for emergencies the duty
officer too. Reading a case or a referral also needs access to the one in question. An administrator sees no content of
any case, a director counts and no names.

"""


def as_markdown() -> str:
    """The document: a column per role, a row per permission."""
    with translation.override("en"):
        columns = [str(role.label) for role in Role]
    lines = [_row("Permission", columns), _row("---", [":-:"] * len(columns))]
    for permission in Permission:
        marks = ["●" if permission in ROLE_PERMISSIONS[role] else "" for role in Role]
        lines.append(_row(f"`{permission}`", marks))
    return HEAD + "\n".join(lines) + "\n"


def _row(first: str, cells: list[str]) -> str:
    return f"| {first} | {' | '.join(cells)} |"


def write() -> None:
    """Write the document."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(as_markdown(), encoding="utf-8")


if __name__ == "__main__":  # pragma: no cover  a command
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    write()
