"""Kill the agent, the sequencer, the worker, the server, the database at any moment under load.

Nothing acknowledged is lost, nothing is released unlogged, and all of it recovers without a hand.
"""

import os
import random
import signal
import threading
import time
from collections import Counter

import pytest

from config.bench.browser import Browser
from config.databases import DATABASE
from tests.config.test_installation import ihala
from tests.config.test_processes import until

from .conftest import MARKS, POSTGRES

pytestmark = pytest.mark.xdist_group("attacks")
LEFT_BEHIND = """
WITH taken AS (
  UPDATE notifications_notification SET delivered_at = NULL
  WHERE id = (SELECT id FROM notifications_notification LIMIT 1) RETURNING id, organisation_id
) INSERT INTO procrastinate_jobs (queue_name, task_name, status, args)
SELECT 'mail', 'notifications.deliver', 'doing',
       jsonb_build_object('organisation_id', organisation_id, 'notification_id', id) FROM taken
"""
"""What a worker leaves that is killed between taking a notice up and handing it over."""


class Load:
    """People at work in a process of their own; what was acknowledged to them."""

    def __init__(self, installation):
        self.process, self.lines = installation.start("tests.attacks.load"), []
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout))
        self.reader.start()

    def end(self):
        self.process.stdin.close()
        self.reader.join()
        with self.process.stdout, self.process.stderr:
            assert self.process.wait(60) == 0, self.process.stderr.read()
        return [line.split() for line in self.lines]


def kill(name, installation):
    """As the kernel does when memory runs out, at any moment; until another one stands in its place."""
    before = installation.pids_of(name)
    assert before, name
    time.sleep(random.random())
    os.kill(before[-1], signal.SIGKILL)  # of the server: one that answers people, not the one that started it
    assert until(lambda: set(installation.pids_of(name)) - set(before), 30), name


def test_whatever_is_killed_under_load_nothing_is_lost_and_all_of_it_recovers_alone(installation):
    load, asked = Load(installation), installation.asked
    assert until(lambda: len(load.lines) > 4, 60), load.process.stderr.read()
    for name in random.sample([*MARKS, POSTGRES], len(MARKS) + 1):
        kill(name, installation)
        lines = len(load.lines)
        assert until(lambda lines=lines: len(load.lines) > lines + 4, 60), name
    told = load.end()
    sent = {key for what, key in told if what == "sent"}
    opened = Counter(key for what, key in told if what == "opened")
    there = {str(key) for (key,) in asked("SELECT id FROM referrals_referral WHERE state = 'sent'")}
    assert len(sent) > 10
    assert sent <= there
    on_record = "SELECT referral_id, count(*) FROM audit_event WHERE name = 'sealed.opened' AND refusal = '' GROUP BY 1"
    logged = {str(key): number for key, number in asked(on_record)}
    assert {key for key in opened if logged.get(key, 0) < opened[key]} == set()
    everything_goes_on(installation, sent)


def everything_goes_on(installation, sent):
    """Every event is numbered, every notice delivered, every page answered, every referral opens; the log is sound."""
    asked = installation.asked
    waiting = "SELECT count(*) FROM audit_event e WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_id = e.id)"
    assert until(lambda: asked(waiting) == [(0,)], 30)
    with installation.cluster.connect(DATABASE) as raw:
        raw.execute(LEFT_BEHIND)
    undelivered = "SELECT count(*) FROM notifications_notification WHERE delivered_at IS NULL"
    assert until(lambda: asked(undelivered) == [(0,)], 90)
    assert asked("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('failed', 'aborted')") == [(0,)]
    browser = Browser(installation.port)
    browser.get("/demo/")
    browser.post("/demo/", username="dfwac.duty")
    for key in sent:
        answer = browser.get(f"/referrals/key/{key}/")
        assert answer.status == 302
        assert browser.get(answer.headers["location"]).status == 200
    browser.close()
    status, said = ihala(installation.home, "audit", "check")
    assert (status, said.strip().splitlines()[-1]) == (0, "Sound."), said
