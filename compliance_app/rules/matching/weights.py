"""What each likeness says: points, which are bits of evidence for two records being one person.

What is more likely of one person than of two adds, what contradicts takes away. Nothing was
trained; the weights stand here and can be argued with.
"""

from enum import StrEnum
from math import inf, log2

from compliance_app.rules.matching.likeness import Like

# Points at which it is as likely as not that two records are one person.
EVEN = 14.0
_POINTS_PER_STEP = 4.0
SAME_EMAIL = 13.0
SAME_MAILBOX = 5.0
OTHER_MAILBOX = -3.0
SAME_PHONE = 11.0
SHARED_PHONE = 3.0
SAME_MIDDLE = 3.0
OTHER_MIDDLE = -7.0
SAME_GENERATION = 3.0
SAME_TITLE = 1.0
MOVED = 1.0
TURNED = -3.0


class PartCode(StrEnum):
    """Everything that speaks for or against two records being one person."""

    EMAIL = "email"
    MAILBOX = "mailbox"
    OTHER_EMAIL = "other_email"
    OTHER_MAILBOX = "other_mailbox"
    PHONE = "phone"
    OFFICE = "office"
    LAST = "last"
    LAST_NEAR = "last_near"
    LAST_PART = "last_part"
    OTHER_LAST = "other_last"
    FIRST = "first"
    FIRST_FORM = "first_form"
    FIRST_INITIAL = "first_initial"
    FIRST_NEAR = "first_near"
    FIRST_MIDDLE = "first_middle"
    OTHER_FIRST = "other_first"
    TURNED = "turned"
    MIDDLE = "middle"
    OTHER_MIDDLE = "other_middle"
    GENERATION = "generation"
    OTHER_GENERATION = "other_generation"
    EMPLOYER = "employer"
    EMPLOYER_NEAR = "employer_near"
    OTHER_EMPLOYER = "other_employer"
    TITLE = "title"
    MOVED = "moved"
    UNKNOWN = "unknown"


def score_of(points: float) -> int:
    """Return points as a score from 0 to 100, with 50 where it is as likely as not."""
    return round(100 / (1 + 2 ** -((points - EVEN) / _POINTS_PER_STEP)))


def points_for(score: int) -> float:
    """Return the points from which on a score is reached."""
    odds = (score - 0.5) / (100.5 - score)
    return EVEN + _POINTS_PER_STEP * log2(odds) if odds > 0 else -inf


UNLIKE = frozenset({Like.FAR, Like.OTHER, Like.INITIAL})
# What each likeness says: the part, how much of the name's rarity, what is added, the least.
Row = tuple[PartCode, float, float, float]
_NO_LEAST = -20.0
LAST: dict[Like, Row] = {
    Like.SAME: (PartCode.LAST, 1.0, 0.0, 0.0),
    Like.VERY_NEAR: (PartCode.LAST_NEAR, 1.0, -1.5, 0.0),
    Like.FORM: (PartCode.LAST_PART, 1.0, -4.0, 3.0),
    Like.NEAR: (PartCode.LAST_NEAR, 1.0, -6.0, 0.0),
    Like.FAR: (PartCode.OTHER_LAST, 0.0, -1.0, _NO_LEAST),
    Like.INITIAL: (PartCode.OTHER_LAST, 0.0, -1.0, _NO_LEAST),
    Like.OTHER: (PartCode.OTHER_LAST, 0.0, -4.0, _NO_LEAST),
    Like.NUMBERED: (PartCode.OTHER_LAST, 0.0, -20.0, _NO_LEAST),
    Like.UNKNOWN: (PartCode.UNKNOWN, 0.0, 0.0, 0.0),
}
FIRST: dict[Like, Row] = {
    Like.SAME: (PartCode.FIRST, 1.0, 0.0, 0.0),
    Like.FORM: (PartCode.FIRST_FORM, 1.0, -2.5, 2.0),
    Like.VERY_NEAR: (PartCode.FIRST_NEAR, 1.0, -2.0, 0.0),
    Like.NEAR: (PartCode.FIRST_NEAR, 1.0, -4.0, 0.0),
    Like.INITIAL: (PartCode.FIRST_INITIAL, 0.0, 1.5, 0.0),
    Like.FAR: (PartCode.OTHER_FIRST, 0.0, -2.0, _NO_LEAST),
    Like.OTHER: (PartCode.OTHER_FIRST, 0.0, -6.0, _NO_LEAST),
    Like.NUMBERED: (PartCode.OTHER_FIRST, 0.0, -20.0, _NO_LEAST),
    Like.UNKNOWN: (PartCode.UNKNOWN, 0.0, -1.0, _NO_LEAST),
}
EMPLOYER: dict[Like, Row] = {
    Like.SAME: (PartCode.EMPLOYER, 1.0, 0.0, 0.0),
    Like.VERY_NEAR: (PartCode.EMPLOYER_NEAR, 1.0, -1.5, 0.0),
    Like.NEAR: (PartCode.EMPLOYER_NEAR, 1.0, -4.5, 0.0),
    Like.FAR: (PartCode.OTHER_EMPLOYER, 0.0, 0.5, 0.0),
    Like.OTHER: (PartCode.OTHER_EMPLOYER, 0.0, -6.0, _NO_LEAST),
}


def weigh(row: Row, worth: float) -> tuple[PartCode, float]:
    """Return the part of a row with its points, for a name of such worth."""
    return row[0], points_of_row(row, worth)


def points_of_row(row: Row, worth: float) -> float:
    """Return the points of a row, for a name of such worth."""
    _, of_worth, added, least = row
    return max(of_worth * worth + added, least)


def most_unless_same(rows: dict[Like, Row]) -> tuple[float, float]:
    """Return the most that other likenesses than the same add to a worth, and without it."""
    others = [row for like, row in rows.items() if like is not Like.SAME]
    of_worth = max(added for _, of_worth, added, _ in others if of_worth)
    alone = max(least if of_worth else max(added, least) for _, of_worth, added, least in others)
    return of_worth, alone
