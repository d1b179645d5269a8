"""A browser, a real server, a real mail sink: one fresh database per journey."""

import email
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage, Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from config.databases import AGENT_ROLE, RUNTIME_ROLE
from tests import database

from . import browser as chromium
from . import site as sites


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys go first: they are the longest, so parallel processes end together."""
    items.sort(key=lambda item: "journeys" not in item.nodeid)


class Inbox:
    """Collects what the product sends by e-mail."""

    def __init__(self) -> None:
        self.messages: list[Message | EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the message; aiosmtpd calls this."""
        self.messages.append(email.message_from_bytes(bytes(envelope.content or b"")))
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A real SMTP server on localhost; `inbox.messages` is what arrived, `inbox.url` its address."""
    found = Inbox()
    controller = Controller(found, hostname="127.0.0.1", port=sites.free_port())
    controller.start()
    found.url = f"smtp+plain://127.0.0.1:{controller.port}"  # type: ignore[attr-defined]
    yield found
    controller.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium per process. Playwright keeps an event loop in this thread, so Django must not mind one."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def _static_files(server: database.Server) -> None:
    """Gathered and compressed once per process, as the demo does."""
    address = server.address(RUNTIME_ROLE, "postgres")
    environment = sites.environment(os.environ["IHALA_HOME"], address, "")
    subprocess.run([sys.executable, "-m", "config.prepare"], env=environment, cwd=sites.ROOT, check=True)


@contextmanager
def _opened(server: database.Server, name: str, smtp_url: str, blocker: Any) -> Iterator[sites.Site]:
    """The server on a fresh database; the ORM of the test works on the same one."""
    database.clone(server, name)
    settings = connections["default"].settings_dict
    before = settings["NAME"]
    connections.close_all()
    settings["NAME"] = name
    running = sites.start(
        sites.environment(os.environ["IHALA_HOME"], server.address(RUNTIME_ROLE, name), smtp_url),
        server.address(AGENT_ROLE, name),
    )
    try:
        with blocker.unblock():
            yield running
            connections.close_all()
    finally:
        running.stop()
        settings["NAME"] = before


@pytest.fixture
def site(
    server: database.Server,
    django_db_setup: None,
    django_db_blocker: Any,
    _static_files: None,
    inbox: Any,
    worker_id: str,
) -> Iterator[sites.Site]:
    """The server on a fresh database. In the test, the ORM and `given` work on the same database, committed."""
    with _opened(server, f"journey_{worker_id}", inbox.url, django_db_blocker) as running:
        yield running


@pytest.fixture(scope="module", name="site")
def shared_site(
    server: database.Server,
    django_db_setup: None,
    django_db_blocker: Any,
    _static_files: None,
    worker_id: str,
) -> Iterator[sites.Site]:
    """The same for all tests of a module that imports it: they do not disturb one another. Without e-mail."""
    with _opened(server, f"journeys_{worker_id}", "", django_db_blocker) as running:
        yield running


@pytest.fixture
def visit(
    site: sites.Site, browser: Browser, request: pytest.FixtureRequest
) -> Iterator[Callable[..., sites.Visitor]]:
    """`visit("ar")` opens a browser; in the end nothing may have left the origin and no script complained."""
    visitors: list[sites.Visitor] = []

    def one(language: str = "ar", *, phone: bool = False) -> sites.Visitor:
        visitors.append(sites.visit(site, browser, language, phone=phone))
        return visitors[-1]

    yield one
    failed = getattr(request.node, "journey_failed", False)
    for number, visitor in enumerate(visitors):
        if failed:
            sites.SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            visitor.page.screenshot(
                path=sites.SCREENSHOTS / f"{request.node.name}-{number}.png", full_page=True
            )
        visitor.context.close()
    if not failed:
        assert [url for visitor in visitors for url in visitor.strangers()] == []
        assert [text for visitor in visitors for text in visitor.complaints] == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: "pytest.CallInfo[None]") -> Iterator[None]:
    """Remember that a journey failed, for its screenshots."""
    report = yield
    if report.when == "call" and report.failed:
        item.journey_failed = True  # type: ignore[attr-defined]
    return report
