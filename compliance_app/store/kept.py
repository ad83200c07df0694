"""What follows from the register alone, kept by a process until the trail has grown.

Whatever changes the register is told to the trail in the same transaction, so what was read
under a head of the trail is right as long as that is its head. The head is read first: what is
read after it may be newer, but then nobody finds this head again.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from compliance_app.store import audit

# How many values are kept under one head.
MOST = 2_000

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
Values = dict[tuple[Hashable, Hashable], object]


def kept(session: Session, key: Hashable, read: Callable[[], T]) -> T:
    """Return what `read` says of the register as it is now; `key` says all else it follows from.

    What it returns is shared by requests, so nobody may change it.
    """
    return kept_each(session, key, [None], lambda _: {None: read()})[None]


def kept_each(
    session: Session, key: Hashable, of: Sequence[K], read: Callable[[list[K]], Mapping[K, T]]
) -> dict[K, T]:
    """Return the same of several things; `read` is asked for those of which nothing is kept."""
    values = _values_under(audit.end_now(session), session.get_bind().engine)
    # Looked up once each: another request may clear them meanwhile.
    looked_up = ((one, values.get((key, one), _NOTHING)) for one in of)
    found = {one: cast("T", value) for one, value in looked_up if value is not _NOTHING}
    missing = [one for one in of if one not in found]
    if missing:
        new = read(missing)
        if len(values) + len(new) > MOST:
            values.clear()
        values.update({(key, one): value for one, value in new.items()})
        found.update(new)
    return found


def _values_under(end: audit.End, engine: Engine) -> Values:
    known = _KNOWN.get(engine)
    if known is None or known[0] != end:
        known = _KNOWN[engine] = (end, {})
    return known[1]


_NOTHING = object()
# What is kept of each database, and under which head.
_KNOWN: WeakKeyDictionary[Engine, tuple[audit.End, Values]] = WeakKeyDictionary()
