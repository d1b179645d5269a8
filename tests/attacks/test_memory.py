"""A memory image of the server after everybody has signed out: nothing of a survivor is in it."""

import contextlib
from pathlib import Path

import pytest

from config.bench.browser import Browser
from tests.config.test_processes import until
from tests.erasure.test_canaries import LATIN, WORDS, found_in

pytestmark = [
    pytest.mark.xdist_group("attacks"),
    pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="memory is read through Linux's /proc"),
]


def image_of(pid):
    """All that a process has written to, as somebody reads it who has taken the machine over."""
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            where, rights, *_rest = line.split()
            if "w" not in rights:
                continue
            start, end = (int(part, 16) for part in where.split("-"))
            memory.seek(start)
            yield line.strip(), memory.read(end - start)


def canaries_in(pids):
    return {form for pid in pids for _where, data in image_of(pid) for form in found_in(data)}


def marked(installation):
    """A family with canaries in every class and file, sent and accepted; references of the case and the referral."""
    process = installation.start("tests.attacks.marked")
    said, wrong = process.communicate(timeout=60)
    assert process.returncode == 0, wrong
    return said.split()


def entered(installation, username):
    browser = Browser(installation.port)
    browser.get("/demo/")
    browser.post("/demo/", username=username)
    return browser


def a_day(installation, case, referral):
    """What people do: read, print, take files along, write, keep a draft, look for a name. Who they are."""
    worker, duty = entered(installation, "aman.caseworker"), entered(installation, "dfwac.duty")
    pages = [f"/cases/{case}/", f"/cases/{case}/edit/", f"/cases/{case}/files/1/", f"/referrals/{referral}/"]
    pages += [f"/reporting/{referral}/letter.pdf", f"/consent/{case}/"]
    read = [worker.get(page) for page in pages] + [duty.get(f"/referrals/{referral}/")]
    assert [answer.status for answer in read] == [200] * len(read)
    assert sum(bool(found_in(answer.body)) for answer in read) >= 5
    assert worker.post(f"/cases/{case}/note/", body=WORDS).status == 302
    kept = {"survivor-name": WORDS, "version": "1"}
    assert worker.post(f"/cases/autosave/?case={case}", **kept).status == 200
    assert worker.post("/search/", q=LATIN).status in (200, 503)  # 503 while people are being loaded
    return worker, duty


def test_no_canary_is_in_the_servers_memory_after_sign_out(installation):
    case, referral = marked(installation)
    before = set(installation.pids_of("server"))
    people = a_day(installation, case, referral)
    assert canaries_in(before), "the scan finds what is there"
    for person in people:
        assert person.post("/sign-in/out/").status == 302
        person.close()
    browser = entered(installation, "aman.supervisor")
    statuses = []

    def replaced():
        browser.close()
        statuses.append(browser.get("/").status)
        return len(before & set(installation.pids_of("server"))) == 1  # the one that starts the others

    assert until(replaced, 90)
    browser.close()
    assert set(statuses) == {200}, "nobody notices"
    left = []

    def clean():
        with contextlib.suppress(
            ProcessLookupError, FileNotFoundError
        ):  # one more round of replacing is under way
            left[:] = canaries_in(installation.pids_of("server"))
            return not left
        return False

    assert until(clean, 60), left
