"""The limit meter in numbers: which part of the bar stands where, and the sentence that says so."""

from typing import NamedTuple

from compliance_app.rules.money import format_dollars
from compliance_app.rules.settings import Policy

# Over the limit the scale grows at least this far, so that the excess is seen.
ROOM_BEYOND_PERCENT = 112
WHOLE = 100


class Part(NamedTuple):
    """A stretch of the bar, in percent of its width."""

    kind: str
    start: float
    width: float


class Gauge(NamedTuple):
    """What the meter shows: its state, its parts and where the limit stands."""

    state: str
    total_cents: int
    left_cents: int
    over_cents: int
    parts: tuple[Part, ...]
    limit_at: float | None
    sentence: str


def gauge(
    used_cents: int,
    pending_cents: int,
    this_cents: int,
    limit_cents: int | None,
    later_cents: int = 0,
) -> Gauge:
    """Lay out used, waiting and new value against the limit (none where nothing is counted).

    `later_cents` is what gifts on later days of the window take of it.
    """
    total = used_cents + pending_cents + this_cents + later_cents
    held = used_cents + pending_cents
    limit = total if limit_cents is None else limit_cents
    scale = max(limit if total <= limit else max(total, limit * ROOM_BEYOND_PERCENT // WHOLE), 1)
    stretches = (
        ("used", 0, used_cents),
        ("waiting", used_cents, held),
        ("this", held, held + this_cents),
        ("waiting", held + this_cents, total),
    )
    inside = [(kind, start, min(end, limit)) for kind, start, end in stretches]
    parts = tuple(
        Part(kind, _percent(start, scale), _percent(end - start, scale))
        for kind, start, end in [*inside, ("beyond", limit, total)]
        if end > start
    )
    return Gauge(
        state=_state(total, limit_cents),
        total_cents=total,
        left_cents=max(limit - total, 0),
        over_cents=max(total - limit, 0),
        parts=parts,
        limit_at=None if limit_cents is None else _percent(limit, scale),
        sentence=_sentence(used_cents, pending_cents, this_cents, limit_cents, later_cents),
    )


def _percent(cents: int, scale: int) -> float:
    return round(cents * WHOLE / scale, 2)


def _state(total: int, limit: int | None) -> str:
    if limit is None:
        return "exempt"
    if total > limit:
        return "over"
    return "near" if total * WHOLE >= limit * Policy().warning_percent else "ok"


def _sentence(used: int, pending: int, this: int, limit: int | None, later: int) -> str:
    parts = [f"{format_dollars(used)} approved"]
    if pending:
        parts.append(f"{format_dollars(pending)} waiting")
    if this:
        parts.append(f"{format_dollars(this)} for this gift")
    if later:
        parts.append(f"{format_dollars(later)} on later days")
    total = used + pending + this + later
    said = ", ".join(parts)
    if limit is None:
        return f"{said}; no limit applies."
    of_limit = f"{format_dollars(total)} of the {format_dollars(limit)} limit"
    if total > limit:
        return f"{said}: {of_limit}, {format_dollars(total - limit)} over it."
    return f"{said}: {of_limit}, {format_dollars(limit - total)} left."
