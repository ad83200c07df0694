"""What is looked for in the register, and by what it is narrowed."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice

from compliance_app.rules.facts import Category
from compliance_app.rules.flags import FlagCode
from compliance_app.rules.workflow import State
from compliance_app.web.forms.base import Form
from compliance_app.web.forms.fields import DayField, Line

SHOWN_STATES = tuple(state for state in State if state not in {State.DRAFT, State.DISCARDED})


def _choices(anything: str, values: Iterable[StrEnum]) -> list[SelectChoice]:
    """Offer every value in its words, after the choice that does not narrow."""
    said = ((one.value, one.value.replace("_", " ").capitalize()) for one in values)
    return [SelectChoice("", anything), *(SelectChoice(value, label) for value, label in said)]


class OptionalDayField(DayField):
    """A day, or none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day where one was chosen."""
        if valuelist and valuelist[0].strip():
            super().process_formdata(valuelist)


class SearchFilters(Form):
    """Words and filters; it only asks, so it carries no token."""

    class Meta:
        """What sets this form apart."""

        csrf = False

    q = StringField(
        "Search",
        description="A reference, a person, an employer, or words of the description.",
        validators=[Line()],
        render_kw={"type": "search"},
    )
    state = SelectField("State", default="", choices=_choices("Any", SHOWN_STATES))
    kind = SelectField("Kind", default="", choices=_choices("Any", Category))
    sign = SelectField("Flag", default="", choices=_choices("Any or none", FlagCode))
    since = OptionalDayField("Given from", render_kw={"type": "date"})
    until = OptionalDayField("Given until", render_kw={"type": "date"})

    @property
    def asked(self) -> dict[str, str]:
        """Return what is asked, as it stands in an address."""
        typed = (
            (name, field.data.isoformat() if isinstance(field.data, date) else field.data)
            for name, field in self._fields.items()
        )
        return {name: value for name, value in typed if value}


class KeepForm(Form):
    """The name under which a search is kept."""

    name = StringField("Name", validators=[Line()])
