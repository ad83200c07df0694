"""A recipient's ledger as a person may see it: running totals, and who gave how much."""

from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Assessment
from compliance_app.rules.reasons import say_period
from compliance_app.rules.regimes import RULE_3220, regime_named
from compliance_app.rules.workflow import PENDING
from compliance_app.services.claims import EARLIEST_DAY
from compliance_app.services.recipients import limits_between, room_on, statement
from compliance_app.store.ledgers import LedgerRow
from compliance_app.store.models import Recipient
from compliance_app.web.forms.fields import read_id
from compliance_app.web.guard import Actor
from compliance_app.web.step_chart import LimitStep, Step, StepChart, step_chart
from compliance_app.web.visibility import veiled

# What stands for a giver whom the reader may not know.
SOMEBODY = "Another associated person"


class Entry(NamedTuple):
    """One share of the ledger; `running_cents` is None where it does not count."""

    row: LedgerRow
    giver: str
    is_veiled: bool
    running_cents: int | None


class Ledger(NamedTuple):
    """The gifts of a window, newest first, what is left in it, and the sums of the givers.

    All of it as one law counts: the strictest that applies to the person. Where that is not
    Rule 3220, `by_3220` is what Rule 3220 says.
    """

    room: Assessment
    by_3220: Assessment | None
    period: str
    entries: list[Entry]
    givers: list[tuple[str, int]]
    chart: StepChart | None


def chosen_day(year: str | None, *, today: date) -> date:
    """Return the day whose window is shown: today, or the last day of another year."""
    wanted = read_id(year)
    if wanted is None or wanted == today.year:
        return today
    return date(min(max(wanted, EARLIEST_DAY.year), today.year + 1), 12, 31)


def ledger_of(session: Session, recipient: Recipient, day: date, me: Actor) -> Ledger:
    """Return the ledger of the window that holds the day."""
    room = whole_year(session, recipient, day)
    since = room.window_start or date(day.year, 1, 1)
    # A rolling year ends with the day itself; what is planned after it belongs to the view.
    until = max(room.window_end or date(day.year, 12, 31), day)
    rows = statement(
        session,
        recipient.id,
        since=since,
        before=until + timedelta(days=1),
        regime=regime_named(room.regime) or RULE_3220,
    )
    entries: list[Entry] = []
    given: Counter[str] = Counter()
    for row, is_veiled in veiled(session, rows, me):
        giver = SOMEBODY if is_veiled else row.giver
        counts = row.holds_room and row.counted_cents > 0
        if counts:
            given[giver] += row.counted_cents
        entries.append(Entry(row, giver, is_veiled, row.running_cents if counts else None))
    chart = _chart(session, room, entries, since, until, day)
    by_3220 = next((one for one in room.others if one.regime == RULE_3220.code), None)
    period = say_period(since, until)
    return Ledger(room, by_3220, period, entries[::-1], given.most_common(), chart)


def _chart(
    session: Session,
    room: Assessment,
    entries: list[Entry],
    since: date,
    until: date,
    today: date,
) -> StepChart | None:
    """Return how the year built up, None where another law than Rule 3220 decides."""
    if room.limit_cents is None or room.regime != RULE_3220.code:
        return None
    limits = limits_between(session, since, until)
    steps = [
        Step(entry.row.given_on, entry.running_cents, entry.row.state in PENDING)
        for entry in entries
        if entry.running_cents is not None
    ]
    steps_of_limit = [LimitStep(*limit) for limit in limits]
    return step_chart(steps, steps_of_limit, start=since, end=until, today=today)


def whole_year(session: Session, recipient: Recipient, day: date) -> Assessment:
    """Return what is left at the end of the window that holds the day, planned gifts included."""
    room = room_on(session, recipient, day)
    if room.window_end is None or room.window_end == day:
        return room
    return room_on(session, recipient, room.window_end)
