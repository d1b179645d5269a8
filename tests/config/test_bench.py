"""The benchmark runs from an empty home to its table. Nothing is timed here."""

import os
import re
import subprocess
import sys

from config.bench import rows
from tests.architecture.tree import ROOT


def test_a_quick_run_prints_every_row_without_errors():
    env = {name: value for name, value in os.environ.items() if not name.startswith(("IHALA_", "DJANGO_"))}
    command = [sys.executable, "-m", "config.cli", "bench", "--quick"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    lines = [
        [cell.strip() for cell in line.split("|")]
        for line in done.stdout.splitlines()
        if line.startswith("| ")
    ]
    errors = {(cells[1], cells[2]): cells[7] for cells in lines if len(cells) == 13 and cells[2].isdigit()}
    assert set(errors) >= {(name, users) for name in rows.NAMES for users in ("1", "8")}
    assert set(errors.values()) == {"0"}, done.stdout
    send = next(cells for cells in lines if cells[1] == rows.SEND)
    assert 0 < int(send[8]) <= 20
    assert re.search(r"Plans that read all referrals \| none", done.stdout)
    assert re.search(
        r"Opening through the key agent, one class, 8 at once, 0 errors \| [\d,]+/s", done.stdout
    )
    assert len(re.findall(r"CPU with agent and log, of without \| × \d", done.stdout)) == 2
    assert re.search(r"A search through the key agent, on record, 0 errors \| p50 [\d.]+ ms", done.stdout)
    assert re.search(r"Leaves sequenced \| [\d,]+/s", done.stdout)
    assert re.search(r"Verify an export of 1,000 leaves, every tenth in full \| [\d.]+ s", done.stdout)
    assert re.search(r"Board of 200 beds × 60 days, median \| .*with 400 past stays", done.stdout)
    for name in ("Fit over 100 organisations × 50 units", rows.ACCEPT):
        assert re.search(re.escape(name) + r", one user, median \| .*with 400 past stays: × \d", done.stdout)
