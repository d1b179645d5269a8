"""The referral letter on paper."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from ihala.audit.models import Event
from ihala.core.acting import acting
from ihala.referrals.actions import package
from ihala.referrals.enums import State
from ihala.reporting.letters import letter_data
from tests import given

pytestmark = pytest.mark.django_db


def letter(referral, by, language):
    return given.signed_in(by).get(
        reverse("reporting:letter", args=[referral.reference]) + f"?lang={language}"
    )


@pytest.mark.parametrize(("language", "lang"), [("ar", "ar-AE"), ("en", "en-GB"), ("xx", "ar-AE")])
def test_the_letter_is_tagged_neutral_and_on_record(language, lang):
    referral = given.a_referral(State.ACCEPTED)
    answer = letter(referral, "dfwac.supervisor", language)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="{referral.reference}.pdf"'
    document = PdfReader(BytesIO(answer.content))
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == lang
    assert document.metadata.title.endswith(referral.reference)
    with acting(given.actor("dfwac.supervisor")):
        assert Event.objects.filter(name="letter.printed", referral_id=referral.pk).count() == 1


def test_a_reader_finds_in_the_letter_what_they_may_open_and_no_more():
    scene = given.a_scene_at(State.UNDER_REVIEW)
    name = scene.family.content.survivor["name"]
    for reader, known in (("aman.caseworker", True), ("dfwac.duty", False)):
        by = given.actor(reader)
        with acting(by):
            referral = (
                type(scene.subject).objects.select_related("sender", "receiver", "terms__agreement").get()
            )
            data = letter_data(referral, package.open_parts(referral, by=by), by)
        assert (name in str(data["sections"])) is known
        assert by.name in data["watermark"] and by.organisation_name in data["watermark"]


def test_what_was_typed_is_never_read_as_markup():
    scene = given.a_scene_at(State.SENT)
    by = given.actor("aman.caseworker")
    with acting(by):
        referral = type(scene.subject).objects.select_related("sender", "receiver", "terms__agreement").get()
        parts = package.open_parts(referral, by=by)
        hostile = [
            (part, {"case.reason": '#panic("no") $x$ ] ) \\ *b* \n= h'})
            for part, _v in parts
            if part.disclosure_class == "narrative"
        ]
        data = letter_data(referral, hostile, by)
    from ihala.reporting.letters import pdf

    assert pdf(data).startswith(b"%PDF")


def test_nobody_prints_what_they_do_not_see():
    sent, draft = given.a_referral(State.SENT), given.a_referral(State.DRAFT)
    assert letter(sent, "sharjah.caseworker", "ar").status_code == 404
    assert letter(draft, "aman.caseworker", "ar").status_code == 404
