"""The report for programs: JSON in canonical form: sorted keys, no spare space, money as text."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from itertools import islice
from operator import attrgetter
from types import EllipsisType, NoneType
from typing import Any, Final, NamedTuple, cast, get_args

import orjson

from compliance_app.rules.money import format_decimal
from reports.figures import add_up
from reports.source import QuarterReport

_RECORDS_OF_A_CHUNK: Final = 500
# What JSON holds as it is.
_AS_THEY_ARE: Final = frozenset({str, int, bool, date, NoneType})


def write_json(report: QuarterReport) -> bytes:
    """Return the report as a whole."""
    return b"".join(json_chunks(report))


def json_chunks(report: QuarterReport) -> Iterator[bytes]:
    """Yield the JSON piece by piece, so that it is never held as a whole."""
    yield b'{"evidence":' + _canonical(report.evidence)
    yield b',"figures":' + _canonical(add_up(report))
    yield b',"meta":' + _canonical(report.meta)
    yield b',"shares":['
    yield from _canonical_all(report.shares)
    yield b'],"totals":['
    yield from _canonical_all(report.totals)
    yield b"]}\n"


def moment_for_programs(at: datetime) -> str:
    """Return a moment in UTC to the second: `2026-05-05T14:02:00Z`."""
    in_utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{in_utc.isoformat(timespec='seconds')[:19]}Z"


# The same amounts come again and again: as cost, as value, in each file.
decimal: Final = lru_cache(maxsize=1 << 14)(format_decimal)


def _canonical_all(records: Iterable[object]) -> Iterator[bytes]:
    """Yield the members of a list of records, with the commas between them."""
    left = iter(records)
    comma = b""
    while piece := list(islice(left, _RECORDS_OF_A_CHUNK)):
        # The members of records are in order already.
        yield comma + orjson.dumps(list(map(_record, piece)))[1:-1]
        comma = b","


def _canonical(value: object) -> bytes:
    return orjson.dumps(_plain(value), option=orjson.OPT_SORT_KEYS)


def _plain(value: object) -> object:
    """Return what JSON holds: moments as text, records by the names of their fields."""
    if type(value) in _AS_THEY_ARE:
        return value
    match value:
        case dict():
            return {_key(name): _member(name, each) for name, each in value.items()}
        case tuple() if hasattr(value, "_asdict"):
            return _plain(value._asdict())
        case list() | tuple():
            return [_plain(each) for each in value]
        case datetime():
            return moment_for_programs(value)
    return _record(value) if is_dataclass(value) else value


class Members(NamedTuple):
    """The members of a kind of record, in order: all, the amounts, and those that are not plain."""

    names: list[str]
    read: Callable[[Any], Iterable[object]]
    amounts: list[str]
    others: list[str]


def _record(value: object) -> dict[str, object]:
    """Return the members of a record."""
    names, read, amounts, others = _members_of(cast("Hashable", type(value)))
    record = dict(zip(names, read(value), strict=True))
    for name in amounts:
        cents: Any = record[name]
        record[name] = None if cents is None else decimal(cents)
    for name in others:
        record[name] = _plain(record[name])
    return record


@cache
def _members_of(kind: Any) -> Members:  # noqa: ANN401  # any dataclass
    """Return how a kind of record is told; an amount is one by the name of its field."""
    by_name = sorted((_key(field.name), field) for field in fields(kind))
    return Members(
        [name for name, _ in by_name],
        attrgetter(*(field.name for _, field in by_name)),
        [name for name, field in by_name if _is_amount(field.name)],
        [name for name, field in by_name if not _is_plain(field.type)],
    )


def _is_plain(kind: Any) -> bool:  # noqa: ANN401  # whatever a field is declared as
    """Say whether values of a type are written as they are."""
    return all(each in _AS_THEY_ARE or each is EllipsisType for each in _parts_of(kind))


def _parts_of(kind: Any) -> Iterable[object]:  # noqa: ANN401  # the same
    return (type(each) if each is Ellipsis else each for each in get_args(kind) or (kind,))


def _is_amount(name: str) -> bool:
    return name.endswith("cents")


def _key(name: str) -> str:
    """Return how a member is named: cents, being shown as dollars, without them."""
    return name.removesuffix("cents").rstrip("_") or "amount" if _is_amount(name) else name


def _member(name: str, value: object) -> object:
    if not _is_amount(name):
        return _plain(value)
    return decimal(value) if isinstance(value, int) else None
