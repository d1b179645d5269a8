"""The ground all tests stand on: one throwaway PostgreSQL, the runtime role, Arabic, no network."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import pytest_socket
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase
from django.utils import translation

from config import catalogue
from config.databases import OWNER_ROLE, RUNTIME_ROLE, parse

from . import database


def pytest_configure(config: pytest.Config) -> None:
    """The controller (or the only process) compiles the catalogue and starts nothing yet: a run without database
    tests needs no server."""
    if not hasattr(config, "workerinput"):
        catalogue.compile_if_stale()
    config.stash[_SERVER] = None


_SERVER: pytest.StashKey[database.Server | None] = pytest.StashKey()
_RUNNING: list[Any] = []


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist's controller starts the one server and tells each worker where it is."""
    node.workerinput["ihala_server"] = _started().as_text()


def _started() -> database.Server:
    if not _RUNNING:
        context = database.running()
        _RUNNING.extend([context, context.__enter__()])
    server: database.Server = _RUNNING[1]
    return server


def pytest_unconfigure(config: pytest.Config) -> None:
    """Whoever started the server stops it."""
    if _RUNNING:
        context = _RUNNING[0]
        _RUNNING.clear()
        context.__exit__(None, None, None)


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> database.Server:
    """The run's PostgreSQL."""
    handed = getattr(request.config, "workerinput", {}).get("ihala_server")
    return database.Server.from_text(handed) if handed else _started()


@pytest.fixture(scope="session")
def template(server: database.Server) -> str:
    """The name of the migrated template database."""
    database.ensure_template(server)
    return database.TEMPLATE


@pytest.fixture(scope="session")
def django_db_setup(
    server: database.Server, template: str, worker_id: str, django_db_blocker: Any
) -> Iterator[None]:
    """Point Django at this process's clone of the template, as the runtime role."""
    name = f"ihala_{worker_id}"
    database.clone(server, name)
    found = parse(server.address(RUNTIME_ROLE, name))
    connections["default"].settings_dict.update(
        {key: found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    )
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture
def owner(db: None, server: database.Server) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A raw connection of the owner, in autocommit: it sees only what is committed."""
    with server.connect(OWNER_ROLE, connection.settings_dict["NAME"]) as raw:
        yield raw


def _empty_as_owner(self: TransactionTestCase) -> None:
    """The runtime role may not truncate, so a transactional test is cleaned up by the owner."""
    with psycopg.connect(_owner_address(), autocommit=True) as raw:
        raw.execute(database.EMPTY_ALL)


def _owner_address() -> str:
    assert _OWNER is not None
    return _OWNER.address(OWNER_ROLE, connection.settings_dict["NAME"])


_OWNER: database.Server | None = None


@pytest.fixture(scope="session", autouse=True)
def _clean_as_owner(request: pytest.FixtureRequest) -> Iterator[None]:
    global _OWNER
    handed = getattr(request.config, "workerinput", {}).get("ihala_server")
    patch = pytest.MonkeyPatch()

    def teardown(self: TransactionTestCase) -> None:
        global _OWNER
        _OWNER = database.Server.from_text(handed) if handed else _started()
        connections.close_all()
        _empty_as_owner(self)

    patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _in_arabic() -> Iterator[None]:
    """Tests render Arabic unless they say otherwise."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Nothing leaves the machine: unix sockets and localhost only."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)
    yield
    pytest_socket._remove_restrictions()
