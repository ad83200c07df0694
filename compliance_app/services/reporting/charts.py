"""The report's charts as SVG for pages: the same definitions as on paper."""

from collections.abc import Iterable, Sequence
from datetime import date

from reports.charts import draw_months, draw_running, draw_use
from reports.figures import MonthFigure
from reports.svg import web_svg


def months_svg(
    name: str, months: Iterable[tuple[str, int, int]], *, width: int = 460, height: int = 150
) -> str:
    """Return bars of the counted value of months, given as label, gifts and cents.

    `name` is the chart's own on the page. The markup is safe to be put there as it is.
    """
    figures = [MonthFigure(*month) for month in months]
    return web_svg(draw_months(figures, width=width, height=height), name)


def use_svg(name: str, bands: Sequence[int], *, width: int = 460, height: int = 100) -> str:
    """Return how many recipients have used how much of the limit, as `reports.figures.BANDS`."""
    return web_svg(draw_use(bands, width=width, height=height), name)


def running_svg(
    name: str,
    gifts: Sequence[tuple[date, int]],
    limits: Sequence[tuple[date, int]],
    *,
    first_day: date,
    last_day: date,
    width: int = 460,
    height: int = 150,
) -> str:
    """Return a running total in steps against the limit of each day, both as days and cents."""
    chart = draw_running(
        gifts, limits, first_day=first_day, last_day=last_day, width=width, height=height
    )
    return web_svg(chart, name)
