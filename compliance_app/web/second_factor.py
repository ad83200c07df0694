"""The second factor of one's own account: setting it up, new codes, and turning it off."""

from typing import Any, NamedTuple

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from compliance_app.clock import now
from compliance_app.rules.errors import InputError
from compliance_app.rules.permissions import Permission
from compliance_app.services import second_factor
from compliance_app.store import people as store
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Person
from compliance_app.web.forms.account import CodeForm, SetUpForm
from compliance_app.web.guard import actor, owing_roles, requires

bp = Blueprint("second_factor", __name__)


class Picture(NamedTuple):
    """A QR code: its width in modules, and the dark ones as one path."""

    width: int
    path: str


@bp.get("/account/second-factor")
@requires(Permission.ACCOUNT_OWN)
def show() -> ResponseReturnValue:
    """Show how to set it up, or that it is."""
    return _page()


@bp.post("/account/second-factor")
@requires(Permission.ACCOUNT_OWN)
def create() -> ResponseReturnValue:
    """Turn it on, and show the codes for a lost phone, this one time, on the page itself."""
    form, me = SetUpForm(), actor().person_id
    secret = second_factor.unseal(form.sealed.data or "", me, secret_key=_key())
    if secret is None or db.session.get_one(Person, me).totp_secret is not None:
        return redirect(url_for(".show"))
    try:
        with unit_of_work() as work:
            codes = second_factor.turn_on(
                work, me, secret, form.code.data or "", secret_key=_key(), at=now()
            )
    except InputError as error:
        form.code.errors = tuple(error.problems.values())
        return _page(form, secret), 422
    return _codes_page(codes), 201


@bp.post("/account/second-factor/codes")
@requires(Permission.ACCOUNT_OWN)
def renew() -> ResponseReturnValue:
    """Make new codes for a lost phone and show them this one time."""
    form = CodeForm()
    try:
        with unit_of_work() as work:
            codes = second_factor.renew_codes(
                work, actor().person_id, form.code.data or "", secret_key=_key(), at=now()
            )
    except InputError as error:
        form.code.errors = tuple(error.problems.values())
        return _page(form), 422
    return _codes_page(codes), 201


@bp.post("/account/second-factor/end")
@requires(Permission.ACCOUNT_OWN)
def end() -> ResponseReturnValue:
    """Turn it off, unless the firm asks it of the person's role."""
    form, me = CodeForm(), actor()
    if me.role in owing_roles():
        form.code.errors = (f"The firm asks it of every {me.role.words.lower()}.",)
        return _page(form), 422
    try:
        with unit_of_work() as work:
            second_factor.turn_off(
                work, me.person_id, form.code.data or "", secret_key=_key(), at=now()
            )
    except InputError as error:
        form.code.errors = tuple(error.problems.values())
        return _page(form), 422
    flash("The second factor is off. Your password alone signs you in.")
    return redirect(url_for("account.show"))


def draw(text: str) -> Picture:
    """Return the text as a QR code."""
    code: Any = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    width = code.getModuleCount()
    dark = (
        f"M{column} {row}h1v1h-1z"
        for row in range(width)
        for column in range(width)
        if code.isDark(row, column)
    )
    return Picture(width, "".join(dark))


def _page(form: CodeForm | None = None, secret: str | None = None) -> str:
    reading, me = db.session(), actor()
    person = reading.get_one(Person, me.person_id)
    if person.totp_secret is not None:
        left = len(store.open_recovery_codes(reading, person.id))
        return render_template(
            "account/second_factor.html",
            form=form or CodeForm(formdata=None),
            codes_left=left,
            owed=me.role in owing_roles(),
        )
    secret = secret or second_factor.new_secret()
    set_up = form if isinstance(form, SetUpForm) else SetUpForm(formdata=None)
    set_up.sealed.data = second_factor.seal(secret, person.id, secret_key=_key())
    firm = str(current_app.config["FIRM_NAME"])
    return render_template(
        "account/set_up.html",
        form=set_up,
        picture=draw(second_factor.address_of(secret, email=person.email, firm=firm)),
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        owed=me.role in owing_roles(),
    )


def _codes_page(codes: list[str]) -> str:
    return render_template("account/codes.html", codes=codes)


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])
