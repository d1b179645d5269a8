"""The inbox with few and with many referrals in the database: two databases, two servers, asked in turn."""

import statistics
from dataclasses import dataclass

from psycopg import sql

from config import databases
from config.postgres import Cluster

from . import load, rows
from .browser import Browser
from .stage import Stage

MANY = "ihala_many"
ROUNDS, USER = 7, f"{rows.RECEIVERS}0"

COLUMNS = """
SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'referrals_referral'
AND column_name NOT IN ('id', 'reference', 'send_key', 'origin_id', 'changed_at') ORDER BY ordinal_position
"""
MORE = """
INSERT INTO referrals_referral (id, reference, changed_at, {columns})
SELECT gen_random_uuid(), 'X-' || lpad(to_hex({number}), 14, '0'), now() - n * interval '97 seconds', {columns}
FROM (SELECT t.*, row_number() OVER (ORDER BY t.created_at) - 1 AS turn, count(*) OVER () AS among
      FROM referrals_referral t WHERE t.sent_at IS NOT NULL AND t.reference NOT LIKE 'X-%') AS like_this
JOIN generate_series(1, {count}) AS n ON n % among = turn
"""
SIDES = """
INSERT INTO referrals_referralside (id, referral_id, organisation_id, withheld)
SELECT gen_random_uuid(), r.id, organisation, '{}' FROM referrals_referral r,
LATERAL (VALUES (r.sender_id), (r.receiver_id)) AS side(organisation) WHERE r.reference LIKE 'X-%'
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Growth:
    """Medians in milliseconds with few and with many referrals, and plans that read all of them."""

    few: int
    many: int
    few_ms: float
    many_ms: float
    read_all: list[str]

    @property
    def ratio(self) -> float:
        """How much longer it takes with many."""
        return self.many_ms / self.few_ms


def fill(cluster: Cluster, database: str, count: int) -> int:
    """Bring the database to `count` referrals, made after those in it; how many there are then."""
    with cluster.connect(database) as connection:
        (there,) = connection.execute("SELECT count(*) FROM referrals_referral").fetchone()  # type: ignore[misc]
        missing = max(count - int(str(there)), 0)
        names = [sql.Identifier(str(name)) for (name,) in connection.execute(COLUMNS)]
        statement = sql.SQL(MORE).format(
            columns=sql.SQL(", ").join(names),
            count=sql.Literal(missing),
            number=sql.SQL("n + {}").format(int(str(there))),
        )
        connection.execute(statement)
        connection.execute(SIDES)
        for table in ("referrals_referral", "referrals_referralside"):
            connection.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))
        return int(str(there)) + missing


def measure(stage: Stage, few: int, many: int, asked: int, *, rounds: int = ROUNDS) -> Growth:
    """Medians over interleaved rounds of `asked` inboxes each, one user."""
    few = fill(stage.cluster, databases.DATABASE, few)
    with stage.cluster.connect() as connection:
        copy = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY")
        names = (MANY, databases.OWNER_ROLE, databases.DATABASE)
        connection.execute(copy.format(*map(sql.Identifier, names)))
        connect = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}")
        connection.execute(connect.format(sql.Identifier(MANY), sql.Identifier(databases.RUNTIME_ROLE)))
    many = fill(stage.cluster, MANY, many)
    browsers = [_browser(stage.serve(database)) for database in (databases.DATABASE, MANY)]
    took: tuple[list[float], list[float]] = ([], [])
    for _round in range(rounds):
        for browser, times in zip(browsers, took, strict=True):
            times += _ask(browser, asked)
    few_ms, many_ms = (1000 * statistics.median(times) for times in took)
    return Growth(few, many, few_ms, many_ms, [])


def _browser(port: int) -> Browser:
    browser = Browser(port)
    browser.sign_in(USER, rows.PASSWORD)
    _ask(browser, 12)  # both processes of the server have read what they need
    return browser


def _ask(browser: Browser, times: int) -> list[float]:
    left = iter(range(times))
    visit = load.Visit(rows.INBOX, [lambda: None if next(left, None) is None else browser.get("/inbox/")])
    measured = load.run(visit, 60)
    if measured.errors:
        raise RuntimeError(measured.first_error)
    return measured.took
