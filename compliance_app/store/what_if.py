"""Every share of the register, person by person, as judging it again under a policy needs it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from compliance_app.rules.assessment import Verdict
from compliance_app.rules.facts import Category, Payer, RecipientClass
from compliance_app.rules.workflow import State
from compliance_app.store.models import Assessment, Gift, GiftVersion, Recipient, Share

# How many rows are in memory at a time.
ROWS = 1_000


class PastShare(NamedTuple):
    """One share in force, with what it was judged by and the answer that is kept."""

    person_id: int
    recipient: str
    recipient_class: RecipientClass
    employer_id: int | None
    reference: str
    state: State
    already_given: bool
    holds_room: bool
    given_on: date
    category: Category
    cost_cents: int | None
    market_value_cents: int | None
    face_value_cents: int | None
    tax_cents: int
    delivery_cents: int
    quantity: int
    payer: Payer
    host_present: bool | None
    evidence: dict[str, str]
    recipients: int
    counted_cents: int
    regime_cents: dict[str, int]
    verdict: Verdict
    kept_counted_cents: int
    excess_cents: int


def past_shares(
    session: Session,
    *,
    since: date | None = None,
    until: date | None = None,
    record_ids: Sequence[int] | None = None,
) -> Iterator[PastShare]:
    """Yield the submitted shares by person, day and id; both days belong to the range.

    A merged record's shares are those of the person that goes on; with `record_ids` only the
    shares logged to those records.
    """
    statement = _submitted_shares()
    if since is not None:
        statement = statement.where(Share.given_on >= since)
    if until is not None:
        statement = statement.where(Share.given_on <= until)
    if record_ids is not None:
        statement = statement.where(Share.recipient_id.in_(record_ids))
    if record_ids is None:
        statement = statement.execution_options(yield_per=ROWS)
    for row in session.execute(statement):
        yield PastShare._make(row)


def _submitted_shares() -> Select[*tuple[Any, ...]]:
    """Return the select of all submitted shares, with the columns of a `PastShare`."""
    person_id = func.coalesce(Recipient.merged_into_id, Recipient.id)
    goes_on, other = aliased(Recipient), aliased(Share)
    recipients = select(func.count()).where(other.version_id == Share.version_id).scalar_subquery()
    return (
        select(
            person_id,
            goes_on.name,
            goes_on.recipient_class,
            Share.employer_id,
            Gift.reference,
            Gift.state,
            Gift.already_given,
            Share.holds_room,
            Share.given_on,
            GiftVersion.category,
            GiftVersion.cost_cents,
            GiftVersion.market_value_cents,
            GiftVersion.face_value_cents,
            GiftVersion.tax_cents,
            GiftVersion.delivery_cents,
            GiftVersion.quantity,
            GiftVersion.payer,
            GiftVersion.host_present,
            GiftVersion.evidence,
            recipients,
            Share.counted_cents,
            Share.regime_cents,
            Assessment.verdict,
            Assessment.counted_cents,
            Assessment.excess_cents,
        )
        .select_from(Share)
        .join(Gift, Gift.id == Share.gift_id)
        .join(GiftVersion, GiftVersion.id == Share.version_id)
        .join(Recipient, Recipient.id == Share.recipient_id)
        .join(goes_on, goes_on.id == person_id)
        .join(Assessment, Assessment.id == Share.assessment_id)
        .where(
            GiftVersion.number == Gift.version_number,
            Gift.state.not_in((State.DRAFT, State.DISCARDED)),
        )
        .order_by(person_id, Share.given_on, Share.id)
    )
