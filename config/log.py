"""The commands around the log: export, verify, witness, check."""

import argparse
from pathlib import Path
from typing import Any

from . import installation
from .home import folder, home


def say(line: str) -> None:
    """One line of progress, at once."""
    print(line, flush=True)


def add_commands(commands: Any) -> None:
    """`ihala audit …` for the command line's parser."""
    audit = commands.add_parser("audit", help="the log: export, verify, witness, check")
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
    witness.set_defaults(run=_witness)

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
        with acting(system):
            options.file.write_bytes(exporting.archive(found.pk))
            actions.record(system, EventName.LOG_EXPORTED)
    say(f"Written: {options.file}")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from ihala.audit import verify

    return verify.main(options.arguments)


def _witness(options: argparse.Namespace) -> int:
    from ihala.audit.witness import main

    where = options.folder or folder(home() / "witness") / options.name
    return main(["--server", options.server, "--name", options.name, "--folder", str(where)])


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
