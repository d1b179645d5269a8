"""Real sign-in: name and password, second factor, the log, and the same answer for everybody who is wrong."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.exceptions import InvalidTag
from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.test import Client

from ihala.accounts import adapters, sealing
from ihala.accounts.backends import PasswordBackend
from ihala.accounts.models import User
from ihala.audit.models import Event
from ihala.core.acting import acting, at_the_door
from ihala.organisations import actions
from ihala.organisations.sign_in import record_sign_in
from tests.organisations.cast import PASSWORD, Party

LOGIN = "/sign-in/"
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def sign_in(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": username, "password": password})


def events(party: Party, name: str) -> list[Event]:
    with acting(party.dpo):
        return list(Event.objects.filter(name=name))


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_page_is_neutral_and_complete(client: Client, language: str) -> None:
    client.cookies["ihala_language"] = language
    page = client.get(LOGIN).content.decode()
    assert 'name="login"' in page and "passkey_login" in page
    assert "sign-in/second/webauthn/login/" in page and "/signup" not in page


def test_a_name_in_any_case_and_a_password_sign_in(aman: Party, client: Client, home: str) -> None:
    response = sign_in(client, " Aman.Duty ")
    assert (response.status_code, response["Location"]) == (302, home)
    assert client.get(home).context["request"].actor.username == "aman.duty"
    [event] = events(aman, "sign_in.succeeded")
    assert (event.organisation_id, event.user_id) == (aman.id, aman.duty.user_id)


def test_wrong_passwords_unknown_names_and_closed_accounts_are_answered_alike(
    aman: Party, client: Client
) -> None:
    with acting(aman.admin):
        actions.deactivate(aman.members["dpo"], by=aman.admin)
    with at_the_door():
        User.objects.filter(username="aman.caseworker").update(is_active=False)
    answers = []
    for name, password in (
        ("aman.duty", "wrong"), ("nobody.at.all", "wrong"), ("aman.caseworker", PASSWORD), ("aman.caseworker", "wrong"),
    ):  # fmt: skip
        response = sign_in(client, name, password)
        answers.append((response.status_code, response.context["form"].errors.as_json()))
    assert len(set(answers)) == 1 and answers[0][0] == 200


def test_known_and_unknown_names_cost_the_same_hashing_and_the_same_queries(
    aman: Party, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr("ihala.accounts.backends.check_password", lambda *_: hashed.append("known") or False)
    monkeypatch.setattr("ihala.accounts.backends.make_password", lambda *_: hashed.append("unknown"))
    costs = []
    for name in ("aman.duty", "nobody"):
        with django_assert_num_queries(0) as before:
            pass
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            assert PasswordBackend().authenticate(None, username=name, password="x") is None
            adapters_failed(name)
        costs.append(len(queries))
        assert len(before) == 0
    assert hashed == ["known", "unknown"]
    assert costs[0] == costs[1]


def adapters_failed(name: str) -> None:
    from ihala.organisations.sign_in import RecordedSignIn

    RecordedSignIn().authentication_failed(None, username=name)


def test_nothing_is_hashed_without_a_name_and_a_password(db: None) -> None:
    assert PasswordBackend().authenticate(None, username="", password="x") is None
    assert PasswordBackend().authenticate(None, username="x", password="") is None


def test_hashing_holds_no_transaction(aman: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    depth: list[int] = []
    outside = len(connection.savepoint_ids)
    monkeypatch.setattr(
        "ihala.accounts.backends.check_password",
        lambda *_: depth.append(len(connection.savepoint_ids)) or True,
    )
    assert sign_in(Client(), "aman.duty").status_code == 302
    assert depth == [outside]


def test_a_failed_sign_in_is_in_the_log_of_the_organisation(aman: Party, client: Client) -> None:
    sign_in(client, "aman.duty", "wrong")
    sign_in(client, "nobody", "wrong")
    [event] = events(aman, "sign_in.failed")
    assert (event.user_id, event.concerns_organisation_id) == (aman.duty.user_id, aman.id)


def test_a_stranger_who_guesses_does_not_lock_the_rightful_user_out(aman: Party, home: str) -> None:
    stranger, officer = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    for _again in range(42):
        answer = sign_in(stranger, "aman.duty", "wrong")
    assert str(adapters.TOO_MANY) in str(answer.context["form"].errors)
    assert sign_in(officer, "aman.duty").status_code == 302


def test_there_is_no_sign_up_and_no_reset_by_mail(client: Client) -> None:
    for address in ("signup/", "password/reset/", "email/", "inactive/"):
        assert client.get(LOGIN + address).status_code == 404
    assert adapters.AccountAdapter().is_open_for_signup(None) is False
    assert adapters.AccountAdapter().respond_user_inactive(None, None)["Location"] == LOGIN
    assert adapters.AccountAdapter().send_mail("x", "y", {}) is None


def test_signing_out_is_in_the_log(aman: Party, client: Client, home: str) -> None:
    sign_in(client, "aman.duty")
    assert client.get("/sign-in/out/").status_code == 200
    assert client.post("/sign-in/out/").status_code == 302
    assert len(events(aman, "sign_out")) == 1
    assert client.post("/sign-in/out/").status_code == 302
    assert client.get(home)["Location"].startswith(LOGIN)


def test_somebody_who_works_nowhere_signs_in_to_nothing(db: None, client: Client, home: str) -> None:
    from django.utils import timezone

    with at_the_door():
        user = User(username="outsider", date_joined=timezone.now())
        user.set_password(PASSWORD)
        user.save()
    assert sign_in(client, "outsider").status_code == 302
    assert client.get("/organisations/")["Location"].startswith(LOGIN)
    record_sign_in(user.pk)


def test_a_password_is_changed_by_whoever_knows_the_present_one(
    aman: Party, client: Client, home: str
) -> None:
    sign_in(client, "aman.duty")
    new = "seven green boats sail"
    form = {"oldpassword": "wrong", "password1": new, "password2": new}
    assert "oldpassword" in client.post("/sign-in/password/", form).context["form"].errors
    short = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    assert "password1" in client.post("/sign-in/password/", short).context["form"].errors
    client.cookies["ihala_language"] = "ar"
    assert "12 حرفاً على الأقل" in client.post("/sign-in/password/", short).content.decode()
    told = client.post("/sign-in/password/", form | {"oldpassword": PASSWORD}, follow=True)
    assert told.redirect_chain == [("/sign-in/second/", 302)] and "غُيّرت كلمة المرور" in told.content.decode()
    assert client.get(home).status_code == 200
    assert sign_in(Client(), "aman.duty", new).status_code == 302


def test_whoever_tries_a_password_too_often_is_told_in_words_and_finds_back(
    aman: Party, client: Client, home: str
) -> None:
    sign_in(client, "aman.duty")
    client.cookies["ihala_language"] = "ar"
    form = {"oldpassword": "wrong", "password1": "x", "password2": "x"}
    answers = [client.post("/sign-in/password/", form) for _time in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    body = answers[-1].content.decode()
    assert "محاولات كثيرة" in body and 'href="/sign-in/password/"' in body and "Too Many" not in body


# ── Second factor ────────────────────────────────────────────────────────────────────────────────────────────────────


def with_an_app(client: Client) -> str:
    """Set up an authenticator app; its secret."""
    confirm(client)
    page = client.get("/sign-in/second/totp/activate/")
    secret = page.context["form"].secret
    assert client.post("/sign-in/second/totp/activate/", {"code": code_of(secret)}).status_code == 302
    return secret


def confirm(client: Client) -> None:
    """The password again."""
    assert client.post("/sign-in/again/", {"password": PASSWORD}).status_code == 302


def code_of(secret: str, shift: int = 0) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time())) + shift
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def test_an_app_and_recovery_codes_are_asked_for_after_the_password(
    aman: Party, client: Client, home: str
) -> None:
    sign_in(client, "aman.duty")
    secret = with_an_app(client)
    codes = client.get("/sign-in/second/recovery-codes/").context["unused_codes"]
    assert len(codes) == 10
    second = Client()
    assert sign_in(second, "aman.duty")["Location"] == "/sign-in/second/authenticate/"
    assert second.get("/sign-in/second/authenticate/").status_code == 200
    assert second.get("/organisations/")["Location"].startswith(LOGIN)
    for again in (second.get(LOGIN), sign_in(second, "aman.duty")):
        assert again["Location"] == "/sign-in/second/authenticate/", "back at the beginning is no dead end"
    wrong = second.post("/sign-in/second/authenticate/", {"code": "000000"})
    assert wrong.context["form"].errors
    assert len(events(aman, "sign_in.failed")) == 1
    arabic = codes[0][:4].translate(ARABIC_DIGITS) + " " + codes[0][4:]
    assert second.post("/sign-in/second/authenticate/", {"code": arabic})["Location"] == home
    third = Client()
    sign_in(third, "aman.duty")
    assert third.post("/sign-in/second/authenticate/", {"code": codes[0]}).status_code == 200
    from django.core.cache import cache

    cache.clear()
    for shift, status in ((-2, 200), (4, 200), (0, 302)):  # the earliest that counts began up to a minute ago
        code = code_of(secret, shift)
        assert third.post("/sign-in/second/authenticate/", {"code": code}).status_code == status, shift


def test_secrets_of_authenticators_are_sealed_in_the_database(aman: Party, client: Client, home: str) -> None:
    sign_in(client, "aman.duty")
    secret = with_an_app(client)
    with acting(aman.duty):
        stored = [row.data for row in Authenticator.objects.all()]
    assert len(stored) == 2 and secret not in str(stored)
    sealed = next(data["secret"] for data in stored if "secret" in data)
    assert sealing.unseal(sealed) == secret
    assert sealing.seal(secret) != sealed


def test_another_installation_cannot_open_the_secrets(settings: Any) -> None:
    sealed = sealing.seal("words")
    settings.INSTALLATION_KEY = "another"
    with pytest.raises(InvalidTag):
        sealing.unseal(sealed)


def test_the_second_factor_is_managed_on_its_pages_in_both_languages(
    aman: Party, client: Client, home: str
) -> None:
    sign_in(client, "aman.duty")
    assert client.get("/sign-in/second/totp/activate/")["Location"].startswith("/sign-in/again/")
    assert client.post("/sign-in/again/", {"password": "wrong"}).context["form"].errors
    confirm(client)
    pages = ["", "totp/activate/", "webauthn/", "webauthn/add/"]
    after = ["", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "reauthenticate/"]
    for language in ("ar", "en"):
        client.cookies["ihala_language"] = language
        for page in pages:
            assert client.get(f"/sign-in/second/{page}").status_code == 200, page
    assert client.get("/sign-in/again/").status_code == 200
    with_an_app(client)
    for page in after:
        assert client.get(f"/sign-in/second/{page}").status_code == 200, page
    assert client.post("/sign-in/second/recovery-codes/generate/").status_code == 302
    assert client.post("/sign-in/second/reauthenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/sign-in/second/totp/deactivate/").status_code == 302


def test_a_passkey_is_renamed_and_removed(aman: Party, client: Client, home: str) -> None:
    sign_in(client, "aman.duty")
    confirm(client)
    with acting(aman.duty):
        data = {"name": "Passkey 1", "credential": {"clientExtensionResults": {}}}
        key = Authenticator.objects.create(
            user_id=aman.duty.user_id, type=Authenticator.Type.WEBAUTHN, data=data
        )
        assert (
            adapters.MFAAdapter()
            .generate_authenticator_name(User.objects.get(pk=aman.duty.user_id), Authenticator.Type.WEBAUTHN)
            .endswith("2")
        )
    for page in ("webauthn/", f"webauthn/keys/{key.pk}/edit/", f"webauthn/keys/{key.pk}/remove/"):
        assert client.get(f"/sign-in/second/{page}").status_code == 200, page
    assert client.post(f"/sign-in/second/webauthn/keys/{key.pk}/edit/", {"name": "هاتف"}).status_code == 302
    assert client.post(f"/sign-in/second/webauthn/keys/{key.pk}/remove/").status_code == 302
    with acting(aman.duty):
        assert not Authenticator.objects.exists()


# ── Walls around the sign-in tables ──────────────────────────────────────────────────────────────────────────────────


def test_a_user_reads_only_themselves_and_colleagues_and_the_door_reads_all(aman: Party) -> None:
    from tests.organisations import cast

    other = cast.sharjah()
    with acting(aman.duty):
        seen = set(User.objects.values_list("username", flat=True))
        assert seen == {f"aman.{name}" for name in cast.ROLES}
        assert User.objects.filter(pk=other.duty.user_id).update(password="x") == 0
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            User.objects.create(username="forged", date_joined=aman.organisation.created_at)
    with at_the_door(aman.duty.user_id):
        assert [user.username for user in User.objects.all()] == ["aman.duty"]
    with at_the_door():
        assert User.objects.count() == 14
        assert check_password(PASSWORD, User.objects.get_by_natural_key(" Aman.DPO ").password)


def test_authenticators_of_colleagues_are_out_of_reach(aman: Party, client: Client, home: str) -> None:
    sign_in(client, "aman.duty")
    with_an_app(client)
    with acting(aman.admin):
        assert not Authenticator.objects.exists()
        assert Authenticator.objects.update(data={}) == 0
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            Authenticator.objects.create(user_id=aman.duty.user_id, type="totp", data={})


def test_a_user_name_in_capitals_is_refused_by_the_database(db: None, aman: Party) -> None:
    with at_the_door(), pytest.raises(Exception, match="user_name_in_small_letters"), transaction.atomic():
        User.objects.create(username="Capitals", date_joined=aman.organisation.created_at)
    with at_the_door():
        assert str(User.objects.get(username="aman.duty")) == "aman.duty"


def test_the_backend_finds_the_user_of_a_session(aman: Party) -> None:
    assert PasswordBackend().get_user(aman.duty.user_id).username == "aman.duty"
    with at_the_door():
        User.objects.filter(pk=aman.duty.user_id).update(is_active=False)
    assert PasswordBackend().get_user(aman.duty.user_id) is None


def test_only_errors_of_allauth_are_shown(rf: Any) -> None:
    from django.contrib.messages import get_messages
    from django.contrib.messages.storage.fallback import FallbackStorage

    request = rf.get("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    adapter = adapters.AccountAdapter(request)
    adapter.add_message(request, 20, "account/messages/logged_in.txt", {"user": None})
    adapter.add_message(request, 40, message="wrong")
    assert [str(message) for message in get_messages(request)] == ["wrong"]
