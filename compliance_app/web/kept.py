"""What follows from the register alone, kept by a process until the trail has grown.

Whatever changes the register is told to the trail in the same transaction, so what was read
under a head of the trail is right as long as that is its head. The head is read first: what is
read after it may be newer, but then nobody finds this head again.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from flask import current_app
from sqlalchemy.orm import Session

from compliance_app.store import audit as store
from compliance_app.store.audit import End

# How many values are kept under one head.
MOST = 500

T = TypeVar("T")


def kept(session: Session, key: Hashable, read: Callable[[], T]) -> T:
    """Return what `read` says of the register as it is now; `key` says all else it follows from.

    What it returns is shared by requests, so nobody may change it.
    """
    values = _values_under(store.end_now(session))
    if key not in values:
        if len(values) >= MOST:
            values.clear()
        values[key] = read()
    return cast("T", values[key])


def _values_under(end: End) -> dict[Hashable, object]:
    known: tuple[End, dict[Hashable, object]] | None = current_app.extensions.get("kept")
    if known is None or known[0] != end:
        known = current_app.extensions["kept"] = (end, {})
    return known[1]
