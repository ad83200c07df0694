"""Client firms: the list, a firm with its people and gifts, and what may be changed about it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from compliance_app.clock import now, today
from compliance_app.rules.client_errors import NotCoveredError
from compliance_app.rules.employers import EmployerClass
from compliance_app.rules.errors import InputError, NotFoundError, RuleError
from compliance_app.rules.permissions import Permission
from compliance_app.services import coverage, employers, firm_doubles
from compliance_app.services.workplaces import class_on
from compliance_app.store import employer_pages, identity
from compliance_app.store import employers as store
from compliance_app.store import recipients as recipient_store
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Employer, Person
from compliance_app.web.employer_page import edit_page, page_of, rights_of
from compliance_app.web.errors import note_refusal, status_of
from compliance_app.web.forms.employers import (
    ClassForm,
    ClientForm,
    EmployerForm,
    HandOverForm,
    NegotiationForm,
)
from compliance_app.web.forms.fields import read_id
from compliance_app.web.forms.recipients import SearchForm
from compliance_app.web.guard import actor, requires
from compliance_app.web.paging import PAGE

bp = Blueprint("employers", __name__)


@bp.get("/employers")
@requires(Permission.EMPLOYER_READ)
def index() -> ResponseReturnValue:
    """List the client firms by name, or those that fit a search; own accounts first."""
    reading, form = db.session(), SearchForm(request.args)
    form.q.label.text = "Name"
    words = (form.q.data or "").strip() if form.validate() else ""
    last = read_id(request.args.get("after"))
    after = reading.get(Employer, last) if last is not None else None
    firms = employer_pages.list_employers(reading, words, after=after, count=PAGE + 1)
    own = () if words or after else employer_pages.covered_by(reading, actor().person_id, today())
    return render_template(
        "employers/index.html",
        form=form,
        words=words,
        firms=[(one, class_on(one, today()), _owners(one)) for one in firms[:PAGE]],
        own=own,
        more=firms[PAGE - 1].id if len(firms) > PAGE else None,
    )


@bp.get("/employers/<int:employer_id>")
@requires(Permission.EMPLOYER_READ)
def show(employer_id: int) -> ResponseReturnValue:
    """Show a firm: what it is, who covers it, its people and the gifts of a year."""
    return page_of(_firm(employer_id))


@bp.get("/employers/new")
@requires(Permission.EMPLOYER_CHANGE_ALL)
def new() -> ResponseReturnValue:
    """Show the form to add a firm."""
    return render_template("employers/new.html", form=EmployerForm())


@bp.get("/employers/doubles")
@requires(Permission.EMPLOYER_CHANGE_ALL)
def doubles() -> ResponseReturnValue:
    """List the firms that may be one, or belong together."""
    return render_template("employers/doubles.html", doubles=firm_doubles.doubles(db.session()))


@bp.post("/employers")
@requires(Permission.EMPLOYER_CHANGE_ALL)
def create() -> ResponseReturnValue:
    """Add a firm."""
    form = EmployerForm()
    if not form.validate():
        return render_template("employers/new.html", form=form), 422
    try:
        with unit_of_work() as work:
            facts = form.facts(_parent_id(form))
            added = employers.add(work, facts, actor_id=actor().person_id, at=now())
    except RuleError as error:
        form.refuse(error)
        return render_template("employers/new.html", form=form), status_of(error)
    flash(f"{added.name} is added.")
    return redirect(url_for(".show", employer_id=added.id))


@bp.get("/employers/<int:employer_id>/edit")
@requires(Permission.EMPLOYER_CHANGE_OWN)
def edit(employer_id: int) -> ResponseReturnValue:
    """Show what may be changed about a firm."""
    firm = _firm(employer_id)
    if not any(rights_of(firm)):
        raise NotCoveredError(name=firm.name)
    return edit_page(firm)


@bp.post("/employers/<int:employer_id>/edit")
@requires(Permission.EMPLOYER_CHANGE_OWN)
def update(employer_id: int) -> ResponseReturnValue:
    """Set a firm's plain facts."""
    form = EmployerForm()

    def act(work: Session) -> str:
        employers.change(work, employer_id, form.facts(_parent_id(form)), **_by())
        return "The facts are saved."

    return _do(employer_id, form, act)


@bp.post("/employers/<int:employer_id>/class")
@requires(Permission.EMPLOYER_CHANGE_ALL)
def classify(employer_id: int) -> ResponseReturnValue:
    """Say what the firm is from a day on, and how many gifts came to light by it."""
    form = ClassForm()

    def act(work: Session) -> str:
        kind, known = EmployerClass(form.employer_class.data), identity.count_open_findings(work)
        employers.classify(work, employer_id, kind, since=form.since.data, **_by())
        said = "The class is saved; gifts from its first day on are judged by it."
        return said + _found_since(work, known)

    return _do(employer_id, form, act)


@bp.post("/employers/<int:employer_id>/negotiations")
@requires(Permission.EMPLOYER_CHANGE_OWN)
def negotiate(employer_id: int) -> ResponseReturnValue:
    """Record a negotiation, or put what is known now in the place of one."""
    form, row_id = NegotiationForm(), read_id(request.form.get("negotiation"))

    def act(work: Session) -> str:
        said, started_on = form.opportunity.data or "", form.started_on.data
        days = {"started_on": started_on, "ended_on": form.ended_on.data}
        known = identity.count_open_findings(work)
        if row_id is None:
            employers.negotiate(work, employer_id, said, **days, **_by())
        else:
            employers.change_negotiation(work, row_id, said, **days, **_by())
        said = "The negotiation is saved; gifts on its days go to compliance."
        return said + _found_since(work, known)

    return _do(employer_id, form, act)


@bp.post("/employers/<int:employer_id>/hand-over")
@requires(Permission.EMPLOYER_CHANGE_OWN)
def hand_over(employer_id: int) -> ResponseReturnValue:
    """Give the account, with its open requests, to somebody else."""
    form = HandOverForm()
    form.offer(store.possible_owners(db.session()))

    def act(work: Session) -> str:
        done = coverage.hand_over(work, employer_id, form.to_id, on=form.on.data, **_by())
        owner, moved = work.get_one(Person, form.to_id).name, len(done.requests)
        requests = f"{moved} open request{'s' * (moved > 1)}" if moved else "no open request"
        return f"{owner} covers {done.employer.name} now; {requests} moved along."

    return _do(employer_id, form, act)


def _found_since(work: Session, known: int) -> str:
    """Say how many gifts came to light since so many were open."""
    new = identity.count_open_findings(work) - known
    return f" {new} {'gift' if new == 1 else 'gifts'} came to light." if new > 0 else ""


def _by() -> dict[str, Any]:
    """Return who acts, and when."""
    return {"actor_id": actor().person_id, "at": now()}


def _do(employer_id: int, form: ClientForm, act: Callable[[Session], str]) -> ResponseReturnValue:
    """Do an act and say what was done; show the form again where it is refused."""
    if not form.validate():
        return edit_page(_firm(employer_id), form), 422
    try:
        with unit_of_work() as work:
            said = act(work)
    except RuleError as error:
        note_refusal(error)
        db.session.rollback()
        form.refuse(error)
        return edit_page(_firm(employer_id), form), status_of(error)
    flash(said)
    return redirect(url_for(".show", employer_id=employer_id))


def _firm(employer_id: int) -> Employer:
    firm = store.get_whole(db.session(), employer_id)
    if firm is None:
        raise NotFoundError(what="employer with this number")
    return firm


def _owners(firm: Employer, day: date | None = None) -> str:
    return ", ".join(owner.name for owner in coverage.owners_on(firm, day or today()))


def _parent_id(form: EmployerForm) -> int | None:
    """Return the firm that was named as parent. Raises InputError where there is none."""
    name = (form.parent.data or "").strip()
    if not name:
        return None
    parent = recipient_store.find_employer(db.session(), name)
    if parent is None:
        sentence = f"No firm in the register is called {name}. Add it first, or check the name."
        raise InputError(problems={"parent": sentence})
    return parent.id
