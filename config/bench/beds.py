"""The board of beds: how quick and how small it is, and whether a year of stays slows it."""

import gzip
from dataclasses import dataclass

from config.postgres import Cluster

from . import load
from .browser import Browser

BOARD = "Board of 200 beds × 60 days"
UNITS, BEDS = 40, 5
HOUSE_CODE = "ZZZZ"
"""The house on the board; `of_house` makes the same statement for another one."""

HOUSE = """
INSERT INTO shelter_house (id, organisation_id, code, turnaround_hours, created_at)
SELECT gen_random_uuid(), id, 'ZZZZ', 0, now() - interval '2 years' FROM organisations_organisation
WHERE code = 'dfwac'
"""
UNIT = """
INSERT INTO shelter_unit (key, organisation_id, house_id, code, kind, shared, wheelchair, ground_floor, sexes, version,
  created_at)
SELECT gen_random_uuid(), organisation_id, id, n::text, 'flat', false, false, false, '{{female,male}}', 1, created_at
FROM shelter_house, generate_series(1, {units}) n WHERE code = 'ZZZZ'
"""
BED = f"""
INSERT INTO shelter_bed (organisation_id, unit_id, code, kind, created_at)
SELECT u.organisation_id, u.id, n::text, 'bed', u.created_at
FROM shelter_unit u JOIN shelter_house h ON h.id = u.house_id AND h.code = 'ZZZZ', generate_series(1, {BEDS}) n
"""  # noqa: S608
KEY = "SELECT id FROM shelter_house WHERE code = 'ZZZZ'"
STAYS = """
CREATE TEMPORARY TABLE lived AS
SELECT gen_random_uuid() AS stay, gen_random_uuid() AS family, u.id AS unit, u.organisation_id AS organisation,
  now() - n * {length} AS begun, CASE WHEN n = 1 AND {now} THEN timestamptz '9000-01-01 00:00+00'
  ELSE now() - n * {length} + {length} * 0.9 END AS ended
FROM shelter_unit u JOIN shelter_house h ON h.id = u.house_id AND h.code = 'ZZZZ', generate_series({first}, {last}) n;
INSERT INTO shelter_stay (
  id, organisation_id, family, arrived_at, planned_until, rules_language, departed_at, departure,
  destination)
SELECT stay, organisation, family, begun, current_date + 20, '', nullif(ended, timestamptz '9000-01-01 00:00+00'),
  CASE WHEN ended < now() THEN 'planned' ELSE '' END, CASE WHEN ended < now() THEN 'own_home' ELSE '' END FROM lived;
INSERT INTO shelter_claim (organisation_id, unit_id, shared, kind, family, stay_id, reason, starts_at, ends_at)
SELECT organisation, unit, false, 'stay', family, stay, '', begun, ended FROM lived;
INSERT INTO shelter_claimedbed (organisation_id, claim_id, unit_id, bed_id, starts_at, ends_at)
SELECT c.organisation_id, c.id, c.unit_id, b.id, c.starts_at, c.ends_at
FROM lived l JOIN shelter_claim c ON c.stay_id = l.stay JOIN shelter_bed b ON b.unit_id = l.unit AND b.code <= '4';
DROP TABLE lived;
"""


@dataclass(frozen=True)
class Boards:
    """p95 and median in milliseconds, compressed bytes of the page, and the same with a year of stays behind it."""

    p95_ms: float
    bytes: int
    few_ms: float
    many_ms: float
    stays: int

    @property
    def ratio(self) -> float:
        """How much longer it takes with many."""
        return self.many_ms / self.few_ms


def of_house(statement: str, code: str) -> str:
    """A statement above for the house of that code."""
    return statement.replace(f"'{HOUSE_CODE}'", f"'{code}'")


def furnish(cluster: Cluster, database: str) -> str:
    """200 beds in forty units, all of them lived in; the house's key."""
    with cluster.connect(database) as connection:
        for statement in (HOUSE, UNIT.format(units=UNITS), BED):
            connection.execute(statement)
        connection.execute(STAYS.format(length="interval '12 days'", now="true", first=1, last=1))
        return str(next(iter(connection.execute(KEY)))[0])


def remember(cluster: Cluster, database: str, stays: int) -> int:
    """A year of past stays, each before the ones that are there; how many."""
    each = max(1, stays // UNITS)
    length = f"(interval '1 year' / {each})"
    with cluster.connect(database) as connection:
        first = 13 * each // 365 + 2  # the present families have lived here for twelve days
        connection.execute(STAYS.format(length=length, now="false", first=first, last=first + each - 1))
        for table in ("claim", "claimedbed", "stay"):
            connection.execute(f"VACUUM ANALYZE shelter_{table}")
    return each * UNITS


def ask(browser: Browser, times: int, house: str) -> tuple[load.Measured, int]:
    """The house's page again and again, by one duty officer; and how many bytes it is compressed."""
    browser.close()  # the server hangs up on those that were idle
    address = f"/shelter/board/?days=60&house={house}"
    page = browser.get(address)
    for _warm in range(6):
        browser.get(address)
    left = iter(range(times))
    visit = load.Visit(BOARD, [lambda: None if next(left, None) is None else browser.get(address)])
    measured = load.run(visit, 120)
    if measured.errors:
        raise RuntimeError(measured.first_error)
    return measured, len(gzip.compress(page.body))
