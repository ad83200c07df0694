"""Gifts that came to light and that an officer must look at: each open until somebody has acted.

What is to be noticed is for `services/noticing`; an act on the gift itself settles it too.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Assessment
from compliance_app.rules.audit import Event
from compliance_app.store import audit, identity
from compliance_app.store import gifts as gift_store
from compliance_app.store.gifts import row_document
from compliance_app.store.models import Gift, RecipientFinding


class Noticed(NamedTuple):
    """A gift that must be looked at, as it stands today, and why."""

    given_on: date
    assessment: Assessment
    sentence: str


def write_down(
    session: Session,
    new: Mapping[int, Mapping[str, Noticed]],
    *,
    merge_id: int | None,
    at: datetime,
) -> list[RecipientFinding]:
    """Keep findings of people's gifts; the caller tells the trail."""
    ids = gift_store.ids_by_reference(session, {name for gifts in new.values() for name in gifts})
    findings = [
        RecipientFinding(
            merge_id=merge_id,
            gift_id=ids[reference],
            recipient_id=person_id,
            given_on=one.given_on,
            running_cents=one.assessment.running_cents,
            limit_cents=one.assessment.limit_cents,
            excess_cents=one.assessment.excess_cents,
            sentence=one.sentence,
            found_at=at,
        )
        for person_id, gifts in new.items()
        for reference, one in gifts.items()
    ]
    session.add_all(findings)
    session.flush()
    return findings


def raise_new(
    session: Session,
    new: Mapping[int, Mapping[str, Noticed]],
    *,
    actor_id: int | None,
    at: datetime,
) -> list[RecipientFinding]:
    """Keep findings of people's gifts that no merge brought, and tell the trail."""
    raised = write_down(session, new, merge_id=None, at=at)
    record(session, Event.FINDING_RAISED, raised, actor_id=actor_id, at=at)
    return raised


def settle(
    session: Session, finding: RecipientFinding, *, reason: str, actor_id: int | None, at: datetime
) -> None:
    """Close a finding with what was done about it."""
    settle_these(session, [finding], reason=reason, actor_id=actor_id, at=at)


def settle_all(
    session: Session, gift: Gift, *, reason: str, actor_id: int | None, at: datetime
) -> None:
    """Close what is open about a gift, since an act on the gift itself has dealt with it."""
    found = identity.findings_of_gift(session, gift.id)
    settle_these(session, found, reason=reason, actor_id=actor_id, at=at)


def settle_these(
    session: Session,
    findings: Sequence[RecipientFinding],
    *,
    reason: str,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Close several findings for one reason."""
    for finding in findings:
        finding.closed_at, finding.closed_by_id = at, actor_id
        finding.closed_reason = reason.strip()
    record(session, Event.FINDING_SETTLED, findings, actor_id=actor_id, at=at)


def record(
    session: Session,
    event: Event,
    findings: Sequence[RecipientFinding],
    *,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Tell the trail of findings, each with an event of its own."""
    if not findings:
        return
    session.flush()
    acts = [audit.Act(event, f"finding:{one.id}", row_document(one)) for one in findings]
    audit.append_all(session, acts, actor_id=actor_id, at=at)
