"""The demo: a fictional firm that brought its old register along and has used this one since.

The same seed on the same day makes the same firm, but for the salt in its password hashes.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from compliance_app.rules.permissions import Role
from compliance_app.rules.workflow import State
from compliance_app.services.demo_accounts import add_accounts
from compliance_app.services.demo_days import Days, working_day
from compliance_app.services.demo_doubles import AHEAD, add_doubles
from compliance_app.services.demo_firm import MOST_RECIPIENTS, Firm, Imagination, add_firm
from compliance_app.services.history import HistoryWriter
from compliance_app.services.past_gifts import Expected, PastGift
from compliance_app.store.bulk import seldom_collecting

USUAL_GIFTS = 2_500
# How long the firm has used this register, and how far its history reaches.
ADOPTED_BEFORE = timedelta(days=150)
HISTORY = timedelta(days=3 * 365)
# Of the gifts this part, and never more than so many, are logged in the register itself.
LIVE_PART = 10
MOST_LIVE = 200
# What became of the gifts of the old register.
OLD_STATES = {
    State.GIVEN: 940,
    State.DECLINED: 20,
    State.WITHDRAWN: 12,
    State.CANCELLED: 10,
    State.RETURNED: 8,
    State.REFUSED: 10,
}


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made."""

    firm: Firm
    gifts: int


@seldom_collecting()
def build(
    session: Session,
    *,
    gifts: int,
    seed: int,
    at: datetime,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Demo:
    """Make the firm in an empty register, with so many gifts up to the moment."""
    rng = random.Random(seed)  # noqa: S311 - the demo must come out the same again
    today = at.date()
    adopted_on = working_day(today - ADOPTED_BEFORE)
    adopted_at = datetime.combine(adopted_on, time(13), UTC)
    live = min(gifts // LIVE_PART, MOST_LIVE)
    firm = add_firm(session, rng, gifts=gifts, at=adopted_at)
    add_accounts(session, firm, at=adopted_at, today=today)
    mind = Imagination(firm, rng)
    past = _past_gifts(mind, rng, gifts - live, today - HISTORY, adopted_on)
    writer = HistoryWriter(
        session,
        {one.id for clients in firm.clients.values() for one in clients},
        Expected(gifts - live, (gifts - live) * MOST_RECIPIENTS),
        actor_id=firm.by_role[Role.COMPLIANCE][0].id,
        at=adopted_at,
    )
    writer.record(past, lambda count: progress(count, gifts))
    Days(session, firm, mind, rng, at).live(
        adopted_on + timedelta(days=1), max(live - 1, 0), lambda count: progress(count, gifts)
    )
    if live:
        lately = at - timedelta(hours=1)
        add_doubles(session, firm, at=lately, given_on=working_day(today + AHEAD))
        progress(1, gifts)
    return Demo(firm, gifts)


def _past_gifts(
    mind: Imagination, rng: random.Random, number: int, since: date, before: date
) -> Iterator[PastGift]:
    """Yield the gifts of the old register in the order of their days."""
    span = (before - since).days
    states, weights = list(OLD_STATES), list(OLD_STATES.values())
    for offset in sorted(rng.randrange(span) for _ in range(number)):
        day = working_day(since + timedelta(days=offset))
        idea = mind.idea(day)
        yield PastGift(
            claim=idea.claim,
            giver_id=idea.giver.id,
            logged_by_id=idea.giver.id,
            state=rng.choices(states, weights)[0],
        )
