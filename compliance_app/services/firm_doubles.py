"""Firms in the register that may be one, or belong together: for compliance to look at."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.matching.employers import parse_employer
from compliance_app.rules.matching.firms import may_be_one
from compliance_app.store.employers import InUse, firms_in_use

MOST_DOUBLES = 200


class Double(NamedTuple):
    """Two firms, the shorter name first, and why they may be one."""

    one: InUse
    other: InUse
    why: str


def doubles(session: Session) -> list[Double]:
    """Return firms that nobody has related yet, those of one name first; at most so many."""
    found = [
        Double(one, other, why)
        for one, other in _candidates(firms_in_use(session))
        if not _related(one, other) and (why := may_be_one(one.name, other.name))
    ]
    found.sort(key=lambda double: (len(double.other.name) - len(double.one.name), double.one.name))
    return found[:MOST_DOUBLES]


def _candidates(firms: list[InUse]) -> Iterator[tuple[InUse, InUse]]:
    """Yield firms of which one's comparable name is the other's, or its beginning."""
    by_name: dict[str, list[InUse]] = defaultdict(list)
    for firm in firms:
        by_name[parse_employer(firm.name)].append(firm)
    for name, longer in by_name.items():
        words = name.split()
        beginnings = (" ".join(words[:count]) for count in range(1, len(words) + 1))
        for shorter in (by_name[one] for one in beginnings if one in by_name):
            yield from ((one, other) for one in shorter for other in longer if _first(one, other))


def _first(one: InUse, other: InUse) -> bool:
    """Say whether two firms come in this order, so that each pair comes once."""
    return (len(one.name), one.id) < (len(other.name), other.id)


def _related(one: InUse, other: InUse) -> bool:
    if one.parent_id is not None and one.parent_id == other.parent_id:
        return True
    return one.parent_id == other.id or other.parent_id == one.id
