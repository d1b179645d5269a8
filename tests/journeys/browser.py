"""Finding Chromium for the journeys; as root on Debian or Ubuntu it is installed if missing."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class BrowserMissing(Exception):
    """There is no Chromium and it could not be installed; the message says how to get one."""


def find() -> str:
    """The path of Chromium; `CHROMIUM` names another one."""
    return _found() or _installed()


def _found() -> str | None:
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else NAMES
    return next((path for name in candidates if (path := shutil.which(name))), None)


def _installed() -> str:
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        print("Chromium is missing; installing it with apt-get", file=sys.stderr, flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", "chromium"]):
            subprocess.run(
                [apt, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
        if path := _found():
            return path
    raise BrowserMissing(
        "The browser tests need Chromium. Install it (Debian: apt-get install chromium; Ubuntu: snap install "
        "chromium; Fedora: dnf install chromium; or any Chrome), or name it: CHROMIUM=/path/to/chrome make test"
    )
