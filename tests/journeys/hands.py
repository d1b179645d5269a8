"""What hands do on the pages: press, fill in, send. Buttons are found by what they do, never by their words."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import translation
from playwright.sync_api import Locator, Page, Response

from ihala.core.clock import today
from ihala.referrals.enums import State

FORMS = Path(__file__).parents[1] / "intake" / "forms"
SEND = "main form[method=post] .submit button.primary"
CONFIRM = ".confirm form button[type=submit]"


def press(page: Page, button: str | Locator) -> Response | None:
    """Press what leads to another page, and wait until that has come."""
    found = page.locator(button).first if isinstance(button, str) else button.first
    with page.expect_navigation() as coming:
        found.click()
    return coming.value


def open_referral(page: Page, reference: str) -> None:
    """The referral's page, straight from its address."""
    page.goto(f"/referrals/{reference}/")


def step(page: Page, name: str, **fields: Any) -> Response | None:
    """Take a step from the referral's page: press its button and, where it asks, fill in its form and confirm."""
    button = page.locator(f'form[action$="/step/{name}/"] button, a[href$="/step/{name}/"]')
    answer = press(page, button)
    if page.locator(CONFIRM).count():
        fill(page, **fields)
        answer = press(page, CONFIRM)
    return answer


def offered(page: Page) -> set[str]:
    """The steps that the referral's page offers now."""
    found = page.locator('form[action*="/step/"], a[href*="/step/"]')
    addresses = found.evaluate_all(
        "all => all.map(one => one.getAttribute('action') || one.getAttribute('href'))"
    )
    return {str(address).rstrip("/").rpartition("/")[2] for address in addresses}


def fill(page: Page, **fields: Any) -> None:
    """Fill in fields by name: text is typed, a set of codes is ticked, radio buttons and lists are chosen."""
    for name, value in fields.items():
        field = page.locator(f'main [name="{name}"]')
        kind = field.first.get_attribute("type")
        if kind in ("radio", "checkbox"):
            for one in [value] if isinstance(value, str) else value:
                page.locator(f'main [name="{name}"][value="{one}"]').check()
        elif field.first.evaluate("node => node.tagName") == "SELECT":
            field.first.select_option(str(value))
        else:
            field.first.fill(str(value))


def three_screens(page: Page, **need: Any) -> str:
    """From the first screen of a draft to the sent referral; its reference."""
    fill(page, **need)
    press(page, SEND)
    press(page, SEND)
    press(page, SEND)
    return reference_of(page)


def reference_of(page: Page) -> str:
    """The reference in the address."""
    return page.url.split("?")[0].rstrip("/").rpartition("/")[2]


def stands(page: Page, state: State) -> bool:
    """Does the referral's page show this state beside its heading, in the page's language?"""
    language = str(page.locator("html").get_attribute("lang"))[:2]
    with translation.override(language):
        return page.locator("h1 .badge").first.inner_text().strip() == str(state.label)


def seen_on(page: Page) -> str:
    """All that the page tells: text, attributes, address and title."""
    return " ".join([page.content(), page.url, page.title()])


def paper(name: str) -> tuple[bytes, dict[str, Any]]:
    """A paper form of the two shelters with its dates moved to this week, as a file and as a tree."""
    tree = json.loads((FORMS / name).read_text("utf-8"))
    tree["date"] = tree["consent"]["date"] = str(today() - timedelta(days=1))
    tree["consent"]["until"] = str(today() + timedelta(days=180))
    return json.dumps(tree, ensure_ascii=False).encode(), tree
