"""With every filter of the ORM removed: no row of another organisation is read, written, named or blocked."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.vocabulary import DisclosureClass
from ihala.shelter import actions
from ihala.shelter.models import FAR, Claim, ClaimedBed, KeepApart
from ihala.vault.actions import grants_of
from ihala.vault.enums import SubjectKind
from ihala.vault.models import Deposit, Grant
from ihala.vault.sealing import Basis, SecretName, Subject, new_secret
from tests import given
from tests.walls import blocked, run

from .houses import Place, a_family, a_house, tomorrow

TABLES = (
    "house", "unit", "bed", "maintenance", "hold", "stay", "void", "claim", "claimedbed", "extension",
    "arrivalcheck", "absence", "keepapart",
)  # fmt: skip


@pytest.fixture
def lived_in(place: Place, by) -> Place:
    with acting(by):
        one, other = a_family(by), a_family(by)
        actions.hold(place.beds("2"), family=one, until=tomorrow(), by=by)
        stay = actions.admit(place.beds("1", "1"), family=other, by=by)
        actions.check_off(stay, "health", by=by)
        actions.go_away(stay, kind="hospital", by=by)
        actions.extend_stay(stay, planned_until=clock.today() + timedelta(days=2), reason="care", by=by)
        actions.take_out_of_use(place.beds("3", "1"), reason="maintenance", by=by)
        actions.report_maintenance(place.units["3"], kind="water", by=by, note="الحنفية")
        actions.keep_apart(one, other, reason="تعرفها", by=by)
    return place


@pytest.mark.parametrize("table", TABLES)
def test_another_organisation_reads_and_writes_no_row(lived_in, by, table):
    with acting(by):
        assert run(f"SELECT * FROM shelter_{table}") > 0
        blocked(f"DELETE FROM shelter_{table}")
    with acting(given.actor("dfwac.supervisor")):
        assert run(f"SELECT * FROM shelter_{table}") == 0
        blocked(f"UPDATE shelter_{table} SET id = id")
        blocked(f"DELETE FROM shelter_{table}")


def test_nobody_names_another_organisations_bed_to_take_it_or_to_learn_of_it(lived_in, by):
    other = given.actor("dfwac.supervisor")
    with acting(by):
        foreign = lived_in.beds("1", "2")[0]
        claim = Claim.objects.filter(kind="stay").get()
    with acting(other):
        mine = a_house(other, "Z")
        (own_bed,) = mine.beds("2")
        stay = actions.admit(mine.beds("1", "1"), family=a_family(other), by=other)
        own = Claim.objects.get(stay=stay)
        rows = (
            {"claim_id": own.pk, "unit_id": own.unit_id, "bed_id": foreign.pk},
            {"claim_id": claim.pk, "unit_id": claim.unit_id, "bed_id": own_bed.pk},
            {"claim_id": own.pk, "unit_id": foreign.unit_id, "bed_id": foreign.pk},
        )
        for row in rows:
            with (
                pytest.raises(DatabaseError, match=r"row-level security|shelter_claimedbed_with"),
                transaction.atomic(),
            ):
                ClaimedBed.objects.create(
                    organisation_id=other.organisation_id, starts_at=own.starts_at, ends_at=FAR, **row
                )
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Claim.objects.create(
                organisation_id=other.organisation_id, unit_id=foreign.unit_id, shared=False, kind="stay",
                family=stay.family, stay=stay, starts_at=own.starts_at, ends_at=FAR,
            )  # fmt: skip


def test_with_the_checks_of_the_actions_gone_the_database_refuses(lived_in, by, monkeypatch):
    """The rules say nothing any more; each double booking still ends in the same refusal."""
    monkeypatch.setattr("ihala.shelter.rules.why_not_claim", lambda *_: None)
    monkeypatch.setattr("ihala.shelter.rules.live_stay", lambda *_: None)
    monkeypatch.setattr("ihala.shelter.rules.why_not_void", lambda *_: None)
    from tests.refused import refusal_of as refused

    with acting(by):
        family = a_family(by)
        taken, beside, held = lived_in.beds("1", "1"), lived_in.beds("1", "2"), lived_in.beds("2")
        assert refused(actions.admit, taken, family=family, by=by) in ("beds_taken", "unit_taken")
        assert refused(actions.admit, beside, family=family, by=by) == "unit_taken"
        assert refused(actions.hold, held, family=family, until=tomorrow(), by=by) in (
            "beds_taken",
            "unit_taken",
        )
        assert refused(actions.admit, lived_in.beds("3", "1"), family=family, by=by) == "beds_taken"
        assert refused(actions.take_out_of_use, taken, reason="closed", by=by) == "beds_taken"
        actions.admit(lived_in.beds("3", "2"), family=family, by=by)
        assert refused(actions.admit, lived_in.beds("3", "3"), family=family, by=by) == "stays_already"


def test_who_had_which_bed_is_never_rewritten(lived_in, by):
    with acting(by):
        blocked("UPDATE shelter_claim SET starts_at = starts_at")
        blocked("UPDATE shelter_claim SET family = %s", (uuid4(),))
        blocked("UPDATE shelter_claimedbed SET ends_at = ends_at")
        blocked("UPDATE shelter_claimedbed SET bed_id = bed_id")
        blocked("UPDATE shelter_house SET code = 'B'")


def test_where_a_house_is_can_be_shared_with_nobody(lived_in, by):
    """Neither a grant nor a deposit of a house for another organisation is ever written."""
    other = given.actor("dfwac.supervisor").organisation_id
    house = lived_in.house
    name = SecretName(
        Subject(SubjectKind.HOUSE, house.pk, house.pk), DisclosureClass.SAFETY, 1, by.organisation_id
    )
    (grant,) = grants_of({name: new_secret()}, {other: Basis("consent", uuid4())})
    with acting(by):
        with pytest.raises(DatabaseError, match="grant_of_a_house_stays_at_home"), transaction.atomic():
            grant.save(force_insert=True)
        same = {
            field.name: getattr(grant, field.name)
            for field in Deposit._meta.fields
            if hasattr(grant, field.name)
        }
        with pytest.raises(DatabaseError, match="deposit_never_of_a_house"), transaction.atomic():
            Deposit(**{**same, "id": None, "receiver_id": other}).save(force_insert=True)
        assert Grant.objects.filter(subject_kind="house").count() == 1


def test_words_about_a_house_and_a_family_are_sealed(lived_in, by, owner):
    with acting(by):
        dumped = [
            bytes(value or b"")
            for value in (lived_in.house.name, lived_in.house.address, KeepApart.objects.get().reason)
        ]
    assert all(dumped) and not any("دار".encode() in value or "تعرفها".encode() in value for value in dumped)


def test_a_hundred_organisations_are_read_by_one_plan(db: None) -> None:
    """A function that is made anew loses the setting, and then plans for each organisation it reads."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, proconfig FROM pg_proc WHERE proname = ANY(%s)",
            [["ihala_kinds_in_turn", "ihala_units_in_turn"]],
        )
        found = dict(cursor.fetchall())
    assert len(found) == 2
    assert all("plan_cache_mode=force_generic_plan" in settings for settings in found.values())
