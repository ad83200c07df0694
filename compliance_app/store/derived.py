"""What is kept for reads: sums of givers' months and recipients' years, flags, words of firms.

What a gift adds to a sum follows from its full state, as the trail tells it: an event adds what
its gift adds now, and takes away what it added by the event before. All of it is written under
the head of the trail, so that no two units of work ever wait for each other's sums.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    cast,
    extract,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from compliance_app.rules.audit import canonical
from compliance_app.rules.flags import FlagCode
from compliance_app.rules.workflow import State
from compliance_app.store.base import Base
from compliance_app.store.bulk import table_of
from compliance_app.store.models import (
    EmployerWord,
    FlaggedGift,
    Gift,
    GiftVersion,
    GiverMonth,
    RecipientYear,
    Share,
)
from compliance_app.store.models.derived import ANYBODY
from compliance_app.store.plain import SumRow

# Where a session keeps what is to be added, by table and key.
WAITING = "derived"
NEVER_SENT = (State.DRAFT, State.DISCARDED)
_NEVER = frozenset(state.value for state in NEVER_SENT)
# Above every sign that a name can hold.
AFTER_ALL = "\U0010ffff"

Key = SumRow
Added = dict[type[Base], dict[Key, list[int]]]


class Difference(NamedTuple):
    """What is kept under a key, and does not follow from the gifts; both by column."""

    table: str
    key: Key
    kept: Key
    true: Key


def note_gift(session: Session, after: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    """Take note of a gift's state after an act, and of the one before it, if it had any."""
    added = _added(session)
    _add_gift(added, after, 1)
    if before is not None:
        _add_gift(added, before, -1)


def note_employer(session: Session, body: Mapping[str, Any]) -> None:
    """Take note of the name of a firm; what is dated about it comes with its row or without."""
    row = body.get("employer", body)
    if "name_key" not in row:
        return
    words = _added(session)[EmployerWord]
    words |= {(text, row["id"]): [] for text in beginnings(row["name_key"])}


def firms_noted(session: Session) -> set[int]:
    """Return the firms whose names were noted and are not written yet."""
    words = session.info.get(WAITING, {}).get(EmployerWord, {})
    return {employer_id for _, employer_id in words}


def beginnings(name_key: str) -> Iterator[str]:
    """Yield a name from each of its words on."""
    words = name_key.split(" ")
    for place in range(len(words)):
        yield " ".join(words[place:])


def take(session: Session) -> dict[type[Base], list[SumRow]]:
    """Return the rows that add up everything that was noted, and forget it."""
    added: Added = session.info.pop(WAITING, {})
    return {
        model: [(*key, *sums) for key, sums in sorted(rows.items()) if any(sums) or not sums]
        for model, rows in added.items()
    }


def _added(session: Session) -> Added:
    added: Added = session.info.setdefault(WAITING, {model: {} for model in _TABLES})
    return added


def _add_gift(added: Added, state: Mapping[str, Any], sign: int) -> None:
    """Add what a gift adds to every sum as it stands, or take it away."""
    gift, version = state["gift"], state["version"]
    giver_id = gift["giver_id"]
    shares = (*state["shares"], *state.get("earlier_shares", ()))
    counting = [share for share in shares if share["holds_room"]]
    months, years = added[GiverMonth], added[RecipientYear]
    if counting:
        cents = sum(share["counted_cents"] for share in counting)
        _put(months, (_month(counting[0]["given_on"]), giver_id), sign, sign * cents, 0)
    for share in counting:
        year, recipient_id = int(share["given_on"][:4]), share["recipient_id"]
        for whose in (ANYBODY, giver_id):
            _put(years, (whose, year, recipient_id), sign, sign * share["counted_cents"])
    for code in () if gift["state"] in _NEVER else _flags(version):
        if code == FlagCode.LATE_ENTRY:
            _put(months, (_month(version["given_on"]), giver_id), 0, 0, sign)
        for whose in (ANYBODY, giver_id):
            _put(added[FlaggedGift], (code, whose, gift["id"]), sign)


def _flags(version: Mapping[str, Any]) -> set[str]:
    """Return the flags of a version; those of a new one are canonical text already."""
    text = canonical(version["flags"])
    return set() if text == "[]" else {flag["code"] for flag in json.loads(text)}


def _put(sums: dict[Key, list[int]], key: Key, *values: int) -> None:
    there = sums.get(key)
    if there is None:
        sums[key] = [*values]
        return
    for place, value in enumerate(values):
        there[place] += value


def _month(day: str) -> int:
    return int(day[:4]) * 100 + int(day[5:7])


def true_months() -> Select[*tuple[Any, ...]]:
    """Return the rows that giver_month must hold, as the register stands."""
    counting = (
        select(_month_of(Share.given_on), Gift.giver_id, *_counted(), literal(0).label("late"))
        .join(Gift, Gift.id == Share.gift_id)
        .where(Share.holds_room)
        .group_by(_month_of(Share.given_on), Gift.giver_id)
    )
    nothing = literal(0).label("gifts"), literal(0).label("counted_cents")
    coming_late = (
        select(_month_of(GiftVersion.given_on), Gift.giver_id, *nothing, func.count().label("late"))
        .join(Gift, Gift.id == GiftVersion.gift_id)
        .where(*_in_force(), _bears(literal(FlagCode.LATE_ENTRY.value)))
        .group_by(_month_of(GiftVersion.given_on), Gift.giver_id)
    )
    both = union_all(counting, coming_late).subquery().c
    sums = (_total(both[name]).label(name) for name in ("gifts", "counted_cents", "late"))
    return select(both.month, both.giver_id, *sums).group_by(both.month, both.giver_id)


def true_years() -> Select[*tuple[Any, ...]]:
    """Return the rows that recipient_year must hold, as the register stands."""
    year = cast(extract("year", Share.given_on), Integer).label("year")
    by_giver = (
        select(Gift.giver_id, year, Share.recipient_id, *_counted())
        .join(Gift, Gift.id == Share.gift_id)
        .where(Share.holds_room)
        .group_by(Gift.giver_id, year, Share.recipient_id)
    )
    by_anybody = (
        select(literal(ANYBODY).label("giver_id"), year, Share.recipient_id, *_counted())
        .where(Share.holds_room)
        .group_by(year, Share.recipient_id)
    )
    return select(union_all(by_giver, by_anybody).subquery())


def true_flags() -> Select[*tuple[Any, ...]]:
    """Return the rows that flagged_gift must hold, as the register stands."""
    codes = union_all(*(select(literal(code.value).label("flag")) for code in FlagCode)).subquery()
    bearing = (
        select(codes.c.flag, Gift.giver_id, Gift.id.label("gift_id"), literal(1).label("bears"))
        .select_from(GiftVersion)
        .join(Gift, Gift.id == GiftVersion.gift_id)
        .join(codes, _bears(codes.c.flag))
        .where(*_in_force())
    )
    own = bearing.subquery().c
    anybody = select(own.flag, literal(ANYBODY).label("giver_id"), own.gift_id, own.bears)
    return select(union_all(bearing, anybody).subquery())


def differences(session: Session) -> Iterator[Difference]:
    """Yield everything that is kept and does not follow from the gifts."""
    for model in TRUE:
        name, first = model.__tablename__, len(table_of(model).primary_key)
        last = len(table_of(model).columns)
        for row in map(tuple, session.execute(_unlike(model))):
            yield Difference(name, row[:first], row[first:last], row[last:])


@cache
def _unlike(model: type[Base]) -> Select[*tuple[Any, ...]]:
    """Return the question for keys whose sums are not the true ones: the key, both sums."""
    table, right = table_of(model), TRUE[model]().subquery().c
    keys = [column.name for column in table.columns if column.primary_key]
    sums = [column.name for column in table.columns if not column.primary_key]
    both = (
        union_all(
            select(
                *(table.c[name] for name in keys),
                *(table.c[name].label(f"kept_{name}") for name in sums),
                *(literal(0).label(f"true_{name}") for name in sums),
            ),
            select(
                *(right[name] for name in keys),
                *(literal(0).label(f"kept_{name}") for name in sums),
                *(right[name].label(f"true_{name}") for name in sums),
            ),
        )
        .subquery()
        .c
    )
    kept, added = ([_total(both[f"{one}_{name}"]) for name in sums] for one in ("kept", "true"))
    unlike = or_(*(one != other for one, other in zip(kept, added, strict=True)))
    key = [both[name] for name in keys]
    return select(*key, *kept, *added).group_by(*key).having(unlike).order_by(*key)


def _in_force() -> tuple[ColumnElement[bool], ...]:
    return GiftVersion.number == Gift.version_number, Gift.state.not_in(NEVER_SENT)


def _bears(code: ColumnElement[str]) -> ColumnElement[bool]:
    return cast(GiftVersion.flags, String).like(literal('%"').concat(code).concat('"%'))


def _month_of(day: InstrumentedAttribute[date]) -> ColumnElement[int]:
    # Written out: PostgreSQL takes two parameters for two different sums to group by.
    hundred: ColumnElement[int] = literal_column("100")
    return cast(extract("year", day) * hundred + extract("month", day), Integer).label("month")


def _counted() -> tuple[ColumnElement[int], ColumnElement[int]]:
    gifts = func.count(Share.gift_id.distinct()).label("gifts")
    return gifts, _total(Share.counted_cents).label("counted_cents")


def _total(column: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[int]:
    # PostgreSQL sums large integers to a decimal.
    return cast(func.sum(column), BigInteger)


# What follows from the gifts, and how it is made anew; older names of firms stay to be found.
TRUE: Mapping[type[Base], Callable[[], Select[*tuple[Any, ...]]]] = {
    GiverMonth: true_months,
    RecipientYear: true_years,
    FlaggedGift: true_flags,
}
_TABLES = (*TRUE, EmployerWord)
