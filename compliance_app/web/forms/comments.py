"""A question about a gift, or an answer."""

from wtforms import TextAreaField

from compliance_app.web.forms.base import Form


class CommentForm(Form):
    """One text; what may be said is checked where it is kept."""

    text = TextAreaField(
        "Ask or answer",
        description="Whoever gave or logged this gift and its reviewers see it; it is kept.",
        render_kw={"rows": 2},
    )
