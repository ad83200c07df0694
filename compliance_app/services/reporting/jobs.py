"""Reports made behind the page: ordering one, canceling it, and making what was ordered.

A job is work, not a record: what is kept for ever is the package it leads to and the events of
who ordered, canceled, made and took it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import NotFoundError, RuleError
from compliance_app.rules.report_kinds import JobState
from compliance_app.services.reporting import producing
from compliance_app.services.reporting.orders import Order, order_of
from compliance_app.services.reporting.producing import Package
from compliance_app.store import audit
from compliance_app.store import report_jobs as store
from compliance_app.store import reports as report_store
from compliance_app.store.models import ReportJob

# A report of more shares than this is made behind the page.
LARGE = 2_000
# A worker says so often that it lives; one that has not for so long is taken for dead.
BEAT = timedelta(seconds=5)
DEAD_AFTER = timedelta(seconds=60)
# A report that kills whoever makes it is not begun again for ever.
MOST_ATTEMPTS = 3


@dataclass(eq=False)
class JobOverError(RuleError):
    """A report that is made, failed or canceled cannot be canceled."""

    state: str
    code: ClassVar[str] = "job-over"

    def __str__(self) -> str:
        return f"This report is {self.state} already, so there is nothing left to cancel."


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job as whoever makes it holds it."""

    id: int
    order: Order
    ordered_by_id: int | None


def is_large(session: Session, order: Order) -> bool:
    """Say whether a report is too large to wait for it."""
    return report_store.has_more_shares(
        session,
        since=order.period.first_day,
        before=order.period.next_day,
        scope=order.scope,
        than=LARGE,
    )


def place(session: Session, order: Order, *, actor_id: int | None, at: datetime) -> ReportJob:
    """Order a report to be made as soon as a worker is free."""
    job = ReportJob(
        order=order.document(), state=JobState.WAITING, ordered_by_id=actor_id, ordered_at=at
    )
    session.add(job)
    session.flush()
    _tell(session, Event.REPORT_ORDERED, job, actor_id=actor_id, at=at)
    return job


def cancel(session: Session, job_id: int, *, actor_id: int | None, at: datetime) -> ReportJob:
    """Cancel a report that is not made yet. Raises NotFoundError, JobOverError."""
    job = store.lock(session, job_id)
    if job is None:
        raise NotFoundError(what="report that is being made with this number")
    if job.state.is_over:
        raise JobOverError(state=job.state.value)
    job.state, job.finished_at = JobState.CANCELED, at
    _tell(session, Event.REPORT_CANCELED, job, actor_id=actor_id, at=at)
    return job


def has_work(session: Session, *, at: datetime) -> bool:
    """Say whether there is a job to claim."""
    return store.has_work(session, stale_before=at - DEAD_AFTER)


def claim(session: Session, *, worker: str, at: datetime) -> Claimed | None:
    """Claim the next job; one that was begun too often is settled as failed in its place."""
    job = store.claim(session, worker=worker, at=at, stale_before=at - DEAD_AFTER)
    if job is None:
        return None
    if job.attempts > MOST_ATTEMPTS:
        sentence = (
            f"It was begun {MOST_ATTEMPTS} times and never finished; order a shorter period, or "
            "give the server more memory."
        )
        fail(session, job.id, sentence, worker=worker, at=at)
        return None
    return Claimed(job.id, order_of(job.order), job.ordered_by_id)


def complete(
    session: Session, claimed: Claimed, package: Package, *, worker: str, at: datetime
) -> bool:
    """Keep a package as what the job led to; False, and nothing is kept, if it was canceled."""
    run = producing.keep_run(session, package, actor_id=claimed.ordered_by_id, at=at)
    return store.finish(
        session,
        claimed.id,
        worker=worker,
        state=JobState.DONE,
        finished_at=at,
        percent=100,
        step="",
        run_id=run.id,
    )


def fail(session: Session, job_id: int, problem: str, *, worker: str, at: datetime) -> bool:
    """Settle a job as failed, with the sentence that says why."""
    return store.finish(
        session, job_id, worker=worker, state=JobState.FAILED, finished_at=at, problem=problem
    )


def _tell(
    session: Session, event: Event, job: ReportJob, *, actor_id: int | None, at: datetime
) -> None:
    body = {"order": dict(job.order), "state": job.state.value}
    audit.append(session, event, actor_id=actor_id, at=at, subject=f"job:{job.id}", body=body)
