"""A recipient's details and work over time: changing and correcting them; the sum stays theirs."""

from collections.abc import Callable, Sequence
from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance_app.clock import now, today
from compliance_app.rules.errors import NotFoundError, RuleError
from compliance_app.rules.permissions import Permission
from compliance_app.services import details, employments
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Employment, Recipient
from compliance_app.web.errors import note_refusal, status_of
from compliance_app.web.forms.employers import ClientForm
from compliance_app.web.forms.employments import (
    CorrectionForm,
    DepartureForm,
    EndForm,
    NewEmployerForm,
)
from compliance_app.web.forms.recipients import DetailsForm
from compliance_app.web.guard import actor, requires

bp = Blueprint("employments", __name__)


@bp.get("/recipients/<int:recipient_id>/work")
@requires(Permission.RECIPIENT_CHANGE)
def edit(recipient_id: int) -> ResponseReturnValue:
    """Show where a recipient worked, with the forms to change it."""
    return _page(recipient_id)


@bp.post("/recipients/<int:recipient_id>/details")
@requires(Permission.RECIPIENT_CHANGE)
def correct_details(recipient_id: int) -> ResponseReturnValue:
    """Put the right name, address and number in the place of wrong ones."""
    form = DetailsForm(prefix="who-")
    act = partial(details.change, recipient_id=recipient_id)
    said = "The details are corrected; earlier gifts keep the name they were logged under."
    return _do(recipient_id, form, act, said, ("name", "email", "phone"))


@bp.post("/recipients/<int:recipient_id>/work/employer")
@requires(Permission.RECIPIENT_CHANGE)
def change(recipient_id: int) -> ResponseReturnValue:
    """Record a new employer."""
    act = partial(employments.change_employer, recipient_id=recipient_id)
    said = "The new employer is recorded; what they were given still counts."
    return _do(recipient_id, NewEmployerForm(), act, said, ("employer", "title", "since"))


@bp.post("/recipients/<int:recipient_id>/work/end")
@requires(Permission.RECIPIENT_CHANGE)
def end(recipient_id: int) -> ResponseReturnValue:
    """Record that they left their employer."""
    act = partial(employments.end_employment, recipient_id=recipient_id)
    said = "The end is recorded; a later gift is flagged until a new employer is known."
    return _do(recipient_id, EndForm(), act, said, ("last_day",))


@bp.post("/recipients/<int:recipient_id>/work/departure")
@requires(Permission.RECIPIENT_CHANGE)
def depart(recipient_id: int) -> ResponseReturnValue:
    """Record that they left the industry or died."""
    act = partial(employments.depart, recipient_id=recipient_id)
    said = "It is recorded; a gift after that day is flagged."
    return _do(recipient_id, DepartureForm(), act, said, ("departure", "last_day"))


@bp.post("/recipients/<int:recipient_id>/work/return")
@requires(Permission.RECIPIENT_CHANGE)
def take_back(recipient_id: int) -> ResponseReturnValue:
    """Take back that they left the industry or died."""
    act = partial(employments.depart, recipient_id=recipient_id, departure=None, last_day=None)
    said = "It is taken back; add where they work if that is missing."
    return _do(recipient_id, ClientForm(), act, said)


@bp.post("/recipients/<int:recipient_id>/work/<int:employment_id>")
@requires(Permission.RECIPIENT_CHANGE)
def correct(recipient_id: int, employment_id: int) -> ResponseReturnValue:
    """Put what is right in the place of an employment on record."""
    job = db.session().get(Employment, employment_id)
    if job is None or job.recipient_id != recipient_id:
        raise NotFoundError(what="employment of this recipient")
    form = CorrectionForm(prefix=f"job{employment_id}-")
    act = partial(employments.correct, employment_id=employment_id)
    said = "The correction is recorded; the entry before it stays in the trail."
    fields = ("employer", "title", "started_on", "ended_on")
    return _do(recipient_id, form, act, said, fields, corrected=employment_id)


def _do(
    recipient_id: int,
    form: ClientForm,
    act: Callable[..., Recipient],
    sentence: str,
    fields: Sequence[str] = (),
    *,
    corrected: int | None = None,
) -> ResponseReturnValue:
    """Do an act with what these fields say, and show the form again where it is refused."""
    if not form.validate():
        return _page(recipient_id, form, corrected=corrected), 422
    said = {name: form[name].data for name in fields}
    try:
        with unit_of_work() as work:
            act(work, **said, actor_id=actor().person_id, at=now())
    except RuleError as error:
        note_refusal(error)
        db.session.rollback()
        form.refuse(error)
        return _page(recipient_id, form, corrected=corrected), status_of(error)
    flash(sentence)
    return redirect(url_for("recipients.show", recipient_id=recipient_id))


def _page(
    recipient_id: int, sent: ClientForm | None = None, *, corrected: int | None = None
) -> str:
    recipient = db.session().get(Recipient, recipient_id)
    if recipient is None or recipient.merged_into_id is not None:
        raise NotFoundError(what="recipient with this number")
    forms = {
        kind.__name__: sent
        if type(sent) is kind
        else kind(formdata=None, since=today(), last_day=today())
        for kind in (NewEmployerForm, EndForm, DepartureForm)
    }
    corrections = [
        (job, sent if sent and job.id == corrected else _correction_of(job))
        for job in recipient.employments
    ]
    return render_template(
        "employments/edit.html",
        recipient=recipient,
        who=sent if isinstance(sent, DetailsForm) else _details_of(recipient),
        new=forms["NewEmployerForm"],
        end=forms["EndForm"],
        departure=forms["DepartureForm"],
        corrections=corrections,
        corrected=corrected,
    )


def _details_of(recipient: Recipient) -> DetailsForm:
    return DetailsForm(
        formdata=None,
        prefix="who-",
        name=recipient.name,
        email=recipient.email,
        phone=recipient.phone,
    )


def _correction_of(job: Employment) -> CorrectionForm:
    return CorrectionForm(
        formdata=None,
        prefix=f"job{job.id}-",
        employer=job.employer.name,
        title=job.title,
        started_on=job.started_on,
        ended_on=job.ended_on,
    )
