"""What was done to a trail that does not fit: the first wrong event, and the kind of damage.

An event that is whole tells by its seal under which number it was written, so one that lies in
another place is told from one that was changed.
"""

from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.audit import GENESIS, Damage, RawEvent, body_sha256, seal, seal_as
from compliance_app.store import audit as store
from compliance_app.store import trail

# How many events may have been taken out, with the numbers after them closed up, and be noticed.
MOST_REMOVED = 10_000


class Fault(NamedTuple):
    """The first event that is wrong, if it is one, and how."""

    kind: Damage
    event: int | None
    sentence: str


def name_fault(session: Session, row: RawEvent, number: int, previous: str) -> Fault:
    """Name what is wrong where `row` lies in the place of event `number`, after `previous`."""
    genuine = _written_as(session, number, previous)
    if row.number < number:
        return _inserted(row.number)
    if row.number > number:
        return _reordered(number, genuine.number) if genuine else _removed(number, row.number - 1)
    was = _number_of(row, _last(session))
    if was is None:
        return _altered(session, row, genuine)
    if was == number:
        return _unlinked(session, row, genuine)
    return _misplaced(session, row, was, genuine)


def _written_as(session: Session, number: int, previous: str) -> RawEvent | None:
    """Return the event that was written under the number, wherever it lies now."""
    for row in trail.linked_to(session, previous):
        if seal_as(row, number, previous, body_sha256(row.body)) == row.sha256:
            return row
    return None


def _altered(session: Session, row: RawEvent, genuine: RawEvent | None) -> Fault:
    """Name what happened to an event whose seal fits under no number."""
    if genuine is not None:
        return _inserted(row.number)
    body = body_sha256(row.body)
    for place in trail.raw_events(session, after=row.number):
        if seal_as(row, place.number, place.previous, body) == place.sha256:
            return _reordered(row.number, place.number)
    return _changed(row.number)


def _unlinked(session: Session, row: RawEvent, genuine: RawEvent | None) -> Fault:
    """Name what happened where an event is whole, but follows another one than lies before it."""
    if genuine is not None:
        return _inserted(row.number)
    after = trail.find_raw(session, row.number + 1)
    follower = after.previous if after else store.head(session).sha256
    # Where the next one still follows this event, the one before it was sealed anew.
    is_held = follower == row.sha256 and row.number > 1
    return _changed(row.number - 1 if is_held else row.number)


def _misplaced(session: Session, row: RawEvent, was: int, genuine: RawEvent | None) -> Fault:
    """Name what happened where an event is whole, but was written under another number."""
    if was < row.number:
        before, there = trail.find_raw(session, was - 1), trail.find_raw(session, was)
        if there is not None and there.sha256 == row.sha256:
            return _inserted(row.number)
        if row.previous == (before.sha256 if before else GENESIS):
            return _inserted(was)
    return _reordered(row.number, was) if genuine is not None else _removed(row.number, row.number)


def _number_of(row: RawEvent, last: int) -> int | None:
    """Return the number under which the event was sealed, None where its seal is not its own."""
    if seal(row) == row.sha256:
        return row.number
    body = body_sha256(row.body)
    for number in range(1, last + MOST_REMOVED):
        if seal_as(row, number, row.previous, body) == row.sha256:
            return number
    return None


def _last(session: Session) -> int:
    return max(store.head(session).number, trail.last_number(session))


def _changed(number: int) -> Fault:
    return Fault(Damage.CHANGED, number, f"Event {number} was changed after it was written.")


def _inserted(number: int) -> Fault:
    return Fault(
        Damage.INSERTED, number, f"Event {number} was inserted: it was never written there."
    )


def _removed(first: int, last: int) -> Fault:
    if first == last:
        return Fault(Damage.REMOVED, first, f"Event {first} is missing from the trail.")
    return Fault(Damage.REMOVED, first, f"Events {first} to {last} are missing from the trail.")


def _reordered(number: int, other: int) -> Fault:
    return Fault(
        Damage.REORDERED,
        number,
        f"Event {number} is not in its place: it and event {other} were reordered.",
    )
