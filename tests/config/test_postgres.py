"""The embedded PostgreSQL: its two roles, and that it survives what happens to servers."""

import os
import signal
import stat
import tempfile
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection

from config import machine, postgres


@pytest.fixture(scope="module")
def cluster():
    """A cluster of this module's own, with files synced to disk as in production."""
    with tempfile.TemporaryDirectory(prefix="ihala-cluster-") as place:
        made = postgres.throwaway(Path(place))
        made = postgres.Cluster(
            made.binaries,
            made.data,
            made.socket,
            made.account,
            made.password,
            postgres.SETTINGS | postgres.DURABLE,
        )
        made.start()
        yield made
        made.stop()
        postgres.remove(made)


@pytest.mark.django_db
def test_tests_run_as_the_runtime_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('statement_timeout'), version()")
        row = cursor.fetchone()
    assert row[:2] == ("ihala_app", "15s")
    assert row[2].startswith("PostgreSQL 18")


@pytest.mark.django_db
def test_the_runtime_role_makes_no_tables():
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE anything (id int)")


def test_nobody_connects_without_a_password_or_over_tcp(cluster):
    rules = (cluster.data / "pg_hba.conf").read_text().split()
    assert rules == ["local", "all", "all", "scram-sha-256"]
    with cluster.connect() as raw:
        settings = raw.execute(
            "SELECT current_setting('listen_addresses'), current_setting('fsync'), "
            "current_setting('synchronous_commit'), current_setting('server_encoding')"
        ).fetchone()
    assert settings == ("", "on", "on", "UTF8")


def test_folders_are_closed_and_the_socket_is_short(cluster):
    for path in (cluster.data, cluster.socket):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert len(f"{cluster.socket}/.s.PGSQL.5432") < 107


def test_what_was_committed_survives_a_killed_server(cluster):
    with cluster.connect() as raw:
        raw.execute("CREATE TABLE kept (n int)")
        raw.execute("INSERT INTO kept VALUES (7)")
    os.kill(cluster.pid(), signal.SIGKILL)
    said = []
    cluster.start(said.append)
    with cluster.connect() as raw:
        assert raw.execute("SELECT n FROM kept").fetchone() == (7,)
    assert said == ["PostgreSQL: starting"]


def test_a_server_left_running_is_taken_over(cluster):
    before, said = cluster.pid(), []
    cluster.start(said.append)
    assert cluster.pid() == before
    assert said == ["PostgreSQL: still running from before, taken over"]


def test_a_pid_file_that_names_somebody_else_is_not_believed(cluster):
    cluster.stop()
    assert cluster.pid() is None
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert cluster.pid() is None
    cluster.start()
    assert cluster.pid() not in {None, os.getpid()}


def test_stopping_twice_is_no_error(cluster):
    cluster.stop()
    cluster.stop()
    cluster.start()


def test_a_database_of_another_home_is_refused_with_what_to_do(cluster):
    other = postgres.Cluster(cluster.binaries, cluster.data, cluster.socket, cluster.account, "another")
    with pytest.raises(postgres.PostgresError, match=r"another home.*put it back.*delete"):
        other._wait_until_ready()


def test_a_socket_path_that_is_too_long_is_said(cluster, tmp_path):
    other = postgres.Cluster(cluster.binaries, cluster.data, tmp_path / ("x" * 100), None, "")
    with pytest.raises(postgres.PostgresError, match="too long"):
        other.start()


def test_a_folder_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(postgres.PostgresError, match="somebody else"):
        machine.private_folder(tmp_path / "link", None)


def test_a_cluster_that_cannot_be_made_leaves_nothing_half(tmp_path, monkeypatch):
    made = postgres.throwaway(tmp_path)
    monkeypatch.setattr(postgres.Cluster, "version", lambda self: 16)
    broken = postgres.Cluster(made.binaries, made.data, made.socket, made.account, "", made.settings)
    try:
        with pytest.raises(postgres.PostgresError, match="initdb failed"):
            broken.start()
        assert list(made.data.iterdir()) == []
    finally:
        postgres.remove(made)


def test_without_the_wheel_it_says_so(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(postgres.PostgresError, match="not installed"):
        machine.binaries("pginstall18", None)


def test_as_anybody_but_root_the_home_itself_holds_the_data(tmp_path, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 12345)
    assert machine.place(tmp_path / "home") == (tmp_path / "home", None)


@pytest.mark.parametrize("tool", ["useradd", "adduser", None])
def test_a_system_account_that_cannot_be_made_is_said(monkeypatch, tool):
    monkeypatch.setattr(machine, "_exists", lambda account: False)
    monkeypatch.setattr("shutil.which", lambda name, path: "/bin/false" if name == tool else None)
    with pytest.raises(postgres.PostgresError, match="could not be made"):
        machine.make_account()
