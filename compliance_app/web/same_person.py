"""Two records that nobody suspected, found by an officer to be one person and merged."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance_app.clock import now, today
from compliance_app.rules.errors import NotFoundError, RuleError
from compliance_app.rules.permissions import Permission
from compliance_app.services import merging
from compliance_app.store import finding
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Recipient
from compliance_app.web.errors import note_refusal, status_of
from compliance_app.web.forms.fields import read_id
from compliance_app.web.forms.identity import SamePersonForm
from compliance_app.web.forms.recipients import SearchForm
from compliance_app.web.guard import actor, requires
from compliance_app.web.identity import said_of
from compliance_app.web.side_by_side import sides_of

bp = Blueprint("same_person", __name__)

MOST_FOUND = 10


@bp.get("/recipients/<int:recipient_id>/same")
@requires(Permission.RECIPIENT_MERGE)
def find(recipient_id: int) -> ResponseReturnValue:
    """Find the other record by a name, then show both side by side."""
    record, other_id = _person(recipient_id), read_id(request.args.get("with"))
    if other_id is not None:
        return _compare(record, _person(other_id), SamePersonForm(formdata=None, other=other_id))
    form = SearchForm(request.args)
    words = (form.q.data or "").strip() if form.validate() else ""
    found = finding.search(db.session(), words, count=MOST_FOUND + 1) if words else []
    people = [one for one in found if one.id != record.id][:MOST_FOUND]
    return render_template(
        "identity/same.html", record=record, form=form, words=words, people=people
    )


@bp.post("/recipients/<int:recipient_id>/same")
@requires(Permission.RECIPIENT_MERGE)
def merge(recipient_id: int) -> ResponseReturnValue:
    """Make two records one person, whichever of them goes on."""
    form = SamePersonForm()
    record, other = _person(recipient_id), _person(form.other.data or 0)
    if not form.validate():
        return _compare(record, other, form), 422
    ends, goes_on = (other, record) if form.goes_on.data == "this" else (record, other)
    reason, me = form.reason.data or "", actor().person_id
    try:
        with unit_of_work() as work:
            done = merging.merge(work, ends.id, goes_on.id, reason=reason, actor_id=me, at=now())
            said = said_of(done)
    except RuleError as error:
        note_refusal(error)
        form.form_errors.append(str(error))
        return _compare(record, other, form), status_of(error)
    flash(said)
    return redirect(url_for("recipients.show", recipient_id=goes_on.id))


def _person(recipient_id: int) -> Recipient:
    """Return who goes on for a record. Raises NotFoundError."""
    record = db.session().get(Recipient, recipient_id)
    if record is not None and record.merged_into_id is not None:
        record = db.session().get(Recipient, record.merged_into_id)
    if record is None:
        raise NotFoundError(what="recipient with this number")
    return record


def _compare(record: Recipient, other: Recipient, form: SamePersonForm) -> str:
    both = sides_of(db.session(), record, other, today()) if record.id != other.id else None
    return render_template(
        "identity/compare.html", record=record, other=other, both=both, form=form
    )
