"""Which forms are taken, which refused, and at which place of the form the reason stands."""

import json
from datetime import date

import pytest
from django.utils import translation

from ihala.cases.normalise import Doubt
from ihala.core.vocabulary import Kind, LegalBasis, Service
from ihala.referrals.intake_json import LARGEST, below
from ihala.referrals.intake_rules import Form, Parties, parse

from . import paper
from .paper import bent, form, problems


@pytest.mark.parametrize("path", paper.GOOD, ids=lambda path: path.stem)
def test_each_real_form_is_taken(path):
    found = parse(path.read_bytes(), paper.parties(paper.read(path)))
    assert isinstance(found, Form), found
    assert found.reference == paper.read(path)["reference"]
    assert found.kept == ()


def test_a_consent_that_had_expired_on_the_day_of_the_form_refuses_it():
    assert problems(paper.read(paper.EXPIRED)) == {("$.consent.until", "consent_expired")}


def test_a_malformed_form_is_refused_with_every_problem_named():
    assert problems(paper.read(paper.MALFORMED)) == {
        ("$.reference", "missing"),
        ("$.to", "same_organisation"),
        ("$.date", "missing"),
        ("$.urgency", "unknown_code"),
        ("$.category", "wrong_type"),
        ("$.kind", "missing"),
        ("$.services_requested", "missing"),
        ("$.survivor.birth", "impossible_date"),
        ("$.survivor.phones", "wrong_type"),
        ("$.consent", "wrong_type"),
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"form": "another/2"}, ("$.form", "unknown_form")),
        ({"reference": ...}, ("$.reference", "missing")),
        ({"reference": "  "}, ("$.reference", "missing")),
        ({"reference": 5}, ("$.reference", "wrong_type")),
        ({"reference": "x" * 61}, ("$.reference", "too_long")),
        ({"reference": "x" * 1000}, ("$.reference", "too_long")),
        ({"from": "dfwac"}, ("$.from", "not_own_organisation")),
        ({"to": "aman"}, ("$.to", "same_organisation")),
        ({"to": "sharjah"}, ("$.to", "no_agreement")),
        ({"to": None}, ("$.to", "missing")),
        ({"date": "2026-02-30"}, ("$.date", "impossible_date")),
        ({"date": "soon"}, ("$.date", "not_a_date")),
        ({"date": ["2026-01-01"]}, ("$.date", "wrong_type")),
        ({"urgency": "whenever"}, ("$.urgency", "unknown_code")),
        ({"category": ["domestic_violence"]}, ("$.category", "wrong_type")),
        ({"kind": {}}, ("$.kind", "wrong_type")),
        ({"services_requested": "shelter"}, ("$.services_requested", "wrong_type")),
        ({"services_requested": []}, ("$.services_requested", "no_services")),
        ({"services_requested": ["magic"]}, ("$.services_requested", "no_services")),
        ({"services_requested": [5]}, ("$.services_requested[0]", "wrong_type")),
        ({"survivor": ...}, ("$.survivor", "missing")),
        ({"survivor": []}, ("$.survivor", "wrong_type")),
        ({"survivor__name": 5}, ("$.survivor.name", "wrong_type")),
        ({"survivor__name": "x" * 301}, ("$.survivor.name", "too_long")),
        ({"survivor__birth": "2026-13-40"}, ("$.survivor.birth", "impossible_date")),
        ({"survivor__birth": "2027-01-01"}, ("$.survivor.birth", "in_the_future")),
        ({"survivor__birth": "1800-01-01"}, ("$.survivor.birth", "too_long_ago")),
        ({"survivor__phones": "05"}, ("$.survivor.phones", "wrong_type")),
        ({"survivor__phones": ["05"]}, ("$.survivor.phones[0]", "wrong_type")),
        ({"survivor__phones": [{"safe": "yes"}]}, ("$.survivor.phones[0].safe", "wrong_type")),
        ({"survivor__needs": ["cot", 1]}, ("$.survivor.needs[1]", "wrong_type")),
        ({"survivor__needs": 1}, ("$.survivor.needs", "wrong_type")),
        ({"survivor__needs": ["cot", "x" * 20_001]}, ("$.survivor.needs[1]", "too_long")),
        ({"survivor__needs": "x" * 20_001}, ("$.survivor.needs", "too_long")),
        ({"companions": {}}, ("$.companions", "wrong_type")),
        ({"companions": ["سارة"]}, ("$.companions[0]", "wrong_type")),
        ({"companions": [{}] * 21}, ("$.companions", "too_many")),
        ({"companions": [{"documents": [{}] * 21}]}, ("$.companions[0].documents", "too_many")),
        ({"persons_of_concern": [{"phones": [5]}]}, ("$.persons_of_concern[0].phones[0]", "wrong_type")),
        ({"contact": "أمل"}, ("$.contact", "wrong_type")),
        ({"reason": "x" * 20_001}, ("$.reason", "too_long")),
        ({"consent": ...}, ("$.consent", "no_basis")),
        ({"consent": None, "legal_basis": None}, ("$.consent", "no_basis")),
        ({"consent": True}, ("$.consent", "wrong_type")),
        ({"consent": {}}, ("$.consent", "missing")),
        ({"consent__to": "sharjah"}, ("$.consent.to", "other_recipient")),
        ({"consent__given_by": "aunt"}, ("$.consent.given_by", "unknown_code")),
        ({"consent__given_by": "guardian"}, ("$.consent.guardian", "guardian_needed")),
        ({"consent__how": ...}, ("$.consent.how", "missing")),
        ({"consent__date": ...}, ("$.consent.date", "missing")),
        ({"consent__date": "2026-11-03"}, ("$.consent.date", "given_in_future")),
        ({"consent__until": ...}, ("$.consent.until", "missing")),
        ({"consent__until": "2026-11-01"}, ("$.consent.until", "ends_before_it_begins")),
        ({"consent__until": "2099-01-01"}, ("$.consent", "too_long")),
        ({"consent__classes": ...}, ("$.consent.classes", "missing")),
        ({"consent__classes": []}, ("$.consent.classes", "no_classes")),
        ({"consent__classes": ["everything"]}, ("$.consent.classes[0]", "unknown_code")),
        ({"consent__classes": ["triage"]}, ("$.consent", "no_classes")),
        ({"consent__witness": ["x"]}, ("$.consent.witness", "wrong_type")),
    ],
)
def test_what_is_wrong_is_named_at_its_place(changes, expected):
    assert expected in problems(bent(**changes))


BASIS = {
    "type": "child_protection_duty",
    "source": "قانون وديمة",
    "first_sign_off": "أ",
    "second_sign_off": "ب",
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "mercy"}, ("$.legal_basis.type", "unknown_code")),
        ({"type": "consent"}, ("$.legal_basis.type", "unknown_code")),
        ({"source": None}, ("$.legal_basis.source", "missing")),
        ({"first_sign_off": ""}, ("$.legal_basis.first_sign_off", "missing")),
        ({"second_sign_off": " أ"}, ("$.legal_basis.second_sign_off", "same_person")),
        ({"date": "9/9"}, ("$.legal_basis.date", "not_a_date")),
    ],
)
def test_under_a_legal_basis_two_different_people_and_a_source_are_named(changes, expected):
    assert expected in problems(bent(consent=None, legal_basis=BASIS | changes))


def test_a_legal_basis_must_be_an_object():
    assert ("$.legal_basis", "wrong_type") in problems(bent(consent=None, legal_basis="law"))


def test_a_legal_basis_is_taken_with_its_statements():
    stated = form(bent(consent=None, legal_basis=BASIS | {"date": "2026-11-02", "court": "x"}))
    assert stated.stated is not None and stated.stated.type is LegalBasis.CHILD_PROTECTION_DUTY
    assert stated.stated.statements == {"first_sign_off": "أ", "second_sign_off": "ب", "date": "2026-11-02"}
    assert stated.kept == (("$.legal_basis.court", "x"),)


def test_a_pull_request_needs_no_basis():
    assert form(bent(consent=None, kind="pull_request")).kind is Kind.PULL_REQUEST


def test_a_consent_that_is_valid_on_the_day_of_the_form_is_taken_though_it_has_expired_since():
    found = form(bent(date="2020-01-01", consent__date="2019-12-01", consent__until="2020-02-01"))
    assert found.given is not None and found.given.until == date(2020, 2, 1)


def test_a_consent_that_names_the_same_recipient_is_taken():
    assert form(bent(consent__to="dfwac")).given is not None


def test_purposes_follow_from_what_is_asked_for():
    found = form(bent(services_requested=["legal", "shelter", "legal"]))
    assert found.services == (Service.LEGAL, Service.SHELTER)
    assert found.given is not None and found.given.purposes == ("transfer", "shelter", "legal")


def test_what_no_field_fits_is_kept_as_a_note_with_its_place():
    found = form(
        bent(
            survivor={
                "name": "سلمى",
                "religion": "x",
                "nationality": "Atlantis",
                "needs": ["cot", "balcony"],
            },
            services_requested=["shelter", "transport"],
            companions=[{"name": "سارة", "toy": {"kind": "bear", "number": 1.10}}],
            exploitation={"type": "sexual", "by": "phone"},
            contact={"name": "أمل", "fax": "1"},
            consent__how="by pigeon",
            consent__seal=True,
            nothing=None,
            empty=[],
            **{"odd key": "y"},
        )
    )
    kept = {
        ("$.survivor.religion", "x"),
        ("$.survivor.nationality", "Atlantis"),
        ("$.survivor.needs[1]", "balcony"),
        ("$.services_requested[1]", "transport"),
        ("$.companions[0].toy", '{"kind": "bear", "number": "1.1"}'),
        ("$.exploitation.by", "phone"),
        ("$.contact.fax", "1"),
        ("$.consent.how", "by pigeon"),
        ("$.consent.seal", "true"),
        ('$["odd key"]', "y"),
    }
    assert set(found.kept) == kept
    notes = "\n".join(found.content.case["notes"])
    assert all(value in notes for _path, value in kept)
    assert notes.startswith("A-1 · 2026-11-02")


def test_a_long_note_is_cut_into_several_and_nothing_is_lost():
    found = form(bent(story={"parts": ["a" * 15_000, "b" * 15_000]}))
    assert len(found.content.case["notes"]) == 2
    assert "".join(found.content.case["notes"]).count("b") >= 15_000


def test_notes_of_the_form_itself_stay_notes():
    assert form(bent(notes="see file")).content.case["notes"][0] == "see file"


def test_a_doubt_is_told_and_does_not_refuse():
    found = form(
        bent(
            survivor__birth="in spring",
            survivor__documents=[{"type": "emirates_id", "number": "784-2012-0000000-0"}],
            survivor__phones=[{"number": "07 000 1234"}],
        )
    )
    assert set(found.doubts) == {
        ("$.survivor.birth", Doubt.NOT_A_DATE),
        ("$.survivor.documents[0].number", Doubt.CHECK_DIGIT),
        ("$.survivor.phones[0].number", Doubt.UNKNOWN_PHONE),
    }


def test_why_a_value_is_missing_may_be_said():
    found = form(bent(survivor__nationality={"absent": "declined"}))
    assert found.content.survivor["nationality"] == {"absent": "declined"}


def test_every_problem_speaks_both_languages():
    found = paper.parsed(paper.read(paper.MALFORMED))
    assert isinstance(found, list)
    for problem in found:
        with translation.override("en"):
            english = str(problem.message)
        assert english.isascii() and english[0].isupper()


# ------------------------------------------------------------------------------------------------- hostile bytes


DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000  # deeper than any stack


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ("$", "not_json")),
        (b"\xff\xfe", ("$", "not_utf8")),
        (b"[1, 2]", ("$", "not_an_object")),
        (b"{" * 10, ("$", "not_json")),
        (b"x" * (LARGEST + 1), ("$", "too_large")),
        (DEEP, ("$", "too_deep")),
        (DEEP[:500_000], ("$", "too_deep")),
        (b'{"a":' * 20 + b"1" + b"}" * 20, ("$" + ".a" * 13, "too_deep")),
        (b'{"form": NaN}', ("$.form", "not_a_number")),
        (b'{"form": [1, -Infinity]}', ("$.form[1]", "not_a_number")),
        (b'{"form": ' + b"9" * 5000 + b"}", ("$.form", "number_too_long")),
        (b'{"form": "a", "form": "b"}', ("$.form", "key_twice")),
        (b'{"form": "a\\u0000"}', ("$.form", "not_text")),
        (b'{"form": "\\ud800"}', ("$.form", "not_text")),
        (b'{"\\ud800": 1}', ('$[""]', "not_text")),
        (b'{"form": 5}', ("$.form", "unknown_form")),
        (b"{}", ("$.form", "unknown_form")),
    ],
    ids=range(17),
)
def test_bytes_that_are_no_form_are_refused_with_a_path(content, expected):
    found = parse(content, paper.PARTIES)
    assert isinstance(found, list)
    assert expected in {(problem.path, problem.code) for problem in found}


def test_a_form_with_a_byte_order_mark_is_taken():
    assert isinstance(parse(b"\xef\xbb\xbf" + json.dumps(paper.SMALL).encode(), paper.PARTIES), Form)


def test_thousands_of_problems_are_cut_short():
    found = parse(json.dumps({"form": ["\x00"] * 10_000}).encode(), paper.PARTIES)
    assert isinstance(found, list) and len(found) == 50


def test_paths_stay_readable_whatever_the_keys_are():
    assert below("$", "a b") == '$["a b"]'
    assert below("$", "x" * 70) == '$["' + "x" * 60 + '…"]'
    assert below("$.a", 3) == "$.a[3]"


def test_controls_that_turn_the_reading_direction_are_taken_out():
    found = form(bent(survivor__name="a\u202eb", reason="=1+1 <script>\u0000".replace("\u0000", "")))
    assert found.content.survivor["name"] == "ab"
    assert found.content.case["reason"] == "=1+1 <script>"


def test_partners_are_named_by_code_and_found_by_id():
    assert form(paper.SMALL).receiver == Parties("aman", {"dfwac": 2}).partners["dfwac"]
