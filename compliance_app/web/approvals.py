"""Approvals: the queue, riskiest first, and the card on which one gift is decided."""

from collections.abc import Callable, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance_app.clock import now, today
from compliance_app.rules.errors import InputError, RuleError
from compliance_app.rules.permissions import Permission
from compliance_app.services import approvals
from compliance_app.services.taking_back import take_back
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Gift
from compliance_app.web.card import Card, card_of
from compliance_app.web.errors import note_refusal, status_of
from compliance_app.web.forms.approvals import DecisionForm
from compliance_app.web.guard import actor, requires
from compliance_app.web.queue import SHOWN, SHOWS, Queue, came_to_light, queue_of
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
    """Show what waits for the person, and the card of the riskiest or of the one asked for."""
    queue = _queue()
    names = [item.reference for item in queue.items]
    at = request.args.get("at", "")
    chosen = at if at in names else next(iter(names), "")
    return render_template(
        "approvals/index.html",
        queue=queue,
        card=_card(chosen) if chosen else None,
        form=_blank(),
        opened=False,
        **_words(),
    )


@bp.get("/approvals/<reference>")
@requires(Permission.GIFT_DECIDE)
def show(reference: str) -> ResponseReturnValue:
    """Show the card of one gift beside the queue; for a script, the card alone."""
    fragment = request.headers.get("X-Fragment")
    if fragment is None:
        return _page(_card(reference), _blank())
    return render_template(
        "approvals/_card.html",
        card=_card(reference),
        queue=None,
        form=_blank(),
        opened=fragment == "opened",
        **_words(),
    )


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
    _tell(f"{said} {reference}.", [reference])
    return _back(at=form.next.data)


@bp.post("/approvals/together")
@requires(Permission.GIFT_DECIDE)
def together() -> ResponseReturnValue:
    """Approve several gifts without any sign, each on its own; say which were not, and why."""
    chosen = request.form.getlist("reference")[:SHOWN]
    done: list[str] = []
    for reference in chosen:
        get_readable_gift(db.session(), reference, actor())
        try:
            with unit_of_work() as work:
                approvals.approve(
                    work, reference, actor_id=actor().person_id, at=now(), only_plain=True
                )
        except RuleError as error:
            note_refusal(error)
            flash(str(error))
        else:
            done.append(reference)
    if done:
        _tell(f"Approved {_gifts(done)}.", done)
    if not chosen:
        flash("Choose the gifts to approve first; those with a flag are decided one by one.")
    return _back()


@bp.post("/approvals/taken-back")
@requires(Permission.GIFT_DECIDE)
def undo() -> ResponseReturnValue:
    """Take decisions back that are seconds old; say which stand, and why."""
    chosen = request.form.getlist("reference")[:SHOWN]
    back: list[str] = []
    for reference in chosen:
        get_readable_gift(db.session(), reference, actor())
        try:
            with unit_of_work() as work:
                take_back(work, reference, actor_id=actor().person_id, at=now())
        except RuleError as error:
            note_refusal(error)
            flash(str(error))
        else:
            back.append(reference)
    if back:
        waits = "waits" if len(back) == 1 else "wait"
        flash(f"Taken back: {_gifts(back)} {waits} for a decision again.")
    return _back(at=next(iter(back), ""))


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


def _tell(sentence: str, references: Sequence[str]) -> None:
    """Say on the next page what was decided, with the way to take it back."""
    flash({"sentence": sentence, "references": list(references)}, "decided")  # type: ignore[arg-type]


def _gifts(references: Sequence[str]) -> str:
    return references[0] if len(references) == 1 else f"{len(references)} gifts"


def _back(*, at: str | None = "") -> ResponseReturnValue:
    return redirect(url_for(".index", show=_show() or None, at=at or None))


def _show() -> str:
    """Return what the list is narrowed to, nothing where it is not."""
    wanted = request.values.get("show", "")
    return wanted if wanted in SHOWS and wanted != "all" else ""


def _queue() -> Queue:
    return queue_of(db.session(), actor(), now(), show=_show() or "all")


def _card(reference: str) -> Card:
    return card_of(db.session(), reference, actor(), now())


def _blank() -> DecisionForm:
    """Return a form to be filled in; the page puts its token beside it."""
    return DecisionForm(formdata=None, meta={"csrf": False})


def _words() -> dict[str, object]:
    return {
        "shows": SHOWS,
        "show": _show(),
        "today": today(),
        "problem": "",
        "came_to_light": came_to_light(db.session(), actor()),
    }


def _page(card: Card, form: DecisionForm, *, problem: str = "") -> str:
    words = {**_words(), "problem": problem}
    return render_template(
        "approvals/index.html", queue=_queue(), card=card, form=form, opened=True, **words
    )
