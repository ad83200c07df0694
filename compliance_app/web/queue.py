"""What waits for a reviewer: the list in the order of risk, what is due, and what is flagged."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby, islice
from operator import attrgetter
from typing import NamedTuple

import orjson
from sqlalchemy.orm import Session

from compliance_app.rules.errors import RuleError
from compliance_app.rules.permissions import Permission, Role
from compliance_app.rules.reviewing import check_may_decide
from compliance_app.rules.verdicts import Verdict
from compliance_app.rules.workflow import due_on
from compliance_app.services.assessing import FORBIDDEN
from compliance_app.services.policies import policy_of
from compliance_app.store import identity
from compliance_app.store import people as people_store
from compliance_app.store.kept import kept
from compliance_app.store.policies import HASHES
from compliance_app.store.waiting import Waiting, WaitingShare, read_waiting, shares_waiting
from compliance_app.web.guard import Actor

# How many waiting shares are weighed, how many gifts are counted, and how many the list shows.
WEIGHED = 2_000
COUNTED = 200
SHOWN = 25
# Up to what number every page says how many wait.
MOST_SAID = 99
# What the list may be narrowed to.
SHOWS = {"all": "All", "due": "Due today", "flagged": "Flagged"}


class Item(NamedTuple):
    """One gift of the list; `tightest` is its share with the least room."""

    reference: str
    tightest: WaitingShare
    value_cents: int
    others: int
    verdicts: frozenset[Verdict | None]
    due_on: date | None
    signs: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """Say whether it may not be given as it stands."""
        return not self.verdicts.isdisjoint(FORBIDDEN)

    @property
    def is_to_be_judged(self) -> bool:
        """Say whether somebody has to judge what the engine cannot."""
        return Verdict.NEEDS_COMPLIANCE_JUDGEMENT in self.verdicts

    @property
    def is_plain(self) -> bool:
        """Say whether it may be approved together with others."""
        return self.verdicts == {Verdict.WITHIN_LIMIT} and not self.signs

    @property
    def left_cents(self) -> int | None:
        """Return what would be left for the tightest recipient, None without a limit."""
        row = self.tightest
        if row.limit_cents is None or row.running_cents is None:
            return None
        return row.limit_cents - row.running_cents


class Queue(NamedTuple):
    """The riskiest gifts a person may decide on; `has_more` where some are not shown."""

    items: list[Item]
    has_more: bool
    show: str
    counts: dict[str, str]

    @property
    def has_plain(self) -> bool:
        """Say whether some of these may be approved together."""
        return any(item.is_plain for item in self.items)

    def after(self, reference: str) -> str:
        """Return the reference to go on with once this one is decided, none at the end."""
        names = [item.reference for item in self.items]
        if reference not in names:
            return names[0] if names else ""
        place = names.index(reference)
        rest = names[place + 1 :] or names[:place][-1:]
        return rest[0] if rest else ""


def queue_of(session: Session, me: Actor, at: datetime, *, show: str = "all") -> Queue:
    """Return what the person may decide on: over the limit, to be judged, flagged, then oldest."""
    key = ("queue", me.person_id, me.role, at.date(), show)
    return kept(session, key, lambda: _read_queue(session, me, at, show))


def _read_queue(session: Session, me: Actor, at: datetime, show: str) -> Queue:
    givers = _chain(session, me)
    waiting, (rows, versions) = read_waiting(
        session,
        me.person_id,
        givers,
        count=WEIGHED,
        also=[shares_waiting(givers, count=WEIGHED), HASHES(day=at.date())],
    )
    policy = policy_of(session, tuple(one.sha256 for one in versions), at.date())
    items = [
        _item(list(shares), policy.days_until_due, at)
        for _id, shares in groupby(rows, attrgetter("gift_id"))
    ]
    items.sort(key=_risk)
    mine = list(islice(_mine(items, waiting, me), COUNTED + 1))
    fitting = [item for item in mine if _fits(item, show, at.date())]
    if len(mine) > COUNTED and show != "all":
        narrowed = [item for item in items if _fits(item, show, at.date())]
        fitting = list(islice(_mine(narrowed, waiting, me), SHOWN + 1))
    return Queue(
        items=fitting[:SHOWN],
        has_more=len(fitting) > SHOWN or len(rows) == WEIGHED,
        show=show,
        counts={name: _count(mine, name, at.date()) for name in SHOWS},
    )


def came_to_light(session: Session, me: Actor) -> int:
    """Return how many gifts came to light that an officer must act on; none for others."""
    return identity.count_open_findings(session) if me.may(Permission.RECIPIENT_MERGE) else 0


def number_waiting(session: Session, me: Actor) -> str:
    """Return how many gifts wait for the person, as every page says it; nothing where none does."""
    return kept(session, ("number", me.person_id, me.role), lambda: _number(session, me))


def _number(session: Session, me: Actor) -> str:
    waiting, _ = read_waiting(session, me.person_id, _chain(session, me), count=WEIGHED)
    decidable = (one for one in waiting.gifts if _may_decide(waiting, one, me))
    number = sum(1 for _ in islice(decidable, MOST_SAID + 1))
    return f"{MOST_SAID}+" if number > MOST_SAID else str(number or "")


def _chain(session: Session, me: Actor) -> set[int] | None:
    """Return whose gifts may wait for the person, None for everybody's."""
    return None if me.role is Role.COMPLIANCE else people_store.chain_ids(session, me.person_id)


def _mine(items: Iterable[Item], waiting: Waiting, me: Actor) -> Iterator[Item]:
    """Yield those of the gifts that the person may decide on, in their order."""
    return (item for item in items if _may_decide(waiting, item.tightest.gift_id, me))


def _may_decide(waiting: Waiting, gift_id: int, me: Actor) -> bool:
    people, gift = waiting.colleagues, waiting.gifts.get(gift_id)
    # One that was sent in since the gifts were read waits until the next look.
    if gift is None:
        return False
    try:
        check_may_decide(
            gift, people[me.person_id], people, is_recipient=gift_id in waiting.received
        )
    except RuleError:
        return False
    return True


def _fits(item: Item, show: str, today: date) -> bool:
    if show == "due":
        return item.due_on is not None and item.due_on <= today
    return bool(item.signs) or item.is_over if show == "flagged" else True


def _count(mine: list[Item], show: str, today: date) -> str:
    number = sum(_fits(item, show, today) for item in mine[:COUNTED])
    return f"{number}+" if len(mine) > COUNTED else str(number)


def _risk(item: Item) -> tuple[bool, bool, int, int]:
    """Return what to sort by: the riskiest come first, of equals the oldest."""
    return (not item.is_over, not item.is_to_be_judged, -len(item.signs), item.tightest.gift_id)


def _item(shares: list[WaitingShare], days_until_due: int, at: datetime) -> Item:
    tightest = max(shares, key=lambda share: (share.excess_cents or 0, share.running_cents or 0))
    sent = tightest.submitted_at and tightest.submitted_at.astimezone(at.tzinfo).date()
    return Item(
        tightest.reference,
        tightest,
        sum(share.counted_cents for share in shares),
        len(shares) - 1,
        frozenset(share.verdict for share in shares),
        due_on(sent, days_until_due) if sent else None,
        tuple(flag["code"] for flag in orjson.loads(tightest.flags)),
    )
