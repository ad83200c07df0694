"""No page and no read goes through a whole table: every statement it asks has its index."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event

from compliance_app.services import gifts
from compliance_app.store.base import Mode, db, unit_of_work
from compliance_app.store.judging import EARLIER
from compliance_app.store.ledgers import KNOWN_SHARES
from compliance_app.store.recipient_facts import FIRM_SPANS, LOCKED_PEOPLE, PEOPLE, SUSPECTS
from tests.conftest import CAST, EMAILS, NOON
from tests.factories import make_claim
from tests.page import Page
from tests.program import Program

# Tables that grow with the register's years; all others stay small, or are read whole by nature.
BIG = frozenset(
    {
        "gift",
        "gift_version",
        "assessment",
        "share",
        "decision",
        "comment",
        "attachment",
        "recipient",
        "recipient_key",
        "recipient_word",
        "employment",
        "employer",
        "trail_event",
        "trail_node",
        "giver_month",
        "recipient_year",
        "flagged_gift",
        "employer_word",
        "idempotency_key",
        "sign_in_session",
        "sign_in_attempt",
    }
)
PAGES: tuple[tuple[str, str], ...] = (
    ("officer", "/"),
    ("rep", "/"),
    ("officer", "/year"),
    ("rep", "/year"),
    ("supervisor", "/year"),
    ("officer", "/search"),
    ("officer", "/search?q=morgan"),
    ("rep", "/search?q=basket"),
    ("officer", "/search?sign=late_entry"),
    ("rep", "/search?sign=late_entry"),
    ("officer", "/search?kind=merchandise"),
    ("officer", "/search?since=2026-11-01&until=2026-11-30"),
    ("rep", "/gifts"),
    ("rep", "/gifts?before=3"),
    ("rep", "/gifts/new"),
    ("rep", "/gifts/new?recipient=1"),
    ("officer", "/gifts/all"),
    ("officer", "/gifts/all?before=3"),
    ("supervisor", "/gifts/all"),
    ("officer", "/gifts/G-2026-000001"),
    ("rep", "/gifts/G-2026-000002/amend"),
    ("officer", "/gifts/G-2026-000001/proof"),
    ("officer", "/approvals"),
    ("officer", "/approvals?show=flagged"),
    ("supervisor", "/approvals"),
    ("officer", "/approvals/G-2026-000002"),
    ("officer", "/recipients"),
    ("officer", "/recipients?after=1"),
    ("officer", "/recipients?q=morgan"),
    ("rep", "/recipients/search?q=mo"),
    ("officer", "/recipients/1"),
    ("officer", "/employers"),
    ("officer", "/employers?q=north"),
    ("officer", "/employers?after=1"),
    ("officer", "/employers/1"),
    ("officer", "/audit"),
    ("officer", "/audit?before=9"),
    ("officer", "/audit?heap=decisions"),
    ("officer", "/audit/5"),
    ("officer", "/audit/as-of?day=2026-11-21"),
    ("officer", "/reports"),
    ("officer", "/policies"),
    ("officer", "/account"),
)
READS = (
    "gifts",
    "gifts?cursor=3",
    "gifts?state=breach",
    "gifts?state=submitted",
    "gifts?giver=rita@firm.example",
    "gifts?recipient=1",
    "gifts?since=2026-11-01",
    "gifts?until=2026-11-30",
    "gifts?since=2026-11-01&until=2026-11-30",
    "gifts/G-2026-000001",
    "recipients",
    "recipients?q=morgan",
    "recipients/1",
)
Statement = tuple[str, Any]


@contextmanager
def asked() -> Iterator[dict[str, Statement]]:
    """Collect every query that is asked meanwhile, each once, with values it was asked with."""
    found: dict[str, Statement] = {}

    def take(
        _connection: object, _cursor: object, statement: str, values: object, *_: object
    ) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            found.setdefault(statement, (statement, values))

    event.listen(db.engine, "before_cursor_execute", take)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", take)


def aliases(statement: str) -> Mapping[str, str]:
    """Return the names a statement gives to tables, and the tables themselves."""
    named = re.findall(r"(?:FROM|JOIN) (\w+) AS (\w+)", statement)
    return {name: table for table, name in named} | {table: table for table in BIG}


def scanned(connection: Connection, statement: str, values: Any) -> list[str]:  # noqa: ANN401
    """Return the big tables a statement goes through from one end to the other."""
    if connection.dialect.name == "postgresql":
        # Small tables are read whole in any case: without these, only where no index can serve,
        # be it to find the rows or to have them in their order.
        for way in ("seqscan", "hashjoin", "mergejoin"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        plans = [set(planned(connection, statement, values))]
        for without in ("indexscan", "bitmapscan", "sort"):
            connection.exec_driver_sql(f"SET LOCAL enable_{without} = off")
            plans.append(set(planned(connection, statement, values)))
            connection.exec_driver_sql("SET LOCAL enable_indexscan = on")
        return sorted(set.intersection(*plans))
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    # In the order of an index and up to a limit, the end of a table is not the whole of it.
    sorts = {row.parent for row in plan if "TEMP B-TREE FOR ORDER BY" in row.detail}
    names = [
        name
        for row in plan
        for name in re.findall(r"^SCAN (\w+)", row.detail)
        if "LIMIT" not in statement or row.parent in sorts
    ]
    return [aliases(statement).get(name, name) for name in names]


def planned(connection: Connection, statement: str, values: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield the tables that PostgreSQL would read whole as it is set now."""
    explained = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values)
    return unbounded(explained.scalar_one()[0]["Plan"], stops=False)


def unbounded(node: Mapping[str, Any], *, stops: bool) -> Iterator[str]:
    """Yield the tables that PostgreSQL's plan reads whole; `stops` below a limit."""
    kind = node["Node Type"]
    # What needs all that comes before its first row does not stop early.
    stops = kind == "Limit" or (stops and kind not in {"Sort", "Hash", "HashAggregate"})
    if "Relation Name" in node and not stops:
        conditions = {"Index Cond", "Recheck Cond", "TID Cond"}
        if conditions.isdisjoint(node):
            yield str(node["Relation Name"])
    for inner in node.get("Plans", ()):
        yield from unbounded(inner, stops=stops)


def live_a_little() -> None:
    """Give what every page has something to show of."""
    with unit_of_work() as session:
        for cents, to in ((40_00, CAST.morgan), (250_00, CAST.morgan), (90_00, CAST.ravi)):
            gifts.submit(
                session,
                make_claim(cents, to=(to,)),
                giver_id=CAST.rep,
                actor_id=CAST.rep,
                at=NOON,
            )


def test_no_page_and_no_read_goes_through_a_whole_table(app: Flask) -> None:
    live_a_little()
    browsers = {role: Page(app).sign_in(EMAILS[role]) for role, _ in PAGES}
    program = Program(app, "officer")
    wrong: list[str] = []
    for who, address in (*PAGES, *(("program", f"/api/v1/{read}") for read in READS)):
        with asked() as statements:
            if who == "program":
                assert program.open("GET", address).status_code == 200, address
            elif address.endswith("/proof"):
                assert browsers[who].open("GET", address).status_code == 200
            else:
                browsers[who].get(address)
        with db.engine.connect().execution_options(mode=Mode.FROZEN) as connection:
            for statement, values in statements.values():
                whole = BIG & set(scanned(connection, statement, values))
                wrong += [f"{who} {address}: {table}: {statement}" for table in sorted(whole)]
                connection.rollback()
    assert wrong == []


# What goes to the driver itself, where nobody listens.
JUDGING = (
    PEOPLE(ids=[1]),
    LOCKED_PEOPLE(ids=[1, 2]),
    FIRM_SPANS(ids=[1]),
    SUSPECTS(ids=[1]),
    KNOWN_SHARES(ids=[1], since=NOON.date(), except_gift_id=0),
    EARLIER(key="0" * 16),
)


def test_no_judgement_goes_through_a_whole_table(app: Flask) -> None:
    wrong: list[str] = []
    with db.engine.connect().execution_options(mode=Mode.FROZEN) as connection:
        for prepared, values in JUDGING:
            form = prepared.form(connection.dialect, values)
            bound = form.bind(values)
            bound = tuple(bound) if isinstance(bound, list) else bound
            whole = BIG & set(scanned(connection, form.text, bound))
            wrong += [f"{table}: {form.text}" for table in sorted(whole)]
            connection.rollback()
    assert wrong == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM gift WHERE already_given",
        "SELECT id FROM gift ORDER BY logged_at LIMIT 5",
    ],
    ids=["a count over every gift", "a list sorted by what has no index"],
)
def test_a_query_without_an_index_would_be_noticed(app: Flask, statement: str) -> None:
    with db.engine.connect().execution_options(mode=Mode.FROZEN) as connection:
        assert scanned(connection, statement, ()) == ["gift"]
