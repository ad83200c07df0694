"""What an officer says of a pair, of a merge, and of what a merge brought to light."""

from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from compliance_app.web.forms.base import Form
from compliance_app.web.forms.fields import Line, options

BREACH, SEND_BACK, SETTLE = "breach", "send_back", "settle"
INTO_FIRST, INTO_SECOND, NOT_SAME, LATER = "into_first", "into_second", "not_same", "later"


class VerdictForm(Form):
    """Whether two records are one person."""

    verdict = RadioField(
        "Are they one person?",
        choices=options(
            (INTO_FIRST, "Yes: the first record goes on"),
            (INTO_SECOND, "Yes: the second record goes on"),
            (NOT_SAME, "No, and never ask again"),
            (LATER, "Decide later"),
        ),
        validators=[InputRequired("Say whether they are one person.")],
    )
    reason = StringField("Why", validators=[Line(300)])


class UndoForm(Form):
    """Why a merge is taken back."""

    reason = StringField("Why they are two people", validators=[Line(300)])


class SamePersonForm(Form):
    """Which other record is the same person, and which of the two goes on."""

    other = IntegerField(validators=[InputRequired("Name the other record."), NumberRange(1)])
    goes_on = RadioField(
        "Which record goes on?",
        choices=options(("this", "This one"), ("other", "The other one")),
        validators=[InputRequired("Choose the record that goes on.")],
    )
    reason = StringField("Why they are one person", validators=[Line(300)])


class SettleForm(Form):
    """What is done about a gift that came to light."""

    act = RadioField(
        "What is done",
        choices=options(
            (BREACH, "Record a breach"), (SEND_BACK, "Send it back"), (SETTLE, "Settle it")
        ),
        default=SETTLE,
    )
    reason = TextAreaField(
        "What was done about it",
        validators=[InputRequired("Say what was done about it."), Line(300)],
    )


class ScanForm(Form):
    """The scan to go on with; the one that was stopped or a new one where none is named."""

    scan = IntegerField(validators=[Optional(), NumberRange(1)])
