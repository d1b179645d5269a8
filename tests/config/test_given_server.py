"""`IHALA_DATABASE_URL`: another server than the embedded one, of the oldest version that will do, over TCP."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from config import databases, postgres, provision
from config.databases import Unusable, url
from tests.journeys.site import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def sixteen():
    """PostgreSQL 16 on a TCP port, with an empty database."""
    with tempfile.TemporaryDirectory(prefix="ihala-sixteen-") as place:
        cluster = postgres.throwaway(Path(place), "pginstall", tcp_port=free_port())
        cluster.start()
        with cluster.connect() as raw:
            raw.execute("CREATE DATABASE given")
        yield cluster
        cluster.stop()
        postgres.remove(cluster)


@pytest.fixture
def here(tmp_path, monkeypatch, sixteen):
    """A home of its own and the server's administrator as the given address."""
    for name in ("IHALA_OWNER_DATABASE_URL", "IHALA_ROLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IHALA_HOME", str(tmp_path / "home"))
    address = url("postgres", sixteen.password, "127.0.0.1", "given", sixteen.port)
    monkeypatch.setenv("IHALA_DATABASE_URL", address)
    yield address
    with sixteen.connect("given") as raw:
        raw.execute("DROP SCHEMA public CASCADE")
        raw.execute("CREATE SCHEMA public")
        for role in ("ihala_app", "ihala_agent"):
            if raw.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                raw.execute(f"REVOKE ALL ON DATABASE given FROM {role}")
                raw.execute(f"DROP ROLE {role}")


def test_a_given_server_is_migrated_and_used_as_the_runtime_role(here):
    command = [sys.executable, "-m", "config.cli", "migrate"]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    address = databases.runtime_url()
    assert databases.parse(address)["USER"] == "ihala_app"
    with psycopg.connect(address) as raw:
        assert raw.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
        assert raw.info.server_version // 10000 == 16
    of_agent = databases.agent_url()
    with psycopg.connect(of_agent) as raw:
        assert raw.execute("SELECT current_user::text, count(*) FROM vault_grant").fetchone() == (
            "ihala_agent",
            0,
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw.execute("SELECT * FROM cases_case")
    provision.provision_given()  # a second time nothing happens
    assert (databases.runtime_url(), databases.agent_url()) == (address, of_agent)


def ihala(*arguments):
    """Run a command to its end; what it said."""
    command = [sys.executable, "-m", "config.cli", *map(str, arguments)]
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DJANGO_SETTINGS_MODULE", "IHALA_AGENT")
    }
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_backup_of_a_given_server_comes_back_into_an_emptied_one(here, sixteen, tmp_path):
    """From PostgreSQL 16 over TCP and into it again, proved on the way on the embedded version."""
    ihala("migrate")
    with sixteen.connect("given") as raw:
        raw.execute("INSERT INTO ihala_mark (name) VALUES ('known before')")
    ihala("backup-key", tmp_path / "stick")
    assert "Restored and compared" in ihala("backup", tmp_path / "backups")
    with sixteen.connect("given") as raw:
        raw.execute("INSERT INTO ihala_mark (name) VALUES ('written since')")
    (backup,) = (tmp_path / "backups").iterdir()
    assert "Restored in" in ihala("restore", backup, "--key", tmp_path / "stick", "--replace")
    with psycopg.connect(databases.runtime_url()) as raw, sixteen.connect("given") as owner:
        assert raw.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
        marks = owner.execute("SELECT name FROM ihala_mark WHERE name LIKE '%known%' OR name LIKE 'written%'")
        assert marks.fetchall() == [("known before",)]
    ihala("migrate")
    assert ihala("check").strip().endswith("Sound.")


def test_with_both_addresses_the_runtime_role_is_the_one_given(here, monkeypatch):
    parts = databases.parse(here)
    runtime = url("ihala_app", "chosen", parts["HOST"], "given", int(parts["PORT"]))
    monkeypatch.setenv("IHALA_OWNER_DATABASE_URL", here)
    with pytest.raises(Unusable, match="must name the role ihala_app"):
        provision.provision_given()
    monkeypatch.setenv("IHALA_DATABASE_URL", runtime)
    provision.provision_given()
    assert databases.runtime_url() == runtime
    with psycopg.connect(runtime) as raw:
        assert raw.execute("SELECT current_user").fetchone() == ("ihala_app",)


def test_a_role_made_by_somebody_else_needs_its_address(here, sixteen):
    with sixteen.connect("given") as raw:
        provision.make_role(raw, "ihala_app", "unknown")
    with pytest.raises(Unusable, match="IHALA_OWNER_DATABASE_URL"):
        provision.provision_given()


def test_the_key_agents_role_is_taken_as_given_and_never_with_more_rights(here, sixteen, monkeypatch):
    with sixteen.connect("given") as raw:
        provision.make_role(raw, "ihala_agent", "unknown")
    with pytest.raises(Unusable, match="IHALA_AGENT_DATABASE_URL"):
        provision.provision_given()
    given = url("ihala_agent", "unknown", "127.0.0.1", "given", sixteen.port)
    monkeypatch.setenv("IHALA_AGENT_DATABASE_URL", given)
    provision.provision_given()
    assert databases.agent_url() == given
    with sixteen.connect("given") as raw:
        raw.execute("ALTER ROLE ihala_agent BYPASSRLS")
    with pytest.raises(Unusable, match="BYPASSRLS"):
        provision.provision_given()


def test_a_runtime_role_that_could_bypass_policies_is_refused(here, sixteen):
    with sixteen.connect("given") as raw:
        raw.execute("CREATE ROLE ihala_app LOGIN BYPASSRLS")
    with pytest.raises(Unusable, match="BYPASSRLS"):
        provision.provision_given()


def test_an_owner_who_may_not_make_roles_is_told_what_to_ask_for(here, sixteen, monkeypatch):
    with sixteen.connect("given") as raw:
        provision.make_role(raw, "plain_owner", "secret")
        raw.execute("ALTER DATABASE given OWNER TO plain_owner")
    monkeypatch.setenv("IHALA_DATABASE_URL", url("plain_owner", "secret", "127.0.0.1", "given", sixteen.port))
    try:
        with pytest.raises(Unusable, match="CREATE ROLE ihala_app"):
            provision.provision_given()
    finally:
        with sixteen.connect("given") as raw:
            raw.execute("ALTER DATABASE given OWNER TO postgres")
            raw.execute("DROP ROLE plain_owner")
            raw.execute("CREATE ROLE ihala_app")  # the fixture takes it away


def test_an_older_server_is_refused_in_words(here, sixteen, monkeypatch):
    monkeypatch.setattr(provision, "OLDEST_SERVER", 170000)
    with pytest.raises(Unusable, match="PostgreSQL 16; Ihala needs"):
        provision.provision_given()
    with sixteen.connect("given") as raw:
        raw.execute("CREATE ROLE ihala_app")


def test_an_address_of_another_database_is_refused():
    with pytest.raises(Unusable, match="postgresql://"):
        databases.parse("mysql://localhost/x")


def test_an_address_is_read_back_as_it_was_written():
    for host in ("127.0.0.1", "/run/somewhere"):
        found = databases.parse(url("role", "p@ss/w:rd", host, "name", 5433))
        assert (found["USER"], found["PASSWORD"], found["HOST"], found["NAME"], found["PORT"]) == (
            "role", "p@ss/w:rd", host, "name", "5433",
        )  # fmt: skip


def test_the_embedded_server_is_used_when_none_is_given(monkeypatch, tmp_path):
    monkeypatch.setenv("IHALA_HOME", str(tmp_path))
    for name in ("IHALA_DATABASE_URL", "IHALA_OWNER_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert databases.parse(databases.runtime_url())["USER"] == "ihala_app"
    assert databases.parse(databases.owner_url())["USER"] == "ihala_owner"
    monkeypatch.setenv("IHALA_ROLE", "owner")
    found = databases.django_settings()
    assert found["USER"] == "ihala_owner"
    assert "pool" not in found["OPTIONS"]
    monkeypatch.delenv("IHALA_ROLE")
    assert databases.django_settings()["OPTIONS"]["pool"]["max_size"] == 8
