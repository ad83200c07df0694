"""The firm's associated persons: the list, adding, and what an administrator may change."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance_app.clock import now, today
from compliance_app.rules.errors import InputError, NotFoundError, RuleError
from compliance_app.rules.permissions import Permission, Role
from compliance_app.rules.scopes import WHOLE_FIRM, ScopeKind, kept_scope
from compliance_app.services import examiners, people
from compliance_app.services.people import NewPerson
from compliance_app.services.reporting.scopes import find_scope
from compliance_app.store import people as store
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Person
from compliance_app.web.errors import note_refusal, status_of
from compliance_app.web.forms.people import AccessForm, NewPasswordForm, NewPersonForm, PlaceForm
from compliance_app.web.guard import actor, requires
from compliance_app.web.handing_out import csv_file

bp = Blueprint("people", __name__)

COLUMNS = ("name", "email", "role", "supervisor", "office", "access")


@bp.get("/people")
@requires(Permission.PEOPLE_READ)
def index() -> ResponseReturnValue:
    """List everybody."""
    everybody = store.list_people(db.session())
    return render_template("people/index.html", people=everybody, access=_access, day=today())


@bp.get("/people.csv")
@requires(Permission.PEOPLE_READ)
def file() -> ResponseReturnValue:
    """Hand out the list of everybody."""
    day = today()
    rows = (
        (
            one.name,
            one.email,
            one.role.words,
            one.supervisor.name if one.supervisor else None,
            one.office,
            _access(one, day)[0],
        )
        for one in store.list_people(db.session())
    )
    return csv_file("people", COLUMNS, rows)


@bp.get("/people/new")
@requires(Permission.PEOPLE_MANAGE)
def new() -> ResponseReturnValue:
    """Show the form to add somebody."""
    return _new_page(NewPersonForm())


@bp.post("/people")
@requires(Permission.PEOPLE_MANAGE)
def create() -> ResponseReturnValue:
    """Add an associated person."""
    form = NewPersonForm()
    form.offer(store.list_people(db.session()))
    if not form.validate():
        return _new_page(form), 422
    added = NewPerson(
        email=form.email.data,
        name=form.name.data,
        role=Role(form.role.data),
        supervisor_id=form.supervisor_id,
        office=form.office.data,
    )
    try:
        with unit_of_work() as work:
            person = people.add(work, added, actor_id=actor().person_id, at=now())
    except RuleError as error:
        form.refuse(error)
        return _new_page(form), status_of(error)
    flash(f"{person.name} was added. Set a password so that they can sign in.")
    return redirect(url_for(".edit", person_id=person.id))


@bp.get("/people/<int:person_id>")
@requires(Permission.PEOPLE_MANAGE)
def edit(person_id: int) -> ResponseReturnValue:
    """Show a person, with what can be changed."""
    return _edit_page(person_id)


@bp.post("/people/<int:person_id>")
@requires(Permission.PEOPLE_MANAGE)
def update(person_id: int) -> ResponseReturnValue:
    """Give a person another role, supervisor or office."""
    form = PlaceForm()
    form.offer(store.list_people(db.session()), except_id=person_id)
    if not form.validate():
        return _edit_page(person_id, place=form), 422
    try:
        with unit_of_work() as work:
            person = people.change(
                work,
                person_id,
                role=Role(form.role.data),
                supervisor_id=form.supervisor_id,
                office=form.office.data if form.office.raw_data else None,
                actor_id=actor().person_id,
                at=now(),
            )
    except RuleError as error:
        form.refuse(error)
        return _edit_page(person_id, place=form), status_of(error)
    flash(f"{person.name} is now {person.role.words.lower()}.")
    return redirect(url_for(".edit", person_id=person_id))


@bp.post("/people/<int:person_id>/access")
@requires(Permission.PEOPLE_MANAGE)
def limit_access(person_id: int) -> ResponseReturnValue:
    """Say what an auditor's account is for, and until when."""
    form = AccessForm()
    if not form.validate():
        return _edit_page(person_id, limits=form), 422
    try:
        with unit_of_work() as work:
            scope = find_scope(work, ScopeKind(form.scope.data), form.about.data or "")
            person = examiners.limit_access(
                work,
                person_id,
                scope,
                last_day=form.until.data,
                actor_id=actor().person_id,
                at=now(),
            )
    except InputError as error:
        form.refuse_part(error)
        return _edit_page(person_id, limits=form), 422
    flash(f"{person.name} may read {examiners.readable(scope)}.")
    return redirect(url_for(".edit", person_id=person_id))


@bp.post("/people/<int:person_id>/password")
@requires(Permission.PEOPLE_MANAGE)
def set_password(person_id: int) -> ResponseReturnValue:
    """Set a new password for a person and end their sessions."""
    form = NewPasswordForm()
    if not form.validate():
        return _edit_page(person_id, password=form), 422
    try:
        with unit_of_work() as work:
            person = people.set_password(
                work, person_id, form.password.data, actor_id=actor().person_id, at=now()
            )
    except RuleError as error:
        form.refuse(error)
        return _edit_page(person_id, password=form), 422
    flash(f"{person.name} has a new password; their sessions have ended.")
    return redirect(url_for(".edit", person_id=person_id))


@bp.post("/people/<int:person_id>/deactivate")
@requires(Permission.PEOPLE_MANAGE)
def deactivate(person_id: int) -> ResponseReturnValue:
    """Close a person's access; their gifts stay in the register."""
    try:
        with unit_of_work() as work:
            person = people.deactivate(work, person_id, actor_id=actor().person_id, at=now())
    except RuleError as error:
        note_refusal(error)
        flash(str(error))
        return redirect(url_for(".edit", person_id=person_id))
    flash(f"{person.name} can no longer sign in.")
    return redirect(url_for(".index"))


def _new_page(form: NewPersonForm) -> str:
    form.offer(store.list_people(db.session()))
    return render_template("people/new.html", form=form)


def _edit_page(
    person_id: int,
    *,
    place: PlaceForm | None = None,
    password: NewPasswordForm | None = None,
    limits: AccessForm | None = None,
) -> str:
    reading = db.session()
    person = reading.get(Person, person_id)
    if person is None:
        raise NotFoundError(what="person")
    supervisor = str(person.supervisor_id or "")
    form = place or PlaceForm(
        formdata=None, role=person.role.value, supervisor=supervisor, office=person.office
    )
    form.offer(store.list_people(reading), except_id=person_id)
    return render_template(
        "people/edit.html",
        person=person,
        place=form,
        password=password or NewPasswordForm(formdata=None),
        limits=limits or _limits_form(person),
        access=_access(person, today()),
        is_me=person_id == actor().person_id,
    )


def _limits_form(person: Person) -> AccessForm | None:
    """Return the form for what an auditor's account is for; nobody else's is narrowed."""
    if person.role is not Role.AUDITOR:
        return None
    scope = kept_scope(person.scope_kind, person.scope_key) or WHOLE_FIRM
    return AccessForm(
        formdata=None, scope=scope.kind.value, about=scope.key, until=person.access_ends_on
    )


def _access(person: Person, day: date) -> tuple[str, str]:
    """Say in a word, and its tone, whether the person can come in."""
    if not person.active:
        return "Deactivated", ""
    if person.access_ends_on is not None and person.access_ends_on < day:
        return "Access has ended", ""
    if person.password_hash is None:
        return "No password yet", ""
    return "Can sign in", "ok"
