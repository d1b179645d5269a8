"""The lines on which an organisation is reached: who enters them, who reads them, and how they are written."""

import pytest
from django.db import IntegrityError, connection, transaction

from ihala.audit.models import Event
from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.core.refusal import Refused
from ihala.organisations import actions, rules
from ihala.organisations.models import Organisation, Telephones
from ihala.organisations.telephones import as_dialled

from .cast import Party, agree, propose
from .test_pages import LANGUAGES, as_member

DUTY, SUPERVISOR = "+971500000101", "+971500000102"


def enter(party: Party, duty: str = DUTY, supervisor: str = SUPERVISOR) -> None:
    with acting(party.admin):
        actions.set_telephones(duty=duty, supervisor=supervisor, by=party.admin)


def read(reader: Party, of: Party) -> list[str]:
    """What the reader's organisation can read of the other's lines, with no filter of the application in between."""
    with acting(reader.caseworker):
        return [kept.duty for kept in Telephones.objects.filter(organisation=of.id)]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("٠٥٠ ٠٠٠ ٠١٠١", DUTY), ("050-000 0101", DUTY), ("00971500000101", DUTY),
        ("\u202a+971 50 000 0101\u202c", DUTY),
        ("+44 20 7946 0018", "+442079460018"), ("800 111", "800111"), ("٨٠٠١١١", "800111"), ("  ", ""),
        ("999", None), ("12345", None), ("her mobile", None), ("+971 50 000 0101 ext. 5", None), ("+971", None),
        ("<b>", None), ("9" * 40, None),
    ],
)  # fmt: skip
def test_a_number_is_kept_as_it_is_dialled_from_anywhere(typed: str, kept: str | None) -> None:
    assert as_dialled(typed) == kept


def test_partners_read_the_lines_and_nobody_else_does(aman: Party, dfwac: Party, sharjah: Party) -> None:
    enter(aman)
    assert read(aman, aman) == [DUTY]
    propose(dfwac, aman)
    propose(aman, sharjah)
    assert read(dfwac, aman) == read(sharjah, aman) == []  # a proposal alone opens nothing


def test_lines_stay_readable_when_terms_have_ended_since_a_referral_may_go_on(
    aman: Party, dfwac: Party, sharjah: Party
) -> None:
    terms = agree(aman, dfwac)
    enter(aman)
    assert read(dfwac, aman) == [DUTY]
    with acting(dfwac.director):
        actions.end_agreement(terms.agreement, by=dfwac.director)
    assert read(dfwac, aman) == [DUTY]
    assert read(sharjah, aman) == []
    with acting(sharjah.caseworker):
        found = Organisation.objects.select_related("telephones").get(pk=aman.id)
        assert rules.lines(found) == []


def test_nobody_writes_the_lines_of_another_organisation(aman: Party, dfwac: Party) -> None:
    agree(aman, dfwac)
    enter(aman)
    with acting(dfwac.admin):
        assert Telephones.objects.filter(organisation=aman.id).update(duty="+971500000999") == 0
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            Telephones.objects.create(organisation_id=dfwac.id + 999, duty=DUTY, changed_at=now())
    with acting(aman.admin), pytest.raises(Exception, match="permission denied"), transaction.atomic():
        Telephones.objects.filter(organisation=aman.id).delete()
    assert read(aman, aman) == [DUTY]


def test_the_database_takes_no_number_that_cannot_be_dialled(aman: Party) -> None:
    with acting(aman.admin), pytest.raises(IntegrityError), transaction.atomic():
        Telephones.objects.create(organisation_id=aman.id, duty="call me", changed_at=now())


def test_only_an_administrator_changes_them_and_a_refusal_is_on_record(aman: Party) -> None:
    for name in ("supervisor", "duty", "director", "dpo", "caseworker"):
        actor = aman.actor(name)
        with acting(actor), pytest.raises(Refused) as refused:
            actions.set_telephones(duty=DUTY, supervisor="", by=actor)
        assert refused.value.refusal.code == "not_permitted"
    with acting(aman.admin):
        with pytest.raises(Refused) as refused:
            actions.set_telephones(duty="nothing", supervisor="", by=aman.admin)
        assert refused.value.refusal.code == "no_telephone"
        assert Event.objects.filter(refusal="no_telephone", name="organisation.telephones_changed").exists()


def test_a_change_stands_in_the_log_of_both_with_the_former_number_and_the_same_numbers_change_nothing(
    aman: Party, dfwac: Party, sharjah: Party
) -> None:
    enter(aman)
    agree(aman, dfwac)
    agree(aman, sharjah)
    enter(aman, "050 000 0999")
    enter(aman, "+971500000999")
    for party in (aman, dfwac, sharjah):
        with acting(party.dpo):
            last = Event.objects.filter(
                name="organisation.telephones_changed", organisation_id=aman.id
            ).last()
        assert last is not None and last.detail == {
            "before": ["duty:971500000101", "supervisor:971500000102"],
            "lines": ["duty:971500000999", "supervisor:971500000102"],
        }  # fmt: skip
    with acting(dfwac.dpo):
        seen = Event.objects.filter(name="organisation.telephones_changed", organisation_id=aman.id)
        assert seen.count() == 1
    page = as_member(dfwac, "dpo", "en").get("/audit/").content.decode()
    assert "Telephone lines of an organisation changed" in page and "+971 50 000 0999" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_administrator_is_asked_for_the_lines_enters_them_and_the_partner_dials_them(
    aman: Party, dfwac: Party, language: str
) -> None:
    agree(aman, dfwac)
    admin, partner = as_member(aman, "admin", language), as_member(dfwac, "duty", language)
    address = "/organisations/telephones/"
    assert f'primary" href="{address}"' in admin.get("/organisations/").content.decode()
    wrong = admin.post(address, {"duty": "12", "supervisor": ""})
    assert wrong.status_code == 200 and 'aria-invalid="true"' in wrong.content.decode()
    assert admin.post(address, {"duty": "٠٥٠٠٠٠٠١٠١", "supervisor": "800 111"}).status_code == 302
    assert f'primary" href="{address}"' not in admin.get("/organisations/").content.decode()
    shown = partner.get("/organisations/").content.decode()
    assert f'<a href="tel:{DUTY}"><bdi dir="ltr">+971 50 000 0101</bdi></a>' in shown
    assert '<a href="tel:800111"><bdi dir="ltr">800111</bdi></a>' in shown
    assert 'value="+971 50 000 0101"' in admin.get(address).content.decode()


def test_who_is_no_administrator_is_told_whose_work_it_is_and_finds_no_form(aman: Party) -> None:
    client = as_member(aman, "duty", "en")
    page = client.get("/organisations/").content.decode()
    assert "An administrator enters it." in page and "/organisations/telephones/" not in page
    assert client.get("/organisations/telephones/").status_code == 403
    assert client.post("/organisations/telephones/", {"duty": DUTY}).status_code == 403


def test_the_walls_hold_for_raw_sql(aman: Party, dfwac: Party, sharjah: Party) -> None:
    agree(aman, dfwac)
    enter(aman)
    with acting(sharjah.caseworker), connection.cursor() as cursor:
        cursor.execute("SELECT duty FROM organisations_telephones")
        assert cursor.fetchall() == []
