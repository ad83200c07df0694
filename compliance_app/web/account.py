"""Signing in and out, and what is one's own: sessions, the password, tokens for programs."""

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
from compliance_app.rules.errors import (
    InputError,
    LockedOutError,
    PresentPasswordError,
    RuleError,
    SignInRefusedError,
)
from compliance_app.rules.permissions import Permission
from compliance_app.services import people, tokens
from compliance_app.store import people as store
from compliance_app.store import tokens as token_store
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Person
from compliance_app.web.forms.account import PasswordForm, SignInForm, TokenForm
from compliance_app.web.guard import Actor, actor, public, requires, someone

bp = Blueprint("account", __name__)


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the form to sign in."""
    if someone() is not None:
        return redirect(url_for("dashboard.index"))
    return render_template("account/sign_in.html", form=SignInForm())


@bp.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Sign in: open a session of its own, with a new cookie and a new form token."""
    form = SignInForm()
    if not form.validate():
        return render_template("account/sign_in.html", form=form), 422
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
    return redirect(_next_page())


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
    return redirect(url_for(".sign_in"))


@bp.get("/account")
@requires(Permission.ACCOUNT_OWN)
def show() -> ResponseReturnValue:
    """Show the own account: role, password, sessions."""
    return _account_page(PasswordForm())


@bp.post("/account/sessions/<int:session_id>/end")
@requires(Permission.ACCOUNT_OWN)
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of the own sessions, such as the one on a lost phone."""
    me = actor()
    with unit_of_work() as work:
        people.end_session(
            work, session_id, actor_id=me.person_id, at=now(), event=Event.SESSION_REVOKED
        )
    flash("The session was ended.")
    return redirect(url_for(".show"))


@bp.post("/account/password")
@requires(Permission.ACCOUNT_OWN)
def change_password() -> ResponseReturnValue:
    """Change the own password; every session ends, this one too."""
    form = PasswordForm()
    if not form.validate():
        return _account_page(form), 422
    me = actor()
    try:
        with unit_of_work() as work:
            people.change_own_password(
                work, me.person_id, form.present.data, form.new.data, at=now()
            )
    except RuleError as error:
        wrong = form.present if isinstance(error, PresentPasswordError) else form.new
        wrong.errors = (str(error),)
        return _account_page(form), 422
    logout_user()
    session.clear()
    flash("Your password was changed. Sign in with the new one.")
    return redirect(url_for(".sign_in"))


@bp.post("/account/tokens")
@requires(Permission.ACCOUNT_OWN)
def make_token() -> ResponseReturnValue:
    """Make a token for a program and show it, this one time, on the page itself.

    Leading on to another page would leave the token in a cookie.
    """
    form, me = TokenForm(), actor().person_id
    if not form.validate():
        return _account_page(PasswordForm(formdata=None), form), 422
    try:
        with unit_of_work() as work:
            person = work.get_one(Person, me)
            token = tokens.make(work, person, form.name.data, actor_id=me, at=now())
    except InputError as error:
        form.name.errors = tuple(error.problems.values())
        return _account_page(PasswordForm(formdata=None), form), 422
    # The reading that let the person in began before the token was there.
    db.session.rollback()
    return _account_page(PasswordForm(formdata=None), TokenForm(formdata=None), token), 201


@bp.post("/account/tokens/<int:token_id>/revoke")
@requires(Permission.ACCOUNT_OWN)
def revoke_token(token_id: int) -> ResponseReturnValue:
    """Revoke one of the own tokens."""
    with unit_of_work() as work:
        revoked = tokens.revoke(work, token_id, actor_id=actor().person_id, at=now())
    flash(f"The token of {revoked.name} is revoked.")
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


def _refuse(form: SignInForm, error: RuleError, status: int) -> ResponseReturnValue:
    form.password.errors = (str(error),)
    return render_template("account/sign_in.html", form=form), status


def _next_page() -> str:
    """Return the page that was asked for before signing in, only ever one of ours."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    if ours and not parts.scheme and not parts.netloc:
        return wanted
    return url_for("dashboard.index")


def _account_page(
    form: PasswordForm, token_form: TokenForm | None = None, new_token: str = ""
) -> str:
    reading = db.session()
    me = actor()
    return render_template(
        "account/show.html",
        form=form,
        token_form=token_form or TokenForm(formdata=None),
        tokens=token_store.list_tokens(reading, me.person_id),
        new_token=new_token,
        person=reading.get_one(Person, me.person_id),
        sessions=store.list_sessions(reading, me.person_id, at=now()),
        this_session_id=me.session_id,
    )
