"""Drafts: a form that was begun, put away, gone on with on any device, or discarded."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from compliance_app.clock import now
from compliance_app.rules.errors import InputError
from compliance_app.rules.permissions import Permission
from compliance_app.services import drafts
from compliance_app.store.base import db, unit_of_work
from compliance_app.web import receiving
from compliance_app.web.forms.gifts import GiftForm
from compliance_app.web.forms.whom import find_whom
from compliance_app.web.gift_form import form_page, typed_of
from compliance_app.web.guard import actor, requires

bp = Blueprint("drafts", __name__)


@bp.post("/gifts/drafts")
@requires(Permission.GIFT_LOG)
def create() -> ResponseReturnValue:
    """Keep what is on the form as it is, right or wrong."""
    form = GiftForm()
    received = form.receive()
    typed = {**typed_of(request.form.items(multi=True)), "receipt_kept": list(received.notes)}
    try:
        with unit_of_work() as work:
            drafts.keep(work, form.key or "", typed, person_id=actor().person_id, at=now())
    except InputError as error:
        form.refuse(error)
        return form_page(form, find_whom(db.session(), form)), 422
    if request.headers.get("X-Fragment"):
        return "", 204
    flash("The draft is kept. Go on with it here or on another device.")
    return redirect(url_for("gifts.index"))


@bp.get("/gifts/drafts/<int:draft_id>")
@requires(Permission.GIFT_LOG)
def show(draft_id: int) -> ResponseReturnValue:
    """Show the form as it was left."""
    draft = drafts.get_own(db.session(), draft_id, actor().person_id)
    form = GiftForm(formdata=MultiDict({**draft.form, "submission_key": [draft.submission_key]}))
    form.received = receiving.kept_before(draft.form.get("receipt_kept", []))
    whom = find_whom(db.session(), form)
    return form_page(form, whom, draft=draft)


@bp.post("/gifts/drafts/<int:draft_id>/discard")
@requires(Permission.GIFT_LOG)
def discard(draft_id: int) -> ResponseReturnValue:
    """Put a draft away."""
    with unit_of_work() as work:
        drafts.discard(work, draft_id, actor_id=actor().person_id, at=now())
    flash("The draft is discarded.")
    return redirect(url_for("gifts.index"))
