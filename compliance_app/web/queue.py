"""What waits for a reviewer: the list in the order of risk, and all that one card shows."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.errors import RuleError
from compliance_app.rules.permissions import Permission, Role
from compliance_app.rules.verdicts import Verdict
from compliance_app.rules.workflow import State
from compliance_app.services import approvals
from compliance_app.services.assessing import FORBIDDEN, JudgedShare, Judgement, judge
from compliance_app.services.recipients import statement
from compliance_app.services.recording import claim_of
from compliance_app.store import gifts as store
from compliance_app.store import people as people_store
from compliance_app.store.gifts import GiftRow
from compliance_app.store.ledgers import LedgerRow
from compliance_app.store.models import Gift
from compliance_app.web.guard import Actor

# How many waiting shares are weighed, and how many gifts the list shows of them.
WEIGHED = 2_000
SHOWN = 50


class Item(NamedTuple):
    """One gift of the list; `tightest` is its share with the least room."""

    reference: str
    tightest: GiftRow
    value_cents: int
    others: int


class Queue(NamedTuple):
    """The riskiest gifts a person may decide on; `has_more` where some are not shown."""

    items: list[Item]
    has_more: bool


class Option(NamedTuple):
    """A decision that is possible now."""

    name: str
    word: str
    tone: str = ""


class Line(NamedTuple):
    """One recipient on the card, with the gifts before this one in the same window."""

    share: JudgedShare
    earlier: Sequence[LedgerRow]


class Card(NamedTuple):
    """A gift as its reviewer sees it, judged as the register stands now."""

    gift: Gift
    judgement: Judgement
    lines: list[Line]
    options: list[Option]
    why_not: str

    @property
    def asks_remedy(self) -> bool:
        """Say whether one of the decisions needs a remedy."""
        return any(option.name == "record_breach" for option in self.options)


def queue_of(session: Session, me: Actor) -> Queue:
    """Return what the person may decide on: over the limit, to be judged, flagged, then oldest."""
    chain = None if me.role is Role.COMPLIANCE else people_store.chain_ids(session, me.person_id)
    rows = store.list_waiting(session, chain, count=WEIGHED)
    waiting = [list(shares) for _id, shares in groupby(rows, key=attrgetter("gift_id"))]
    waiting.sort(key=_risk)
    items: list[Item] = []
    for start in range(0, len(waiting), SHOWN):
        items += _mine(session, waiting[start : start + SHOWN], me)
        if len(items) >= SHOWN:
            more = len(items) > SHOWN or start + SHOWN < len(waiting)
            return Queue(items[:SHOWN], has_more=more)
    return Queue(items, has_more=len(rows) == WEIGHED)


def card_of(session: Session, gift: Gift, me: Actor) -> Card:
    """Judge the gift as the register stands now, and say what the person may decide."""
    claim = claim_of(gift.version)
    judgement = judge(
        session,
        claim,
        giver_id=gift.giver_id,
        today=(gift.submitted_at or gift.logged_at).date(),
        already_given=gift.already_given,
        again=gift,
    )
    refusal = _refusal(session, gift, me)
    return Card(
        gift=gift,
        judgement=judgement,
        lines=[Line(share, _earlier(session, share, gift)) for share in judgement.shares],
        options=[] if refusal else _options(gift, judgement, me),
        why_not=str(refusal) if refusal else "",
    )


def _mine(session: Session, waiting: list[list[GiftRow]], me: Actor) -> list[Item]:
    """Return the gifts among these that the person may decide on."""
    loaded = store.get_gifts(session, [shares[0].gift_id for shares in waiting])
    return [
        _item(shares)
        for shares in waiting
        if _refusal(session, loaded[shares[0].gift_id], me) is None
    ]


def _refusal(session: Session, gift: Gift, me: Actor) -> RuleError | None:
    try:
        approvals.check_may_decide(session, gift, me.person_id)
    except RuleError as error:
        return error
    return None


def _risk(shares: list[GiftRow]) -> tuple[bool, bool, bool, int]:
    """Return what to sort by: the riskiest come first, of equals the oldest."""
    verdicts = {share.verdict for share in shares}
    return (
        verdicts.isdisjoint(FORBIDDEN),
        Verdict.NEEDS_COMPLIANCE_JUDGEMENT not in verdicts,
        not shares[0].flags,
        shares[0].gift_id,
    )


def _item(shares: list[GiftRow]) -> Item:
    tightest = max(shares, key=lambda share: (share.excess_cents or 0, share.running_cents or 0))
    return Item(
        tightest.reference,
        tightest,
        sum(share.counted_cents for share in shares),
        len(shares) - 1,
    )


def _earlier(session: Session, share: JudgedShare, gift: Gift) -> Sequence[LedgerRow]:
    found = share.assessment
    day = gift.version.given_on
    since = found.window_start or day.replace(month=1, day=1)
    before = (found.window_end or day) + timedelta(days=1)
    rows = statement(session, share.recipient.id, since=since, before=before)
    return [row for row in rows if row.reference != gift.reference and row.holds_room]


def _options(gift: Gift, judgement: Judgement, me: Actor) -> list[Option]:
    if gift.state is not State.SUBMITTED:
        return []
    usual = [Option("send_back", "Send back"), Option("decline", "Decline", "danger")]
    if not judgement.over_limit:
        return [Option("approve", "Approve", "primary"), *usual]
    ways: list[Option] = []
    over = [s.assessment for s in judgement.shares if s.assessment.verdict in FORBIDDEN]
    if all(one.is_within_rule for one in over) and me.may(Permission.EXCEPTION_GRANT):
        ways.append(Option("grant_exception", "Grant exception"))
    if gift.already_given and me.may(Permission.BREACH_RECORD):
        ways.append(Option("record_breach", "Record breach", "primary"))
    return [*ways, *usual]
