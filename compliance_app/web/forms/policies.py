"""A policy document that is written, tried and adopted."""

from flask_wtf.file import FileField
from wtforms import TextAreaField
from wtforms.validators import ValidationError

from compliance_app.rules.policy import PolicyError
from compliance_app.services.policies import read_document, tidy
from compliance_app.web.forms.base import Form
from compliance_app.web.forms.fields import DayField


class PolicyForm(Form):
    """The document, typed or uploaded; the days it is tried on; and why it is adopted."""

    document = TextAreaField(
        "Policy document",
        description="It begins as the version in force. Every line that begins with # explains "
        "a setting; whatever is left out keeps the value the comment names.",
        render_kw={"rows": 24, "spellcheck": "false", "autocomplete": "off"},
    )
    file = FileField(
        "Or choose a file",
        description="A TOML file takes the place of the text above.",
        render_kw={"accept": ".toml,text/plain"},
    )
    since = DayField(
        "Try it on gifts from",
        description="The later the day, the sooner the answer.",
        render_kw={"type": "date"},
    )
    reason = TextAreaField(
        "Reason",
        description="Needed to adopt it; kept with the version for ever.",
        render_kw={"rows": 2},
    )

    def take_file(self) -> None:
        """Put an uploaded file in the place of the text. Raises PolicyError."""
        upload = self.file.data
        if upload:
            self.document.data = read_document(upload.read())
            self.document.raw_data = [self.document.data]

    def validate_document(self, field: TextAreaField) -> None:
        """Let a text without anything in it go no further."""
        field.data = tidy(field.data or "")
        if not field.data.strip():
            raise ValidationError("Write the policy, or choose a file that holds it.")

    def refuse_document(self, error: PolicyError) -> None:
        """Put what is wrong with the document at its field, a line each."""
        self.document.errors = tuple(str(problem) for problem in error.problems)
