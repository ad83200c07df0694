"""Spans of days, both ends included: which one covers a day, and which comes nearest."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Protocol, TypeVar


class Span(Protocol):
    """Days from and to, both included; an open end is unknown or still running."""

    @property
    def started_on(self) -> date | None:
        """Return the first day."""

    @property
    def ended_on(self) -> date | None:
        """Return the last day."""


S = TypeVar("S", bound=Span)

# Nobody who works today began before, and nothing is recorded further ahead.
EARLIEST = date(1900, 1, 1)
FURTHEST_AHEAD = timedelta(days=366)


def problems_of(days: Mapping[str, date | None], today: date) -> dict[str, str]:
    """Return a sentence for each day that no span can begin or end with."""
    latest = today + FURTHEST_AHEAD
    return {
        name: f"Choose a day from {EARLIEST.isoformat()} to {latest.isoformat()}."
        for name, day in days.items()
        if day is not None and not EARLIEST <= day <= latest
    }


def covers(span: Span, day: date) -> bool:
    """Say whether the day lies within the span."""
    return (span.started_on is None or span.started_on <= day) and (
        span.ended_on is None or day <= span.ended_on
    )


def span_on(spans: Sequence[S], day: date) -> S | None:
    """Return the span that covers the day, else the last one before it, else the next.

    Of several that cover it the one that began last is meant.
    """
    if len(spans) <= 1:
        return spans[0] if spans else None
    in_order = sorted(spans, key=lambda span: span.started_on or date.min)
    covering = [span for span in in_order if covers(span, day)]
    before = [span for span in in_order if span.started_on is None or span.started_on <= day]
    before.sort(key=lambda span: span.ended_on or date.max)
    return (covering[-1:] or before[-1:] or in_order)[0]
