"""What is made from the sources before the server starts: gathered static files and the compiled catalogue.

Both are made again only when their sources changed.
"""

import hashlib
import os
from pathlib import Path

from . import catalogue
from .home import ROOT, home, keep


def fingerprint(root: Path = ROOT) -> str:
    """Changes when a static file is added, taken away or edited."""
    digest = hashlib.sha256()
    for folder in [root / "static", *sorted(root.glob("ihala/*/static"))]:
        for path in sorted(folder.rglob("*")):
            state = path.stat()
            digest.update(f"{path}|{state.st_size}|{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def schema() -> str:
    """Changes when a migration, a package of the lock file or what the runtime role is granted changes."""
    digest = hashlib.sha256()
    for path in [
        *sorted(ROOT.glob("*/*/migrations/*.py")),
        ROOT / "requirements.lock",
        ROOT / "config" / "grants.py",
    ]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def stale() -> bool:
    """Has a static file or the catalogue changed since both were last made?"""
    return catalogue.is_stale() or not _gathered(fingerprint())


def _gathered(now: str) -> bool:
    stamp = home() / "static.stamp"
    made = home() / "static" / "staticfiles.json"
    return made.exists() and stamp.exists() and stamp.read_text().strip() == now


def static_files() -> bool:
    """Gather, hash and compress the static files into the home; True when there was something to do."""
    from django.core.management import call_command

    now = fingerprint()
    if _gathered(now):
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    keep(home() / "static.stamp", now)
    return True


def main() -> None:
    """Both, in a process of their own."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    catalogue.compile_if_stale()
    django.setup()
    static_files()


if __name__ == "__main__":
    main()
