"""Receipts: taken while the form is still being filled in, and handed out by permission."""

import io

from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue

from compliance_app.rules.errors import NotFoundError
from compliance_app.rules.permissions import Permission
from compliance_app.store import files
from compliance_app.store.base import db
from compliance_app.web import receiving
from compliance_app.web.guard import actor, requires
from compliance_app.web.visibility import get_readable_gift

bp = Blueprint("receipts", __name__)


@bp.post("/gifts/receipts")
@requires(Permission.GIFT_LOG)
def create() -> ResponseReturnValue:
    """Keep a receipt as soon as it is chosen and answer the list of those on the form."""
    received = receiving.received()
    page = render_template("gifts/_receipts.html", received=received)
    return page, 422 if received.problem else 200


@bp.get("/gifts/<reference>/receipts/<int:attachment_id>")
@requires(Permission.RECIPIENT_READ)
def show(reference: str, attachment_id: int) -> ResponseReturnValue:
    """Hand out one receipt of a gift as a file, after its hash was checked."""
    gift = get_readable_gift(db.session(), reference, actor())
    kept = next((one for one in gift.attachments if one.id == attachment_id), None)
    if kept is None:
        raise NotFoundError(what="receipt with this number")
    content = files.read(receiving.folder(), kept.sha256, name=kept.file_name)
    return send_file(
        io.BytesIO(content),
        mimetype=kept.media_type,
        as_attachment=True,
        download_name=kept.file_name,
    )
