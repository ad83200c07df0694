"""The charts, as drawings of rectangles, lines and strings: vector on paper and on a page."""

import sys
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import Color as DrawnColor

from compliance_app.rules.money import format_dollars
from reports.figures import BANDS, MonthFigure
from reports.source import DatedLimit
from reports.theme import (
    ACCENT,
    ALERT,
    CELL,
    CELL_ALERT,
    CELL_NOTE,
    CELL_STRONG,
    HAIRLINE,
    INK,
    SEMI,
    WHITE,
    Color,
    Style,
)
from reports.wording import count

_LABELS: Final = 66.0
_VALUES: Final = 46.0
_STEPS: Final = (1, 2, 5)
_WIDEST_BAR: Final = 64.0
# Below this a month's full name does not fit under its bar.
_NARROW: Final = 68.0
# So far apart must two labels be, one above the other.
_APART: Final = 9.0


class Chart(NamedTuple):
    """A drawing with its title, and what it shows in words."""

    drawing: Drawing
    title: str
    description: str


def draw_months(months: Sequence[MonthFigure], *, width: float, height: float) -> Chart:
    """Draw the counted value of each month as a bar with its amount on top."""
    drawing = Drawing(width, height)
    step = _step(max(month.cents for month in months))
    top = step * max(1, -(-max(month.cents for month in months) // step))
    left, floor, ceiling = 44.0, 26.0, height - 16
    for cents in range(0, top + 1, step):
        y = floor + (ceiling - floor) * cents / top
        drawing.add(_line(left, y, width, y, HAIRLINE if cents else INK))
        drawing.add(_string(left - 5, y - 2.5, f"${cents // 100:,}", "end", CELL_NOTE))
    pitch = (width - left) / len(months)
    bar = min(_WIDEST_BAR, pitch * 0.56)
    for i, month in enumerate(months):
        center = left + pitch * (i + 0.5)
        tall = (ceiling - floor) * month.cents / top
        drawing.add(_bar(center - bar / 2, floor, bar, tall, ACCENT))
        # The amount stands on white, so that no grid line runs through it.
        drawing.add(_bar(center - bar / 2, floor + tall + 1, bar, 10, WHITE))
        drawing.add(
            _string(center, floor + tall + 4, f"${month.cents // 100:,}", "middle", CELL_STRONG)
        )
        if month.limit is not None:
            _mark_limit(drawing, month.limit, left + pitch * (i + month.limit_place / 1_000), floor)
        label, gifts = month.label, count(month.gifts, "gift")
        if pitch < _NARROW:
            label, gifts = _short(month.label), f"{month.gifts:,}"
        drawing.add(_string(center, floor - 11, label, "middle"))
        drawing.add(_string(center, floor - 21, gifts, "middle", CELL_NOTE))
    told = "; ".join(f"{month.label}: ${month.cents // 100:,}" for month in months)
    changed = "".join(
        f" The limit is ${month.limit.cents // 100:,} from {month.limit.from_day}."
        for month in months
        if month.limit is not None
    )
    return Chart(
        drawing, f"Counted value by {_unit(months[0].label)} of the gift", f"Bars: {told}.{changed}"
    )


def _unit(label: str) -> str:
    """Say what a group of days is from what it is called: "July 2026", "2026Q3", "2026"."""
    if " " in label:
        return "month"
    return "quarter" if "Q" in label else "years" if "-" in label else "year"


def _short(label: str) -> str:
    """Return the name of a month so that it fits under a narrow bar: "Jan 26"."""
    month, _, year = label.partition(" ")
    return f"{month[:3]} {year[2:]}" if year else label


def _mark_limit(drawing: Drawing, limit: DatedLimit, x: float, floor: float) -> None:
    """Mark the day a limit takes effect, with its amount on the side that has room."""
    drawing.add(_line(x, floor, x, drawing.height, ALERT))
    is_right = x > drawing.width / 2
    drawing.add(
        _string(
            x - 3 if is_right else x + 3,
            drawing.height - 7,
            f"${limit.cents // 100:,} from {limit.from_day}",
            "end" if is_right else "start",
            CELL_ALERT,
        )
    )


def draw_use(bands: Sequence[int], *, width: float, height: float) -> Chart:
    """Draw how many recipients have used how much of the limit, those over it last."""
    drawing = Drawing(width, height)
    pitch = (height - 4) / len(bands)
    longest = max(1, *bands)
    for i, (label, number) in enumerate(zip(BANDS, bands, strict=True)):
        middle = height - 2 - pitch * (i + 0.5)
        color = ALERT if i == len(bands) - 1 else ACCENT
        wide = (width - _LABELS - _VALUES) * number / longest
        drawing.add(_string(_LABELS - 6, middle - 2.6, label, "end"))
        drawing.add(_bar(_LABELS, middle - pitch * 0.28, wide, pitch * 0.56, color))
        drawing.add(
            _string(
                _LABELS + wide + 4, middle - 2.6, f"{number:,}", "start", Style(SEMI, 7.5, color)
            )
        )
    drawing.add(_line(_LABELS, 0, _LABELS, height, INK))
    told = "; ".join(f"{label}: {each:,}" for label, each in zip(BANDS, bands, strict=True))
    return Chart(drawing, "Recipients by the part of the limit used", f"Bars: {told}.")


def draw_running(
    gifts: Sequence[tuple[date, int]],
    limits: Sequence[tuple[date, int]],
    *,
    first_day: date,
    last_day: date,
    width: float,
    height: float,
) -> Chart:
    """Draw a running total as steps, one for each gift, below the limit of each day.

    `gifts` are days with the total after them, `limits` days with the limit in force from then.
    """
    drawing = Drawing(width, height)
    left, floor, ceiling, right = 44.0, 18.0, height - 14, width - 44
    step = _step(max([cents for _, cents in [*gifts, *limits]], default=1_00))
    top = step * max(1, -(-max([cents for _, cents in [*gifts, *limits]], default=0) // step))
    days = max(1, (last_day - first_day).days)

    def place(day: date, cents: int) -> tuple[float, float]:
        part = min(max((day - first_day).days / days, 0), 1)
        return left + (right - left) * part, floor + (ceiling - floor) * cents / top

    for cents in range(0, top + 1, step):
        y = place(first_day, cents)[1]
        drawing.add(_line(left, y, right, y, HAIRLINE if cents else INK))
        drawing.add(_string(left - 5, y - 2.5, f"${cents // 100:,}", "end", CELL_NOTE))
    over = any(total > limit_on_day(day, limits) for day, total in gifts)
    _add_steps(drawing, [place(*limit) for limit in limits], right, ALERT, weight=0.75)
    _add_steps(drawing, [place(first_day, 0), *(place(*gift) for gift in gifts)], right, ACCENT)
    taken = -_APART
    for name, points, color in (("limit", limits, ALERT), ("total", gifts, ACCENT)):
        for _, cents in points[-1:]:
            y = place(last_day, cents)[1] - 2.5
            if abs(y - taken) < _APART:
                y = taken - _APART if y <= taken else taken + _APART
            drawing.add(_string(right + 4, y, name, "start", Style(SEMI, 7.5, color)))
            taken = y
    drawing.add(_string(left, 4, f"{first_day}", "start", CELL_NOTE))
    drawing.add(_string(right, 4, f"{last_day}", "end", CELL_NOTE))
    total = gifts[-1][1] if gifts else 0
    told = f"{count(len(gifts), 'gift')}, {format_dollars(total)} in all"
    limit = f", limit {format_dollars(limits[-1][1])}" if limits else ""
    return Chart(drawing, "Running total", f"{told}{limit}{', over the limit' if over else ''}.")


def limit_on_day(day: date, limits: Sequence[tuple[date, int]]) -> int:
    """Return the limit in force on a day; the first one also holds before its day."""
    found = [cents for since, cents in limits if since <= day] or [c for _, c in limits[:1]]
    return found[-1] if found else sys.maxsize


def _add_steps(
    drawing: Drawing,
    points: Sequence[tuple[float, float]],
    right: float,
    color: Color,
    *,
    weight: float = 1.5,
) -> None:
    """Add a line that keeps its height from each point to the next."""
    ends = [x for x, _ in points[1:]] + [right]
    before: float | None = None
    for (x, y), end in zip(points, ends, strict=False):
        if before is not None:
            drawing.add(_line(x, before, x, y, color, weight=weight))
        drawing.add(_line(x, y, end, y, color, weight=weight))
        before = y


def _step(largest_cents: int) -> int:
    """Return a round step that makes at most five of the largest amount, a dollar at least."""
    unit = 1_00
    while True:
        for factor in _STEPS:
            if unit * factor * 5 >= largest_cents:
                return unit * factor
        unit *= 10


def _bar(x: float, y: float, width: float, height: float, color: Color) -> Rect:
    bar = Rect(x, y, width, height)
    bar.setProperties({"fillColor": DrawnColor(*color), "strokeColor": None})
    return bar


def _line(x1: float, y1: float, x2: float, y2: float, color: Color, *, weight: float = 0.5) -> Line:
    line = Line(x1, y1, x2, y2)
    line.setProperties({"strokeColor": DrawnColor(*color), "strokeWidth": weight})
    return line


def _string(x: float, y: float, text: str, anchor: str, style: Style = CELL) -> String:
    string = String(x, y, text)
    string.setProperties(
        {
            "textAnchor": anchor,
            "fontName": style.face,
            "fontSize": style.size,
            "fillColor": DrawnColor(*style.color),
        }
    )
    return string
