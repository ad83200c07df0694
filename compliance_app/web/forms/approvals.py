"""What a reviewer says with a decision."""

from wtforms import StringField, TextAreaField

from compliance_app.web.forms.base import Form
from compliance_app.web.forms.fields import Prose

LONGEST_REASON = 4_000


class DecisionForm(Form):
    """The decision, its reason, and for a breach its remedy."""

    decision = StringField()
    next = StringField()
    reason = TextAreaField(
        "Reason",
        description="Kept with the gift for ever. Needed for everything but an approval.",
        validators=[Prose(LONGEST_REASON)],
        render_kw={"rows": 2},
    )
    remedy = TextAreaField(
        "Remedy",
        description="What is done about it: the gift returned, the giver trained.",
        validators=[Prose(LONGEST_REASON)],
        render_kw={"rows": 2},
    )
