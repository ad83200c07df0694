"""Choosing the day whose register is shown."""

from compliance_app.web.forms.base import Form
from compliance_app.web.forms.fields import DayField


class AsOfForm(Form):
    """One day; it only asks, so it carries no token."""

    class Meta:
        """What sets this form apart."""

        csrf = False

    day = DayField("Day", render_kw={"type": "date"})
