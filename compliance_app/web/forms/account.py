"""Signing in and the own password."""

from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from compliance_app.services.tokens import LONGEST_NAME
from compliance_app.web.forms.base import Form
from compliance_app.web.forms.fields import Line

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


class TokenForm(Form):
    """A new token for a program."""

    name = StringField(
        "Name of the program",
        description="So that you know later which token to revoke, such as: Expenses.",
        validators=[InputRequired("Name the program that will use the token."), Line(LONGEST_NAME)],
        render_kw={"autocomplete": "off"},
    )
