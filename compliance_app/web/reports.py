"""Reports: choose the days and whose gifts, produce the package, and fetch what was produced."""

from datetime import date, timedelta
from pathlib import Path

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from compliance_app.clock import now, today
from compliance_app.rules.errors import InputError, NotFoundError
from compliance_app.rules.periods import quarter_label
from compliance_app.rules.permissions import Permission
from compliance_app.rules.scopes import WHOLE_FIRM
from compliance_app.services.reporting import jobs, producing
from compliance_app.services.reporting.keys import open_signer
from compliance_app.services.reporting.orders import Order, order_of, ordered
from compliance_app.services.reporting.scopes import (
    check_within,
    find_scope,
    is_within,
    named,
)
from compliance_app.store import files, report_jobs
from compliance_app.store import reports as store
from compliance_app.store.base import db, frozen_reading, unit_of_work
from compliance_app.store.models import ReportRun
from compliance_app.web.forms.reports import ReportForm
from compliance_app.web.guard import actor, requires

bp = Blueprint("reports", __name__)

MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
}


@bp.get("/reports")
@requires(Permission.REPORT_READ)
def index() -> ResponseReturnValue:
    """Show the form for a package, and the packages that were produced."""
    year, _, quarter = quarter_label(_last_quarter(today())).partition("Q")
    own = actor().scope or WHOLE_FIRM
    return _page(
        ReportForm(formdata=None, year=year, quarter=quarter, scope=own.kind.value, about=own.key)
    )


@bp.post("/reports")
@requires(Permission.REPORT_READ)
def create() -> ResponseReturnValue:
    """Produce a package and keep its files."""
    form = ReportForm()
    if not form.validate():
        return _page(form), 422
    try:
        scope = find_scope(db.session(), form.scope_kind, form.about.data or "")
    except InputError as error:
        form.take(error)
        return _page(form), 422
    order = Order(form.period, scope, form.report_kind)
    check_within(db.session(), order, actor().scope)
    if jobs.is_large(db.session(), order):
        with unit_of_work() as work:
            job = jobs.place(work, order, actor_id=actor().person_id, at=now())
        return redirect(url_for("report_jobs.show", job_id=job.id))
    package = _produce(order)
    entries = "1 entry" if package.shares == 1 else f"{package.shares:,} entries"
    flash(f"The {order.kind.noun} of {form.period.words} is ready: {entries}.")
    return redirect(url_for(".index"))


@bp.get("/reports/<int:run_id>/<name>")
@requires(Permission.REPORT_READ)
def download(run_id: int, name: str) -> ResponseReturnValue:
    """Hand over one file of a package, after its hash was checked, and record that."""
    run = _run(run_id)
    kept = next((file for file in run.files if file["name"] == name), None)
    if kept is None:
        raise NotFoundError(what="file of this name in the package")
    path = files.find(_folder(), kept["sha256"], name=name)
    _note_taken(run, name)
    return send_file(
        path,
        mimetype=MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream"),
        as_attachment=True,
        download_name=name,
        etag=kept["sha256"],
        conditional=False,
    )


@bp.get("/reports/<int:run_id>/package")
@requires(Permission.REPORT_READ)
def package(run_id: int) -> ResponseReturnValue:
    """Hand over all files of a package as one zip, and record that."""
    run = _run(run_id)
    name, packed = producing.packed(run.files, _folder())
    _note_taken(run, name)
    return send_file(packed, mimetype="application/zip", as_attachment=True, download_name=name)


def _produce(order: Order) -> producing.Package:
    """Make a package in one frozen reading, and keep its files and that it was made."""
    with producing.staged(_folder() / producing.STAGING) as place:
        with frozen_reading() as reading:
            made = producing.produce(
                reading,
                order,
                place,
                firm=str(current_app.config["FIRM_NAME"]),
                signing_key=str(current_app.config["SIGNING_KEY"]),
                signer=open_signer(current_app.config, now=now()),
            )
        producing.keep_files(made, _folder())
        with unit_of_work() as work:
            producing.keep_run(work, made, actor_id=actor().person_id, at=now())
    return made


def _page(form: ReportForm) -> str:
    own = actor().scope
    runs = store.list_runs(db.session(), about=own)
    making = ((job, order_of(job.order)) for job in report_jobs.list_open(db.session()))
    here = {
        run.id: all(files.is_kept(_folder(), file["sha256"]) for file in run.files) for run in runs
    }
    return render_template(
        "reports/index.html",
        form=form,
        runs=runs,
        here=here,
        taken=store.takings(db.session(), [run.id for run in runs]),
        making=[(job, order) for job, order in making if is_within(order, own)],
        own=named(db.session(), own) if own else None,
    )


def _note_taken(run: ReportRun, what: str) -> None:
    if request.method == "HEAD":
        # Nothing of it is handed over.
        return
    with unit_of_work() as work:
        producing.note_taken(work, run, what=what, actor_id=actor().person_id, at=now())


def _run(run_id: int) -> ReportRun:
    run = db.session().get(ReportRun, run_id)
    if run is None or not is_within(ordered(run), actor().scope):
        raise NotFoundError(what="package with this number")
    return run


def _folder() -> Path:
    return Path(current_app.config["DATA_DIR"])


def _last_quarter(day: date) -> date:
    """Return a day of the quarter before the one the day is in."""
    first_month = day.month - (day.month - 1) % 3
    return day.replace(month=first_month, day=1) - timedelta(days=1)
