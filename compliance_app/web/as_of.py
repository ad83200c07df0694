"""The register as it was known on a past day: the gifts the trail had told of by its end."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance_app.clock import end_of, today
from compliance_app.rules.permissions import Permission
from compliance_app.services.as_of import gifts_known, merges_known
from compliance_app.store.base import db
from compliance_app.web.forms.as_of import AsOfForm
from compliance_app.web.guard import requires
from compliance_app.web.paging import PAGE, wanted_before

bp = Blueprint("as_of", __name__)


@bp.get("/audit/as-of")
@requires(Permission.TRAIL_READ)
def index() -> ResponseReturnValue:
    """List the gifts as they were known at the end of the day, the last touched first."""
    form = AsOfForm(request.args) if "day" in request.args else AsOfForm(day=today())
    if "day" in request.args and not form.validate():
        return render_template(
            "as_of/index.html", form=form, gifts=[], merges=[], newest=None, older=None
        ), 422
    day, below = form.day.data, wanted_before()
    gifts = gifts_known(db.session(), before=end_of(day), below=below, count=PAGE + 1)
    has_older = len(gifts) > PAGE
    return render_template(
        "as_of/index.html",
        form=form,
        gifts=gifts[:PAGE],
        merges=merges_known(db.session(), before=end_of(day)) if below is None else [],
        newest=url_for(".index", day=day) if below else None,
        older=url_for(".index", day=day, before=gifts[PAGE - 1].number) if has_older else None,
    )
