"""Signing in and the own password."""

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    StringField,
)
from wtforms.validators import EqualTo, InputRequired, Length

from compliance_app.services.tokens import LONGEST_NAME
from compliance_app.web.forms.base import Form
from compliance_app.web.forms.fields import Line, options

LONGEST_PASSWORD = 1000


class SignInForm(Form):
    """E-mail and password."""

    email = EmailField(
        "E-mail",
        validators=[InputRequired("Enter your e-mail address."), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        validators=[InputRequired("Enter your password."), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(Form):
    """A new password, said twice, and the present one."""

    present = PasswordField(
        "Present password",
        validators=[
            InputRequired("Enter the password you have now."),
            Length(max=LONGEST_PASSWORD),
        ],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        "New password",
        description="At least 12 characters; a sentence you remember is best.",
        validators=[InputRequired("Enter a new password."), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "New password again",
        validators=[EqualTo("new", "This is not the same as the new password.")],
        render_kw={"autocomplete": "new-password"},
    )


class CodeForm(Form):
    """The six digits of an app, or a code for a lost phone."""

    code = StringField(
        "Code",
        description="Six digits; or a code you kept for a lost phone.",
        validators=[Line(40)],
    )


class SetUpForm(CodeForm):
    """The first code of a new app, with the sealed secret it must come from."""

    sealed = HiddenField(validators=[Line()])


class AppearanceForm(Form):
    """How pages look and whether single keys act, in this browser."""

    theme = RadioField(
        "Colors",
        choices=options(("system", "As the system"), ("light", "Light"), ("dark", "Dark")),
        default="system",
    )
    shortcuts = BooleanField("Single keys act where a page says so, such as J and K in approvals")


class TokenForm(Form):
    """A new token for a program."""

    name = StringField(
        "Name of the program",
        description="So that you know later which token to revoke, such as: Expenses.",
        validators=[InputRequired("Name the program that will use the token."), Line(LONGEST_NAME)],
        render_kw={"autocomplete": "off"},
    )
