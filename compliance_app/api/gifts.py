"""Gifts: logging one, asking what would become of it, listing, deciding and withdrawing."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from compliance_app.api import whom
from compliance_app.api.answers import gift_answer, preview_answer
from compliance_app.api.gift_list import list_gifts
from compliance_app.api.orders import perform, respond
from compliance_app.api.schemas import DecisionBody, GiftBody, GiftQuery, read_body, read_query
from compliance_app.api.whom import Whom
from compliance_app.clock import today
from compliance_app.rules.permissions import Permission
from compliance_app.services import approvals, gifts, misnamed
from compliance_app.services.claims import Claim
from compliance_app.services.idempotency import Answer
from compliance_app.store.base import db
from compliance_app.store.models import Gift
from compliance_app.web.guard import actor, requires
from compliance_app.web.visibility import get_readable_gift

bp = Blueprint("gifts", __name__)

DECISIONS: dict[str, Callable[..., Gift]] = {
    "approve": approvals.approve,
    "decline": approvals.decline,
    "send_back": approvals.send_back,
    "record_breach": approvals.record_breach,
}


@bp.get("/v1/gifts")
@requires(Permission.RECIPIENT_READ)
def index() -> ResponseReturnValue:
    """List the gifts you may read, the newest first."""
    return respond(list_gifts(db.session(), read_query(GiftQuery), actor()))


@bp.post("/v1/gifts")
@requires(Permission.GIFT_LOG)
def create() -> ResponseReturnValue:
    """Log a gift and hand it in."""
    body = read_body(GiftBody)
    return perform(lambda work, at: _submit(work, body, at), body)


@bp.post("/v1/assessments")
@requires(Permission.GIFT_LOG)
def assess() -> ResponseReturnValue:
    """Say what would become of a gift; nothing is written."""
    body, reading = read_body(GiftBody), db.session()
    giver_id = whom.find_giver(reading, body.giver_email, actor_id=actor().person_id)
    named, strangers = whom.find_or_imagine(reading, body.recipients)
    judgement = gifts.preview(
        reading, _claim(reading, body, named), giver_id=giver_id, today=today(), newcomers=strangers
    )
    return respond(preview_answer(judgement).model_dump_json())


@bp.get("/v1/gifts/<reference>")
@requires(Permission.RECIPIENT_READ)
def show(reference: str) -> ResponseReturnValue:
    """Show a gift with its shares, their assessments and every decision."""
    gift = get_readable_gift(db.session(), reference, actor())
    return respond(gift_answer(gift).model_dump_json())


@bp.post("/v1/gifts/<reference>/decision")
@requires(Permission.GIFT_DECIDE)
def decide(reference: str) -> ResponseReturnValue:
    """Approve a gift, decline it, send it back or record a breach."""
    body, me = read_body(DecisionBody), actor()
    get_readable_gift(db.session(), reference, me)
    act = DECISIONS[body.decision]
    said = {"reason": body.reason}
    if body.decision == "record_breach":
        said["remedy"] = body.remedy
    return perform(
        lambda work, at: _answer(act(work, reference, actor_id=me.person_id, at=at, **said)), body
    )


@bp.post("/v1/gifts/<reference>/withdraw")
@requires(Permission.GIFT_LOG)
def withdraw(reference: str) -> ResponseReturnValue:
    """Take back a planned gift that nobody has decided on."""
    me = actor()
    get_readable_gift(db.session(), reference, me)
    return perform(
        lambda work, at: _answer(gifts.withdraw(work, reference, actor_id=me.person_id, at=at))
    )


def _submit(work: Session, body: GiftBody, at: datetime) -> Answer:
    me = actor().person_id
    named = whom.find_or_add(work, body.recipients, actor_id=me, at=at)
    submitted = gifts.submit(
        work,
        _claim(work, body, named),
        giver_id=whom.find_giver(work, body.giver_email, actor_id=me),
        actor_id=me,
        at=at,
    )
    return _answer(submitted.as_gift(work), 201)


def _claim(session: Session, body: GiftBody, named: Whom) -> Claim:
    """Return what is claimed, with how those were named who have another name here."""
    claim = body.claim(named.ids)
    least = misnamed.least_on(session, claim.given_on) if named.sayings else 0
    said = misnamed.kept(
        one for one in named.sayings if misnamed.is_other_name(one.name, one.holder, least=least)
    )
    return claim._replace(evidence={**claim.evidence, **said}) if said else claim


def _answer(gift: Gift, status: int = 200) -> Answer:
    return Answer(status, gift_answer(gift).model_dump_json())
