"""Signing in and out; what was typed when a session had ended comes along."""

from datetime import datetime
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from compliance_app.clock import now
from compliance_app.rules.audit import Event
from compliance_app.rules.errors import (
    HalfSignInError,
    InputError,
    LockedOutError,
    RuleError,
    SignInRefusedError,
)
from compliance_app.rules.permissions import Permission
from compliance_app.services import drafts, people, second_factor
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Person
from compliance_app.web.forms.account import CodeForm, SignInForm
from compliance_app.web.gift_form import typed_of
from compliance_app.web.guard import Actor, actor, public, requires, someone
from compliance_app.web.interrupted import Typed

bp = Blueprint("signing", __name__)

# How long after the password the code may come.
CODE_SECONDS = 300
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
            asks_code = person is not None and person.totp_secret is not None
            opened = open_for(work, person, moment) if person and not asks_code else None
    except LockedOutError as error:
        return _refuse(form, error, 429)
    if person is None:
        return _refuse(form, SignInRefusedError(), 401)
    if opened is None:
        _keep_half(person, moment)
        return _code_page(CodeForm(formdata=None)), 200
    take_in(opened)
    return _go_on(opened, moment)


@bp.get("/sign-in/code")
@public
def ask_code() -> ResponseReturnValue:
    """Lead whoever comes here by an address to the first step."""
    return redirect(url_for(".show", next=request.args.get("next")))


@bp.post("/sign-in/code")
@public
def check_code() -> ResponseReturnValue:
    """Sign in with the code, after the password was right a moment ago."""
    form, moment, person_id = CodeForm(), now(), _half(now())
    if person_id is None:
        return _refuse(SignInForm(formdata=None), HalfSignInError(), 422)
    try:
        with unit_of_work() as work:
            person = second_factor.check(
                work,
                person_id,
                form.code.data or "",
                secret_key=str(current_app.config["SECRET_KEY"]),
                at=moment,
            )
            opened = open_for(work, person, moment) if person else None
    except LockedOutError as error:
        return _refuse(SignInForm(formdata=None), error, 429)
    except SignInRefusedError as error:
        return _refuse(SignInForm(formdata=None), error, 401)
    if opened is None:
        form.code.errors = (second_factor.WRONG,)
        return _code_page(form), 401
    take_in(opened)
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


def take_in(opened: Actor) -> None:
    """Give this browser a new cookie and a new form token for the opened session.

    The token comes at once: pages opened side by side would each make one, and one of them
    would win.
    """
    session.clear()
    # The token made before belongs to the session that is over.
    g.pop("csrf_token", None)
    generate_csrf()
    login_user(opened)


def open_for(work: Session, person: Person, moment: datetime) -> Actor:
    """Open a session for the person in this browser."""
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


def _keep_half(person: Person, moment: datetime) -> None:
    """Remember in the signed cookie whose password was right, and when."""
    session.clear()
    g.pop("csrf_token", None)
    session["half"] = [person.id, moment.timestamp()]


def _half(moment: datetime) -> int | None:
    """Return whose password was right a moment ago."""
    person_id, at = session.get("half", (None, 0.0))
    return person_id if 0 <= moment.timestamp() - at <= CODE_SECONDS else None


def _code_page(form: CodeForm) -> str:
    return render_template("account/code.html", form=form, typed=Typed.carried())


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
