"""Forms left behind, and who may see and do what on the pages."""

from django.test import Client

from ihala.cases import actions
from ihala.cases.enums import AccessReason
from ihala.cases.models import Access, Case, FormDraft
from ihala.cases.typed import typed_of
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.veil import veil
from ihala.organisations.models import Actor
from tests.organisations.cast import Party

from . import family
from .conftest import SignIn

TYPED = dict(typed_of(family.CONTENT).lists())
NEW = "/cases/new/?category=" + veil("domestic_violence")


def the_case(actor: Actor) -> Case:
    with acting(actor):
        return Case.objects.get()


# ------------------------------------------------------------------------------------ drafts


def test_a_form_left_behind_comes_back_with_a_notice(aman: Party, writer: Client) -> None:
    kept = writer.post(
        "/cases/autosave/?category=" + veil("domestic_violence"),
        {**TYPED, "companions-7-name": "x", "evil": "y"},
    )
    assert kept.json()["saved"] == f"{clock.now().astimezone(clock.DUBAI):%H:%M}"
    back = writer.get("/cases/new/")
    assert back.status_code == 302 and back["Location"].endswith("category=" + veil("domestic_violence"))
    page = writer.get(back["Location"]).content.decode()
    assert "هيلين" in page and 'action="/cases/discard/"' in page and 'name="companions-7-name"' in page
    assert writer.post("/cases/discard/")["Location"] == "/cases/new/"
    assert writer.get("/cases/new/").status_code == 200
    with acting(aman.caseworker):
        assert not FormDraft.objects.exists()


def test_a_draft_without_a_category_waits_until_one_is_chosen(writer: Client) -> None:
    assert writer.post("/cases/autosave/", TYPED).status_code == 200
    assert writer.get("/cases/new/").status_code == 200
    assert "هيلين" in writer.get(NEW).content.decode()
    assert writer.post("/cases/new/", TYPED).status_code == 200


def test_a_draft_of_a_change_remembers_what_it_was_based_on(aman: Party, writer: Client, case: Case) -> None:
    saved = writer.post(
        f"/cases/autosave/?case={case.reference}", {**TYPED, "case-reason": "نص محفوظ", "version": "1"}
    )
    assert saved.status_code == 200
    page = writer.get(f"/cases/{case.reference}/edit/").content.decode()
    assert "نص محفوظ" in page and 'name="version" value="1"' in page
    assert (
        writer.post(f"/cases/discard/?case={case.reference}")["Location"] == f"/cases/{case.reference}/edit/"
    )
    assert "نص محفوظ" not in writer.get(f"/cases/{case.reference}/edit/").content.decode()


def test_saving_the_form_ends_its_draft(aman: Party, writer: Client) -> None:
    writer.post("/cases/autosave/?category=" + veil("domestic_violence"), TYPED)
    writer.post(NEW, TYPED)
    with acting(aman.caseworker):
        assert not FormDraft.objects.exists()


# ------------------------------------------------------------------------------------ who may


def test_who_has_no_access_finds_nothing(case: Case, colleague: Actor, dfwac: Party, sign_in: SignIn) -> None:
    address = f"/cases/{case.reference}/"
    with acting(colleague):
        entry = Access.objects.get(case=case).pk
    for actor in (colleague, dfwac.caseworker, dfwac.supervisor):
        client = sign_in(actor)
        for path in ("", "edit/", "close/"):
            assert client.get(address + path).status_code == 404
        for path in ("edit/", "access/", f"access/{entry}/end/", "note/", "close/", "reopen/"):
            assert client.post(address + path, {"body": "x"}).status_code == 404
        assert client.post(f"/cases/autosave/?case={case.reference}", TYPED).status_code == 404
        assert client.post(f"/cases/discard/?case={case.reference}").status_code == 404
        assert case.reference not in client.get("/cases/").content.decode()


def test_an_entry_of_another_case_is_not_reached_through_mine(
    aman: Party, writer: Client, case: Case
) -> None:
    with acting(aman.caseworker):
        other = actions.create_case(family.CONTENT, by=aman.caseworker)
        entry = Access.objects.get(case=other)
    assert writer.post(f"/cases/{case.reference}/access/{entry.pk}/end/").status_code == 404


def test_roles_without_cases_have_no_list_and_no_form(aman: Party, sign_in: SignIn) -> None:
    for actor in (aman.dpo, aman.director, aman.admin):
        assert sign_in(actor).get("/cases/").status_code == 403
    for actor in (aman.practitioner, aman.dpo):
        client = sign_in(actor)
        assert client.get("/cases/new/").status_code == 403
        assert client.post("/cases/autosave/", TYPED).status_code == 403


def test_a_colleague_is_let_in_and_out_again(
    aman: Party, writer: Client, case: Case, colleague: Actor, sign_in: SignIn
) -> None:
    given = writer.post(
        f"/cases/{case.reference}/access/", {"membership": colleague.membership_id, "reason": "covers"}
    )
    assert given.status_code == 302
    assert sign_in(colleague).get(f"/cases/{case.reference}/").status_code == 200
    with acting(aman.caseworker):
        entry = Access.objects.get(case=case, membership_id=colleague.membership_id)
    assert writer.post(f"/cases/{case.reference}/access/{entry.pk}/end/")["Location"].endswith(
        f"{case.reference}/"
    )
    assert sign_in(colleague).get(f"/cases/{case.reference}/").status_code == 404


def test_who_ends_their_own_access_is_led_back_to_the_list(
    aman: Party, writer: Client, case: Case, colleague: Actor
) -> None:
    with acting(aman.caseworker):
        actions.give_access(
            case, by=aman.caseworker, membership_id=colleague.membership_id, reason=AccessReason.COVERS
        )
        entry = Access.objects.get(case=case, membership_id=aman.caseworker.membership_id)
    assert writer.post(f"/cases/{case.reference}/access/{entry.pk}/end/")["Location"] == "/cases/"


def test_a_wrong_choice_of_colleague_is_shown_again(aman: Party, writer: Client, case: Case) -> None:
    for membership in ("", "x", "999999", aman.admin.membership_id):
        answer = writer.post(
            f"/cases/{case.reference}/access/", {"membership": membership, "reason": "covers"}
        )
        assert answer.status_code == 422


def test_who_only_reads_sees_no_buttons_and_changes_nothing(aman: Party, case: Case, sign_in: SignIn) -> None:
    given = {"membership_id": aman.practitioner.membership_id, "reason": AccessReason.SERVICE}
    with acting(aman.caseworker):
        actions.give_access(case, by=aman.caseworker, **given)
    client, address = sign_in(aman.practitioner), f"/cases/{case.reference}/"
    page = client.get(address).content.decode()
    assert (
        f"{address}edit/" not in page and f"{address}access/" not in page and f"{address}close/" not in page
    )
    assert client.post(f"{address}edit/", {**TYPED, "version": "1"}).status_code == 403
    assert client.post(f"{address}close/", {"reason": "left"}).status_code == 403
    assert (
        client.post(
            f"{address}access/", {"membership": aman.duty.membership_id, "reason": "covers"}
        ).status_code
        == 403
    )
    assert client.post(f"{address}note/", {"body": "x"}).status_code == 302
