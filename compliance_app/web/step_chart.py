"""The step chart of a year: the running total as it climbs, and the limit that steps with the law.

Everything is in percent of the drawing, so that it is sharp at any width.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from compliance_app.rules.money import format_dollars
from compliance_app.rules.reasons import MONTHS, say_day

WHOLE = 100
# What stands above the highest line, and how near two amounts may be written.
HEADROOM = 1.18
CLOSE = 8.5


class Step(NamedTuple):
    """One gift that counts: its day, the total after it, and whether it still waits."""

    day: date
    total_cents: int
    waits: bool


class LimitStep(NamedTuple):
    """The limit from a day on."""

    since: date
    cents: int


class Mark(NamedTuple):
    """A word or a point at a place of the drawing."""

    x: float
    y: float
    words: str


class StepChart(NamedTuple):
    """The paths of the drawing (0 to 100 both ways), its words, and the sentence for it all."""

    area: str
    line: str
    waiting: str
    limit: str
    points: tuple[Mark, ...]
    amounts: tuple[Mark, ...]
    limits: tuple[Mark, ...]
    months: tuple[Mark, ...]
    sentence: str


class _Scale(NamedTuple):
    start: date
    days: int
    top: float

    def x(self, day: date) -> float:
        """Return how far right a day stands."""
        part = (day - self.start).days / self.days
        return round(min(max(part, 0), 1) * WHOLE, 2)

    def y(self, cents: int) -> float:
        """Return how far down a sum stands."""
        return round(WHOLE - cents * WHOLE / self.top, 2)


def step_chart(
    steps: Sequence[Step], limits: Sequence[LimitStep], *, start: date, end: date, today: date
) -> StepChart:
    """Lay out the window from `start` to `end`; the line is drawn up to the last thing known."""
    highest = max([*(step.total_cents for step in steps), *(limit.cents for limit in limits), 1])
    scale = _Scale(start, max((end - start).days + 1, 1), highest * HEADROOM)
    last = max([min(max(today, start), end), *(step.day for step in steps)])
    line, waiting, area = _climb(steps, scale, scale.x(last))
    return StepChart(
        area=area,
        line=line,
        waiting=waiting,
        limit=_limit_path(limits, scale),
        points=tuple(Mark(scale.x(one.day), scale.y(one.total_cents), "") for one in steps),
        amounts=tuple(_amounts(steps, scale)),
        limits=tuple(_limit_words(limits, scale)),
        months=tuple(_months(start, end, scale)),
        sentence=_sentence(steps, limits),
    )


def _climb(steps: Sequence[Step], scale: _Scale, right: float) -> tuple[str, str, str]:
    """Return the line, the rises that still wait, and the area under both."""
    y = scale.y(0)
    line, waiting, area = [f"M0 {y}"], [], [f"M0 {y}"]
    for step in steps:
        x, top = scale.x(step.day), scale.y(step.total_cents)
        line.append(f"H{x}")
        line.append(f"M{x} {top}" if step.waits else f"V{top}")
        if step.waits:
            waiting.append(f"M{x} {y}V{top}")
        area.append(f"H{x}V{top}")
        y = top
    line.append(f"H{right}")
    area.append(f"H{right}V{scale.y(0)}Z")
    return "".join(line), "".join(waiting), "".join(area)


def _limit_path(limits: Sequence[LimitStep], scale: _Scale) -> str:
    path = [f"M0 {scale.y(one.cents)}" for one in limits[:1]]
    path += [f"H{scale.x(one.since)}V{scale.y(one.cents)}" for one in limits[1:]]
    return "".join([*path, f"H{WHOLE}"]) if path else ""


def _limit_words(limits: Sequence[LimitStep], scale: _Scale) -> Iterable[Mark]:
    for place, one in enumerate(limits):
        since = f" from {one.since.day} {MONTHS[one.since.month - 1][:3]}" if place else ""
        words = f"{format_dollars(one.cents).removesuffix('.00')} limit{since}"
        yield Mark(scale.x(one.since) if place else 0, scale.y(one.cents), words)


def _amounts(steps: Sequence[Step], scale: _Scale) -> Iterable[Mark]:
    """Yield the totals that can be written without touching one another, the last for sure."""
    free_from = float(WHOLE)
    for step in reversed(steps):
        x = scale.x(step.day)
        if x <= free_from and x <= WHOLE - CLOSE:
            free_from = x - CLOSE
            yield Mark(x, scale.y(step.total_cents), format_dollars(step.total_cents))


def _months(start: date, end: date, scale: _Scale) -> Iterable[Mark]:
    day = start
    while day <= end:
        yield Mark(scale.x(day), WHOLE, MONTHS[day.month - 1][:3])
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _sentence(steps: Sequence[Step], limits: Sequence[LimitStep]) -> str:
    if not steps:
        said = "Nothing counts in this year"
    else:
        first, last = steps[0], steps[-1]
        said = f"Running total: {format_dollars(first.total_cents)} on {say_day(first.day)}"
        if len(steps) > 1:
            said += f", {format_dollars(last.total_cents)} on {say_day(last.day)}"
    steps_of_limit = [
        f"{format_dollars(one.cents)}{f' from {say_day(one.since)}' if place else ''}"
        for place, one in enumerate(limits)
    ]
    return f"{said}; the limit is {', '.join(steps_of_limit)}." if limits else f"{said}."
