"""The one clock, read by the faces alone; everything below them is told the moment."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app

# The last day with a day after it, in every zone.
LAST_DAY = date(9999, 12, 30)


def now() -> datetime:
    """Return the moment, aware, in the firm's time zone, so that its date is the firm's day."""
    clock = current_app.config.get("CLOCK")
    zone = ZoneInfo(current_app.config["TIME_ZONE"])
    return clock().astimezone(zone) if clock else datetime.now(zone)


def today() -> date:
    """Return the firm's day."""
    return now().date()


def end_of(day: date) -> datetime:
    """Return the moment at which the firm's day is over."""
    zone = ZoneInfo(current_app.config["TIME_ZONE"])
    return datetime.combine(min(day, LAST_DAY) + timedelta(days=1), time(), zone)
