"""Choosing the quarter a report is about."""

from wtforms import SelectField, StringField
from wtforms.validators import Regexp

from compliance_app.web.forms.base import Form
from compliance_app.web.forms.fields import options

QUARTERS = (
    ("1", "January to March"),
    ("2", "April to June"),
    ("3", "July to September"),
    ("4", "October to December"),
)


class QuarterForm(Form):
    """A year and one of its quarters."""

    year = StringField(
        "Year",
        validators=[
            Regexp(r"(19|20|21)[0-9]{2}\Z", message="Give the year in four digits, such as 2026.")
        ],
        render_kw={"inputmode": "numeric", "maxlength": "4", "autocomplete": "off"},
    )
    quarter = SelectField("Quarter", choices=options(*QUARTERS))

    @property
    def label(self) -> str:
        """Return the quarter as it is written: 2026Q3."""
        return f"{self.year.data}Q{self.quarter.data}"
