"""The proof of one gift: its events out of the trail, to be checked by who does not trust us."""

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue

from compliance_app.clock import now
from compliance_app.rules.permissions import Permission
from compliance_app.services import proving
from compliance_app.store.base import db, frozen_reading
from compliance_app.web.guard import actor, requires
from compliance_app.web.visibility import get_readable_gift

bp = Blueprint("proof", __name__)


@bp.get("/gifts/<reference>/proof")
@requires(Permission.TRAIL_READ)
def show(reference: str) -> ResponseReturnValue:
    """Hand out the gift's events with the proof that they are in the trail as it is now."""
    gift = get_readable_gift(db.session(), reference, actor())
    with frozen_reading() as reading:
        lines = proving.lines_about(
            reading,
            f"gift:{gift.id}",
            signing_key=str(current_app.config["SIGNING_KEY"]),
            at=now(),
        )
        proof = "".join(f"{line}\n" for line in lines)
    answer = Response(proof, mimetype="application/jsonl")
    answer.headers["Content-Disposition"] = f'attachment; filename="{gift.reference}-proof.jsonl"'
    return answer
