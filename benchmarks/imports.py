"""Importing a file of gifts through every check and the trail, beside a bare insert of its rows.

Run it on a database it may fill: python -m benchmarks.imports [ROWS] [postgresql://user@host/empty]
Without an address it makes a SQLite file. Goal: 15,000 rows a second, and memory that stays flat.
"""

import csv
import io
import json
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, NamedTuple

from sqlalchemy import Table, select

from compliance_app.app import create_app
from compliance_app.services.imports import Imported, Options, import_gifts
from compliance_app.store import schema
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import (
    Assessment,
    Decision,
    Gift,
    GiftVersion,
    Share,
    TrailEvent,
)

AT = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
SMALL = 10_000
GIVERS = 200
ROWS_EACH = 10
# How many of a hundred gifts are to several people, far over the limit, and have a reference.
SEVERAL, LARGE, NAMED = 3, 2, 50
MODELS: tuple[Any, ...] = (Gift, GiftVersion, Assessment, Share, Decision, TrailEvent)
# Whose memory and processor time count: a copy of this process judges many gifts.
WHOSE = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
# Columns whose value is moved, so that the rows of the floor never meet those of the import.
MOVED = 10**9
NUMBERS = {"id", "number", "gift_id", "version_id", "assessment_id"}
CATEGORIES = ("merchandise",) * 8 + ("holiday", "ticket", "gift_card", "promotional_logo")
COLUMNS = (
    "reference",
    "given_on",
    "giver_email",
    "recipient_name",
    "recipient_email",
    "employer",
    "category",
    "description",
    "purpose",
    "cost",
    "quantity",
    "state",
)


class Figures(NamedTuple):
    """What one piece of work took."""

    rows: int
    seconds: float
    cpu_seconds: float

    def __str__(self) -> str:
        return (
            f"{self.rows / self.seconds:>9,.0f} rows/s  {self.seconds:6.1f} s, of which "
            f"{self.cpu_seconds:6.1f} s of the processor"
        )


def make_file(rows: int, seed: int) -> bytes:
    """Return a seeded file: many people, some gifts to several of them, some breaches."""
    chance = Random(seed)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    left = rows
    while left:
        several = min(left, chance.choice((2, 3, 4)) if _one_in(chance, SEVERAL) else 1)
        writer.writerows(_gift(chance, f"{seed}-{left}", several, max(1, rows // ROWS_EACH)))
        left -= several
    return text.getvalue().encode()


def _gift(chance: Random, name: str, several: int, people: int) -> Iterator[tuple[object, ...]]:
    """Yield the rows of one gift."""
    large = _one_in(chance, LARGE)
    cents = chance.randrange(120_00, 400_00) if large else chance.randrange(2_00, 25_00)
    day = date(2023, 1, 1) + timedelta(days=chance.randrange(1_400))
    reference = f"old-{name}" if several > 1 or _one_in(chance, NAMED) else ""
    giver = f"giver{chance.randrange(GIVERS)}@firm.example"
    category = chance.choice(CATEGORIES)
    for person in chance.sample(range(people), several):
        email = f"person{person}@client.example" if person % 2 else ""
        yield (
            reference,
            day.isoformat(),
            giver,
            f"Person {person} of Long Lane",
            email,
            f"Client Firm {person % 997}",
            category,
            f"Gift number {cents} from Fern & Rye",
            "Year-end visit",
            f"{cents // 100}.{cents % 100:02d}",
            "1",
            chance.choice(("given", "given", "given", "")),
        )


def _one_in(chance: Random, percent: int) -> bool:
    return chance.randrange(100) < percent


def measured(work: Callable[[], int]) -> Figures:
    """Do a piece of work once and say what it took."""
    began, began_cpu = perf_counter(), used()
    rows = work()
    return Figures(rows, perf_counter() - began, used() - began_cpu)


def used() -> float:
    """Return the processor time of this process and its copies, in seconds."""
    times = map(resource.getrusage, WHOSE)
    return sum(one.ru_utime + one.ru_stime for one in times)


def take(content: bytes) -> Imported:
    """Import a file as the console does."""
    with unit_of_work() as session:
        return import_gifts(session, content, Options(add_people=True), actor_id=None, at=AT)


def rows_since(first: dict[str, int]) -> dict[Table, list[tuple[Any, ...]]]:
    """Return the rows that came after those ids, under numbers nobody has."""
    found: dict[Table, list[tuple[Any, ...]]] = {}
    with db.engine.connect() as connection:
        for model in MODELS:
            table: Table = model.__table__
            key = next(iter(table.primary_key))
            statement = select(*table.columns).where(key > first[table.name])
            # The driver's own values, so that the floor converts nothing.
            plain = connection.exec_driver_sql(
                str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
            )
            names = [column.name for column in table.columns]
            found[table] = [_moved(names, row) for row in plain]
    return found


def _moved(names: list[str], row: Any) -> tuple[Any, ...]:
    values = dict(zip(names, row, strict=True))
    for name in NUMBERS & values.keys():
        values[name] += MOVED
    for name in ("reference", "row_sha256"):
        if values.get(name):
            values[name] = f"F{values[name][1:]}"
    # PostgreSQL's driver reads JSON into values, which it does not write back by itself.
    return tuple(
        json.dumps(one) if isinstance(one, dict | list) else one for one in values.values()
    )


def write_bare(rows: dict[Table, list[tuple[Any, ...]]], lines: int) -> int:
    """Write complete rows as fast as the driver can, and commit."""
    with unit_of_work() as session:
        driver: Any = session.connection().connection.driver_connection
        for table, values in rows.items():
            names = ", ".join(column.name for column in table.columns)
            if isinstance(driver, sqlite3.Connection):
                marks = ", ".join("?" for _ in table.columns)
                driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)
                continue
            with driver.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
    return lines


def highest() -> dict[str, int]:
    """Return the highest number of each table."""
    with db.engine.connect() as connection:
        return {
            model.__tablename__: connection.exec_driver_sql(
                f"SELECT coalesce(max({next(iter(model.__table__.primary_key)).name}), 0) "
                f"FROM {model.__tablename__}"
            ).scalar_one()
            for model in MODELS
        }


def peak_mb() -> str:
    """Return the most memory this process has had, and the largest copy of it."""
    peaks = (resource.getrusage(whose).ru_maxrss / 1024 for whose in WHOSE)
    return " + ".join(f"{peak:,.0f}" for peak in peaks)


def main(rows: int, url: str | None) -> None:
    """Import a small file, then a large one, then write the rows of the large one bare."""
    with tempfile.TemporaryDirectory() as folder:
        address = url or f"sqlite:///{Path(folder) / 'register.db'}"
        settings = {"DATA_DIR": folder, "DATABASE_URL": address}
        with create_app(settings, console=True).app_context():
            schema.upgrade(db.engine)
            small, large = make_file(SMALL, seed=1), make_file(rows, seed=2)
            print(f"small file  {measured(lambda: take(small).rows)}")
            before, ids = peak_mb(), highest()
            done = Imported()

            def take_large() -> int:
                nonlocal done
                done = take(large)
                return done.rows

            whole, after = measured(take_large), peak_mb()
            print(f"large file  {whole}")
            print(
                f"            {done.gifts_added:,} gifts, {done.breaches:,} breaches, "
                f"{done.recipients_added:,} people; peak memory {before} MB after the "
                f"small file, {after} MB after the large one ({len(large) / 1e6:,.1f} MB)"
            )
            bare = rows_since(ids)
            floor = measured(lambda: write_bare(bare, rows))
            print(f"bare rows   {floor}")
            print(f"share of the floor: {floor.seconds / whole.seconds:.0%}")
            db.engine.dispose()


if __name__ == "__main__":
    numbers = [one for one in sys.argv[1:] if one.isdecimal()]
    addresses = [one for one in sys.argv[1:] if not one.isdecimal()]
    main(int(numbers[0]) if numbers else 100_000, addresses[0] if addresses else None)
