"""The gifts as the register knew them on a past day, read from the trail alone."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.workflow import State
from compliance_app.store import people, recipients, trail
from compliance_app.store.models import TrailEvent
from compliance_app.store.told import assessment_row

BATCH = 200
MOST_MERGES = 500


class KnownShare(NamedTuple):
    """One recipient's part: what it counted for, whether it did, and the total it came to."""

    recipient_id: int
    recipient: str
    counted_cents: int
    holds_room: bool
    running_cents: int
    limit_cents: int | None


class KnownGift(NamedTuple):
    """A gift after the last event, `number`, that told of it by then."""

    number: int
    reference: str
    state: State
    given_on: date
    description: str
    giver: str
    shares: tuple[KnownShare, ...]


def gifts_known(
    session: Session, *, before: datetime, below: int | None = None, count: int
) -> list[KnownGift]:
    """Return gifts as they were known before the moment, the last touched first."""
    rows = trail.latest_of_gifts(session, before=before, below=below, count=count)
    bodies = [json.loads(row.body) for row in rows]
    names = people.names_of(session, {body["gift"]["giver_id"] for body in bodies})
    return [_known(row, body, names) for row, body in zip(rows, bodies, strict=True)]


class KnownMerge(NamedTuple):
    """Two records that were one person then."""

    record_id: int
    record: str
    into_id: int
    into: str


def merges_known(session: Session, *, before: datetime) -> list[KnownMerge]:
    """Return the merges in force before the moment, as the trail tells of them."""
    last: dict[int, dict[str, Any]] = {}
    for event in trail.merges_before(session, before, count=MOST_MERGES):
        row = json.loads(event.body)["merge"]
        last.setdefault(row["id"], row)
    live = [row for row in last.values() if row["undone_at"] is None]
    names = recipients.names_of(
        session, {row[end] for row in live for end in ("recipient_id", "into_id")}
    )
    return [
        KnownMerge(
            row["recipient_id"],
            names[row["recipient_id"]],
            row["into_id"],
            names[row["into_id"]],
        )
        for row in live
    ]


def all_gifts_known(session: Session, *, before: datetime) -> Iterator[KnownGift]:
    """Yield every gift as it was known before the moment, the last touched first."""
    below = None
    while batch := gifts_known(session, before=before, below=below, count=BATCH):
        yield from batch
        below = batch[-1].number


def _known(row: TrailEvent, body: dict[str, Any], names: dict[int, str]) -> KnownGift:
    gift, version = body["gift"], body["version"]
    verdicts = {told["id"]: assessment_row(told) for told in body["assessments"]}
    return KnownGift(
        number=row.number,
        reference=gift["reference"],
        state=State(gift["state"]),
        given_on=date.fromisoformat(version["given_on"]),
        description=version["description"],
        giver=names[gift["giver_id"]],
        shares=tuple(
            KnownShare(
                recipient_id=share["recipient_id"],
                recipient=share["recipient_name"],
                counted_cents=share["counted_cents"],
                holds_room=share["holds_room"],
                running_cents=verdicts[share["assessment_id"]]["running_cents"],
                limit_cents=verdicts[share["assessment_id"]]["limit_cents"],
            )
            for share in body["shares"]
        ),
    )
