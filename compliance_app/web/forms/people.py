"""Adding people, changing their role or supervisor, and setting a password for them."""

from collections.abc import Iterable

from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from compliance_app.rules.errors import (
    EmailTakenError,
    InputError,
    NotFoundError,
    ReportingLoopError,
    RuleError,
    WeakPasswordError,
)
from compliance_app.rules.permissions import Role
from compliance_app.rules.scopes import ScopeKind
from compliance_app.store.models import Person
from compliance_app.web.forms.account import LONGEST_PASSWORD
from compliance_app.web.forms.base import Form
from compliance_app.web.forms.fields import DayField, Line, options, read_id

PARTS = tuple(
    (kind.value, f"Reports about one {kind.value}") for kind in ScopeKind if kind != ScopeKind.FIRM
)
NOBODY = ("", "Nobody")
# The field that each refusal is about; InputError names its own.
FIELD_OF_ERROR: dict[type[RuleError], str] = {
    EmailTakenError: "email",
    ReportingLoopError: "supervisor",
    NotFoundError: "supervisor",
    WeakPasswordError: "password",
}


class PeopleForm(Form):
    """What the forms about people share: a refusal is shown at the field it is about."""

    def refuse(self, error: RuleError) -> None:
        """Show the refusal's sentence at its field, or above the form where it has none here."""
        problems = error.problems if isinstance(error, InputError) else {}
        for name, sentence in (
            problems or {FIELD_OF_ERROR.get(type(error), ""): str(error)}
        ).items():
            if name in self:
                self[name].errors = (sentence,)
            else:
                self.form_errors.append(sentence)


class PlaceForm(PeopleForm):
    """Somebody's role, supervisor and office."""

    role = SelectField("Role", choices=options(*((role.value, role.words) for role in Role)))
    supervisor = SelectField(
        "Supervisor", description="Decides on this person's gifts, unless compliance does."
    )
    office = StringField(
        "Office",
        description="A report can be about the gifts of one office.",
        validators=[Line()],
        render_kw={"autocomplete": "off"},
    )

    def offer(self, people: Iterable[Person], *, except_id: int | None = None) -> None:
        """Offer the active people as supervisors."""
        self.supervisor.choices = options(
            NOBODY,
            *(
                (str(person.id), f"{person.name}, {person.role.words.lower()}")
                for person in people
                if person.id != except_id and (person.active or self._is_chosen(person))
            ),
        )

    @property
    def supervisor_id(self) -> int | None:
        """Return who was chosen as supervisor."""
        return read_id(self.supervisor.data)

    def _is_chosen(self, person: Person) -> bool:
        return bool(str(person.id) == self.supervisor.data)


class NewPersonForm(PlaceForm):
    """Somebody who joins the firm."""

    name = StringField(
        "Name",
        validators=[InputRequired("Enter the person's name."), Line()],
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(
        "E-mail",
        description="What they sign in with.",
        validators=[InputRequired("Enter the person's e-mail address."), Line(254)],
        render_kw={"autocomplete": "off"},
    )


class AccessForm(PeopleForm):
    """What an auditor's account is for, and until when."""

    scope = SelectField(
        "May read",
        choices=options((ScopeKind.FIRM.value, "The whole register"), *PARTS),
        description="For one part, only the reports about it are open, and nothing else.",
    )
    about = StringField(
        "Which one",
        validators=[Line()],
        description="A name, an e-mail address, or the number on their page.",
        render_kw={"autocomplete": "off"},
    )
    until = DayField(
        "Last day",
        validators=[Optional()],
        description="Nothing opens after it, signed in or by a program.",
        render_kw={"type": "date"},
    )

    def refuse_part(self, error: InputError) -> None:
        """Show what is wrong at its field, which is "Which one" for every kind of part."""
        for name, sentence in error.problems.items():
            self._fields.get(name, self.about).errors = (sentence,)


class NewPasswordForm(PeopleForm):
    """A password that an administrator hands over."""

    password = PasswordField(
        "New password",
        description="At least 12 characters. Their sessions end; ask them to change it.",
        validators=[InputRequired("Enter a new password."), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )
