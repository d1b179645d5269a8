"""Where this installation keeps what is its own: keys, salts, passwords, the embedded database, gathered static files.

`IHALA_HOME` names the folder; without it, it is `var/` in the checkout. The folder and everything below it is open to
its owner alone. Secrets are made once, from the system's randomness, in files of mode 0600.
"""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: the folder that holds `config/`, `ihala/`, `templates/` and `static/`."""


def home() -> Path:
    """The folder of this installation, made if missing, mode 0700."""
    return folder(Path(os.environ.get("IHALA_HOME") or ROOT / "var").absolute())


def folder(path: Path) -> Path:
    """Make `path` (0700) if it is missing and return it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def secret(name: str) -> str:
    """The secret called `name`: read from its file, or made there if this is the first time.

    Two processes may ask at once; the file appears under its name only when it is whole, and the first one wins.
    """
    path = folder(home() / "secrets") / name
    if not path.exists():
        keep(path, secrets.token_urlsafe(48), replace=False)
    return path.read_text().strip()


def keep(path: Path, text: str, *, replace: bool = True) -> None:
    """Write `text` to `path` (0600, fsynced, whole or not at all); without `replace` an existing file stays."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        if replace:
            draft.replace(path)
        else:
            os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
