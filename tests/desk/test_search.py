"""Search by reference: exact, forgiving in how it is typed, and silent about what may not be seen."""

import pytest
from django.urls import reverse

from ihala.referrals.enums import State
from tests import given

pytestmark = pytest.mark.django_db

ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def spellings(reference):
    yield reference
    yield reference.lower()
    yield reference.replace("-", "")
    yield f"  {reference.replace('-', ' ')} "
    yield reference[2:]
    yield reference.translate(ARABIC_DIGITS)


def test_a_referral_is_found_however_its_reference_is_typed():
    referral = given.a_referral(State.SENT)
    client = given.signed_in("dfwac.duty")
    for typed in spellings(referral.reference):
        response = client.get("/search/", {"q": typed})
        assert response.headers.get("Location") == reverse("referrals:detail", args=[referral.reference]), (
            typed
        )


def test_a_case_is_found_by_those_with_access():
    case = given.a_case()
    found = given.signed_in("aman.caseworker").get("/search/", {"q": case.reference.lower()})
    assert found.headers["Location"] == reverse("cases:detail", args=[case.reference])
    assert given.signed_in("aman.duty").get("/search/", {"q": case.reference}).status_code == 200


@pytest.mark.parametrize(
    "query", ["", "R-0000-0000", "nonsense", "<script>", "R-0000-000000000000000000000000000000000000"]
)
def test_nothing_found_is_said_plainly(query):
    response = given.signed_in("aman.caseworker", language="en").get("/search/", {"q": query})
    assert response.status_code == 200
    assert ("Nothing found" in response.content.decode()) is bool(query)
    assert "<script>" not in response.content.decode().replace("<script src", "")


def test_what_belongs_to_others_is_not_found():
    referral = given.a_referral(State.SENT)
    assert given.signed_in("sharjah.caseworker").get("/search/", {"q": referral.reference}).status_code == 200
    assert given.signed_in("aman.director").get("/search/", {"q": referral.reference}).status_code == 200
