"""Reports that are made behind the page: ordered, claimed by one process at a time, finished."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update
from sqlalchemy.orm import Session, joinedload

from compliance_app.rules.report_kinds import JobState
from compliance_app.store.models import ReportJob


def list_open(session: Session) -> Sequence[ReportJob]:
    """Return the jobs that are not over, oldest first."""
    return session.scalars(
        select(ReportJob)
        .options(joinedload(ReportJob.ordered_by))
        .where(ReportJob.state.in_((JobState.WAITING, JobState.RUNNING)))
        .order_by(ReportJob.id)
    ).all()


def has_work(session: Session, *, stale_before: datetime) -> bool:
    """Say whether a job waits, or was left behind by whoever claimed it."""
    found = session.scalar(select(ReportJob.id).where(_is_free(stale_before)).limit(1))
    return found is not None


def claim(
    session: Session, *, worker: str, at: datetime, stale_before: datetime
) -> ReportJob | None:
    """Claim the oldest job that nobody makes; another process passes by one that is claimed."""
    job = session.scalar(
        select(ReportJob)
        .where(_is_free(stale_before))
        .order_by(ReportJob.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is not None:
        job.state, job.claimed_by, job.heartbeat_at = JobState.RUNNING, worker, at
        job.attempts += 1
        job.step, job.percent = "", 0
        session.flush()
    return job


def beat(
    session: Session, job_id: int, *, worker: str, at: datetime, step: str, percent: int
) -> bool:
    """Say how far a job is; False where it was canceled, or is no longer this worker's."""
    return _changed(
        session,
        job_id,
        worker,
        {"heartbeat_at": at, "step": step, "percent": percent},
    )


def finish(session: Session, job_id: int, *, worker: str, **values: object) -> bool:
    """Settle a job; False where it was canceled, or is no longer this worker's."""
    return _changed(session, job_id, worker, values)


def lock(session: Session, job_id: int) -> ReportJob | None:
    """Return a job, which nobody else changes until the unit of work ends."""
    return session.get(ReportJob, job_id, with_for_update=True, populate_existing=True)


def _changed(session: Session, job_id: int, worker: str, values: dict[str, Any]) -> bool:
    statement = (
        update(ReportJob)
        .where(
            ReportJob.id == job_id,
            ReportJob.claimed_by == worker,
            ReportJob.state == JobState.RUNNING,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", session.execute(statement)).rowcount == 1


def _is_free(stale_before: datetime) -> ColumnElement[bool]:
    return or_(
        ReportJob.state == JobState.WAITING,
        and_(ReportJob.state == JobState.RUNNING, ReportJob.heartbeat_at < stale_before),
    )
