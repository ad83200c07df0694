"""The page of one gift: what it is, what counts and why, who decided, and its versions."""

import json

from flask import render_template

from compliance_app.rules.audit import Event
from compliance_app.rules.money import format_decimal
from compliance_app.rules.reasons import Reason
from compliance_app.services import comments, explaining
from compliance_app.store import audit as audit_store
from compliance_app.store import identity
from compliance_app.store import policies as policy_store
from compliance_app.store.base import db
from compliance_app.store.models import Assessment, Gift, Person
from compliance_app.web.forms.comments import CommentForm
from compliance_app.web.guard import actor
from compliance_app.web.navigation import stand_at
from compliance_app.web.versions import compare
from compliance_app.web.visibility import acts_of, get_readable_gift, is_author, may_amend


def show_gift(reference: str, *, problem: str = "", comment_form: CommentForm | None = None) -> str:
    """Render the gift for the person who is signed in; `problem` is why an act was refused."""
    reading, me = db.session(), actor()
    gift = get_readable_gift(reading, reference, me)
    if not is_author(gift, me):
        stand_at("gifts.everybody")
    return render_template(
        "gifts/show.html",
        gift=gift,
        problem=problem,
        comment_form=_comment_form(gift, comment_form),
        came_to_light=identity.findings_of_gift(reading, gift.id),
        acts=acts_of(gift, me),
        amendable=may_amend(gift, me),
        expense_line=expense_line(gift) if is_author(gift, me) else "",
        reasons_of=reasons_of,
        explain=lambda assessment: explaining.explain(reading, assessment),
        compared=compare(gift) if len(gift.versions) > 1 else [],
        policy_ids={one.sha256: one.id for one in policy_store.list_policies(reading)},
        events=[
            (event, Event(event.event), audit_store.seal_of(event) == event.sha256)
            for event in audit_store.events_of(reading, f"gift:{gift.id}")
        ],
    )


def _comment_form(gift: Gift, sent: CommentForm | None) -> CommentForm | None:
    person = db.session().get_one(Person, actor().person_id)
    if not comments.may_comment(gift, person):
        return None
    return sent or CommentForm(formdata=None)


def reasons_of(assessment: Assessment) -> list[str]:
    """Return the sentences of a kept assessment, from the document as it was written."""
    document = json.loads(assessment.document)
    return [Reason.from_document(reason).sentence for reason in document["reasons"]]


def expense_line(gift: Gift) -> str:
    """Return the line that ties an expense report to the gift."""
    version = gift.version
    who = ", ".join(share.recipient_name for share in version.shares)
    spent = (version.cost_cents or 0) * version.quantity
    what = " ".join(version.description.split())
    parts = (gift.reference, version.given_on.isoformat(), what, who, format_decimal(spent))
    return " | ".join(parts)
