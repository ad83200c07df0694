"""Two records side by side, each with its gifts and sums, and what they would be as one person."""

from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Assessment
from compliance_app.store import ledgers
from compliance_app.store import recipients as store
from compliance_app.store.ledgers import LedgerRow
from compliance_app.store.models import Recipient
from compliance_app.store.recipients import Found
from compliance_app.web.ledger_page import whole_year

GIFTS = 5


class Side(NamedTuple):
    """One record, with what the person behind it was given or is to be given this year."""

    record: Recipient
    found: Found
    room: Assessment
    gifts: list[LedgerRow]


class Sides(NamedTuple):
    """Both records, and what the sum would be if they were one person."""

    sides: tuple[Side, Side]
    together_cents: int


def sides_of(session: Session, one: Recipient, other: Recipient, day: date) -> Sides:
    """Return two records as an officer compares them."""
    sides = (_side(session, one, day), _side(session, other, day))
    return Sides(sides, sum(side.room.running_cents for side in sides))


def _side(session: Session, record: Recipient, day: date) -> Side:
    person = session.get_one(Recipient, record.merged_into_id or record.id)
    (found,) = store.found_among(session, [person.id])
    since = date(day.year, 1, 1)
    rows = ledgers.ledger(session, person.id, since=since, before=date(day.year + 1, 1, 1))
    takes_room = [row for row in rows if row.holds_room]
    return Side(record, found, whole_year(session, person, day), takes_room[-GIFTS:][::-1])
