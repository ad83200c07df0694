"""What follows from the register alone, kept by a process until the trail has grown.

Whatever changes the register is told to the trail in the same transaction, so what was read
under a head of the trail is right as long as that is its head. The head is read first: what is
read after it may be newer, but then nobody finds this head again.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar, cast

from flask import current_app
from sqlalchemy.orm import Session

from compliance_app.store import audit as store
from compliance_app.store.audit import End

# How many values are kept under one head.
MOST = 2_000

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


def kept(session: Session, key: Hashable, read: Callable[[], T]) -> T:
    """Return what `read` says of the register as it is now; `key` says all else it follows from.

    What it returns is shared by requests, so nobody may change it.
    """
    return kept_each(session, key, [None], lambda _: {None: read()})[None]


def kept_each(
    session: Session, key: Hashable, of: Sequence[K], read: Callable[[list[K]], Mapping[K, T]]
) -> dict[K, T]:
    """Return the same of several things; `read` is asked for those of which nothing is kept."""
    values = _values_under(store.end_now(session))
    found = {one: cast("T", values[key, one]) for one in of if (key, one) in values}
    missing = [one for one in of if one not in found]
    if missing:
        new = read(missing)
        if len(values) + len(new) > MOST:
            values.clear()
        values.update({(key, one): value for one, value in new.items()})
        found.update(new)
    return found


def _values_under(end: End) -> dict[tuple[Hashable, Hashable], object]:
    extensions = current_app.extensions
    known: tuple[End, dict[tuple[Hashable, Hashable], object]] | None = extensions.get("kept")
    if known is None or known[0] != end:
        known = extensions["kept"] = (end, {})
    return known[1]
