"""Spans of days, both ends included: which one covers a day, and which comes nearest."""

from collections.abc import Iterable
from datetime import date
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


def covers(span: Span, day: date) -> bool:
    """Say whether the day lies within the span."""
    return (span.started_on is None or span.started_on <= day) and (
        span.ended_on is None or day <= span.ended_on
    )


def span_on(spans: Iterable[S], day: date) -> S | None:
    """Return the span that covers the day, else the last one before it, else the next.

    Of several that cover it the one that began last is meant.
    """
    in_order = sorted(spans, key=lambda span: span.started_on or date.min)
    covering = [span for span in in_order if covers(span, day)]
    before = [span for span in in_order if span.started_on is None or span.started_on <= day]
    before.sort(key=lambda span: span.ended_on or date.max)
    found = covering[-1:] or before[-1:] or in_order[:1]
    return found[0] if found else None
