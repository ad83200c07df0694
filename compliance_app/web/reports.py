"""Reports: choose a quarter, produce its package, and fetch the packages that were produced."""

import io
from datetime import date, timedelta
from pathlib import Path

from flask import Blueprint, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from compliance_app.clock import now, today
from compliance_app.rules.errors import NotFoundError
from compliance_app.rules.permissions import Permission
from compliance_app.services import reporting
from compliance_app.services.packing import pack
from compliance_app.store import files
from compliance_app.store import reports as store
from compliance_app.store.base import db, frozen_reading, unit_of_work
from compliance_app.store.models import ReportRun
from compliance_app.web.forms.reports import QuarterForm
from compliance_app.web.guard import actor, requires

bp = Blueprint("reports", __name__)

MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".json": "application/json",
}


@bp.get("/reports")
@requires(Permission.REPORT_READ)
def index() -> ResponseReturnValue:
    """Show the form for a quarter, and the packages that were produced."""
    year, _, quarter = reporting.quarter_label(_last_quarter(today())).partition("Q")
    return _page(QuarterForm(formdata=None, year=year, quarter=quarter))


@bp.post("/reports")
@requires(Permission.REPORT_READ)
def create() -> ResponseReturnValue:
    """Produce the package of a quarter and keep its files."""
    form = QuarterForm()
    if not form.validate():
        return _page(form), 422
    firm = str(current_app.config["FIRM_NAME"])
    with frozen_reading() as reading:
        package = reporting.make_quarter(reading, form.label, firm=firm)
    for content in package.files.values():
        files.keep(_folder(), content)
    with unit_of_work() as work:
        reporting.keep_run(work, package, actor_id=actor().person_id, at=now())
    entries = "1 entry" if package.shares == 1 else f"{package.shares:,} entries"
    flash(f"The package of {package.quarter.label} is ready: {entries}.")
    return redirect(url_for(".index"))


@bp.get("/reports/<int:run_id>/<name>")
@requires(Permission.REPORT_READ)
def download(run_id: int, name: str) -> ResponseReturnValue:
    """Hand over one file of a package, after its hash was checked."""
    run = _run(run_id)
    kept = next((file for file in run.files if file["name"] == name), None)
    if kept is None:
        raise NotFoundError(what="file of this name in the package")
    return send_file(
        io.BytesIO(files.read(_folder(), kept["sha256"], name=name)),
        mimetype=MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream"),
        as_attachment=True,
        download_name=name,
    )


@bp.get("/reports/<int:run_id>/package")
@requires(Permission.REPORT_READ)
def package(run_id: int) -> ResponseReturnValue:
    """Hand over all files of a package as one zip."""
    run = _run(run_id)
    packed = pack(
        (file["name"], files.read(_folder(), file["sha256"], name=file["name"]))
        for file in run.files
    )
    return send_file(
        io.BytesIO(packed),
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"register-{run.period}.zip",
    )


def _page(form: QuarterForm) -> str:
    runs = store.list_runs(db.session())
    here = {
        run.id: all(files.is_kept(_folder(), file["sha256"]) for file in run.files) for run in runs
    }
    return render_template("reports/index.html", form=form, runs=runs, here=here)


def _run(run_id: int) -> ReportRun:
    run = db.session().get(ReportRun, run_id)
    if run is None:
        raise NotFoundError(what="package with this number")
    return run


def _folder() -> Path:
    return Path(current_app.config["DATA_DIR"])


def _last_quarter(day: date) -> date:
    """Return a day of the quarter before the one the day is in."""
    first_month = day.month - (day.month - 1) % 3
    return day.replace(month=first_month, day=1) - timedelta(days=1)
