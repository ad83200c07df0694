"""Adding a person at a client, and finding one."""

from wtforms import BooleanField, EmailField, SearchField, SelectField, StringField, TelField
from wtforms.validators import InputRequired

from compliance_app.rules.errors import EmailTakenError, InputError, RuleError
from compliance_app.rules.facts import RecipientClass
from compliance_app.services.recipients import NewRecipient
from compliance_app.web.filters import WORDS
from compliance_app.web.forms.base import Form
from compliance_app.web.forms.employers import ClientForm
from compliance_app.web.forms.fields import Line, options


class SearchForm(Form):
    """A few letters of a name or an e-mail address; it changes nothing, so it needs no token."""

    class Meta:
        """Read from the address, without a token."""

        csrf = False

    q = SearchField("Name or e-mail", validators=[Line(300)], render_kw={"autocomplete": "off"})


class DetailsForm(ClientForm):
    """A person's name and how to reach them, as they should have been."""

    name = StringField(
        "Name", validators=[InputRequired("Give the person's name."), Line(300)], default=""
    )
    email = EmailField("E-mail", validators=[Line(254)], default="")
    phone = TelField("Telephone", validators=[Line(60)], default="")


class RecipientForm(Form):
    """Who it is, where they work, and what the rules see in them."""

    name = StringField("Name", validators=[InputRequired("Give the person's name."), Line(300)])
    email = EmailField("E-mail", validators=[Line(254)])
    phone = TelField("Telephone", validators=[Line(60)])
    employer = StringField(
        "Employer", description="The client firm they work for now.", validators=[Line(300)]
    )
    title = StringField("Title", validators=[Line()])
    recipient_class = SelectField(
        "What the person is",
        description="Other laws than Rule 3220 may apply to officials, unions and plans.",
        choices=options(*((kind.value, WORDS[kind]) for kind in RecipientClass)),
    )
    confirmed_new = BooleanField("This is somebody else")

    @property
    def named(self) -> NewRecipient:
        """Return the person the form describes."""
        return NewRecipient(
            name=self.name.data or "",
            email=self.email.data or "",
            employer=self.employer.data or "",
            title=self.title.data or "",
            recipient_class=RecipientClass(self.recipient_class.data),
            phone=self.phone.data or "",
        )

    def refuse(self, error: RuleError) -> None:
        """Put a refusal where the person can mend it, or above the form."""
        if isinstance(error, InputError):
            for name, sentence in error.problems.items():
                self[name].errors = (sentence,)
        elif isinstance(error, EmailTakenError):
            self.email.errors = (str(error),)
        else:
            self.form_errors.append(str(error))
