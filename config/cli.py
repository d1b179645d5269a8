"""`ihala`: the command line of an installation."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ihala_names import cli as names

from . import databases, log, machine, postgres
from .home import home

INTERRUPTED = 130
"""What a shell answers for a command that was stopped at its keyboard."""


def say(line: str) -> None:
    """One line of progress, at once."""
    print(line, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the return value is the exit status. A database that cannot be used is told in one line."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        status: int = options.run(options)
    except (postgres.PostgresError, databases.Unusable) as reason:
        print(reason, file=sys.stderr)
        return 1
    except PermissionError as reason:
        print(_closed(Path(reason.filename or home())), file=sys.stderr)
        return 1
    except EOFError:
        print(
            "\nThis command asks for something: give it at a terminal, where it can be typed.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except Exception as reason:
        if not (told := _said_by_django(reason)):
            raise
        print(told, file=sys.stderr)
        return 1
    return status


def _said_by_django(reason: Exception) -> str:
    """Settings that cannot be and a database that fails, in one line; "" for any other error. Django is loaded only by
    the commands that need it."""
    if "django" not in sys.modules:
        return ""
    from django.core.exceptions import ImproperlyConfigured
    from django.db.utils import OperationalError

    if isinstance(reason, OperationalError):
        return f"The database does not answer as it should: {str(reason).strip()}"
    return str(reason) if isinstance(reason, ImproperlyConfigured) else ""


def _closed(path: Path) -> str:
    """What to do where this account may not look: most often the home is another one's."""
    while not os.access(path, os.F_OK):  # missing, or below a folder that is closed
        path = path.parent
    owner = machine.name_of(path.lstat().st_uid)
    return f"{path} is closed to {machine.name_of(os.geteuid())}. It belongs to {owner}: give this command as {owner}."


def _port(text: str) -> int:
    return _within(text, 65_535, "a port is a number from 1 to 65535")


def _some(text: str) -> int:
    return _within(text, 64, "from 1 to 64 processes")


def _within(text: str, most: int, words: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 0 < number <= most:
        raise argparse.ArgumentTypeError(words)
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ihala", description="Referrals between shelters.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="the whole product with a story in it, on this machine")
    demo.add_argument("--port", type=_port, default=os.environ.get("PORT") or "8000")
    demo.add_argument(
        "--empty", action="store_true", help="only the people and their agreement, no referrals"
    )
    demo.set_defaults(run=_demo)

    serve = commands.add_parser("serve", help="the web server, production")
    serve.add_argument(
        "--host", default="127.0.0.1", help="address to bind to, behind a proxy that speaks TLS"
    )
    serve.add_argument("--port", type=_port, default=os.environ.get("PORT") or "8000")
    serve.add_argument("--workers", type=_some, default=2, help="server processes")
    serve.set_defaults(run=_serve)

    commands.add_parser("agent", help="the key agent, as an account of its own").set_defaults(run=_agent)
    commands.add_parser("worker", help="the worker for jobs, production").set_defaults(run=_worker)
    _add_keys(commands)
    commands.add_parser("migrate", help="make or update the tables, as the owner").set_defaults(run=_migrate)
    commands.add_parser("check", help="look whether this installation is sound").set_defaults(run=_check)

    intake = commands.add_parser("intake", help="import intake forms (JSON)")
    intake.add_argument("files", nargs="+", metavar="FILE")
    intake.add_argument(
        "--as", dest="user", required=True, metavar="USER", help="the staff account that imports"
    )
    intake.set_defaults(run=_intake)

    _add_erase(commands)
    _add_backup(commands)
    _add_messages(commands)
    log.add_commands(commands)
    names.add_to(commands)
    _add_bench(commands)
    return parser


def _add_backup(commands: Any) -> None:
    key = commands.add_parser("backup-key", help="make the key that backups are encrypted to")
    key.add_argument(
        "file", metavar="FILE", help="where its private half goes: a stick that leaves this machine"
    )
    key.set_defaults(run=_backup_key)

    backup = commands.add_parser(
        "backup", help="back up database and home, encrypted, and prove that it restores"
    )
    backup.add_argument("folder", metavar="DIR", help="where backups lie")
    backup.add_argument("--unproved", action="store_true", help="do not restore it into a scratch server")
    backup.set_defaults(run=_backup)

    restore = commands.add_parser("restore", help="restore a backup")
    restore.add_argument("folder", metavar="BACKUP", help="one backup: a folder below DIR")
    restore.add_argument("--key", required=True, metavar="FILE", help="the private half of the backup key")
    restore.add_argument("--replace", action="store_true", help="throw away what is here")
    restore.set_defaults(run=_restore)

    salts = commands.add_parser("salts", help="the shred salts' own copies, which live seven days at most")
    salts.add_argument("action", choices=["copy", "restore"])
    salts.add_argument("folder", metavar="DIR", help="where copies lie; for restore one copy")
    salts.add_argument("--key", metavar="FILE", help="for restore: the private half of the backup key")
    salts.set_defaults(run=_salts)


GROUNDS = ("right_to_erasure", "consent_withdrawn", "retention_over", "unlawful", "court_order")
CLASSES = ("triage", "identity", "narrative", "safety", "clinical", "attachments")


def _add_erase(commands: Any) -> None:
    erase = commands.add_parser("erase", help="erase a case, a class of it or a person, for good")
    erase.add_argument("--case", metavar="REFERENCE", help="the case; all of it without --class or --person")
    part = erase.add_mutually_exclusive_group()
    part.add_argument("--class", dest="cls", choices=CLASSES, help="one disclosure class of the case")
    part.add_argument("--person", metavar="ROLE:NUMBER", help="one person: companion:2, person_of_concern:1")
    erase.add_argument("--reason", choices=GROUNDS, default=GROUNDS[0], help="the legal ground")
    erase.add_argument(
        "--asked-by", choices=("survivor", "guardian", "person", "organisation"), default="survivor"
    )
    erase.add_argument("--ask-receivers", action="store_true", help="receivers attest what they destroyed")
    erase.add_argument("--confirm", metavar="REQUEST", help="confirm a request, as another person")
    erase.add_argument("--as", dest="user", required=True, metavar="USER", help="the staff account that acts")
    erase.add_argument(
        "--yes", action="store_true", help="do it; without, it is only shown what would be done"
    )
    erase.set_defaults(run=_erase)


def _add_messages(commands: Any) -> None:
    messages = commands.add_parser("messages", help="the Arabic catalogue")
    messages.add_argument("action", choices=["check", "merge", "compile"])
    messages.set_defaults(run=_messages)


def _add_keys(commands: Any) -> None:
    keys = commands.add_parser("keys", help="how the keys stand; renew them; recovery by two officers")
    what = keys.add_subparsers(required=True, dest="what", metavar="WHAT")
    what.add_parser("status", help="versions, progress of a renewal, and whether recovery is set up")
    rotate = what.add_parser("rotate", help="renew keys while people work")
    of = rotate.add_mutually_exclusive_group(required=True)
    of.add_argument("--organisation", metavar="CODE")
    of.add_argument("--release", action="store_true", help="the agent's own release key")
    of.add_argument("--all", action="store_true", help="every organisation's key and the release key")
    recovery = what.add_parser("recovery", help="make the officers' parts (ceremony: docs/keys.md)")
    whose = recovery.add_mutually_exclusive_group(required=True)
    whose.add_argument("--organisation", metavar="CODE")
    whose.add_argument(
        "--release", action="store_true", help="of the release key, for officers of the operator"
    )
    recovery.add_argument("--officers", type=int, default=3)
    what.add_parser("recover", help="two officers put their organisation's keys back into custody")
    keys.set_defaults(run=_keys)


def _add_bench(commands: Any) -> None:
    bench = commands.add_parser("bench", help="measure the product on this machine, in a throwaway home")
    bench.add_argument(
        "--quick", action="store_true", help="every row for half a second, to see that it runs"
    )
    bench.set_defaults(run=_bench)


def _demo(options: argparse.Namespace) -> int:
    from . import demo

    return demo.run(options.port, say, empty=options.empty)


def _serve(options: argparse.Namespace) -> int:
    from . import installation

    return installation.serve(options.host, options.port, options.workers, say)


def _agent(options: argparse.Namespace) -> int:
    from . import installation

    return installation.agent(say)


def _keys(options: argparse.Namespace) -> int:
    from . import keys_command

    return keys_command.run(options, say)


def _worker(options: argparse.Namespace) -> int:
    from . import installation

    return installation.work(say)


def _migrate(options: argparse.Namespace) -> int:
    from . import installation

    return installation.migrate(say)


def _check(options: argparse.Namespace) -> int:
    from . import installation

    return installation.check(say)


def _intake(options: argparse.Namespace) -> int:
    from . import installation

    return installation.intake(options.files, options.user, say)


def _bench(options: argparse.Namespace) -> int:
    from .bench import run

    return run.run(say, quick=options.quick)


def _erase(options: argparse.Namespace) -> int:
    from . import installation

    return installation.erase(options, say)


def _backup_key(options: argparse.Namespace) -> int:
    from . import installation

    return installation.backup_key(Path(options.file), say)


def _backup(options: argparse.Namespace) -> int:
    from . import installation

    return installation.backup(Path(options.folder), say, verify=not options.unproved)


def _restore(options: argparse.Namespace) -> int:
    from . import installation

    return installation.restore(Path(options.folder), Path(options.key), say, replace=options.replace)


def _salts(options: argparse.Namespace) -> int:
    from . import installation

    return installation.copy_salts(Path(options.folder), options.action, options.key, say)


def _messages(options: argparse.Namespace) -> int:
    from . import catalogue

    return catalogue.run(options.action, say)


if __name__ == "__main__":
    sys.exit(main())
