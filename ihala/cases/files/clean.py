"""A process that cleans one file: the file comes in, a line that says what it is and the clean file go out.

It starts with an empty environment, may write no file and takes bounded time and memory. Whatever goes wrong in it,
the server hears "not taken" and lives on.
"""

import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ihala.core.children import packages

from .jpeg import clean_jpeg
from .kinds import LARGEST, Bad, Kind, NotTaken, kind_of
from .png import clean_png

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 15
PATIENCE = 60.0
"""Seconds of work, and of waiting for them on a machine that is busy."""
MEMORY = 768 * 1024 * 1024


@dataclass(frozen=True)
class Cleaned:
    """A file that may be kept."""

    kind: Kind
    data: bytes


def clean_bytes(data: bytes) -> Cleaned:
    """The file without what tells about its maker; `NotTaken` if it is refused. For the process itself and tests."""
    kind = kind_of(data)
    if kind is Kind.JPEG:
        return Cleaned(kind, clean_jpeg(data))
    if kind is Kind.PNG:
        return Cleaned(kind, clean_png(data))
    from .pdf import clean_pdf  # the library takes its time to load

    return Cleaned(kind, clean_pdf(data))


def clean(data: bytes) -> Cleaned:
    """`clean_bytes` in a process of its own."""
    if not data:
        raise NotTaken(Bad.EMPTY)
    if len(data) > LARGEST:
        raise NotTaken(Bad.TOO_LARGE)
    kind_of(data)  # what is none of ours costs no process
    command = [sys.executable, "-s", "-m", "ihala.cases.files.clean"]
    try:
        done = subprocess.run(
            command, input=data, cwd=ROOT, env=packages(), timeout=PATIENCE, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotTaken(Bad.TOO_MUCH_WORK) from None
    said, _line, cleaned = done.stdout.partition(b"\n")
    if done.returncode == 0 and said.decode() in list(Kind):
        return Cleaned(Kind(said.decode()), cleaned)
    raise NotTaken(Bad(said.decode()) if said.decode() in list(Bad) else Bad.TOO_MUCH_WORK)


def main() -> int:
    """Clean what stands on the standard input."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    data = sys.stdin.buffer.read(LARGEST + 1)
    try:
        cleaned = clean_bytes(data)
    except NotTaken as refused:
        sys.stdout.buffer.write(refused.bad.value.encode() + b"\n")
        return 1
    except MemoryError:
        sys.stdout.buffer.write(Bad.TOO_MUCH_WORK.value.encode() + b"\n")
        return 1
    sys.stdout.buffer.write(cleaned.kind.value.encode() + b"\n" + cleaned.data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
