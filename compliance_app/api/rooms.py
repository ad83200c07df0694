"""What is left for a recipient, as the interface says it."""

from datetime import date
from typing import Any

from compliance_app.api.fields import Document, Dollars, dollars
from compliance_app.rules.money import format_decimal
from compliance_app.rules.regimes import RULE_3220
from compliance_app.rules.results import Assessment


class RoomOf3220(Document):
    """The same as Rule 3220 alone counts, where a stricter law decides."""

    running: Dollars
    later: Dollars
    limit: Dollars | None
    left: Dollars | None


class Room(Document):
    """What counts for a person up to a day and what the firm has left for them.

    `later` is what gifts on later days take of it: running, later and left come to the limit.
    All of it is as `regime`, the strictest law that applies to the person, counts.
    """

    day: date
    regime: str
    running: Dollars
    pending: Dollars
    later: Dollars
    limit: Dollars | None
    left: Dollars | None
    window_start: date | None
    window_end: date | None
    rule_3220: RoomOf3220


def room_answer(room: Assessment, day: date) -> dict[str, Any]:
    """Return what a `Room` says: what is left by the strictest law, and by Rule 3220."""
    own = next((one for one in room.others if one.regime == RULE_3220.code), room)
    return {
        "day": day,
        "regime": room.regime,
        "running": format_decimal(room.running_cents),
        "pending": format_decimal(room.pending_cents),
        "later": format_decimal(room.taken_later_cents),
        "limit": dollars(room.limit_cents),
        "left": dollars(room.left_before_cents),
        "window_start": room.window_start,
        "window_end": room.window_end,
        "rule_3220": {
            "running": format_decimal(own.running_cents),
            "later": format_decimal(own.taken_later_cents),
            "limit": dollars(own.limit_cents),
            "left": dollars(own.left_before_cents),
        },
    }
