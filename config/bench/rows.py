"""The rows of the table: what each user does again and again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from .browser import TOKEN, Answer, Browser
from .load import Turn, Visit

PASSWORD = "a bench of cedar in the shade"  # noqa: S105  of a throwaway home
SENDERS, RECEIVERS = "aman.bench", "dfwac.bench"
UNCHANGED = "Inbox, unchanged (304)"
NOTHING, ONE_ROW = "A view that does nothing", "A view with one row by key"
FOUR_ROWS = "A view that writes four rows"
SIGN_IN, INBOX, OPEN = "Sign in (password, Argon2id)", "Inbox", "Open a referral (decrypting)"
SEND, ACCEPT = "Send an emergency (one POST)", "Accept with beds held (one POST)"
NAMES = (NOTHING, ONE_ROW, FOUR_ROWS, SIGN_IN, INBOX, UNCHANGED, OPEN, SEND, ACCEPT)


@dataclass(frozen=True)
class Prepared:
    """A referral that waits for somebody's step."""

    reference: str
    version: int


@dataclass
class People:
    """Eight caseworkers of Aman's and eight duty officers of the Dubai Foundation, signed in."""

    senders: list[Browser]
    receivers: list[Browser]

    @staticmethod
    def signed_in(port: int, users: int) -> "People":
        """Everybody signs in with their password."""
        return People(
            *([_entered(port, f"{name}{n}") for n in range(users)] for name in (SENDERS, RECEIVERS))
        )


def _entered(port: int, username: str) -> Browser:
    browser = Browser(port)
    answer = browser.sign_in(username, PASSWORD)
    if answer.status != 302:
        raise RuntimeError(f"{username} could not sign in: {answer.status} {answer.body[:300]!r}")
    return browser


def plain(name: str, path: str, browsers: list[Browser], expected: int = 200) -> Visit:
    """The same page again and again."""

    def turn(browser: Browser) -> Turn:
        return lambda: browser.get(path)

    return Visit(name, [turn(browser) for browser in browsers], expected)


def sign_in(port: int, users: int) -> Visit:
    """The POST with name and password, each time as somebody new to the server."""

    def turn(number: int) -> Turn:
        browser, username = Browser(port), f"{SENDERS}{number}"
        browser.get("/sign-in/")

        def again() -> Answer:
            browser.forget(TOKEN)
            return browser.sign_in(username, PASSWORD)

        return again

    return Visit(SIGN_IN, [turn(number) for number in range(users)], 302)


def unchanged(browsers: list[Browser]) -> Visit:
    """What an open page asks every few seconds."""

    def turn(browser: Browser) -> Turn:
        tag = browser.get("/rows/inbox/").headers.get("etag", "")
        return lambda: browser.get("/rows/inbox/", If_None_Match=tag)

    return Visit(UNCHANGED, [turn(browser) for browser in browsers], 304)


def opened(browsers: list[Browser], references: list[str]) -> Visit:
    """Accepted referrals, with everything in them opened for the receiver."""

    def turn(browser: Browser, first: int) -> Turn:
        paths = _round(references[first:] + references[:first])
        return lambda: browser.get(f"/referrals/{next(paths)}/")

    return Visit(OPEN, [turn(one, number % len(references)) for number, one in enumerate(browsers)])


def _round(values: list[str]) -> Iterator[str]:
    while True:
        yield from values


def stepping(
    name: str, browsers: list[Browser], stock: list[Prepared], step: Callable[[Browser, Prepared], Answer]
) -> Visit:
    """Each user takes a step on their own share of the prepared referrals until none is left."""

    def turn(browser: Browser, share: list[Prepared]) -> Turn:
        waiting = iter(share)

        def once() -> Answer | None:
            referral = next(waiting, None)
            return None if referral is None else step(browser, referral)

        return once

    count = len(browsers)
    return Visit(name, [turn(one, stock[number::count]) for number, one in enumerate(browsers)], 302)


def send(browser: Browser, draft: Prepared) -> Answer:
    """The button of the third screen."""
    fields = {"version": str(draft.version), "key": _key(draft.reference), "step": "send_at_once"}
    return browser.post(f"/referrals/{draft.reference}/review/", **fields)


def _key(reference: str) -> str:
    return str(uuid5(NAMESPACE_URL, reference))
