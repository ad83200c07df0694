"""Choosing what a report is about: a quarter or other days, and whose gifts."""

from collections.abc import Mapping
from typing import Any

from wtforms import SelectField, StringField
from wtforms.validators import Optional, Regexp

from compliance_app.rules.errors import InputError
from compliance_app.rules.periods import Period, quarter_of, range_of, year_of
from compliance_app.rules.report_kinds import SCOPE_OF, ReportKind
from compliance_app.rules.scopes import ScopeKind
from compliance_app.web.forms.base import Form
from compliance_app.web.forms.fields import DayField, Line, options

OTHER_DAYS, WHOLE_YEAR = "range", "year"
QUARTERS = (
    ("1", "January to March"),
    ("2", "April to June"),
    ("3", "July to September"),
    ("4", "October to December"),
    (WHOLE_YEAR, "The whole year"),
    (OTHER_DAYS, "Other days, given below"),
)
SCOPES = (
    (ScopeKind.FIRM.value, "The whole firm"),
    (ScopeKind.EMPLOYER.value, "One employer"),
    (ScopeKind.GIVER.value, "One giver"),
    (ScopeKind.OFFICE.value, "One office"),
    (ScopeKind.RECIPIENT.value, "One recipient"),
)


KINDS = (
    (ReportKind.REGISTER.value, "Package of the register"),
    (ReportKind.RECIPIENT.value, "Statement of one recipient"),
    (ReportKind.EMPLOYER.value, "Statement for one employer"),
    (ReportKind.GIVER.value, "Year of one giver"),
    (ReportKind.AUDIT.value, "Extract of the trail"),
    (ReportKind.POLICY.value, "History of the policy"),
)


class ReportForm(Form):
    """What kind of report, about which days, and which part of the firm."""

    kind = SelectField("Report", choices=options(*KINDS), default=ReportKind.REGISTER.value)
    year = StringField(
        "Year",
        validators=[
            Regexp(r"(19|20|21)[0-9]{2}\Z", message="Give the year in four digits, such as 2026.")
        ],
        render_kw={"inputmode": "numeric", "maxlength": "4", "autocomplete": "off"},
    )
    quarter = SelectField("Quarter", choices=options(*QUARTERS))
    since = DayField("First day", validators=[Optional()], render_kw={"type": "date"})
    until = DayField("Last day", validators=[Optional()], render_kw={"type": "date"})
    scope = SelectField(
        "About", choices=options(*SCOPES), default=ScopeKind.FIRM.value, validate_choice=True
    )
    about = StringField(
        "Which one",
        validators=[Line()],
        description="A name, an e-mail address, or the number on their page.",
        render_kw={"autocomplete": "off"},
    )
    period: Period

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Say whether the form names days that make a period."""
        if self.quarter.data == OTHER_DAYS:
            self.year.validators = (Optional(),)
        if not super().validate(extra_validators):
            return False
        try:
            self.period = self._period()
        except InputError as error:
            self.take(error)
            return False
        return True

    @property
    def report_kind(self) -> ReportKind:
        """Return what kind of report is meant."""
        return ReportKind(self.kind.data)

    @property
    def scope_kind(self) -> ScopeKind:
        """Return which part of the firm is meant; some reports are about one part only."""
        return SCOPE_OF.get(self.report_kind, ScopeKind(self.scope.data))

    def take(self, error: InputError) -> None:
        """Show each problem at its field."""
        for name, sentence in error.problems.items():
            field = self._fields.get(name) or self.about
            field.errors = [*field.errors, sentence]

    def _period(self) -> Period:
        if self.quarter.data == WHOLE_YEAR:
            return year_of(int(self.year.data))
        if self.quarter.data != OTHER_DAYS:
            return quarter_of(f"{self.year.data}Q{self.quarter.data}")
        missing = {
            field.name: "Give this day, written as year-month-day: 2026-07-01."
            for field in (self.since, self.until)
            if field.data is None
        }
        if missing:
            raise InputError(problems=missing)
        return range_of(self.since.data, self.until.data)
