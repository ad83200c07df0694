"""The rows of a gift's version as its claim was judged: first all but their numbers, then whole.

What needs no number follows from the judgement alone, so it is made with it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from compliance_app.rules.workflow import DecisionKind, holds_room
from compliance_app.services.assessing import Judgement
from compliance_app.services.claims import Claim
from compliance_app.services.recording import (
    Outcome,
    assessment_values,
    decision_values,
    share_values,
    version_values,
)
from compliance_app.store.base import Base
from compliance_app.store.gift_rows import Ids, PlainRows, Rows, plain_rows
from compliance_app.store.models import Assessment, Decision, Gift, GiftVersion, Share


class Unnumbered(NamedTuple):
    """The rows of a version without their numbers: as objects hold them, and plain."""

    rows: Rows
    plain: PlainRows
    judgement: Judgement


def rows_needed(shares: int, *, gifts: int = 1) -> dict[type[Base], int]:
    """Return how many rows of each table a version with so many shares takes at most."""
    return {Gift: gifts, GiftVersion: 1, Assessment: shares, Share: shares, Decision: 1}


def unnumbered(
    outcome: Outcome,
    claim: Claim,
    *,
    actor_id: int,
    at: datetime,
    reason: str = "",
    gift: Mapping[str, Any] | None = None,
) -> Unnumbered:
    """Return what was claimed, each share's verdict and the clearance; with a new gift, its row."""
    judgement = outcome.judgement
    holds = holds_room(
        outcome.state, already_given=outcome.already_given, over_limit=judgement.over_limit
    )
    version = version_values(claim, judgement, made_by_id=actor_id, at=at, reason=reason)
    shares = judgement.shares
    rows: Rows = {
        Gift: [] if gift is None else [{**gift, **outcome.gift_values(at)}],
        GiftVersion: [{"number": outcome.version_number, **version}],
        Assessment: [assessment_values(one, at=at) for one in shares],
        Share: [share_values(one, given_on=claim.given_on, holds_room=holds) for one in shares],
        Decision: [_clearance(outcome, at)] if outcome.is_cleared else [],
    }
    return Unnumbered(rows, plain_rows(rows), judgement)


def numbers_for(rows: Rows, gift_id: int, ids: Ids) -> Rows:
    """Return each row's own number and those it names, for all rows but the gift's own."""
    of_gift = {"gift_id": gift_id}
    of_version = {"version_id": next(ids[GiftVersion])}
    numbers: Rows = {
        Gift: [],
        GiftVersion: [{"id": of_version["version_id"], **of_gift}],
        Assessment: [{"id": next(ids[Assessment]), **of_version} for _ in rows[Assessment]],
        Decision: [{"id": next(ids[Decision]), **of_gift} for _ in rows[Decision]],
    }
    numbers[Share] = [
        {"id": next(ids[Share]), **of_gift, **of_version, "assessment_id": assessment["id"]}
        for assessment in numbers[Assessment]
    ]
    return numbers


def numbered(rows: PlainRows, numbers: Rows) -> Rows:
    """Return whole rows: each with its numbers."""
    return {
        model: [{**row, **own} for row, own in zip(some, numbers[model], strict=True)]
        for model, some in rows.items()
    }


def _clearance(outcome: Outcome, at: datetime) -> dict[str, Any]:
    policy = outcome.judgement.policy.sha256[:12]
    return decision_values(
        outcome.version_number,
        DecisionKind.AUTO_CLEAR,
        actor_id=None,
        at=at,
        reason="Within the limit, under the auto-clear ceiling and without a flag "
        f"(policy {policy}).",
    )
