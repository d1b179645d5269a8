"""Each real form becomes a case, its consent or legal basis and a draft, with nothing lost; or leaves nothing."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from ihala.audit.models import Event
from ihala.cases.actions import open_case
from ihala.cases.models import Case
from ihala.cases.normalise import birth, digits, phone
from ihala.cases.rules import package_of
from ihala.consent import actions as consent
from ihala.consent import rules as consent_rules
from ihala.consent.models import Consent, LegalBasisRecord
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.core.vocabulary import LegalBasis
from ihala.organisations.actions import end_agreement
from ihala.organisations.models import Agreement
from ihala.referrals import intake
from ihala.referrals.enums import State
from ihala.referrals.intake import import_form
from ihala.referrals.models import Referral
from ihala.vault import salts
from tests.organisations.cast import Party

from . import paper

IDS = {"ids": lambda path: path.stem}
ON = datetime(2026, 11, 24, 8, tzinfo=clock.DUBAI)


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    with clock.at(ON):
        yield


def imported(path, parties: dict[str, Party]) -> tuple[intake.Result, dict[str, Any], Party]:
    tree = paper.read(path)
    party = parties[tree["from"]]
    with acting(party.caseworker):
        return import_form(path.read_bytes(), by=party.caseworker, name=path.name), tree, party


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a form that is no container and not null, with its place."""
    if isinstance(tree, dict | list):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from leaves(value, f"{path}.{key}")
    elif tree is not None:
        yield path.removeprefix("."), tree


def stored(result: intake.Result, party: Party) -> list[tuple[str, Any]]:
    """Every value that can be read again from what was made of the form, with its place."""
    by, case, referral = party.caseworker, result.case, result.referral
    assert case is not None and referral is not None
    found: dict[str, Any] = {"case": {"category": case.category, "reference": case.paper_reference}}
    found["content"] = package_of(open_case(case, by=by, purpose="intake"))
    for model in (Consent, LegalBasisRecord):
        rows = list(model.objects.filter(case=case))
        found[model.__name__] = [
            [
                told,
                {
                    f.name: str(getattr(row, f.name))
                    for f in model._meta.concrete_fields
                    if f.name != "details"
                },
            ]
            for row, told in zip(rows, consent.open_details(rows, by=by), strict=True)
        ]
        found[f"{model.__name__}.classes"] = [list(row.classes) for row in rows]
    found["referral"] = {
        "kind": referral.kind, "urgency": referral.urgency, "from": referral.sender.code,
        "to": referral.receiver.code, "services": referral.services, "given": referral.services_given,
    }  # fmt: skip
    return list(leaves(found))


@pytest.mark.parametrize("path", paper.GOOD, **IDS)
def test_nothing_of_a_real_form_is_lost(path, parties):
    result, tree, party = imported(path, parties)
    assert not result.refused and not result.known and result.kept == ()
    with acting(party.caseworker):
        values = stored(result, party)
    text = "\n".join(str(value) for _place, value in values)
    own = [value for _place, value in values if not isinstance(value, bool)]
    truths = [place for place, value in values if value is True]
    falsehoods = [place for place, value in values if value is False]
    for place, value in leaves(tree):
        if place == "form":
            continue
        if isinstance(value, bool):
            key = place.rsplit(".", 1)[1]
            assert any(one.endswith(f".{key}") for one in (truths if value else falsehoods)), place
        elif place.endswith("number") or place == "contact.phone":
            assert phone(value).text in text or digits(value).replace("-", "") in text.replace("-", ""), place
        elif place.endswith("birth"):
            known = birth(value, on=date(2026, 11, 5)).value
            assert value in own and (known is None or known.isoformat() in own), place
        else:
            assert value in own or str(value) in text, place


@pytest.mark.parametrize("path", paper.GOOD, **IDS)
def test_a_real_form_becomes_a_draft_between_its_two_organisations(path, parties):
    result, tree, party = imported(path, parties)
    referral = result.referral
    assert referral is not None and referral.state == State.DRAFT and referral.sent_at is None
    assert (referral.sender_id, referral.receiver_id) == (party.id, parties[tree["to"]].id)
    assert set(referral.services) == set(tree["services_requested"])
    assert referral.side_of(party.id) == "sender"
    with acting(parties[tree["to"]].supervisor):
        assert not Referral.objects.exists() and not Case.objects.exists()
    with acting(party.caseworker):
        assert Event.objects.filter(name="intake.imported", case_id=result.case.pk).count() == 1


def test_the_consent_of_a_form_carries_to_its_referral(parties):
    result, tree, party = imported(paper.GOOD[0], parties)
    with acting(party.caseworker):
        basis = consent_rules.basis_for(result.case.pk, parties["dfwac"].id)
        row = Consent.objects.get()
        told = consent.open_details([row], by=party.caseworker)[0]
    assert basis is not None and set(basis.classes) == {"triage", *tree["consent"]["classes"]}
    assert (row.given_on.isoformat(), row.until.isoformat()) == ("2026-11-02", "2027-05-02")
    assert row.purposes == ["transfer", "shelter", "psychological", "legal", "interpretation"]
    assert told == {"language": "am", "witness": "مترجمة المركز"}
    assert set(result.referral.classes) == {"triage", *tree["consent"]["classes"]}


def test_signatures_on_paper_are_statements_and_the_real_ones_follow(parties):
    result, _tree, party = imported(paper.GOOD[2], parties)
    recipient = parties["dfwac"].id
    with acting(party.caseworker):
        assert consent_rules.basis_for(result.case.pk, recipient) is None
        row = LegalBasisRecord.objects.select_related("case").get()
        told = consent.open_details([row], by=party.caseworker)[0]
        assert told["statements"] == {
            "first_sign_off": "أخصائية الحالة", "second_sign_off": "المشرفة", "date": "2026-11-09",
        }  # fmt: skip
        assert told["source"] == "قانون وديمة، المادة 42"
        consent.first_sign_off(row, by=party.caseworker)
        basis = consent_rules.basis_for(result.case.pk, recipient)
    assert (
        basis is not None
        and basis.kind == LegalBasis.CHILD_PROTECTION_DUTY
        and basis.second_signature_pending
    )


def test_a_guardians_consent_is_one(parties):
    result, _tree, party = imported(paper.GOOD[4], parties)
    with acting(party.caseworker):
        basis = consent_rules.basis_for(result.case.pk, parties["aman"].id)
        assert basis is not None and basis.kind is LegalBasis.GUARDIAN_CONSENT
        assert consent.open_details(list(Consent.objects.all()), by=party.caseworker)[0]["guardian"] == "الأم"


def test_a_consent_that_has_expired_since_imports_and_cannot_be_sent_on(parties):
    with clock.at(ON + timedelta(days=365)):
        result, _tree, party = imported(paper.GOOD[0], parties)
        assert not result.refused
        with acting(party.caseworker):
            assert consent_rules.basis_for(result.case.pk, parties["dfwac"].id) is None


@pytest.mark.parametrize("path", paper.GOOD, **IDS)
def test_the_same_form_twice_is_one_referral(path, parties):
    first, _tree, _party = imported(path, parties)
    second, _tree, party = imported(path, parties)
    assert second.known and not second.refused
    assert (second.case, second.referral) == (first.case, first.referral)
    with acting(party.caseworker):
        assert Case.objects.count() == Referral.objects.count() == 1


def test_a_form_that_came_while_another_import_was_under_way_is_the_same_referral(parties, monkeypatch):
    first, _tree, _party = imported(paper.GOOD[0], parties)
    answers = iter([None, first])
    monkeypatch.setattr(intake, "known", lambda *_args: next(answers))
    second, _tree, _party = imported(paper.GOOD[0], parties)
    assert second is first


# ------------------------------------------------------------------------------------------------------------ refused


def rows_of_all_tables() -> dict[str, int]:
    """How many rows each table holds for the one who acts."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        counts = {}
        for table in tables:
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [f'"{table}"'])
            if cursor.fetchone()[0]:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                counts[table] = cursor.fetchone()[0]
    return counts


def all_salts() -> set[str]:
    return {path.name for path in salts.folder().rglob("*.salt")}


@pytest.mark.parametrize("path", [paper.EXPIRED, paper.MALFORMED], **IDS)
def test_a_refused_form_leaves_nothing_in_any_table(path, parties):
    with acting(parties["aman"].caseworker):
        before = rows_of_all_tables()
        assert len(before) > 20
        result = import_form(path.read_bytes(), by=parties["aman"].caseworker)
        assert result.refused and result.case is None and result.referral is None
        assert rows_of_all_tables() == before


def test_a_form_refused_while_it_is_stored_leaves_nothing(parties, monkeypatch):
    aman = parties["aman"].caseworker

    def broken(*_args, **_kwargs):
        raise Refused(consent_rules.NOT_PERMITTED)

    monkeypatch.setattr(intake, "draft", broken)
    with acting(aman):
        before, lying = rows_of_all_tables(), all_salts()
        result = import_form(paper.GOOD[0].read_bytes(), by=aman)
        assert [(p.path, p.code) for p in result.problems] == [("$", "not_permitted")]
        assert rows_of_all_tables() == before and all_salts() == lying


def test_a_form_to_an_organisation_whose_agreement_has_ended_is_refused(parties):
    with acting(parties["aman"].director):
        end_agreement(Agreement.objects.get(), by=parties["aman"].director)
    result, _tree, _party = imported(paper.GOOD[0], parties)
    assert [(p.path, p.code) for p in result.problems] == [("$.to", "no_agreement")]


def test_a_form_of_another_organisation_is_refused(parties):
    with acting(parties["dfwac"].caseworker):
        result = import_form(paper.GOOD[0].read_bytes(), by=parties["dfwac"].caseworker)
    assert ("$.from", "not_own_organisation") in {(p.path, p.code) for p in result.problems}


@pytest.mark.parametrize("who", ["practitioner", "director", "dpo", "admin"])
def test_only_roles_that_import_import(parties, who):
    actor = parties["aman"].actor(who)
    with acting(actor), pytest.raises(Refused) as refused:
        import_form(paper.GOOD[0].read_bytes(), by=actor)
    assert refused.value.refusal.code == "not_permitted"


def test_what_no_field_takes_is_read_again_on_the_case(parties):
    aman = parties["aman"].caseworker
    tree = paper.read(paper.GOOD[0]) | {
        "shoe_size": "38",
        "survivor": {"name": "سلمى", "tribe": {"a": ["ب"]}},
    }
    with acting(aman):
        result = import_form(json.dumps(tree).encode(), by=aman)
        assert {path for path, _value in result.kept} == {"$.shoe_size", "$.survivor.tribe"}
        notes = "\n".join(open_case(result.case, by=aman, purpose="intake").case["notes"])
    assert "shoe_size: 38" in notes and 'survivor.tribe: {"a": ["ب"]}' in notes
