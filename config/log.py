"""The commands around the log: export, verify, witness, set-aside, check."""

import argparse
import os
import warnings
from getpass import GetPassWarning, getpass
from pathlib import Path
from typing import Any
from uuid import UUID

from . import accounts, installation
from .home import folder, home

INPUT = input


def _unseen(prompt: str) -> str:
    """A password, typed at a terminal that does not show it; EOFError where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(prompt)
        except GetPassWarning:
            raise EOFError from None


PASSWORD = _unseen


def say(line: str) -> None:
    """One line of progress, at once."""
    print(line, flush=True)


def add_commands(commands: Any) -> None:
    """`ihala audit …` for the command line's parser."""
    audit = commands.add_parser("audit", help="the log: export, verify, witness, set-aside, check")
    parts = audit.add_subparsers(required=True, metavar="COMMAND")

    export = parts.add_parser("export", help="the log of one organisation, to be checked elsewhere")
    export.add_argument("--organisation", required=True, metavar="CODE")
    export.add_argument("file", type=Path, metavar="FILE.zip")
    export.set_defaults(run=_export)

    verify = parts.add_parser("verify", help="check an export, offline", add_help=False)
    verify.add_argument("arguments", nargs=argparse.REMAINDER)
    verify.set_defaults(run=_verify)

    witness = parts.add_parser("witness", help="sign checkpoints for an organisation, on its own machine")
    witness.add_argument("--server", required=True, metavar="https://…")
    witness.add_argument("--name", required=True, metavar="NAME", help="such as witness.aman")
    witness.add_argument("--folder", type=Path, help="where its key and last checkpoint lie")
    witness.add_argument(
        "--set-aside", metavar="WHY", help="two people set its last checkpoint and its alarm aside, in words"
    )
    witness.set_defaults(run=_witness)

    aside = parts.add_parser(
        "set-aside", help="after a restore: two people set the last signed checkpoint aside"
    )
    aside.add_argument("--as", dest="user", required=True, metavar="USER", help="the staff account that acts")
    aside.add_argument("--confirm", metavar="REQUEST", help="confirm a request, as another person")
    aside.set_defaults(run=_set_aside)

    check = parts.add_parser("check", help="compute the log anew and compare it with what was signed")
    check.set_defaults(run=_check)


def _export(options: argparse.Namespace) -> int:
    with installation.a_database(say):
        installation.set_up()
        from ihala.audit import actions, exporting
        from ihala.audit.enums import EventName
        from ihala.core.acting import acting
        from ihala.organisations.models import Actor, Organisation

        with acting(Actor.system_of(0)):
            found = Organisation.objects.filter(code=options.organisation).first()
        if found is None:
            say(f"There is no organisation {options.organisation}.")
            return 1
        system = Actor.system_of(found.pk)
        try:
            with acting(system):
                _write(options.file, exporting.archive(found.pk))
                actions.record(system, EventName.LOG_EXPORTED)
        except OSError as reason:
            say(f"Not written: {reason}")
            return 1
    say(f"Written: {options.file}")
    return 0


def _write(path: Path, content: bytes) -> None:
    """For this account alone, also over an older file: it tells who looked at what."""
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        if path.is_file():
            os.fchmod(file.fileno(), 0o600)
        file.write(content)


def _verify(options: argparse.Namespace) -> int:
    from ihala.audit import verify

    return verify.main(options.arguments)


def _witness(options: argparse.Namespace) -> int:
    from ihala.audit.witness import main, set_aside

    where = options.folder or folder(home() / "witness") / options.name
    if options.set_aside:
        people = [INPUT("First person, name: "), INPUT("Second person, name: ")]
        try:
            say(f"Set aside, with a protocol: {set_aside(where, people, options.set_aside)}")
        except ValueError as reason:
            say(str(reason))
            return 1
        return 0
    return main(["--server", options.server, "--name", options.name, "--folder", str(where)])


def _set_aside(options: argparse.Namespace) -> int:
    with installation.a_database(say):
        installation.set_up()
        from django.utils.translation import override

        with override("en"):
            return _set_aside_by(options)


def _set_aside_by(options: argparse.Namespace) -> int:
    from ihala.accounts.roles import Permission
    from ihala.audit import setting_aside
    from ihala.core.refusal import Refused
    from ihala.organisations.rules import staff_member

    actor = staff_member(options.user)
    needed = Permission.CONFIRM_ERASURE if options.confirm else Permission.READ_AUDIT
    if actor is None or not actor.has(needed):
        say(f"{options.user} is no data protection officer (to ask), nor director or officer (to confirm).")
        return 1
    if not _is_there(options.user):
        say(f"That is not the password of {options.user}, or one they have not replaced by their own yet.")
        return 1
    try:
        if options.confirm:
            kept = setting_aside.confirm(UUID(options.confirm), actor)
            accounts.settle()
            say(
                f"Set aside: {kept}. Keep it, it proves what was lost. The witnesses do the same where they are."
            )
        else:
            key = setting_aside.ask(actor)
            say(f"Asked: {key}. Another person: ihala audit set-aside --confirm {key} --as USER")
    except (Refused, ValueError) as reason:
        say(str(reason.refusal.message) if isinstance(reason, Refused) else "That is no key of a request.")
        return 1
    return 0


def _is_there(user: str) -> bool:
    """Does this person type their password? One that an administrator gave out proves nobody."""
    from ihala.accounts.backends import PasswordBackend

    found = PasswordBackend().authenticate(None, user, PASSWORD(f"Password of {user}: "))
    return found is not None and not found.one_time_password


def _check(options: argparse.Namespace) -> int:
    with installation.a_database(say):
        installation.set_up()
        from ihala.audit.checking import tree_state

        state = tree_state()
    say(
        f"{state.size} leaves, {state.waiting} events wait for a number, newest checkpoint {state.checkpoint}."
    )
    for problem in state.problems:
        say(problem)
    say("Sound." if state.sound else f"{len(state.problems)} problem(s).")
    return 0 if state.sound else 1
