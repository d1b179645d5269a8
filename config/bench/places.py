"""Finding and holding a place: fit over a hundred organisations, acceptances with beds held, a year of stays behind.

The rows of houses are written by the owner, in one statement for each table; everything measured goes through the
server. A thread lets go of the holds that acceptances make, so that some flats suffice for hundreds of them.
"""

import statistics
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle

from config.postgres import Cluster

from . import beds, load, rows
from .browser import Answer, Browser
from .rows import Prepared
from .stage import Stage

OWN, PARTNER = "YYYY", "WWWW"
"""Codes of the house for acceptances and of each partner's house: four signs that say nothing, as codes must be."""
FLATS = 160
"""More than are accepted while a hold waits to be let go, or somebody finds their next flat held (409)."""
FIT = "Fit over 100 organisations × 50 units"
ORGANISATIONS, UNITS, FREE_EVERY, HELD_FOR = 100, 50, 0.1, 0.1
LET_GO = f"""
WITH over AS (
  SELECT h.id FROM shelter_hold h WHERE h.ended_at IS NULL AND h.made_at < now() - %s * interval '1 s' AND h.id IN (
    SELECT c.hold_id FROM shelter_claim c JOIN shelter_unit u ON u.id = c.unit_id JOIN shelter_house s
    ON s.id = u.house_id WHERE s.code = '{OWN}' AND c.ends_at > now())
), ended AS (UPDATE shelter_claim SET ends_at = now() WHERE hold_id IN (SELECT id FROM over) AND ends_at > now())
UPDATE shelter_hold SET ended_at = now(), ended_how = 'freed', free_reason = 'mistake' WHERE id IN (SELECT id FROM over)
"""  # noqa: S608
PLACES = f"""
SELECT 'beds:' || string_agg(b.id::text, ',' ORDER BY b.id) FROM shelter_bed b JOIN shelter_unit u ON u.id = b.unit_id
JOIN shelter_house h ON h.id = u.house_id WHERE h.code = '{OWN}' GROUP BY u.id ORDER BY u.id
"""  # noqa: S608
PARTNERS = f"""
INSERT INTO organisations_organisation (code, name_ar, name_en, emirate, is_active, created_at)
SELECT 'bench-' || n, 'جهة ' || n, 'Organisation ' || n, 'dubai', true, now()
FROM generate_series(1, {ORGANISATIONS}) n;
INSERT INTO organisations_agreement (a_id, b_id, created_at)
SELECT a.id, b.id, now() FROM organisations_organisation a, organisations_organisation b
WHERE a.code = 'aman' AND b.code LIKE 'bench-%';
INSERT INTO organisations_terms (agreement_id, version, data, proposed_by_id, proposer_id, proposer_ar, proposer_en,
  proposed_at, countersigned_by_id, countersigner_id, countersigner_ar, countersigner_en, active_from, end_reason)
SELECT g.id, 1, t.data - 'known' || jsonb_build_object(
  'directions', jsonb_build_array(
    jsonb_build_object('from', g.a_id, 'to', g.b_id, 'services', t.data->'directions'->0->'services'),
    jsonb_build_object('from', g.b_id, 'to', g.a_id, 'services', t.data->'directions'->0->'services')),
  'admission', '{{}}'::jsonb,
  'enquiries', jsonb_build_object(g.a_id::text, 'automatic', g.b_id::text, 'automatic')),
  g.a_id, 1, 'م', 'M', now(), g.b_id, 1, 'م', 'M', now(), ''
FROM organisations_agreement g JOIN organisations_organisation o ON o.id = g.b_id AND o.code LIKE 'bench-%',
LATERAL (SELECT data FROM organisations_terms WHERE active_from IS NOT NULL AND ended_at IS NULL ORDER BY id LIMIT 1) t;
INSERT INTO shelter_house (id, organisation_id, code, turnaround_hours, created_at)
SELECT gen_random_uuid(), id, '{PARTNER}', 0, now() FROM organisations_organisation WHERE code LIKE 'bench-%';
INSERT INTO shelter_unit (key, organisation_id, house_id, code, kind, shared, wheelchair, ground_floor, sexes,
  boys_until, version, created_at)
SELECT gen_random_uuid(), organisation_id, id, n::text, 'flat', false, n % 9 = 0, n % 5 = 0, '{{female,male}}',
  CASE WHEN n % 3 = 0 THEN 12 END, 1, created_at
FROM shelter_house, generate_series(1, {UNITS}) n WHERE code = '{PARTNER}';
INSERT INTO shelter_bed (organisation_id, unit_id, code, kind, created_at)
SELECT u.organisation_id, u.id, n::text, CASE WHEN n = 4 THEN 'cot' ELSE 'bed' END, u.created_at
FROM shelter_unit u JOIN shelter_house h ON h.id = u.house_id AND h.code = '{PARTNER}', generate_series(1, 4) n;
"""  # noqa: S608


@dataclass(frozen=True)
class Grown:
    """p95 alone with all the past, and medians without and with it, in milliseconds."""

    name: str
    p95_ms: float
    few_ms: float
    many_ms: float

    @property
    def ratio(self) -> float:
        """How much longer it takes with a year behind."""
        return self.many_ms / self.few_ms


@dataclass(frozen=True)
class Places:
    """What the report shows: the board, fit and the acceptance, each without and with a year of `stays`."""

    board: beds.Boards
    fit: Grown
    accept: Grown


def furnish(cluster: Cluster, database: str) -> list[str]:
    """Flats of the receiver's for acceptances; each flat's beds as a form sends them."""
    with cluster.connect(database) as connection:
        for statement in (beds.HOUSE, beds.UNIT.format(units=FLATS), beds.BED):
            connection.execute(beds.of_house(statement, OWN))
        return [str(row[0]) for row in connection.execute(PLACES)]


@contextmanager
def letting_go(cluster: Cluster, database: str) -> Iterator[None]:
    """While it lasts, a hold on these flats is freed shortly after it was made; afterwards none is left."""
    over = threading.Event()

    def again() -> None:
        with cluster.connect(database) as connection:
            while not over.wait(FREE_EVERY):
                connection.execute(LET_GO, [HELD_FOR])
            connection.execute(LET_GO, [0])

    thread = threading.Thread(target=again)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def accepting(browsers: list[Browser], flats: list[str]) -> Callable[[Browser, Prepared], Answer]:
    """Accept and hold a flat; each person goes round in flats of their own."""
    shares = {id(one): cycle(flats[number :: len(browsers)]) for number, one in enumerate(browsers)}

    def accept(browser: Browser, referral: Prepared) -> Answer:
        return browser.post(
            f"/referrals/{referral.reference}/step/accept/",
            version=str(referral.version), text="", place=next(shares[id(browser)]),
        )  # fmt: skip

    return accept


def measure(
    stage: Stage, database: str, stays: int, asked: int, flats: list[str], stocks: list[list[Prepared]]
) -> Places:
    """Board, fit and acceptance with few stays behind, and again with a year of them everywhere."""
    house = beds.furnish(stage.cluster, database)
    with stage.cluster.connect(database) as connection:
        connection.execute(PARTNERS)
        connection.execute(_lived(2, now=True))
    browser, asker = Browser(stage.serve(database)), Browser(0)
    stage.work()
    asker.port = browser.port
    browser.sign_in(f"{rows.RECEIVERS}0", rows.PASSWORD)
    asker.sign_in(f"{rows.SENDERS}0", rows.PASSWORD)
    few_board, size = beds.ask(browser, asked, house)
    few_fit = _ask(stage, database, asker, asked)
    few_accept = _accept(stage, database, browser, flats, stocks[0])
    many = beds.remember(stage.cluster, database, stays)
    with stage.cluster.connect(database) as connection:
        connection.execute(_lived(2 + max(1, stays // (ORGANISATIONS * UNITS)), now=False))
        for table in ("claim", "claimedbed", "stay", "bed", "unit"):
            connection.execute(f"VACUUM ANALYZE shelter_{table}")
    many_board, _size = beds.ask(browser, asked, house)
    many_fit = _ask(stage, database, asker, asked)
    many_accept = _accept(stage, database, browser, flats, stocks[1])
    return Places(
        beds.Boards(few_board.percentile(95), size, _median(few_board), _median(many_board), many),
        Grown(FIT, many_fit.percentile(95), _median(few_fit), _median(many_fit)),
        Grown(rows.ACCEPT, many_accept.percentile(95), _median(few_accept), _median(many_accept)),
    )


def _lived(last: int, *, now: bool) -> str:
    """Stays in the partners' flats; of those that last, in three of five."""
    past = beds.STAYS.format(
        length="interval '7 days'",
        now="n = 1 AND u.id % 5 < 3" if now else "false",
        first=1 if now else 3,
        last=last,
    )
    return beds.of_house(past, PARTNER)


def _median(measured: load.Measured) -> float:
    return 1000 * statistics.median(measured.took)


def _ask(stage: Stage, database: str, browser: Browser, times: int) -> load.Measured:
    """One person asks everybody, each time anew: what was asked before is forgotten first, and that is not measured."""
    measured = load.Measured(FIT, 1)
    household = {"people__female__4": "1", "people__female__2": "2", "people__male__2": "1"}
    told = {"category": "domestic_violence", "urgency": "urgent", "services": "shelter", **household}
    browser.close()
    with stage.cluster.connect(database) as connection:
        for number in range(times + 3):
            connection.execute("DELETE FROM shelter_asking")
            connection.execute("DELETE FROM shelter_enquiry")
            took, answer = load.timed(lambda: browser.post("/fit/", **told))
            if answer.status != 302:
                raise RuntimeError(f"{FIT}: {answer.status} {answer.body[:300]!r}")
            if number >= 3:
                measured.took.append(took)
        asked = connection.execute("SELECT count(*) FROM shelter_asking WHERE verdict <> ''").fetchone()
    if asked is None or int(str(asked[0])) < ORGANISATIONS:
        raise RuntimeError(f"{FIT}: answered by {asked} only")
    return measured


def _accept(
    stage: Stage, database: str, browser: Browser, flats: list[str], stock: list[Prepared]
) -> load.Measured:
    browser.close()
    with letting_go(stage.cluster, database):
        measured = load.run(rows.stepping(rows.ACCEPT, [browser], stock, accepting([browser], flats)), 120)
    if measured.errors:
        raise RuntimeError(measured.first_error)
    return measured
