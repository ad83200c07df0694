"""Where somebody works over time, and when they are no longer reached through work at all."""

from datetime import date
from enum import StrEnum


class Departure(StrEnum):
    """Why a person is not reached through their work any more."""

    LEFT_INDUSTRY = "left_industry"
    DIED = "died"

    @property
    def words(self) -> str:
        """Return the departure as people say it."""
        return {Departure.LEFT_INDUSTRY: "left the industry", Departure.DIED: "died"}[self]


def is_after_departure(day: date, departed_on: date | None, returned_on: date | None) -> bool:
    """Say whether a day lies after a person's last one, and before any new work began."""
    if departed_on is None or day <= departed_on:
        return False
    return returned_on is None or not departed_on < returned_on <= day
