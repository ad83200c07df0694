"""Approvals: the queue, riskiest first, and the card on which one gift is decided."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance_app.clock import now
from compliance_app.rules.errors import InputError, RuleError
from compliance_app.rules.permissions import Permission
from compliance_app.services import approvals
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Gift
from compliance_app.web.errors import note_refusal, status_of
from compliance_app.web.forms.approvals import DecisionForm
from compliance_app.web.guard import actor, requires
from compliance_app.web.queue import Card, card_of, queue_of
from compliance_app.web.visibility import get_readable_gift

bp = Blueprint("approvals", __name__)

# What can be decided, and what the page says when it is done.
DECISIONS: dict[str, tuple[Callable[..., Gift], str]] = {
    "approve": (approvals.approve, "Approved"),
    "send_back": (approvals.send_back, "Sent back"),
    "decline": (approvals.decline, "Declined"),
    "grant_exception": (approvals.grant_exception, "Exception agreed for"),
    "record_breach": (approvals.record_breach, "Breach recorded for"),
}


@bp.get("/approvals")
@requires(Permission.GIFT_DECIDE)
def index() -> ResponseReturnValue:
    """Show what waits for the person, and the card of the riskiest."""
    queue = queue_of(db.session(), actor())
    card = None
    if queue.items:
        gift = get_readable_gift(db.session(), queue.items[0].reference, actor())
        card = card_of(db.session(), gift, actor())
    return render_template("approvals/index.html", queue=queue, card=card, form=DecisionForm())


@bp.get("/approvals/<reference>")
@requires(Permission.GIFT_DECIDE)
def show(reference: str) -> ResponseReturnValue:
    """Show the card of one gift beside the queue."""
    return _page(_card(reference), DecisionForm())


@bp.post("/approvals/<reference>")
@requires(Permission.GIFT_DECIDE)
def decide(reference: str) -> ResponseReturnValue:
    """Decide, or say why it is refused and keep what was typed."""
    get_readable_gift(db.session(), reference, actor())
    form = DecisionForm()
    if not form.validate():
        return _page(_card(reference), form), 422
    try:
        said = _decide(reference, form)
    except RuleError as error:
        note_refusal(error)
        return _page(_card(reference), form, problem=str(error)), status_of(error)
    flash(f"{said} {reference}.")
    return redirect(url_for(".index"))


def _decide(reference: str, form: DecisionForm) -> str:
    if form.decision.data not in DECISIONS:
        raise InputError(problems={"decision": "Choose one of the decisions on the page."})
    do, said = DECISIONS[form.decision.data]
    more = {"remedy": form.remedy.data or ""} if do is approvals.record_breach else {}
    with unit_of_work() as work:
        do(
            work,
            reference,
            actor_id=actor().person_id,
            at=now(),
            reason=form.reason.data or "",
            **more,
        )
    return said


def _card(reference: str) -> Card:
    return card_of(db.session(), get_readable_gift(db.session(), reference, actor()), actor())


def _page(card: Card, form: DecisionForm, *, problem: str = "") -> str:
    return render_template(
        "approvals/show.html",
        queue=queue_of(db.session(), actor()),
        card=card,
        form=form,
        problem=problem,
    )
