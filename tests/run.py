"""`python -m tests.run`: the whole test suite in parallel with its coverage gates; the end of `make test`."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "var" / "coverage.json"
WHOLE = 95.0
COMPLETE_FILES = {"workflow.py", "rules.py", "actions.py"}
COMPLETE_FOLDERS = ("ihala/vault/", "ihala/audit/", "ihala/consent/")


def main() -> int:
    """Find a browser, run pytest, look at the coverage; 0 when all is well."""
    from tests.journeys.browser import BrowserMissing, find

    try:
        print(f"browser: {find()}", flush=True)
    except BrowserMissing as reason:
        print(reason, file=sys.stderr)
        return 1
    REPORT.parent.mkdir(mode=0o700, exist_ok=True)
    workers = os.environ.get("WORKERS") or str(max(2, os.cpu_count() or 2))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        workers,
        "--dist",
        "loadgroup",
        "--cov",
        "--cov-branch",
    ]
    command += [f"--cov-report=json:{REPORT}", "--cov-report=", *sys.argv[1:]]
    # The browser's library keeps an event loop running in its process, so the journeys have processes of their own.
    for part in (["tests", "--ignore", "tests/journeys"], ["tests/journeys", "--cov-append"]):
        done = subprocess.run([*command, *part], cwd=ROOT, stdin=subprocess.DEVNULL)
        if done.returncode:
            return done.returncode
    missing = gaps(json.loads(REPORT.read_text()))
    for line in missing:
        print(line)
    print("coverage: " + ("not enough" if missing else "as promised"))
    return 1 if missing else 0


def gaps(report: dict) -> list[str]:
    """Where the coverage is less than promised: everything on the critical files, `WHOLE` per cent of all."""
    found = []
    for name, data in sorted(report["files"].items()):
        path = Path(name)
        complete = (
            path.name in COMPLETE_FILES or path.parent.name == "actions" or name.startswith(COMPLETE_FOLDERS)
        )
        if complete and name.startswith("ihala/") and data["summary"]["percent_covered"] < 100:
            branches = [f"{a}→{b}" for a, b in data.get("missing_branches", [])]
            found.append(f"{name}: lines {data['missing_lines']} branches {branches} are not covered")
    total = report["totals"]["percent_covered"]
    if total < WHOLE:
        found.append(f"{total:.1f} % of everything is covered; {WHOLE} % are needed")
        worst = sorted(report["files"].items(), key=lambda item: -len(item[1]["missing_lines"]))[:15]
        found += [f"  {len(data['missing_lines'])} lines missing in {name}" for name, data in worst]
    return found


if __name__ == "__main__":
    sys.exit(main())
