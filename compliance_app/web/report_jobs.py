"""Reports that are being made behind the pages: how far each is, and canceling one."""

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance_app.clock import now
from compliance_app.rules.errors import NotFoundError
from compliance_app.rules.permissions import Permission
from compliance_app.services.reporting import jobs
from compliance_app.services.reporting.orders import order_of
from compliance_app.services.reporting.scopes import is_within
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import ReportJob
from compliance_app.web.guard import actor, requires

bp = Blueprint("report_jobs", __name__)


@bp.get("/reports/jobs/<int:job_id>")
@requires(Permission.REPORT_READ)
def show(job_id: int) -> ResponseReturnValue:
    """Show how far a report is; without scripts the page asks again by itself."""
    job = _job(job_id)
    return render_template("reports/job.html", job=job, order=order_of(job.order))


@bp.get("/reports/jobs/<int:job_id>/state")
@requires(Permission.REPORT_READ)
def state(job_id: int) -> ResponseReturnValue:
    """Tell the page's script how far a report is."""
    job = _job(job_id)
    return jsonify(state=job.state.value, step=job.step, percent=job.percent)


@bp.post("/reports/jobs/<int:job_id>/cancel")
@requires(Permission.REPORT_READ)
def cancel(job_id: int) -> ResponseReturnValue:
    """Cancel a report that is not made yet."""
    _job(job_id)
    with unit_of_work() as work:
        jobs.cancel(work, job_id, actor_id=actor().person_id, at=now())
    flash("The report was canceled; nothing of it is kept.")
    return redirect(url_for("reports.index"))


def _job(job_id: int) -> ReportJob:
    job = db.session().get(ReportJob, job_id)
    if job is None or not is_within(order_of(job.order), actor().scope):
        raise NotFoundError(what="report that is being made with this number")
    return job
