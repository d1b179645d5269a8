"""The search process as it runs: killed, told of changes, made to forget, and asked too much."""

import os
import re
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection

from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.cases import actions as cases
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.matching import asked, finding
from ihala.vault import link
from tests import given
from tests.matching.test_finding import MARIAM, erase, mariams_case

from .conftest import made
from .test_process import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("keyagent")]


@pytest.fixture(autouse=True)
def salts_folder(settings):
    """Where the agent of these tests keeps its snapshots; `key_agent` hides it from the product."""
    return Path(os.environ["IHALA_HOME"]) / "salts"


def find(typed, by="aman.caseworker"):
    return finding.find(given.actor(by), asked.read(typed, 2026), "search", 10)


def found_within(seconds, typed, by="aman.caseworker", nobody=False):
    began = time.monotonic()
    assert until(lambda: bool(find(typed, by)) is not nobody, seconds), typed
    return time.monotonic() - began


def warm(by="aman.caseworker"):
    """The process runs and holds the organisation's people (the first time, its loops are compiled)."""

    def answers():
        try:
            return find("nobody at all", by) == []
        except Refused as refused:
            assert refused.refusal.code == "search_away"
            return False

    assert until(answers, 120)


def child_of(agent):
    """The search process, as the system knows it."""
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            text = path.read_text()
        except OSError:
            continue
        if (
            f"PPid:\t{agent.process.pid}\n" in text
            and b"config.search" in (path.parent / "cmdline").read_bytes()
        ):
            return int(path.parent.name)
    return None


def test_a_new_and_a_changed_name_are_found_within_a_second_and_the_other_organisation_finds_nobody(
    key_agent,
):
    worker = given.actor("aman.caseworker")
    warm()
    warm("dfwac.caseworker")
    case = mariams_case()
    found_within(1, "Mariam Abdulrahman")
    with acting(worker):
        content = replace(
            given.family().content, survivor=MARIAM | {"name": "لودميلا بتروفا", "name_latin": ""}
        )
        cases.update_case(case, content, by=worker, version=1)
    found_within(1, "Ludmila Petrova")
    assert find("Mariam Abdulrahman") == []
    assert find("Ludmila Petrova", by="dfwac.caseworker") == []


def test_killed_under_load_it_is_started_again_and_nobody_is_answered_wrongly(key_agent):
    warm()
    mariams_case()
    found_within(5, "Mariam Abdulrahman")
    answers, wrong, stop = [], [], threading.Event()

    def ask():
        while not stop.is_set():
            try:
                found = find("Mariam Abdulrahman")
                answers.append(time.monotonic())
                if len(found) != 1:
                    wrong.append(found)
            except Refused as refused:
                if refused.refusal.code != "search_away":
                    wrong.append(refused.refusal.code)
        connection.close()

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    first = child_of(key_agent)
    os.kill(first, signal.SIGKILL)
    killed_at = time.monotonic()
    assert until(lambda: child_of(key_agent) not in (None, first), 30)
    assert until(lambda: answers and answers[-1] > killed_at + 0.5, 30)
    stop.set()
    for asker in askers:
        asker.join()
    assert wrong == [] and answers


def test_the_search_process_holds_no_address_of_a_database_and_its_memory_is_closed(key_agent):
    warm()
    child = child_of(key_agent)
    if os.geteuid() != 0:
        with pytest.raises(PermissionError):
            Path(f"/proc/{child}/environ").read_bytes()
    else:
        said = Path(f"/proc/{child}/environ").read_bytes()
        assert b"IHALA_" not in said and b"postgresql" not in said
    files = {str(path.readlink()) for path in Path(f"/proc/{child}/fd").iterdir()}
    assert not [name for name in files if name.endswith((".salt", ".sealed", ".key"))]


@pytest.mark.parametrize(
    "typed", ["\u202e" * 99, "🙂 李 7", "a" * 200, "ا ب ت ث ج ح خ د", "Ma7moud O'Connor-٣", "1" * 99]
)
def test_odd_input_is_answered_by_a_process_that_can_open_nothing(key_agent, typed):
    warm()
    child = child_of(key_agent)
    mariams_case()
    found_within(5, "Mariam Abdulrahman")
    assert isinstance(find(typed), list)
    assert child_of(key_agent) == child
    limits = Path(f"/proc/{child}/limits").read_text()
    assert re.search(r"Max open files +3 +3", limits) and re.search(r"Max file size +0 +0", limits)


def test_a_restart_begins_from_the_sealed_snapshot_and_an_erased_person_is_not_in_it(key_agent, salts_folder):
    worker, dpo = given.actor("aman.caseworker"), given.actor("aman.dpo")
    warm()
    case = mariams_case()
    found_within(5, "Mariam Abdulrahman")
    sealed = salts_folder / f"search-{worker.organisation_id}.sealed"
    assert sealed.exists()
    before = sealed.read_bytes()
    for name in ("مريم", "Mariam", "abdulrahman", "501234567"):
        assert name.encode() not in before and name.encode("utf-16-le") not in before
    key_agent.kill()
    key_agent.start()
    assert until(lambda: _source(dpo) == "snapshot", 30)
    assert found_within(20, "Mariam Abdulrahman")
    erase(case)
    assert find("Mariam Abdulrahman") == [] and find("0501234567") == []
    assert until(sealed.exists, 10) and sealed.read_bytes() != before
    sealed.write_bytes(before)  # somebody had kept a copy
    key_agent.kill()
    key_agent.start()
    warm()
    assert find("Mariam Abdulrahman") == []


def _source(dpo):
    with acting(dpo):
        return (
            Event.objects.filter(name=EventName.SEALED_LOADED)
            .order_by("-at")
            .values_list("detail__source", flat=True)
            .first()
        )


def test_jobs_and_roles_that_open_no_case_search_nobody_and_a_false_purpose_neither(key_agent):
    warm()
    worker = given.actor("aman.caseworker")
    question = asked.read("Mariam", 2026)
    for actor, purpose, code in (
        (worker.system_of(worker.organisation_id), "search", "no_searcher"),
        (given.actor("aman.dpo"), "search", "no_searcher"),
        (given.actor("aman.admin"), "search", "no_searcher"),
        (worker, "curiosity", "agent_refused"),
    ):
        with pytest.raises(Refused) as refused:
            finding.find(actor, question, purpose, 10)
        assert refused.value.refusal.code == code


@pytest.fixture(scope="module")
def frugal(server, django_db_setup, tmp_path_factory):
    """An agent that lets a person search twice an hour."""
    agent = made(tmp_path_factory.mktemp("frugal"), server, IHALA_SEARCH_QUOTAS="2/9 1/9")
    agent.start()
    yield agent
    agent.stop()


def test_who_searches_too_much_is_stopped_after_a_restart_too_and_the_officers_are_told(
    frugal, settings, transactional_db
):
    settings.KEY_AGENT = str(frugal.path)
    worker = given.actor("aman.caseworker")
    empty = asked.Asked()
    for _turn in range(2):
        assert finding.find(worker, empty, "search", 10) == []
    frugal.kill()
    frugal.start()
    link.forget()
    with pytest.raises(Refused) as refused:
        finding.find(worker, empty, "search", 10)
    assert refused.value.refusal.code == "search_quota"
    assert finding.find(given.actor("aman.supervisor"), empty, "search", 10) == []
    assert finding.find(worker, empty, "intake", 10) == []
    with acting(given.actor("aman.dpo")):
        (alarm,) = Event.objects.filter(name=EventName.SEALED_ALARM)
        assert (alarm.detail["reason"], alarm.detail["user"]) == ("search_quota", worker.user_id)
        assert Event.objects.filter(name=EventName.PEOPLE_SEARCHED, refusal="search_quota").count() == 1
