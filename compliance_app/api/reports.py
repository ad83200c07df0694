"""Reports: producing the package of a quarter."""

import json
from pathlib import Path

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue

from compliance_app.api.orders import carry_out
from compliance_app.rules.permissions import Permission
from compliance_app.services import reporting
from compliance_app.services.idempotency import Answer
from compliance_app.services.packing import pack
from compliance_app.store import files
from compliance_app.store.base import frozen_reading
from compliance_app.store.models import ReportRun
from compliance_app.web.guard import actor, requires

bp = Blueprint("reports", __name__)


@bp.post("/v1/reports/quarter/<label>")
@requires(Permission.REPORT_READ)
def create(label: str) -> ResponseReturnValue:
    """Produce the package of a quarter, keep its files, and hand them over as one zip."""
    folder, me = Path(current_app.config["DATA_DIR"]), actor().person_id
    with frozen_reading() as reading:
        package = reporting.make_quarter(reading, label, firm=str(current_app.config["FIRM_NAME"]))
    for content in package.files.values():
        files.keep(folder, content)
    answer = carry_out(
        lambda work, at: _answer(reporting.keep_run(work, package, actor_id=me, at=at))
    )
    # A repeated order is handed the files of the first run, not those of today.
    kept = json.loads(answer.text)
    packed = pack(
        (file["name"], files.read(folder, file["sha256"], name=file["name"]))
        for file in kept["files"]
    )
    response = Response(packed, status=answer.status, content_type="application/zip")
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"register-{kept['period']}.zip"
    )
    return response


def _answer(run: ReportRun) -> Answer:
    named = [{"name": file["name"], "sha256": file["sha256"]} for file in run.files]
    return Answer(200, json.dumps({"period": run.period, "files": named}))
