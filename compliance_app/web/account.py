"""The own account: sessions, the password, tokens for programs, and how pages look."""

from flask import (
    Blueprint,
    flash,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue

from compliance_app.clock import now
from compliance_app.rules.audit import Event
from compliance_app.rules.errors import (
    InputError,
    PresentPasswordError,
    RuleError,
)
from compliance_app.rules.permissions import Permission
from compliance_app.services import people, tokens
from compliance_app.store import people as store
from compliance_app.store import tokens as token_store
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Person
from compliance_app.web import appearance
from compliance_app.web.forms.account import AppearanceForm, PasswordForm, TokenForm
from compliance_app.web.guard import actor, requires
from compliance_app.web.signing import open_for, take_in

bp = Blueprint("account", __name__)


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
    """Change the own password; every session ends, and this browser gets a new one."""
    form = PasswordForm()
    if not form.validate():
        return _account_page(form), 422
    me, moment = actor(), now()
    try:
        with unit_of_work() as work:
            person = people.change_own_password(
                work, me.person_id, form.present.data, form.new.data, at=moment
            )
            opened = open_for(work, person, moment)
    except RuleError as error:
        wrong = form.present if isinstance(error, PresentPasswordError) else form.new
        wrong.errors = (str(error),)
        return _account_page(form), 422
    take_in(opened)
    flash("Your password was changed, and you were signed out everywhere else.")
    return redirect(url_for(".show"))


@bp.post("/account/appearance")
@requires(Permission.ACCOUNT_OWN)
def change_appearance() -> ResponseReturnValue:
    """Keep in this browser how pages look and whether single keys act."""
    form = AppearanceForm()
    if not form.validate():
        return _account_page(PasswordForm(formdata=None), looks=form), 422
    answer = redirect(url_for(".show"))
    appearance.keep(answer, theme=form.theme.data, shortcuts=form.shortcuts.data)
    flash("This browser shows pages so from now on.")
    return answer


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


def _account_page(
    form: PasswordForm,
    token_form: TokenForm | None = None,
    new_token: str = "",
    looks: AppearanceForm | None = None,
) -> str:
    reading = db.session()
    me = actor()
    person = reading.get_one(Person, me.person_id)
    return render_template(
        "account/show.html",
        form=form,
        token_form=token_form or TokenForm(formdata=None),
        tokens=token_store.list_tokens(reading, me.person_id),
        new_token=new_token,
        person=person,
        codes_left=len(store.open_recovery_codes(reading, person.id)),
        appearance=looks or _appearance_form(),
        sessions=store.list_sessions(reading, me.person_id, at=now()),
        this_session_id=me.session_id,
    )


def _appearance_form() -> AppearanceForm:
    return AppearanceForm(
        formdata=None, theme=appearance.theme() or "system", shortcuts=appearance.keys_act()
    )
