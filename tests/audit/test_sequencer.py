"""Every committed event gets a place, without a gap, whatever happens to whoever gives it."""

import os
import signal
import subprocess
import sys
import threading
import time

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from config import processes
from config.databases import RUNTIME_ROLE
from ihala.audit import hashes, sequencer, signing
from ihala.audit.checking import tree_state
from ihala.audit.models import Event, Leaf
from ihala.audit.sequencer import Sequencer
from ihala.core.acting import acting, at_the_log
from tests.vault.cast import AMAN, DFWAC, ME, OTHER, SHARJAH

from .logbook import kept, more, number, some_events, write

pytestmark = pytest.mark.usefixtures("log_folder")


def leaves():
    with at_the_log():
        return list(Leaf.objects.order_by("index"))


def test_events_are_numbered_in_the_tree_and_in_each_organisations_log(db):
    some_events()
    assert number() == 9 and number() == 0
    found = leaves()
    assert [leaf.index for leaf in found] == list(range(9))
    for owner, expected in ((ME, 6), (OTHER, 4), (0, 1)):
        assert [leaf.numbers[owner] for leaf in found if owner in leaf.numbers] == list(
            range(1, expected + 1)
        )
    assert tree_state().sound


def test_batches_go_on_where_the_last_one_ended(db, monkeypatch):
    write(times=7)
    one = Sequencer()
    assert [one.once(limit=3), one.once(limit=3), one.once(limit=3), one.once(limit=3)] == [3, 3, 1, 0]
    assert one.numbered == 7
    assert [leaf.number for leaf in leaves()] == list(range(1, 8))


def test_what_waits_is_looked_for_by_plans_made_for_this_moment(db):
    """One made for any moment reads the whole log, four times a second, and longer the longer the log is."""
    keeper = Sequencer()
    for _again in range(12):
        write()
        assert keeper.once() is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            ["%FROM audit_event e WHERE e.tx >=%"],
        )
        [(generic, custom)] = cursor.fetchall()
    assert generic == 0 and custom > 5


def test_an_organisation_sees_its_own_leaves_and_only_hashes_of_others(db):
    some_events()
    number()
    for who, count in ((AMAN, 6), (DFWAC, 4), (SHARJAH, 0)):
        with acting(who):
            assert Leaf.objects.count() == count
            assert hashes.size() == 9 and len(hashes.root(9)) == 32


def test_keys_are_events_that_everybody_reads(db):
    write(AMAN, "key.created", detail={"version": 1, "fingerprint": "sha256:x"})
    number()
    with acting(SHARJAH):
        assert Event.objects.get().name == "key.created"
        assert Leaf.objects.get().open


INSERTS = {
    "leaf": "INSERT INTO audit_leaf (index, event_id, organisation_id, number, open) "
    "VALUES (0, gen_random_uuid(), 9101, 1, false)",
    "chunk": "INSERT INTO audit_chunk VALUES (0, '')",
    "tile": "INSERT INTO audit_tile (level, index, hashes, root) VALUES (0, 0, '', '')",
    "checkpoint": "INSERT INTO audit_checkpoint (size, root, note, at) VALUES (1, '', '', now())",
    "cosignature": "INSERT INTO audit_cosignature (size, organisation_id, line, at) VALUES (1, 9102, '', now())",
    "logkey": "INSERT INTO audit_logkey (organisation_id, name, public_key, at) VALUES (9102, 'x', '', now())",
}


@pytest.mark.parametrize("table", INSERTS)
def test_whoever_acts_for_an_organisation_writes_neither_the_tree_nor_for_another(db, table):
    with acting(AMAN), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        connection.cursor().execute(INSERTS[table])


@pytest.mark.parametrize("table", INSERTS)
def test_nobody_changes_the_tree_not_even_its_owner(db, owner, table):
    name = f"audit_{table}"
    with at_the_log():
        for statement in (f"UPDATE {name} SET at = at", f"DELETE FROM {name}", f"TRUNCATE {name}"):
            with (
                pytest.raises(DatabaseError, match=r"permission denied|does not exist"),
                transaction.atomic(),
            ):
                connection.cursor().execute(statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"), owner.transaction():
        owner.execute(INSERTS[table])
        owner.execute(f"DELETE FROM {name}")


@pytest.mark.parametrize("index", [1, 5])
def test_a_leaf_with_a_gap_before_it_is_refused_by_the_database(db, index):
    with at_the_log(), pytest.raises(DatabaseError, match="without a gap"), transaction.atomic():
        Leaf.objects.create(index=index, event_id=f"{index:032}", organisation_id=ME, number=1)


# -------------------------------------------------------------------------------------- transactions and processes


@pytest.fixture
def another(transactional_db, server):
    """A second connection of the runtime role, acting as the Dubai Foundation."""
    with psycopg.connect(server.address(RUNTIME_ROLE, connection.settings_dict["NAME"])) as raw:
        raw.execute(
            "SELECT set_config('ihala.organisation', '9102', false), set_config('ihala.user', '5', false)"
        )
        raw.commit()
        yield raw


SLOW = (
    "INSERT INTO audit_event (id, at, organisation_id, user_id, name, subject_kind, refusal, detail, salt) "
    "VALUES (gen_random_uuid(), now(), 9102, 5, 'case.closed', '', '', '{}', '0123456789abcdef')"
)


def test_who_commits_late_is_numbered_late_and_never_skipped(another):
    one = Sequencer()
    another.execute(SLOW)
    write(AMAN, times=2)
    assert one.once() == 2
    write(AMAN)
    assert one.once() == 1
    another.commit()
    assert one.once() == 1
    assert one.once() == 0
    assert [leaf.organisation_id for leaf in leaves()] == [ME, ME, ME, OTHER]
    assert int(one.horizon) > 0


def test_only_one_numbers_at_a_time_and_another_takes_over(another):
    write(AMAN, times=2)
    another.execute("SELECT pg_advisory_xact_lock(%s)", [sequencer.LOCK])
    assert Sequencer().once() is None
    with at_the_log():
        assert signing.sign() is None
    another.rollback()
    assert Sequencer().once() == 2


def test_a_sequencer_that_dies_half_way_leaves_nothing_behind(another, monkeypatch):
    write(AMAN, times=3)
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(hashes, "append", lambda start, added: 1 / 0)
        Sequencer().once()
    assert leaves() == []
    assert number() == 3 and tree_state().sound


def test_the_process_is_killed_again_and_again_and_nothing_is_lost(another, server, tmp_path, settings):
    """Three times SIGKILL while events come in; then every event has its place, once, without a gap."""
    address = server.address(RUNTIME_ROLE, connection.settings_dict["NAME"])
    env = processes.environment("DEMO", address) | {
        "IHALA_HOME": str(tmp_path / "home"),
        "IHALA_SUPERVISED": "0",
    }
    stop = threading.Event()

    def work():
        while not stop.is_set():
            write(AMAN, times=5, concerns=OTHER)
            time.sleep(0.01)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for _time in range(3):
            process = subprocess.Popen([sys.executable, "-m", "config.sequencer"], env=env)
            before = _size()
            _until(lambda before=before: _size() > before)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
    finally:
        stop.set()
        worker.join()
    process = subprocess.Popen([sys.executable, "-m", "config.sequencer"], env=env)
    try:
        _until(lambda: tree_state().waiting == 0)
    finally:
        process.terminate()
        assert process.wait(20) == 0
    settings.LOG_DIR = tmp_path / "home" / "log"
    state = tree_state()
    assert (state.sound, state.problems) == (True, []) and state.size > 15
    assert signing.last_signed() is not None


def _size():
    with at_the_log():
        return hashes.size()


def _until(true, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_log_goes_on_from_day_to_day(db, tmp_path):
    made = kept(tmp_path)
    more(made)
    signing.register_operator()
    assert number() == 0 and signing.sign() is None
    state = tree_state()
    assert state.sound and state.waiting == 0 and state.checkpoint == state.size
    standing = signing.standing([ME])
    assert standing.complete == standing.checkpoint and standing.missing == []
