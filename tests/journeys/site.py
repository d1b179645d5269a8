"""The product as people meet it: granian in front of a database with committed data, and browsers that look at it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

ROOT = Path(__file__).resolve().parents[2]
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCREENSHOTS = ROOT / "var" / "journeys"
DESK, PHONE = {"width": 1366, "height": 900}, {"width": 390, "height": 844}


@dataclass
class Site:
    """A running server: its address, and the environment its processes were started with."""

    url: str
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"
    agent: "subprocess.Popen[bytes]"

    def run_jobs(self) -> None:
        """Let the worker do what waits in the queue, then return."""
        command = [sys.executable, "-m", "config.worker", "--once"]
        subprocess.run(
            command, env=self.environment, cwd=ROOT, check=True, stdin=subprocess.DEVNULL, timeout=60
        )

    def stop(self) -> None:
        """End the server and its key agent."""
        for process in (self.process, self.agent):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port of localhost that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def start(environment: dict[str, str], agents_database: str) -> Site:
    """granian on a free port, answering, and the key agent beside it."""
    port = free_port()
    environment = environment | {"IHALA_AGENT_SOCKET": f"{environment['IHALA_HOME']}/{port}.sock"}
    agent = subprocess.Popen(
        [sys.executable, "-m", "config.keyagent"],
        env=environment | {"IHALA_AGENT_DATABASE_URL": agents_database},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
    )
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "error"]
    process = subprocess.Popen(
        [*command, "config.wsgi:application"], env=environment, cwd=ROOT, stdin=subprocess.DEVNULL
    )
    site = Site(f"http://localhost:{port}", environment, process, agent)
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/static/css/ihala.css", timeout=5).close()
            return site
        except urllib.error.HTTPError:
            return site
        except OSError:
            time.sleep(0.1)
    site.stop()
    raise RuntimeError("the server of the journeys did not start")


def environment(home: str, database_url: str, smtp_url: str) -> dict[str, str]:
    """What the server and the worker of a journey see: the demo, as the runtime role."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IHALA_", "DJANGO_"))}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "IHALA_HOME": home,
        "IHALA_DEMO": "1",
        "IHALA_DATABASE_URL": database_url,
        "IHALA_SMTP_URL": smtp_url,
        "IHALA_SUPERVISED": "1",
    }


@dataclass
class Visitor:
    """One person's browser. `requests` and `complaints` (script errors, CSP violations) are looked at in the end."""

    site: Site
    context: BrowserContext
    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def strangers(self) -> list[str]:
        """Requests that left the origin."""
        viewer = ("chrome:", "chrome-extension:")  # the browser shows papers by itself
        own = (self.site.url + "/", "data:", "blob:", "about:", *viewer)
        return [url for url in self.requests if not url.startswith(own)]


def visit(site: Site, browser: Browser, language: str = "ar", *, phone: bool = False) -> Visitor:
    """A fresh browser in `language`, on a desk or a phone."""
    context = browser.new_context(
        base_url=site.url,
        locale="ar-AE" if language == "ar" else "en-GB",
        timezone_id="Asia/Dubai",
        viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
        has_touch=phone,
    )
    context.add_cookies([{"name": "ihala_language", "value": language, "url": site.url}])
    context.set_default_timeout(15_000)
    visitor = Visitor(site, context, context.new_page())

    def requested(request: Request) -> None:
        visitor.requests.append(request.url)

    def complained(message: ConsoleMessage) -> None:
        # A refusal (4xx) is part of some stories; the browser reports it as an error of the network.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            visitor.complaints.append(message.text)

    context.on("request", requested)
    context.on("console", complained)
    context.on("weberror", lambda error: visitor.complaints.append(str(error.error)))
    return visitor


def sign_in(page: Page, username: str) -> None:
    """Enter through the demo's sign-in page as one of the cast, `aman.caseworker` for example."""
    page.goto("/demo/")
    page.locator(f'button[value="{username}"]').click()
    page.wait_for_url(lambda url: "/demo/" not in url)


def axe(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page: rule, help and the elements; an empty list is good."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
        ".then(result => result.violations.map(v => ({id: v.id, help: v.help, "
        "where: v.nodes.slice(0, 5).map(n => n.target.join(' '))})))",
        WCAG,
    )
    return [f"{one['id']}: {one['help']} ({'; '.join(one['where'])})" for one in found]
