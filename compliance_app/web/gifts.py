"""Gifts: logging one with the live limit, the lists, and the page of one with its acts."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance_app.clock import now, today
from compliance_app.rules.errors import InputError, RuleError
from compliance_app.rules.permissions import Permission
from compliance_app.services import comments, gifts
from compliance_app.store import drafts, gift_lists
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Gift
from compliance_app.web import handing_in
from compliance_app.web.errors import note_refusal, status_of
from compliance_app.web.forms.comments import CommentForm
from compliance_app.web.forms.gifts import AmendmentForm, GiftFields, GiftForm, form_of, new_form
from compliance_app.web.forms.whom import find_whom
from compliance_app.web.gift_form import LOOKS, answer, form_page, leads_to, look_only
from compliance_app.web.gift_page import expense_line, show_gift
from compliance_app.web.guard import actor, requires
from compliance_app.web.paging import FETCH, page_of, wanted_before
from compliance_app.web.visibility import get_readable_gift, is_author, may_amend, readable_givers

bp = Blueprint("gifts", __name__)

# What an author does with a gift: the order, and what the page says when it is done.
ORDERS: dict[str, tuple[Callable[..., Gift], str]] = {
    "given": (gifts.mark_given, "is marked as given."),
    "withdraw": (gifts.withdraw, "is withdrawn; its room is free again."),
    "cancel": (gifts.cancel, "is cancelled; its room is free again."),
    "refused": (gifts.mark_refused, "was refused by the recipient; its room is free again."),
}


@bp.get("/gifts")
@requires(Permission.GIFT_LOG)
def index() -> ResponseReturnValue:
    """List the gifts the person gave or logged."""
    rows = gift_lists.list_own(
        db.session(), actor().person_id, before_id=wanted_before(), count=FETCH
    )
    begun = drafts.list_open(db.session(), actor().person_id)
    return render_template(
        "gifts/index.html", page=page_of(rows), title="My gifts", own=True, drafts=begun
    )


@bp.get("/gifts/all")
@requires(Permission.RECIPIENT_READ)
def everybody() -> ResponseReturnValue:
    """List the gifts of everybody whose gifts the person may read."""
    reading = db.session()
    rows = gift_lists.list_of_givers(
        reading, readable_givers(reading, actor()), before_id=wanted_before(), count=FETCH
    )
    return render_template(
        "gifts/index.html", page=page_of(rows), title="All gifts", own=False, drafts=()
    )


@bp.get("/gifts/new")
@requires(Permission.GIFT_LOG)
def new() -> ResponseReturnValue:
    """Show the form to log a gift, for a recipient if the address names one."""
    form = new_form(today())
    form.pick.data = request.args.get("recipient", "")
    whom = find_whom(db.session(), form)
    form.take({"who": whom.problem} if whom.problem else {})
    return form_page(form, whom, drafts=drafts.list_open(db.session(), actor().person_id))


@bp.post("/gifts")
@requires(Permission.GIFT_LOG)
def create() -> ResponseReturnValue:
    """Log a gift and hand it in."""
    form, moment = GiftForm(), now()
    whom = find_whom(db.session(), form)
    form.receive()
    status = 422
    if handing_in.accept(db.session(), form, whom, today=moment.date()):
        try:
            with unit_of_work() as work:
                gift = handing_in.hand_in(work, form, whom, actor_id=actor().person_id, at=moment)
        except RuleError as error:
            status = _refuse(form, error)
        else:
            return leads_to(url_for(".logged", reference=gift.reference))
    return form_page(form, whom), status


@bp.post("/gifts/preview")
@requires(Permission.GIFT_LOG)
def preview() -> ResponseReturnValue:
    """Answer what the gift would mean: a fragment for the script, the whole page without."""
    form = GiftForm()
    look_only(form)
    whom = find_whom(db.session(), form, removed=request.form.get("remove"))
    return answer(form, whom)


@bp.get("/gifts/<reference>")
@requires(Permission.RECIPIENT_READ)
def show(reference: str) -> ResponseReturnValue:
    """Show a gift: facts, limit, reasons, decisions, versions and its trail."""
    return show_gift(reference)


@bp.get("/gifts/<reference>/logged")
@requires(Permission.GIFT_LOG)
def logged(reference: str) -> ResponseReturnValue:
    """Say that a gift is logged, what comes next, and what goes into an expense report."""
    gift = get_readable_gift(db.session(), reference, actor())
    if not is_author(gift, actor()):
        return redirect(url_for(".show", reference=reference))
    return render_template("gifts/logged.html", gift=gift, expense_line=expense_line(gift))


@bp.get("/gifts/<reference>/amend")
@requires(Permission.GIFT_LOG)
def edit(reference: str) -> ResponseReturnValue:
    """Show the form that replaces a gift by a new version."""
    gift = get_readable_gift(db.session(), reference, actor())
    if not may_amend(gift, actor()):
        sentence = f"Gift {reference} is {gift.state.words}, so it cannot be amended by you."
        return show_gift(reference, problem=sentence), 409
    form = form_of(gift.version)
    whom = find_whom(db.session(), form)
    return form_page(form, whom, gift)


@bp.post("/gifts/<reference>/amend")
@requires(Permission.GIFT_LOG)
def update(reference: str) -> ResponseReturnValue:
    """Replace what was claimed by a new version, or only look what it would mean."""
    gift = get_readable_gift(db.session(), reference, actor())
    form, moment = AmendmentForm(), now()
    removed = request.form.get("remove")
    whom = find_whom(db.session(), form, removed=removed)
    if not LOOKS.isdisjoint(request.form):
        look_only(form)
        form.reason.errors = ()
        return answer(form, whom, gift)
    form.receive()
    status = 422
    if handing_in.accept(db.session(), form, whom, today=moment.date()):
        try:
            with unit_of_work() as work:
                handing_in.amend(work, reference, form, whom, actor_id=actor().person_id, at=moment)
        except RuleError as error:
            status = _refuse(form, error)
        else:
            flash(f"Gift {reference} has a new version.")
            return leads_to(url_for(".show", reference=reference))
    return form_page(form, whom, gift), status


@bp.post("/gifts/<reference>/<any(given, withdraw, cancel, refused):order>")
@requires(Permission.GIFT_LOG)
def act(reference: str, order: str) -> ResponseReturnValue:
    """Mark as given, withdraw, cancel, or mark as refused."""
    get_readable_gift(db.session(), reference, actor())
    do, said = ORDERS[order]
    try:
        with unit_of_work() as work:
            do(work, reference, actor_id=actor().person_id, at=now())
    except RuleError as error:
        note_refusal(error)
        return show_gift(reference, problem=str(error)), status_of(error)
    flash(f"Gift {reference} {said}")
    return redirect(url_for(".show", reference=reference))


@bp.post("/gifts/<reference>/comments")
@requires(Permission.GIFT_LOG)
def comment(reference: str) -> ResponseReturnValue:
    """Ask about a gift, or answer."""
    get_readable_gift(db.session(), reference, actor())
    form = CommentForm()
    try:
        with unit_of_work() as work:
            said = comments.add(
                work, reference, form.text.data or "", actor_id=actor().person_id, at=now()
            )
    except InputError as error:
        form.text.errors = tuple(error.problems.values())
        return show_gift(reference, comment_form=form), 422
    flash("What you wrote is on record; whoever opens this gift sees it.")
    return redirect(url_for(".show", reference=reference, _anchor=f"comment-{said.id}"))


def _refuse(form: GiftFields, error: RuleError) -> int:
    note_refusal(error)
    form.refuse(error)
    return status_of(error)
