"""What `ihala check` says about settings: what is unsafe (a problem), and what should be known (advice)."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from .home import home

WIDEST = 500
"""So many cases and referrals an hour are no human amount for one person."""
GIVEN_FILES = ("IHALA_CUSTODY_PASSPHRASE_FILE", "IHALA_CUSTODY_TOKEN_FILE")


def unsafe(given: Mapping[str, str]) -> list[str]:
    """Settings that take a wall down, as the environment says, before anything is set for the command itself."""
    found = []
    if given.get("IHALA_AGENT") == "inside":
        found.append(
            "IHALA_AGENT=inside keeps the keys in the server itself: whoever takes it over has them. Take it away."
        )
    if given.get("IHALA_DEMO") == "1" and given.get("IHALA_ORIGIN"):
        found.append("IHALA_DEMO lets anyone in without a password. Take it away.")
    if given.get("IHALA_STEP_UP_MINUTES") == "0":
        found.append("IHALA_STEP_UP_MINUTES=0: a stolen session opens where somebody is safe. Take it away.")
    if _person_an_hour(given.get("IHALA_QUOTAS", "")) > WIDEST:
        found.append(
            f"IHALA_QUOTAS lets one person open more than {WIDEST} cases an hour: no alarm would ring."
        )
    for name in GIVEN_FILES:
        path = Path(given.get(name) or "/nonexistent")
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o007:
            found.append(f"{path} is open to others: chmod o-rwx {path}")
    return found


def _person_an_hour(quotas: str) -> int:
    first = quotas.split("/")[0].strip()
    return int(first) if first.isdigit() else 0


def advice(given: Mapping[str, str]) -> list[str]:
    """What is lawful and should be known."""
    found = []
    opened = home() / "keys" / "master.key"
    custody = [name for name in given if name.startswith("IHALA_CUSTODY_")] or given.get(
        "CREDENTIALS_DIRECTORY"
    )
    if not custody and opened.exists():
        found.append(
            "Custody is an open file: whoever has this machine has the keys (docs/keys.md, Custody)."
        )
    if not any((home() / "keys").glob("recovery-*.public")):
        found.append("No recovery of keys is set up: ihala keys recovery (docs/keys.md, Recovery).")
    if not (home() / "secrets" / "backup-public-key").exists():
        found.append("No backup key is made: ihala backup-key (docs/backup.md).")
    if os.geteuid() != 0 and not given.get("IHALA_AGENT_SOCKET"):
        found.append(
            "The key agent runs under the server's account (docs/keys.md, The agent as an account of its own)."
        )
    if not given.get("IHALA_SMTP_URL"):
        found.append("No e-mail leaves: IHALA_SMTP_URL is not set. Notices stand in the product alone.")
    return found
