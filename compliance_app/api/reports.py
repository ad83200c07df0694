"""Reports: producing the package of a quarter."""

import json
from pathlib import Path

from flask import Blueprint, Response, current_app, send_file
from flask.typing import ResponseReturnValue

from compliance_app.api.orders import carry_out
from compliance_app.clock import now
from compliance_app.rules.periods import quarter_of
from compliance_app.rules.permissions import Permission
from compliance_app.services.idempotency import Answer
from compliance_app.services.reporting import producing
from compliance_app.services.reporting.keys import open_signer
from compliance_app.services.reporting.orders import Order
from compliance_app.services.reporting.scopes import check_within
from compliance_app.store.base import db, frozen_reading
from compliance_app.store.models import ReportRun
from compliance_app.web.guard import actor, requires

bp = Blueprint("reports", __name__)


@bp.post("/v1/reports/quarter/<label>")
@requires(Permission.REPORT_READ)
def create(label: str) -> ResponseReturnValue:
    """Produce the package of a quarter, keep its files, and hand them over as one zip."""
    order = Order(quarter_of(label))
    check_within(db.session(), order, actor().scope)
    folder, me = Path(current_app.config["DATA_DIR"]), actor().person_id
    with producing.staged(folder / producing.STAGING) as place:
        with frozen_reading() as reading:
            package = producing.produce(
                reading,
                order,
                place,
                firm=str(current_app.config["FIRM_NAME"]),
                signing_key=str(current_app.config["SIGNING_KEY"]),
                signer=open_signer(current_app.config, now=now()),
            )
        producing.keep_files(package, folder)
        answer = carry_out(
            lambda work, at: _answer(producing.keep_run(work, package, actor_id=me, at=at))
        )
    return _handed_over(json.loads(answer.text)["files"], folder)


def _handed_over(kept: list[dict[str, str]], folder: Path) -> Response:
    """Answer with a zip: a repeated order gets the files of the first run, not those of today."""
    name, packed = producing.packed(kept, folder)
    return send_file(packed, mimetype="application/zip", as_attachment=True, download_name=name)


def _answer(run: ReportRun) -> Answer:
    named = [{"name": file["name"], "sha256": file["sha256"]} for file in run.files]
    return Answer(200, json.dumps({"period": run.period, "files": named}))
