"""What is made from the sources before the server starts: gathered static files and the compiled catalogue.

Both are made again only when their sources changed.
"""

import hashlib
import os
from pathlib import Path

from .home import ROOT, home, keep


def fingerprint(root: Path = ROOT) -> str:
    """Changes when a static file is added, taken away or edited."""
    digest = hashlib.sha256()
    for folder in [root / "static", *sorted(root.glob("ihala/*/static"))]:
        for path in sorted(folder.rglob("*")):
            state = path.stat()
            digest.update(f"{path}|{state.st_size}|{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def static_files() -> bool:
    """Gather, hash and compress the static files into the home; True when there was something to do."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = home() / "static.stamp"
    now = fingerprint()
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.exists() and stamp.exists() and stamp.read_text().strip() == now:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    keep(stamp, now)
    return True


def main() -> None:
    """Both, in a process of their own."""
    import django

    from . import catalogue

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    catalogue.compile_if_stale()
    django.setup()
    static_files()


if __name__ == "__main__":
    main()
