"""Writing a gift: its versions, shares, verdicts and decisions, and the event that tells it."""

import json
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Assessment
from compliance_app.rules.audit import Event
from compliance_app.rules.routing import Route
from compliance_app.rules.workflow import DecisionKind, State, holds_room
from compliance_app.services.assessing import JudgedShare, Judgement
from compliance_app.services.claims import Claim
from compliance_app.services.inputs import kept_document
from compliance_app.store import audit
from compliance_app.store.gift_rows import PlainRows, Row, Rows, document_of_rows, object_of
from compliance_app.store.gifts import document_of
from compliance_app.store.models import Assessment as AssessmentRow
from compliance_app.store.models import (
    Decision,
    Employer,
    Gift,
    GiftVersion,
    Person,
    Recipient,
    Share,
)
from compliance_app.store.people import staff_of
from compliance_app.store.reviewed import ReviewedVersion


def claim_of(version: GiftVersion | ReviewedVersion) -> Claim:
    """Return what a version claims."""
    return Claim(
        given_on=version.given_on,
        category=version.category,
        description=version.description,
        recipient_ids=tuple(share.recipient_id for share in version.shares),
        purpose=version.purpose,
        cost_cents=version.cost_cents,
        market_value_cents=version.market_value_cents,
        face_value_cents=version.face_value_cents,
        tax_cents=version.tax_cents,
        delivery_cents=version.delivery_cents,
        quantity=version.quantity,
        payer=version.payer,
        host_present=version.host_present,
        evidence=dict(version.evidence),
    )


class Outcome(NamedTuple):
    """What becomes of a gift by the claim that was judged."""

    version_number: int
    already_given: bool
    judgement: Judgement

    @property
    def is_cleared(self) -> bool:
        """Say whether the firm's policy decides by itself."""
        return self.judgement.route is Route.CLEARED

    @property
    def state(self) -> State:
        """Return the state the gift is put in."""
        if not self.is_cleared:
            return State.SUBMITTED
        return State.GIVEN if self.already_given else State.APPROVED

    def gift_values(self, at: datetime) -> dict[str, Any]:
        """Return the columns of the gift that follow from it."""
        return {
            "state": self.state,
            "version_number": self.version_number,
            "already_given": self.already_given,
            "route": self.judgement.route,
            "submitted_at": at,
        }


def gift_of(session: Session, rows: Rows, judgement: Judgement) -> Gift:
    """Return rows that were just written as the gift they are; it belongs to no session."""
    row, kept = rows[Gift][0], zip(rows[Share], rows[AssessmentRow], judgement.shares, strict=True)
    shares = [_share_of(share, assessment, judged) for share, assessment, judged in kept]
    related = {
        "giver": object_of(Person, staff_of(session, row["giver_id"])._asdict()),
        "logged_by": object_of(Person, staff_of(session, row["logged_by_id"])._asdict()),
        "versions": [object_of(GiftVersion, {**rows[GiftVersion][0], "shares": shares})],
        "decisions": [object_of(Decision, decision) for decision in rows[Decision]],
    }
    return object_of(Gift, row | related)


def _share_of(share: Row, assessment: Row, judged: JudgedShare) -> Share:
    who, firm = judged.recipient, judged.employment.employer if judged.employment else None
    related = {
        "assessment": object_of(AssessmentRow, assessment),
        "recipient": object_of(Recipient, {"id": who.id, "name": who.name, "email": who.email}),
        "employer": firm and object_of(Employer, {"id": firm.id, "name": firm.name}),
    }
    return object_of(Share, share | related)


def reassess(session: Session, gift: Gift, judgement: Judgement, *, at: datetime) -> None:
    """Put new verdicts in force for the shares of the current version; the old ones stay."""
    for share, judged in zip(gift.version.shares, judgement.shares, strict=True):
        share.assessment = _assessment(gift.version, judged, at=at)
        share.counted_cents = judged.assessment.rule_3220_cents
        share.regime_cents = dict(judged.assessment.regime_cents)
    session.flush()


def place(gift: Gift, *, over_limit: bool) -> None:
    """Let the gift's shares hold room in their recipients' limits as its state says."""
    holds = holds_room(gift.state, already_given=gift.already_given, over_limit=over_limit)
    for share in gift.version.shares:
        share.holds_room = holds


def release(gift: Gift) -> None:
    """Free the room that the current version holds, before another version takes its place."""
    for share in gift.version.shares:
        share.holds_room = False


def decide(
    session: Session,
    gift: Gift,
    kind: DecisionKind,
    *,
    actor_id: int | None,
    at: datetime,
    reason: str,
    remedy: str = "",
) -> Decision:
    """Write one decision on the current version; nobody as actor means the policy decided."""
    decision = Decision(
        **decision_values(
            gift.version_number, kind, actor_id=actor_id, at=at, reason=reason, remedy=remedy
        )
    )
    gift.decisions.append(decision)
    session.flush()
    return decision


def decision_values(
    version_number: int,
    kind: DecisionKind,
    *,
    actor_id: int | None,
    at: datetime,
    reason: str,
    remedy: str = "",
) -> dict[str, Any]:
    """Return the columns of a decision, but for whose it is."""
    return {
        "version_number": version_number,
        "kind": kind,
        "decided_by_id": actor_id,
        "decided_at": at,
        "reason": reason,
        "remedy": remedy,
    }


def record(
    session: Session, gift: Gift, event: Event, *, actor_id: int | None, at: datetime
) -> None:
    """Append what happened to the gift, with its full state, to the trail."""
    session.flush()
    audit.append(
        session,
        event,
        actor_id=actor_id,
        at=at,
        subject=f"gift:{gift.id}",
        body=document_of(gift),
    )


def record_rows(
    session: Session, rows: PlainRows, event: Event, *, actor_id: int | None, at: datetime
) -> None:
    """Append what happened to a gift in its first version, whose rows these are."""
    audit.append(
        session,
        event,
        actor_id=actor_id,
        at=at,
        subject=f"gift:{rows[Gift][0]['id']}",
        body=document_of_rows(rows),
        is_first=event is Event.GIFT_SUBMITTED,
    )


def assessment_document(assessment: AssessmentRow) -> dict[str, object]:
    """Return a kept assessment's document as it was written."""
    document: dict[str, object] = json.loads(assessment.document)
    return document


def version_values(
    claim: Claim, judgement: Judgement, *, made_by_id: int, at: datetime, reason: str
) -> dict[str, Any]:
    """Return the columns of a version, but for its number and whose it is."""
    return {
        "given_on": claim.given_on,
        "category": claim.category,
        "description": claim.description,
        "purpose": claim.purpose,
        "cost_cents": claim.cost_cents,
        "market_value_cents": claim.market_value_cents,
        "face_value_cents": claim.face_value_cents,
        "tax_cents": claim.tax_cents,
        "delivery_cents": claim.delivery_cents,
        "quantity": claim.quantity,
        "payer": claim.payer,
        "host_present": claim.host_present,
        "evidence": dict(claim.evidence),
        "flags": [{"code": flag.code.value, "sentence": flag.sentence} for flag in judgement.flags],
        "reason": reason,
        "made_by_id": made_by_id,
        "made_at": at,
    }


def share_values(judged: JudgedShare, *, given_on: date, holds_room: bool) -> dict[str, Any]:
    """Return the columns of a share, but for whose it is."""
    return {
        "recipient_id": judged.recipient.record_id,
        "recipient_name": judged.recipient.record_name,
        "employer_id": judged.employment.employer.id if judged.employment else None,
        "given_on": given_on,
        "counted_cents": judged.assessment.rule_3220_cents,
        "regime_cents": dict(judged.assessment.regime_cents),
        "holds_room": holds_room,
    }


def assessment_values(judged: JudgedShare, *, at: datetime) -> dict[str, Any]:
    """Return the columns of an assessment, but for the version it is of."""
    return {
        "recipient_id": judged.recipient.record_id,
        "document": kept_document(judged.assessment, judged.facts, judged.prior),
        "made_at": at,
        **verdict_values(judged.assessment),
    }


def verdict_values(verdict: Assessment) -> dict[str, Any]:
    """Return the columns of an assessment that repeat what its document says."""
    return {
        "verdict": verdict.verdict,
        "regime": verdict.regime,
        "counted_cents": verdict.counted_cents,
        "prior_cents": verdict.prior_cents,
        "pending_cents": verdict.pending_cents,
        "running_cents": verdict.running_cents,
        "limit_cents": verdict.limit_cents,
        "excess_cents": verdict.excess_cents,
        "window_start": verdict.window_start,
        "window_end": verdict.window_end,
        "policy_sha256": verdict.policy_sha256,
    }


def _assessment(version: GiftVersion, judged: JudgedShare, *, at: datetime) -> AssessmentRow:
    return AssessmentRow(version_id=version.id, **assessment_values(judged, at=at))
