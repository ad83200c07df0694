"""Signing in and out; what was typed when a session had ended comes along."""

from datetime import datetime
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user
from sqlalchemy.orm import Session

from compliance_app.clock import now
from compliance_app.rules.audit import Event
from compliance_app.rules.errors import InputError, LockedOutError, RuleError, SignInRefusedError
from compliance_app.rules.permissions import Permission
from compliance_app.services import drafts, people
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Person
from compliance_app.web.forms.account import SignInForm
from compliance_app.web.gift_form import typed_of
from compliance_app.web.guard import Actor, actor, public, requires, someone
from compliance_app.web.interrupted import Typed

bp = Blueprint("signing", __name__)

AGAIN = "You are signed in again. This was not sent yet:"


@bp.get("/sign-in")
@public
def show() -> ResponseReturnValue:
    """Show the form to sign in."""
    if someone() is not None:
        return redirect(url_for("dashboard.index"))
    return render_template("account/sign_in.html", form=SignInForm(), typed=None)


@bp.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Sign in: open a session of its own, with a new cookie and a new form token."""
    form = SignInForm()
    if not form.validate():
        return _again(form, 422)
    moment = now()
    try:
        with unit_of_work() as work:
            person = people.check_sign_in(work, form.email.data, form.password.data, at=moment)
            opened = _open(work, person, moment) if person else None
    except LockedOutError as error:
        return _refuse(form, error, 429)
    if opened is None:
        return _refuse(form, SignInRefusedError(), 401)
    session.clear()
    login_user(opened)
    return _go_on(opened, moment)


@bp.post("/sign-out")
@requires(Permission.ACCOUNT_OWN)
def leave() -> ResponseReturnValue:
    """Sign out: end the session on the server and forget the cookie."""
    me = actor()
    with unit_of_work() as work:
        people.end_session(
            work, me.session_id, actor_id=me.person_id, at=now(), event=Event.SIGNED_OUT
        )
    logout_user()
    session.clear()
    return redirect(url_for(".show"))


def _open(work: Session, person: Person, moment: datetime) -> Actor:
    token = people.open_session(
        work,
        person,
        at=moment,
        hours=int(current_app.config["SESSION_HOURS"]),
        user_agent=request.user_agent.string,
        address=request.remote_addr or "",
    )
    return Actor(token, 0, person.id, person.name, person.role)


def _go_on(opened: Actor, moment: datetime) -> ResponseReturnValue:
    """Lead to the page that was asked for, or back into the form that was interrupted."""
    typed = Typed.carried()
    if typed is None:
        return redirect(_next_page())
    if not typed.is_gift or not opened.may(Permission.GIFT_LOG):
        return typed.page(AGAIN)
    key = dict(typed.fields).get("submission_key", "")
    try:
        with unit_of_work() as work:
            kept = drafts.keep(
                work, key, typed_of(typed.fields), person_id=opened.person_id, at=moment
            )
    except InputError:
        return typed.page(AGAIN)
    flash("You are signed in again, and nothing you typed is lost. Add a receipt if there was one.")
    return redirect(url_for("drafts.show", draft_id=kept.id))


def _refuse(form: SignInForm, error: RuleError, status: int) -> ResponseReturnValue:
    form.password.errors = (str(error),)
    return _again(form, status)


def _again(form: SignInForm, status: int) -> ResponseReturnValue:
    return render_template("account/sign_in.html", form=form, typed=Typed.carried()), status


def _next_page() -> str:
    """Return the page that was asked for before signing in, only ever one of ours."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    if ours and not parts.scheme and not parts.netloc:
        return wanted
    return url_for("dashboard.index")
