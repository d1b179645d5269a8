"""A passkey, registered and used in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests import given

from .hands import press
from .site import Visitor, axe, sign_in

Visit = Callable[..., Visitor]
OWN = "four words in a row 7"


def authenticator(visitor: Visitor) -> None:
    """A device of the browser's own that holds passkeys and has seen its owner's finger."""
    cdp = visitor.context.new_cdp_session(visitor.page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def one_time_password(page: Page, member: int) -> str:
    """The administrator makes one and reads it out."""
    page.goto(f"/organisations/staff/{member}/")
    press(page, 'button[name="do"][value="password"]')
    return page.locator("main code").inner_text().strip()


@pytest.mark.parametrize("language", ["ar"])
def test_a_duty_officer_registers_a_passkey_and_signs_in_with_it_alone(visit: Visit, language: str) -> None:
    """The administrator gives Aman's duty officer a one-time password. She signs in with it, chooses a password of her
    own and registers her telephone as a passkey. She signs out; next time the passkey alone lets her in."""
    member = given.actor("aman.duty").membership_id
    office = visit(language)
    sign_in(office.page, "aman.admin")
    told = one_time_password(office.page, member)

    duty = visit(language)
    page = duty.page
    authenticator(duty)
    page.goto("/sign-in/")
    page.locator('[name="login"]').fill("aman.duty")
    page.locator('[name="password"]').fill(told)
    press(page, "form button[type=submit].primary")
    page.locator('[name="oldpassword"]').fill(told)
    for name in ("password1", "password2"):
        page.locator(f'[name="{name}"]').fill(OWN)
    press(page, "form button[type=submit].primary")

    page.goto("/sign-in/second/webauthn/add/")
    if "/again/" in page.url:
        page.locator('[name="password"]').fill(OWN)
        press(page, "form button[type=submit].primary")
    assert axe(page) == []
    press(page, "#mfa_webauthn_add")
    page.goto("/sign-in/second/webauthn/")
    assert page.locator("main li, main tr").count() >= 1

    page.goto("/sign-in/out/")
    press(page, "main form button[type=submit]")
    page.goto("/sign-in/")
    press(page, "#passkey_login")
    page.goto("/notifications/")
    assert "/sign-in/" not in page.url
    assert page.locator("main h1").count() == 1
