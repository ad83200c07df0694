"""A report behind the page is claimed once, survives its worker, and is never half-delivered."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from compliance_app.cli.report_worker import ReportWorker
from compliance_app.rules.periods import quarter_of
from compliance_app.rules.report_kinds import JobState
from compliance_app.services.reporting import jobs
from compliance_app.services.reporting.jobs import Claimed, JobOverError
from compliance_app.services.reporting.orders import Order
from compliance_app.store import report_jobs as store
from compliance_app.store import reports as report_store
from compliance_app.store.audit import latest
from compliance_app.store.base import db, frozen_reading, unit_of_work
from compliance_app.store.models import ReportJob
from tests.conftest import CAST, NOON
from tests.tamper import tamper

LATER = NOON + timedelta(seconds=61)


def order() -> int:
    with unit_of_work() as session:
        placed = jobs.place(session, Order(quarter_of("2026Q4")), actor_id=CAST.officer, at=NOON)
        return placed.id


def claim(worker: str, at: datetime = NOON) -> Claimed | None:
    with unit_of_work() as session:
        return jobs.claim(session, worker=worker, at=at)


def beat(job_id: int, worker: str) -> bool:
    with unit_of_work() as session:
        return store.beat(session, job_id, worker=worker, at=NOON, step="Writing", percent=50)


def state(job_id: int) -> tuple[JobState, str]:
    with frozen_reading() as session:
        job = session.get_one(ReportJob, job_id)
        return job.state, job.problem


def runs() -> int:
    with frozen_reading() as session:
        return len(report_store.list_runs(session))


def test_a_job_is_made_kept_and_told_by_the_trail(app: Flask) -> None:
    job_id = order()
    worker = ReportWorker(app)

    assert worker.work_once()

    assert state(job_id) == (JobState.DONE, "")
    with frozen_reading() as session:
        [run] = report_store.list_runs(session)
        assert (run.period, run.made_by_id) == ("2026Q4", CAST.officer)
        assert [event.event for event in latest(session, before=None, count=2)] == [
            "report:made",
            "report:ordered",
        ]
    assert not worker.work_once()
    assert list((Path(app.config["DATA_DIR"]) / "reports").iterdir()) == []


def test_several_workers_claim_a_job_once(app: Flask) -> None:
    job_id = order()

    def try_it(name: str) -> Claimed | None:
        with app.app_context():
            found = claim(name)
            db.session.remove()
            return found

    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(try_it, "abcd"))

    assert [one.id for one in claimed if one is not None] == [job_id]


def test_a_job_of_a_dead_worker_is_taken_over(app: Flask) -> None:
    job_id = order()
    assert claim("first") is not None
    assert claim("second") is None

    taken = claim("second", LATER)

    assert taken is not None
    assert taken.id == job_id
    assert not beat(job_id, "first")
    assert beat(job_id, "second")


def test_a_canceled_job_delivers_nothing(app: Flask) -> None:
    job_id = order()
    assert claim("worker") is not None
    with unit_of_work() as session:
        jobs.cancel(session, job_id, actor_id=CAST.officer, at=NOON)

    assert not beat(job_id, "worker")

    assert not ReportWorker(app).work_once()
    assert (state(job_id)[0], runs()) == (JobState.CANCELED, 0)
    with unit_of_work() as session, pytest.raises(JobOverError, match="canceled already"):
        jobs.cancel(session, job_id, actor_id=CAST.officer, at=NOON)


def test_a_job_that_is_canceled_while_it_is_made_leaves_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = order()
    whole: Callable[..., bool] = store.beat

    def cancel_at_the_third(session: object, *args: object, **facts: object) -> bool:
        if facts["step"] == "Writing the CSV":
            jobs.cancel(session, job_id, actor_id=CAST.officer, at=NOON)  # type: ignore[arg-type]
        return whole(session, *args, **facts)

    monkeypatch.setattr(store, "beat", cancel_at_the_third)

    ReportWorker(app).work_once()

    assert (state(job_id)[0], runs()) == (JobState.CANCELED, 0)
    assert list((Path(app.config["DATA_DIR"]) / "reports").iterdir()) == []


def test_a_job_that_kills_its_workers_is_given_up_with_a_sentence(app: Flask) -> None:
    job_id = order()
    for attempt in range(3):
        assert claim("victim", NOON + attempt * timedelta(minutes=2)) is not None

    assert claim("next", NOON + timedelta(minutes=10)) is None

    became, problem = state(job_id)
    assert became is JobState.FAILED
    assert "begun 3 times and never finished" in problem


def test_a_report_of_a_damaged_trail_fails_with_the_sentence_of_the_check(app: Flask) -> None:
    job_id = order()
    tamper("UPDATE trail_event SET body = '{}' WHERE number = 3")

    ReportWorker(app).work_once()

    became, problem = state(job_id)
    assert became is JobState.FAILED
    assert problem.startswith("Event 3 was changed after it was written.")
