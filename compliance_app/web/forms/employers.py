"""Forms of a client firm: its facts, its class, a negotiation, and handing the account over."""

from collections.abc import Iterable, Sequence
from datetime import date

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from compliance_app.rules.client_errors import EmployerLoopError, EmployerTakenError
from compliance_app.rules.employers import EmployerClass
from compliance_app.rules.errors import EmailTakenError, InputError, NotFoundError, RuleError
from compliance_app.services.employers import EmployerFacts
from compliance_app.store.models import Person
from compliance_app.web.forms.base import Form
from compliance_app.web.forms.fields import DayField, Line, options, read_id

LONGEST_NAME = 300
FIELD_OF_ERROR: dict[type[RuleError], str] = {
    EmployerTakenError: "name",
    EmployerLoopError: "parent",
    NotFoundError: "parent",
    EmailTakenError: "email",
}


class OptionalDayField(DayField):
    """A day that may be left open."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day; nothing typed is no day."""
        self.data = None
        if valuelist and valuelist[0].strip():
            super().process_formdata(valuelist)


class ClientForm(Form):
    """What these forms share: a refusal is shown at the field it is about."""

    def refuse(self, error: RuleError) -> None:
        """Show the refusal's sentence at its field, or above the form where it has none here."""
        problems = error.problems if isinstance(error, InputError) else {}
        named = problems or {FIELD_OF_ERROR.get(type(error), ""): str(error)}
        for name, sentence in named.items():
            if name in self:
                self[name].errors = (sentence,)
            else:
                self.form_errors.append(sentence)


class EmployerForm(ClientForm):
    """The plain facts of a firm; name and parent are for compliance."""

    name = StringField(
        "Name", validators=[InputRequired("Give the firm's name."), Line(LONGEST_NAME)]
    )
    parent = StringField(
        "Parent firm",
        description="The name of the firm it belongs to, as it stands in the register.",
        validators=[Line(LONGEST_NAME)],
    )
    segment = StringField("Segment", description="Such as: Pensions.", validators=[Line(100)])
    region = StringField("Region", description="Such as: Midwest.", validators=[Line(100)])

    def facts(self, parent_id: int | None) -> EmployerFacts:
        """Return the facts the form describes."""
        return EmployerFacts(
            name=self.name.data or "",
            segment=self.segment.data or "",
            region=self.region.data or "",
            parent_id=parent_id,
        )


class ClassForm(ClientForm):
    """What the firm is, from a day on."""

    employer_class = SelectField(
        "What the firm is",
        description="The laws that follow join those of each person; the strictest decides.",
        choices=options(*((kind.value, kind.words) for kind in EmployerClass)),
    )
    since = OptionalDayField("From", description="Leave it empty if it always was.")


class NegotiationForm(ClientForm):
    """Business that is being negotiated; gifts on its days go to compliance."""

    opportunity = StringField(
        "Opportunity",
        validators=[InputRequired("Name the opportunity."), Line(LONGEST_NAME)],
    )
    started_on = DayField("From")
    ended_on = OptionalDayField("To", description="Leave it empty while it is open.")


class HandOverForm(ClientForm):
    """To whom the account goes, and from which day."""

    to = SelectField("New owner", description="Open requests of the owner before move along.")
    on = DayField("From")

    def offer(self, people: Iterable[Person]) -> None:
        """Offer these people, by name."""
        self.to.choices = options(
            *((str(one.id), f"{one.name}, {one.role.words.lower()}") for one in people)
        )

    @property
    def to_id(self) -> int:
        """Return who was chosen."""
        return read_id(self.to.data) or 0


def filled(
    forms: Sequence[type[ClientForm]], *, sent: ClientForm | None, today: date
) -> dict[type[ClientForm], ClientForm]:
    """Return each form empty, with today where a day is asked for, but the one that was sent."""
    made: dict[type[ClientForm], ClientForm] = {}
    for kind in forms:
        if sent is not None and type(sent) is kind:
            made[kind] = sent
        else:
            made[kind] = kind(formdata=None, on=today, started_on=today)
    return made
