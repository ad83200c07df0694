"""Reports of any kind for programs: ordered, followed while they are made, and fetched."""

from pathlib import Path

from flask import Blueprint, current_app, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from compliance_app.api.fields import Document, Moment, read_number
from compliance_app.api.orders import perform, respond
from compliance_app.api.schemas import ReportBody, read_body
from compliance_app.clock import now
from compliance_app.rules.errors import InputError, NotFoundError
from compliance_app.rules.periods import Period, quarter_of, range_of, year_of
from compliance_app.rules.permissions import Permission
from compliance_app.rules.report_kinds import SCOPE_OF, JobState, ReportKind
from compliance_app.services.idempotency import Answer
from compliance_app.services.reporting import jobs, producing
from compliance_app.services.reporting.orders import Order, order_of, ordered
from compliance_app.services.reporting.scopes import check_within, find_scope, is_within
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import ReportJob, ReportRun
from compliance_app.web.guard import actor, requires

bp = Blueprint("report_orders", __name__)


class Job(Document):
    """A report that was ordered; `report` is its number once all its files are complete."""

    id: int
    kind: ReportKind
    period: str
    scope: str
    state: JobState
    step: str
    percent: int
    ordered_at: Moment
    problem: str
    report: int | None


@bp.post("/v1/reports")
@requires(Permission.REPORT_READ)
def create() -> ResponseReturnValue:
    """Order a report; it is made behind the interface and fetched when it is done."""
    body = read_body(ReportBody)
    order = _order(db.session(), body)
    check_within(db.session(), order, actor().scope)
    me = actor().person_id
    return perform(
        lambda work, at: Answer(202, _told(jobs.place(work, order, actor_id=me, at=at))), body
    )


@bp.get("/v1/reports/jobs/<job_id>")
@requires(Permission.REPORT_READ)
def show(job_id: str) -> ResponseReturnValue:
    """Say how far a report is that was ordered."""
    return respond(_told(_job(job_id)))


@bp.post("/v1/reports/jobs/<job_id>/cancel")
@requires(Permission.REPORT_READ)
def cancel(job_id: str) -> ResponseReturnValue:
    """Cancel a report that is not made yet."""
    number, me = _job(job_id).id, actor().person_id
    return perform(
        lambda work, at: Answer(200, _told(jobs.cancel(work, number, actor_id=me, at=at)))
    )


@bp.get("/v1/reports/<report_id>")
@requires(Permission.REPORT_READ)
def fetch(report_id: str) -> ResponseReturnValue:
    """Hand over all files of a report as one zip, and record that."""
    number = read_number(report_id)
    run = db.session().get(ReportRun, number) if number is not None else None
    if run is None or not is_within(ordered(run), actor().scope):
        raise NotFoundError(what="report with this number")
    name, packed = producing.packed(run.files, Path(current_app.config["DATA_DIR"]))
    with unit_of_work() as work:
        producing.note_taken(work, run, what=name, actor_id=actor().person_id, at=now())
    return send_file(packed, mimetype="application/zip", as_attachment=True, download_name=name)


def _job(job_id: str) -> ReportJob:
    number = read_number(job_id)
    job = db.session().get(ReportJob, number) if number is not None else None
    if job is None or not is_within(order_of(job.order), actor().scope):
        raise NotFoundError(what="report that is being made with this number")
    return job


def _order(session: Session, body: ReportBody) -> Order:
    scope = find_scope(session, SCOPE_OF.get(body.kind, body.scope), body.about)
    return Order(_period(body), scope, body.kind)


def _period(body: ReportBody) -> Period:
    """Return the days that are asked for: exactly one of a quarter, a year and a range."""
    asked = [body.quarter is not None, body.year is not None, body.since is not None]
    if sum(asked) != 1 or (body.since is None) != (body.until is None):
        sentence = "Give exactly one of quarter, year, or since together with until."
        raise InputError(problems={"quarter": sentence})
    if body.quarter is not None:
        return quarter_of(body.quarter)
    if body.year is not None:
        return year_of(body.year)
    if body.since is None or body.until is None:
        raise InputError(problems={"until": "Give the last day of the range too."})
    return range_of(body.since, body.until)


def _told(job: ReportJob) -> str:
    order = order_of(job.order)
    return Job(
        id=job.id,
        kind=order.kind,
        period=order.period.label,
        scope=order.scope.words,
        state=job.state,
        step=job.step or "",
        percent=job.percent or 0,
        ordered_at=job.ordered_at,
        problem=job.problem or "",
        report=job.run_id,
    ).model_dump_json()
