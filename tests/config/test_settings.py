"""What a start must refuse, and what every answer carries."""

import json
import os
import stat
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import RequestDataTooBig
from django.test import override_settings
from django.utils import formats, translation

from config import checks, errors, home, mail
from config.hashers import Argon2id
from tests.architecture.tree import ROOT


def start(tmp_path, code="", **environment):
    """Import the real settings in a process of their own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IHALA_", "DJANGO_"))}
    env = (
        kept
        | {"IHALA_HOME": str(tmp_path), "IHALA_DATABASE_URL": "postgresql://ihala_app@localhost/x"}
        | environment
    )
    command = [sys.executable, "-c", f"from config import settings; {code}"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


@pytest.mark.parametrize(
    "environment",
    [
        {"IHALA_DEMO": "1", "IHALA_PRODUCTION": "1", "IHALA_ORIGIN": "https://ihala.example"},
        {"IHALA_DEMO": "1", "IHALA_PRODUCTION": "1"},
        {"IHALA_DEMO": "1", "IHALA_ORIGIN": "https://ihala.example"},
    ],
)
def test_the_demo_does_not_start_in_production(tmp_path, environment):
    done = start(tmp_path, **environment)
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr


@pytest.mark.parametrize("origin", ["", "http://ihala.example"])
def test_production_needs_an_https_address(tmp_path, origin):
    done = start(tmp_path, IHALA_PRODUCTION="1", IHALA_ORIGIN=origin)
    assert "IHALA_ORIGIN" in done.stderr


def test_production_is_strict(tmp_path):
    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "DEMO",
             "DEBUG", "ALLOWED_HOSTS", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE"]  # fmt: skip
    code = f"import json; print(json.dumps([getattr(settings, n) for n in {names}]))"
    done = start(tmp_path, code, IHALA_PRODUCTION="1", IHALA_ORIGIN="https://ihala.example")
    assert json.loads(done.stdout) == [
        True, True, True, 31536000, False, False, ["ihala.example"], True, "Lax",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("environment", "proxies"),
    [
        ({}, 0),
        ({"IHALA_PROXIES": "2"}, 0),
        ({"IHALA_PRODUCTION": "1", "IHALA_ORIGIN": "https://ihala.example"}, 1),
        ({"IHALA_PRODUCTION": "1", "IHALA_ORIGIN": "https://ihala.example", "IHALA_PROXIES": "2"}, 2),
    ],
)
def test_whom_the_proxy_heard_from_is_believed_in_production_alone(tmp_path, environment, proxies):
    done = start(tmp_path, "print(settings.ALLAUTH_TRUSTED_PROXY_COUNT)", **environment)
    assert done.stdout.strip() == str(proxies), done.stderr


def test_the_secret_key_is_made_once_and_is_the_owners_alone(tmp_path):
    code = "print(settings.SECRET_KEY)"
    first, second = start(tmp_path, code).stdout, start(tmp_path, code).stdout
    assert first == second
    assert len(first) > 50
    for path in [
        tmp_path / "secrets",
        *(tmp_path / "secrets").iterdir(),
        tmp_path / "keys",
        tmp_path / "salts",
    ]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_secret_that_two_make_at_once_is_the_first_ones(tmp_path, monkeypatch):
    monkeypatch.setenv("IHALA_HOME", str(tmp_path))
    path = home.folder(tmp_path / "secrets") / "both"
    home.keep(path, "first", replace=False)
    home.keep(path, "second", replace=False)
    assert home.secret("both") == "first"
    home.keep(path, "third")
    assert home.secret("both") == "third"
    assert [one.name for one in path.parent.iterdir()] == ["both"]


def test_system_checks_refuse_the_demo_under_a_public_address():
    assert checks.no_demo_in_production(None) == []
    with override_settings(DEMO=True, ALLOWED_HOSTS=["ihala.example"]):
        assert [one.id for one in checks.no_demo_in_production(None)] == ["ihala.E001"]
    with override_settings(DEMO=True, PRODUCTION=True):
        assert [one.id for one in checks.no_demo_in_production(None)] == ["ihala.E001"]
    with override_settings(DEBUG=True):
        assert [one.id for one in checks.no_debug(None)] == ["ihala.E002"]
    with override_settings(DEBUG=False):
        assert checks.no_debug(None) == []


@pytest.mark.django_db
def test_every_answer_is_private_and_from_here(client):
    response = client.get("/not-there/")
    assert response.status_code == 404
    assert response["Cache-Control"] == "no-store"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in response["Permissions-Policy"]
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_body_that_is_too_large_is_refused_in_words(client):
    response = client.post("/", b"x" * (10 * 1024 * 1024), content_type="application/octet-stream")
    assert response.status_code == 413
    assert response["Cache-Control"] == "no-store"
    assert "ميغابايت" in response.content.decode()


@pytest.mark.parametrize(
    ("address", "words"),
    [("/cases/C-0000-0000/files/", "A file may have at most 8 MB"), ("/", "at most 1 MB of text")],
)
def test_what_is_too_large_is_refused_in_the_readers_language_with_a_way_back(client, address, words):
    translation.activate("ar")  # as the request before may have left it in this thread
    client.cookies["ihala_language"] = "en"
    body = client.post(
        address, b"x" * (10 * 1024 * 1024), content_type="application/octet-stream"
    ).content.decode()
    assert words in body and '<html lang="en"' in body
    assert ("Back to the form" in body and f'href="{address}"' in body) is (address != "/")


@pytest.mark.parametrize(("site", "kept"), [("same-origin", True), ("cross-site", False)])
def test_what_was_written_in_a_form_that_has_expired_is_shown_to_whoever_sent_it_from_here(rf, site, kept):
    sent = {"text": "a long answer that took an hour", "password": "correct horse battery staple"}
    form = {"Sec-Fetch-Site": site, "Referer": "http://testserver/referrals/x/step/ask/"}
    with translation.override("en"):
        body = errors.forbidden_form(rf.post("/x/", sent, headers=form)).content.decode()
    assert ("took an hour" in body and 'href="/referrals/x/step/ask/"' in body) is kept
    assert "battery" not in body and "The form has expired" in body


@pytest.mark.django_db
def test_a_length_that_is_no_number_is_refused(rf):
    from config.middleware import BodyLimit

    request = rf.post("/")
    request.META["CONTENT_LENGTH"] = "many"
    assert BodyLimit(lambda request: None)(request).status_code == 400


@pytest.mark.django_db
def test_error_pages_say_what_to_do(rf):
    request = rf.get("/")
    for view, status in ((errors.forbidden, 403), (errors.forbidden_form, 403), (errors.not_found, 404)):
        assert view(request).status_code == status


def test_a_fault_of_ours_shows_an_id_and_asks_the_database_nothing(rf, monkeypatch):
    request = rf.get("/")
    response = errors.server_error(request)
    assert response.status_code == 500
    assert request.error_id in response.content.decode()
    monkeypatch.setattr(errors, "render_to_string", lambda *given: 1 / 0)
    response = errors.server_error(request)
    assert request.error_id in response.content.decode()


def test_passwords_are_hashed_with_owasps_minimum():
    with override_settings(PASSWORD_HASHERS=["config.hashers.Argon2id"]):
        assert make_password("a password of hers").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert Argon2id.parallelism == 1


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ("localhost", 25, "", "", False, False)),
        ("smtp://a%40b:c%3A@mail.example", ("mail.example", 587, "a@b", "c:", True, False)),
        ("smtps://mail.example:4650", ("mail.example", 4650, "", "", False, True)),
    ],
)
def test_mail_leaves_where_it_is_told(monkeypatch, address, expected):
    monkeypatch.setenv("IHALA_SMTP_URL", address)
    assert mail.server() == expected
    assert ("dummy" in mail.backend()) == (not address)


def test_dates_and_numbers_are_written_as_in_the_emirates():
    from datetime import date

    with translation.override("ar"):
        assert formats.date_format(date(2026, 11, 24)) == "24 نوفمبر 2026"
        assert formats.number_format(1234.5, decimal_pos=1) == "1234.5"
        assert formats.get_format("FIRST_DAY_OF_WEEK") == 1
    with translation.override("en"):
        assert formats.date_format(date(2026, 11, 24)) == "24 November 2026"
    assert settings.LANGUAGE_CODE == "ar"


def test_a_form_with_more_text_than_it_may_hold_is_told_so_and_not_that_it_could_not_be_read(rf):
    answer = errors.bad_request(rf.post("/cases/new/"), RequestDataTooBig())
    assert answer.status_code == 413 and "ميغابايت" in answer.content.decode()
    assert errors.bad_request(rf.post("/cases/new/"), ValueError()).status_code == 400
