"""Forms of a recipient's work: a new employer, its end, a departure, and a correction."""

from typing import Any

from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from compliance_app.rules.employments import Departure
from compliance_app.web.forms.employers import ClientForm, OptionalDayField
from compliance_app.web.forms.fields import DayField, Line, options


def _departure(value: str | None) -> Departure | str | None:
    """Return what was chosen; what is none of the answers is refused as a choice."""
    return Departure(value) if value in set(Departure) else value


class NewEmployerForm(ClientForm):
    """Where they work from a day on."""

    employer = StringField(
        "New employer",
        validators=[InputRequired("Name the firm they work for now."), Line(300)],
        default="",
    )
    title = StringField("Title", validators=[Line()], default="")
    since = DayField("First day", description="Work on record until then ends the day before.")


class EndForm(ClientForm):
    """They left, and where they went is not known."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - whatever fields take
        # The page has another last day.
        super().__init__(prefix="end-", **kwargs)

    last_day = DayField("Last day")


class DepartureForm(ClientForm):
    """They are no longer reached through work; gifts after that day are flagged."""

    departure = RadioField(
        "What happened",
        choices=options(
            (Departure.LEFT_INDUSTRY.value, "Left the industry"), (Departure.DIED.value, "Died")
        ),
        validators=[InputRequired("Choose what happened.")],
        coerce=_departure,
    )
    last_day = DayField("Last day")


class CorrectionForm(ClientForm):
    """What an employment on record should have said."""

    employer = StringField(
        "Employer",
        description="Leave it empty if they never worked there; the entry stays in the trail.",
        validators=[Line(300)],
        default="",
    )
    title = StringField("Title", validators=[Line()], default="")
    started_on = OptionalDayField("First day")
    ended_on = OptionalDayField("Last day")
