"""`ihala keys`: how the keys stand, renewing them, and recovery by two officers. It asks the running key agent."""

import argparse
import os
import time
from typing import Any

from . import databases, postgres
from .processes import Say

INPUT = input


def run(options: argparse.Namespace, say: Say) -> int:
    """One of the four; 1 when it could not be done, with the reason in words."""
    import django

    if not os.environ.get("IHALA_DATABASE_URL") and postgres.embedded().pid() is None:
        raise postgres.PostgresError("Ihala does not run here: start `ihala serve` or `ihala demo` first.")
    os.environ["IHALA_DATABASE_URL"] = databases.runtime_url()
    os.environ.pop("IHALA_OWNER_DATABASE_URL", None)
    django.setup()
    from django.utils.translation import override

    from ihala.core.refusal import Refused
    from ihala.vault.recovery import NotRecovered

    what = {"status": status, "rotate": rotate, "recovery": recovery, "recover": recover}[options.what]
    with override("en"):
        try:
            return what(options, say)
        except Refused as refused:
            say(str(refused.refusal.message))
        except (NotRecovered, LookupError) as reason:
            say(str(reason))
    return 1


def status(options: argparse.Namespace, say: Say) -> int:
    """A line for each owner of keys."""
    from ihala.audit import keys

    names = _names()
    for one in keys.status():
        versions = ", ".join(map(str, one.versions)) or "none: recover it"
        progress = (
            f"; {one.rows - one.old} of {one.rows} wrapped to the newest" if len(one.versions) > 1 else ""
        )
        officers = "; recovery set up" if one.recoverable else "; NO recovery set up"
        say(f"{names.get(one.owner, one.owner)}: version {versions}; {one.rows} held{progress}{officers}")
    return 0


def rotate(options: argparse.Namespace, say: Say) -> int:
    """Renew the keys asked for, then tell how far it is until all is wrapped to the new ones."""
    from ihala.audit import keys

    names = _names()
    wanted = (
        [0] if options.release else [_owner(options.organisation)] if options.organisation else sorted(names)
    )
    for owner in wanted:
        say(f"{names[owner]}: version {keys.rotate(owner)} made")
    while True:
        states = [one for one in keys.status() if one.owner in wanted]
        left = sum(one.old for one in states)
        say(f"{sum(one.rows for one in states) - left} wrapped to the new keys, {left} to go")
        if not left:
            break
        time.sleep(1)
    say("The old keys are destroyed by the agent itself once no work that began before can still need them.")
    return 0


def recovery(options: argparse.Namespace, say: Say) -> int:
    """Show each officer their parts, one officer after the other."""
    from ihala.audit import keys

    owner = 0 if options.release else _owner(options.organisation)
    INPUT("Earlier sheets become void now. Is the first officer alone at the screen? Press Enter.")
    sheets = keys.set_up_recovery(owner, options.officers)
    try:
        for number, lines in enumerate(sheets, 1):
            if number > 1:
                INPUT(f"Officer {number} of {len(sheets)} alone at the screen; press Enter.")
            _shown(number, lines, say)
    except (EOFError, KeyboardInterrupt):
        say("Not every officer has their parts, and earlier sheets are void: give the command again.")
        return 1
    say("Any two of these officers can recover the keys together. Earlier sheets are void.")
    return 0


def _shown(number: int, lines: list[str], say: Say) -> None:
    say(f"Officer {number}")
    for line in lines:
        say(f"  {line}")
    INPUT("Copied on paper and compared? Press Enter; the lines then go.")
    say("\033[2J\033[3J\033[H")


def recover(options: argparse.Namespace, say: Say) -> int:
    """Ask two officers for their parts of the pair they have in common."""
    from ihala.audit import keys

    first = INPUT("First officer, your line for this pair: ")
    second = INPUT("Second officer, your line for the same pair: ")
    organisation, versions = keys.recover(first, second)
    say(
        f"{_names().get(organisation, organisation)}: versions {', '.join(map(str, versions))} are back in custody."
    )
    return 0


def _names() -> dict[int, Any]:
    """The owners of keys by number; 0 is the release key."""
    from ihala.core.acting import acting
    from ihala.organisations.models import Actor, Organisation

    with acting(Actor.system_of(0)):
        return {0: "release key", **dict(Organisation.objects.values_list("pk", "code"))}


def _owner(code: str) -> int:
    found = [owner for owner, name in _names().items() if name == code and owner]
    if not found:
        raise LookupError(f"There is no organisation with the code {code}.")
    return int(found[0])
