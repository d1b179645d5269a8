"""Random holds, arrivals, moves, voids and departures: no overlap, no lost bed, the beds are what the log says.

The suite plays some hundreds by calling actions; `make night` plays ten thousand. The database alone, with no check
before it, is tried with ten thousand in any case.
"""

import json
import os
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ihala.audit.models import Event
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.shelter import actions, rules
from ihala.shelter.models import FAR, Bed, Claim, ClaimedBed, Stay, Void

from .houses import a_family
from .model import Model

STEPS = 40
EXAMPLES = max(1, int(os.environ.get("IHALA_RANDOM_BOOKINGS", "320")) // STEPS)
START = datetime(2030, 1, 1, tzinfo=UTC)

OFTEN = [
    "hold",
    "hold",
    "arrive",
    "arrive",
    "admit",
    "move",
    "move",
    "depart",
    "free",
    "void",
    "back",
    "extend",
]
WHAT = set(OFTEN)
STEP = st.tuples(
    st.sampled_from(OFTEN),
    st.integers(0, 4),
    st.one_of(st.integers(0, 8).map(lambda n: 1 << n), st.integers(0, 31), st.integers(0, 7).map(lambda n: n << 6)),
    st.integers(1, 300),
)  # fmt: skip


class Both:
    """The product and the model side by side."""

    def __init__(self, by, place):
        self.by = by
        self.beds = {
            bed.pk: bed for bed in Bed.objects.select_related("unit").filter(unit__house=place.house)
        }
        units = {pk: bed.unit.code for pk, bed in self.beds.items()}
        self.model = Model(units, {"3"}, START)
        self.families = [a_family(by) for _ in range(5)]
        self.holds, self.stays, self.voids = {}, {}, {}

    def chosen(self, mask):
        """Beds from nine bits, in the order they were made: five of the flat, the single room's, three shared."""
        return frozenset(pk for n, pk in enumerate(sorted(self.beds)) if mask >> n & 1)

    def play(self, what, who, mask, minutes):
        self.model.moment += timedelta(minutes=minutes)
        with clock.at(self.model.moment):
            getattr(self, what)(self.families[who], self.chosen(mask), minutes)
            free = set(rules.free_beds(clock.now()).values_list("pk", flat=True))
        assert free == self.model.free()

    def tried(self, codes, action, *args, **kwargs):
        """Call the action; it must refuse with one of the codes, or succeed if there is none."""
        try:
            done = action(*args, by=self.by, **kwargs)
        except Refused as refused:
            assert refused.refusal.code in codes
            return None
        assert not codes
        return done

    def objects(self, beds):
        return [self.beds[pk] for pk in beds]

    def hold(self, family, beds, minutes):
        codes = self.model.refuses(family, beds)
        if family in self.model.held():
            codes = codes or {"held_already"}
        until = self.model.moment + timedelta(minutes=minutes * 5)
        made = self.tried(codes, actions.hold, self.objects(beds), family=family, until=until)
        if made:
            self.holds[family], self.model.holds[family] = made, (beds, until)

    def extend(self, family, _beds, minutes):
        if family not in self.holds:
            return
        beds, until = self.model.holds.get(family, (frozenset(), START))
        later = until + timedelta(minutes=minutes)
        codes = set() if family in self.model.held() else {"hold_ended"}
        if self.tried(codes, actions.extend_hold, self.holds[family], until=later, reason="transport"):
            self.model.holds[family] = (beds, later)

    def arrive(self, family, _beds, _minutes):
        if family not in self.holds:
            return
        if family not in self.model.holds:
            codes = {"hold_ended"}
        elif family in self.model.stays:
            codes = {"stays_already"}
        else:
            codes = self.model.refuses(family, self.model.holds[family][0], hold=False)
        stay = self.tried(codes, actions.arrive, self.holds[family])
        if stay:
            self.stays[family] = stay
            self.model.stays[family] = self.model.holds.pop(family)[0]

    def admit(self, family, beds, _minutes):
        codes = self.model.refuses(family, beds, hold=False)
        if family in self.model.stays:
            codes = {"stays_already"} | codes
        stay = self.tried(codes, actions.admit, self.objects(beds), family=family)
        if stay:
            if family in self.model.held():
                del self.model.holds[family]
            self.stays[family], self.model.stays[family] = stay, beds

    def move(self, family, beds, _minutes):
        if family not in self.stays:
            return
        codes = self.model.refuses(family, beds, stay=False)
        if family not in self.model.stays:
            codes = {"stay_ended"}
        if self.tried(codes, actions.move, self.stays[family], self.objects(beds), reason="wish"):
            self.model.stays[family] = beds

    def depart(self, family, _beds, _minutes):
        if family not in self.stays:
            return
        codes = set() if family in self.model.stays else {"stay_ended"}
        if self.tried(codes, actions.depart, self.stays[family], departure="planned", destination="own_home"):
            del self.model.stays[family]

    def free(self, family, _beds, _minutes):
        if family in self.holds:
            actions.free_hold(self.holds[family], reason="not_coming", by=self.by)
            if family in self.model.held():
                del self.model.holds[family]

    def void(self, _family, beds, minutes):
        codes = {"no_beds"} if not beds else {"beds_taken"} if self.model.taken() & beds else set()
        void = self.tried(codes, actions.take_out_of_use, self.objects(beds), reason="maintenance")
        if void:
            self.voids[void.pk], self.model.voids[void.pk] = void, beds

    def back(self, _family, _beds, minutes):
        if self.voids:
            key = sorted(self.voids)[minutes % len(self.voids)]
            actions.bring_back(self.voids[key], by=self.by)
            self.model.voids.pop(key, None)


def beds_by_the_log(moment):
    """Replay the log alone: which beds are taken now."""
    taken, until = {}, {}
    for event in Event.objects.filter(name__startswith="shelter.", refusal="").order_by("id"):
        key, detail = event.subject_id, event.detail
        if event.name == "shelter.hold_made":
            taken[key], until[key] = detail["beds"], datetime.fromisoformat(detail["until"])
        elif event.name == "shelter.hold_extended":
            until[key] = datetime.fromisoformat(detail["until"])
        elif event.name in (
            "shelter.hold_freed",
            "shelter.hold_lapsed",
            "shelter.stay_ended",
            "shelter.void_ended",
        ):
            taken.pop(key, None)
        elif event.name in ("shelter.stay_begun", "shelter.stay_moved", "shelter.void_begun"):
            taken[key] = detail["beds"]
            if "hold" in detail:
                taken.pop(UUID(detail["hold"]), None)
    return {bed for key, beds in taken.items() if until.get(key, FAR) > moment for bed in beds}


def overlaps():
    """Pairs of claims that share a bed, or an unshared unit with two families; by SQL, apart from all code."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM shelter_claimedbed a JOIN shelter_claimedbed b "
            "ON a.bed_id = b.bed_id AND a.id < b.id "
            "AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)"
        )
        beds = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM shelter_claim a JOIN shelter_claim b ON a.unit_id = b.unit_id AND a.id < b.id "
            "JOIN shelter_unit u ON u.id = a.unit_id AND NOT u.shared WHERE a.family <> b.family "
            "AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)"
        )
        return beds + cursor.fetchone()[0]


@pytest.mark.django_db
def test_whatever_is_booked_no_bed_is_lost_or_given_twice(by, place):
    played = []

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(steps=st.lists(STEP, min_size=STEPS, max_size=STEPS))
    def play(steps):
        with acting(by), transaction.atomic():
            both = Both(by, place)
            for one in steps:
                both.play(*one)
            as_the_log_and_the_model_say(both)
            transaction.set_rollback(True)
        played.extend(what for what, *_rest in steps)

    play()
    assert len(played) >= EXAMPLES * STEPS and set(played) == WHAT


def as_the_log_and_the_model_say(both):
    assert overlaps() == 0
    assert beds_by_the_log(both.model.moment) == both.model.taken()
    for kind, rows in (
        ("stay", Stay.objects.filter(departed_at=None)),
        ("void", Void.objects.filter(ended_at=None)),
    ):
        live = Claim.objects.filter(kind=kind, ends_at=FAR).values_list(f"{kind}_id", flat=True)
        assert set(live) == {row.pk for row in rows}


RAW = """
DO $$
DECLARE one jsonb; n int := 0; made bigint; claims bigint[];
BEGIN
  FOR one IN SELECT * FROM jsonb_array_elements($json$%s$json$) LOOP
    BEGIN
      IF one ? 'ends' THEN
        UPDATE shelter_claim SET ends_at = (one->>'to')::timestamptz
        WHERE id = claims[(one->>'ends')::int];
      END IF;
      IF one ? 'u' THEN
        INSERT INTO shelter_claim (
          organisation_id, unit_id, shared, kind, family, stay_id, void_id, reason, starts_at, ends_at)
        VALUES ((one->>'o')::bigint, (one->>'u')::bigint, (one->>'s')::boolean, one->>'k', (one->>'f')::uuid,
                (one->>'y')::uuid, (one->>'v')::uuid, '', (one->>'a')::timestamptz, (one->>'z')::timestamptz)
        RETURNING id INTO made;
        INSERT INTO shelter_claimedbed (organisation_id, claim_id, unit_id, bed_id, starts_at, ends_at)
        SELECT (one->>'o')::bigint, made, (one->>'u')::bigint, bed::bigint,
               (one->>'a')::timestamptz, (one->>'z')::timestamptz
        FROM jsonb_array_elements_text(one->'b') AS bed;
        claims[(one->>'n')::int] := made;
      END IF;
    EXCEPTION WHEN exclusion_violation THEN n := n + 1;
    END;
  END LOOP;
  PERFORM set_config('ihala.refused', n::text, true);
END $$
"""


class Periods:
    """Which claims there should be, as lists of periods: what the database must agree with."""

    def __init__(self):
        self.claims, self.numbers, self.refused = {}, [], 0
        self.of = {}

    def tried(self, ends=None, to=None, number=None, new=None):
        """End a claim elsewhere or make a new one, or both; nothing where one of them meets another claim."""
        before = self.claims.get(ends)
        if before:
            self.claims[ends] = (*before[:3], to, before[4])
        if new:
            self.claims[number] = new
        if any(self.meets(key) for key in (ends, number) if key is not None):
            self.refused += 1
            self.claims.pop(number, None)
            if before:
                self.claims[ends] = before
        elif new:
            self.numbers.append(number)
            for place in self.places(new):
                self.of.setdefault(place, set()).add(number)

    @staticmethod
    def places(claim):
        """Where a claim tolerates no other: its beds, and its unit if one family has it."""
        unit, beds, _start, _end, alone = claim
        return [*(("bed", bed) for bed in beds), *([("unit", unit)] if alone else [])]

    def meets(self, key):
        _unit, _beds, start, end, _alone = self.claims[key]
        others = {other for place in self.places(self.claims[key]) for other in self.of.get(place, ())} - {
            key
        }
        return any(self.claims[other][2] < end and start < self.claims[other][3] for other in others)


def a_plan(draw, count, units, families, stays, void, by):
    """Bookings, departures (or what is brought back and freed), extensions and moves, in any order of time."""
    plan, should, family_of = [], Periods(), {}
    for number in range(1, count + 1):
        what = draw.choice(("book", "book", "book", "end", "extend", "move")) if should.claims else "book"
        row, ends, to, start, family = {}, None, None, None, None
        if what != "book":
            ends = draw.choice(should.numbers)
            _unit, _beds, begun, end, _alone = should.claims[ends]
            start = begun + (end - begun) * draw.uniform(0.2, 0.8)
            to = end + timedelta(hours=draw.randint(1, 90)) if what == "extend" else start
            family = family_of[ends]
            row = {"ends": ends, "to": to.isoformat()}
        if what in ("book", "move"):
            unit, beds = draw.choice(units)
            chosen = draw.sample(beds, draw.randint(1, len(beds)))
            if what == "book":
                family = None if draw.random() < 0.2 else str(draw.choice(families))
                start = START + timedelta(hours=draw.randint(0, 2_000))
            end = start + timedelta(hours=draw.randint(1, 200))
            row |= {
                "n": number, "o": by.organisation_id, "u": unit.pk, "s": unit.shared, "k": "stay" if family else "void",
                "f": family, "y": family and stays[family], "v": None if family else void,
                "a": start.isoformat(), "z": end.isoformat(), "b": chosen,
            }  # fmt: skip
            family_of[number] = family
            new = (unit.pk, frozenset(chosen), start, end, bool(family) and not unit.shared)
            should.tried(ends, to, number, new)
        else:
            should.tried(ends, to)
        plan.append(row)
    return plan, should


@pytest.mark.django_db
def test_of_ten_thousand_steps_written_without_any_check_the_database_takes_those_that_fit(by, place):
    played = []

    @settings(max_examples=20, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(seed=st.integers(0, 10**6))
    def play(seed):
        played.append(written_without_any_check(by, place, random.Random(seed)))

    play()
    assert sum(played) >= 10_000


def written_without_any_check(by, place, draw):
    """Five hundred steps straight into the tables: what it took is what a plain list of periods would take."""
    with acting(by), transaction.atomic():
        beds = list(Bed.objects.select_related("unit").filter(unit__house=place.house))
        units = [(unit, [bed.pk for bed in beds if bed.unit_id == unit.pk]) for unit in place.units.values()]
        families = [uuid4() for _ in range(12)]
        stays = {}
        for family in families:
            row = Stay.objects.create(organisation_id=by.organisation_id, family=family, arrived_at=START)
            stays[str(family)] = str(row.pk)
        void = Void.objects.create(organisation_id=by.organisation_id, reason="maintenance", begun_at=START)
        plan, should = a_plan(draw, 500, units, families, stays, str(void.pk), by)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # the tables grow while plans are kept
            cursor.execute(RAW % json.dumps(plan))
            cursor.execute("SELECT current_setting('ihala.refused')")
            refused = int(cursor.fetchone()[0])
        taken = {}
        for bed in ClaimedBed.objects.select_related("claim"):
            key = (bed.claim.unit_id, bed.claim.starts_at, bed.claim.ends_at, bed.claim_id)
            assert (bed.starts_at, bed.ends_at) == key[1:3]
            taken.setdefault(key, set()).add(bed.bed_id)
        there = Counter(
            (unit, frozenset(beds), start, end) for (unit, start, end, _pk), beds in taken.items()
        )
        assert there == Counter(claim[:4] for claim in should.claims.values())
        assert (refused, overlaps()) == (should.refused, 0)
        assert 50 < refused < 450
        transaction.set_rollback(True)
    return len(plan)
