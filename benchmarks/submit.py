"""Submissions by eight clients, beside a bare durable insert of the very rows they write.

Run it on a database it may fill: python -m benchmarks.submit [alone] [postgresql://user@host/empty]
Without an address it makes a SQLite file. Each figure is the median of five alternating runs. With
`alone` in front of the address one client acts, and what counts is processor time: its own and
that of the process that serves it, the shortest of many alternating rounds.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import Connection, event, insert, select
from sqlalchemy.orm import Session

from compliance_app.app import create_app
from compliance_app.rules.facts import Category
from compliance_app.rules.permissions import Role
from compliance_app.services import gifts
from compliance_app.services.claims import Claim
from compliance_app.store import base as base_store
from compliance_app.store import schema
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import (
    Assessment,
    Decision,
    Gift,
    GiftVersion,
    Person,
    Recipient,
    Share,
)

MOMENT = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
RECIPIENTS = 10_000
PROCESSES = 4
THREADS = 2
SECONDS = 3.0
ROUNDS = 5
ALONE_ROUNDS = 12
ALONE_ACTS = 150
# In the order in which rows that name each other are written.
MODELS: tuple[Any, ...] = (Gift, GiftVersion, Assessment, Share, Decision)
# Far above what a run hands out, so that the rows of the floor never meet a gift's.
FLOOR_IDS = 10**9

Act = Callable[[Session, int], object]


class Job(NamedTuple):
    """What one process does."""

    url: str
    design: str
    contended: bool
    number: int


class Figures(NamedTuple):
    """What a run came to."""

    per_second: float
    median_ms: float
    p99_ms: float


def submit(session: Session, recipient_id: int) -> object:
    """Hand in a small gift through the services."""
    claim = Claim(
        given_on=date(2026, 11, 24),
        category=Category.MERCHANDISE,
        description="Gift basket from Fern & Rye",
        recipient_ids=(recipient_id,),
        purpose="Year-end visit",
        cost_cents=1,
    )
    return gifts.submit(session, claim, giver_id=1, actor_id=1, at=MOMENT)


def bare(rows: list[tuple[Any, dict[str, Any]]], ids: Iterator[int]) -> Act:
    """Return an act that writes the rows of a gift as they are, under another number."""

    def write(session: Session, recipient_id: int) -> None:
        number = next(ids)
        mine = {"id": number, "reference": f"F-{number}", "recipient_id": recipient_id}
        keys = {"gift_id": number, "version_id": number, "assessment_id": number}
        for model, row in rows:
            values = row | {name: value for name, value in (mine | keys).items() if name in row}
            session.connection().execute(insert(model.__table__), values)

    return write


def template() -> list[tuple[Any, dict[str, Any]]]:
    """Return the rows of the gift that was submitted first."""
    with unit_of_work() as session:
        return [
            (model, dict(session.execute(select(model.__table__).limit(1)).one()._mapping))  # noqa: SLF001 - its public name
            for model in MODELS
        ]


def work(job: Job) -> list[float]:
    """Act with several threads for a while and return how long each act took."""
    app = application(job.url)
    with app.app_context():
        if job.design == "each commit waits":
            event.listen(db.engine, "begin", _wait_for_disk)
            base_store._flush = _flushed_already  # noqa: SLF001 - the design not chosen
        ids = count(FLOOR_IDS + job.number * FLOOR_IDS)
        act = bare(template(), ids) if job.design == "bare insert" else submit
    with ThreadPoolExecutor(THREADS) as threads:
        seconds = list(threads.map(partial(_repeat, app, job, act), range(THREADS)))
    with app.app_context():
        db.engine.dispose()
    return [one for some in seconds for one in some]


def _flushed_already(connection: Connection) -> None:
    pass


def _wait_for_disk(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit = on")


def _repeat(app: Flask, job: Job, act: Act, thread: int) -> list[float]:
    chance = Random(job.number * THREADS + thread)
    # The rows of the floor go to somebody else, or they would be added up with the gifts.
    one = {False: 0, True: RECIPIENTS if job.design == "bare insert" else 1}[job.contended]
    seconds = []
    end = perf_counter() + SECONDS
    with app.app_context():
        while (began := perf_counter()) < end:
            with unit_of_work() as session:
                act(session, one or chance.randrange(2, RECIPIENTS))
            seconds.append(perf_counter() - began)
    return seconds


def application(url: str) -> Flask:
    """Return an application on the database."""
    return create_app({"DATABASE_URL": url, "SECRET_KEY": "a secret for measuring only"})


def fill(url: str) -> None:
    """Make the register, one giver, many recipients and the gift whose rows are the floor."""
    with application(url).app_context():
        schema.upgrade(db.engine)
        with unit_of_work() as session:
            session.add(
                Person(id=1, email="rep@firm.example", name="Rep", role=Role.AE, created_at=MOMENT)
            )
            session.flush()
            people = [
                {"id": n, "name": f"R {n}", "name_key": f"r {n}", "created_at": MOMENT}
                for n in range(1, RECIPIENTS + 1)
            ]
            defaults = {"recipient_class": Recipient.recipient_class.default.arg}
            session.execute(insert(Recipient), [defaults | row for row in people])
            submit(session, RECIPIENTS)
        db.engine.dispose()


def measure(pool: ProcessPoolExecutor, url: str, design: str, *, contended: bool) -> Figures:
    """Let all clients act in one design."""
    numbers = [next(JOBS) for _ in range(PROCESSES)]
    runs = pool.map(work, [Job(url, design, contended, number) for number in numbers])
    seconds = sorted(one for run in runs for one in run)
    p99 = seconds[(len(seconds) - 1) * 99 // 100]
    return Figures(len(seconds) / SECONDS, median(seconds) * 1000, p99 * 1000)


def alone(url: str) -> None:
    """Let one client act in both designs by turns, and print the processor time of an act."""
    with application(url).app_context():
        rows, chance = template(), Random(1)
        seconds: dict[str, list[float]] = {"bare insert": [], "submit": []}
        for number in range(ALONE_ROUNDS):
            # Submissions take the ids above the highest on SQLite: each round of the floor its own.
            floor = bare(rows, count(FLOOR_IDS * (number + 1)))
            for design, act in (("bare insert", floor), ("submit", submit)):
                began = process_time() + served_seconds()
                for _ in range(ALONE_ACTS):
                    with unit_of_work() as session:
                        act(session, chance.randrange(2, RECIPIENTS))
                spent = process_time() + served_seconds() - began
                seconds[design].append(spent / ALONE_ACTS)
        db.engine.dispose()
    floor_ms, submit_ms = (min(some) * 1000 for some in seconds.values())
    print(f"bare insert {floor_ms:.2f} ms, submit {submit_ms:.2f} ms: {floor_ms / submit_ms:.0%}")


def served_seconds() -> float:
    """Return the processor time of PostgreSQL's process for this client, where it runs here."""
    if db.engine.dialect.name == "sqlite":
        return 0.0
    with db.engine.connect() as connection:
        number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    # The second field of a stat is a name in brackets, and may hold anything.
    fields = Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


JOBS = count(1)


def main() -> None:
    """Measure every design in turn, several times, and print the medians."""
    address = next((one for one in sys.argv[1:] if one != "alone"), "")
    with tempfile.TemporaryDirectory() as folder:
        url = address or f"sqlite:///{Path(folder) / 'register.db'}"
        fill(url)
        if "alone" in sys.argv:
            alone(url)
            return
        designs = ["bare insert", "submit"]
        designs += [] if url.startswith("sqlite") else ["each commit waits"]
        cases = [(design, contended) for contended in (False, True) for design in designs]
        found: dict[tuple[str, bool], list[Figures]] = {case: [] for case in cases}
        for number in range(ROUNDS):
            for case in cases if number % 2 == 0 else reversed(cases):
                with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
                    found[case].append(measure(pool, url, case[0], contended=case[1]))
    for (design, contended), runs in found.items():
        floor = median(run.per_second for run in found["bare insert", contended])
        rate, middle, p99 = (median(values) for values in zip(*runs, strict=True))
        where = "one recipient" if contended else "many recipients"
        print(
            f"{where:16} {design:18} {rate:7.0f}/s  {rate / floor:6.1%} of bare insert  "
            f"median {middle:6.1f} ms  p99 {p99:7.1f} ms ({p99 / middle:4.1f} x)"
        )


if __name__ == "__main__":
    main()
