"""The page of the form that logs or amends a gift, and what it would mean if it were sent now."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from compliance_app.clock import today
from compliance_app.rules.receipts import KINDS, LARGEST_RECEIPT
from compliance_app.store.base import db
from compliance_app.store.models import Gift
from compliance_app.web import handing_in
from compliance_app.web.forms.gifts import RARE, GiftFields
from compliance_app.web.forms.kinds import GROUPS, asked_by, days_of
from compliance_app.web.forms.whom import Whom
from compliance_app.web.guard import actor
from compliance_app.web.previewing import Preview, preview

# What a button sends that only looks what the gift would mean.
LOOKS = frozenset({"look", "remove", "day", "receipt_drop"})
# What a form carries that nobody typed.
UNTYPED = LOOKS | {"csrf_token", "submission_key", "draft"}


def look(form: GiftFields, whom: Whom, amended: Gift | None = None) -> Preview:
    """Return what the gift on the form would mean if it were sent now."""
    reading = db.session()
    giver_id = (
        amended.giver_id
        if amended is not None
        else handing_in.giver_of(reading, form, actor_id=actor().person_id)
    )
    return preview(reading, form, whom, giver_id=giver_id, today=today(), amended=amended)


def look_only(form: GiftFields) -> None:
    """Check what is on the form without sending it; a button beside the day names one."""
    form.validate()
    form.receive()
    day = request.form.get("day")
    if day is not None:
        form.choose_day(day)


def answer(form: GiftFields, whom: Whom, amended: Gift | None = None) -> str:
    """Return only what changes to the script, the whole page without one."""
    form.take({"who": whom.problem} if whom.problem else {})
    if request.headers.get("X-Fragment"):
        seen = look(form, whom, amended)
        return render_template("gifts/_live.html", form=form, whom=whom, preview=seen, gift=amended)
    return form_page(form, whom, amended)


def form_page(form: GiftFields, whom: Whom, amended: Gift | None = None, **more: object) -> str:
    """Return the page with the form and the answer beside it."""
    context: dict[str, Any] = {
        "form": form,
        "whom": whom,
        "preview": look(form, whom, amended),
        "groups": GROUPS,
        "asked_by": asked_by,
        "received": form.received,
        "largest_receipt": LARGEST_RECEIPT,
        "receipt_types": ",".join(dict.fromkeys(kind.media_type for kind in KINDS)),
        "days": days_of(today()),
        "more_open": any(form[name].errors for name in RARE if name in form),
        "gift": amended,
        "drafts": (),
        "draft": None,
    }
    return render_template("gifts/edit.html" if amended else "gifts/new.html", **context | more)


def leads_to(address: str) -> ResponseReturnValue:
    """Lead on to a page; a script is told its address, so that the page is opened only once."""
    if request.headers.get("X-Fragment"):
        return "", 201, {"Location": address}
    return redirect(address)


def typed_of(fields: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    """Return what was typed, by the name of its field."""
    typed: dict[str, list[str]] = {}
    for name, value in fields:
        if name not in UNTYPED:
            typed.setdefault(name, []).append(value)
    return typed
