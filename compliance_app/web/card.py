"""The decision card: one gift as its reviewer sees it, and what may be decided on it now."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.errors import RuleError
from compliance_app.rules.permissions import Permission
from compliance_app.rules.regimes import RULE_3220, regime_named
from compliance_app.rules.workflow import DecisionKind, State, standing
from compliance_app.services import approvals
from compliance_app.services.assessing import FORBIDDEN, JudgedShare, Judgement
from compliance_app.services.recipients import statement
from compliance_app.services.workplaces import Firm
from compliance_app.store import reviewing
from compliance_app.store.kept import kept
from compliance_app.store.ledgers import LedgerRow
from compliance_app.store.reviewed import ReviewedGift
from compliance_app.store.reviewing import GiverSum, NearGift, Sum
from compliance_app.web.guard import Actor
from compliance_app.web.visibility import get_reviewed_gift

MOST_NEAR = 3
MONTHS_A_QUARTER = 3


class Option(NamedTuple):
    """A decision that is possible now; `key` is its letter, `ask` what its reason answers."""

    name: str
    word: str
    key: str
    ask: str = ""
    tone: str = ""
    needs_remedy: bool = False


APPROVE = Option("approve", "Approve", "a", tone="primary")
NOTE = Option("approve", "Approve with a note…", "n", "What do you want to note?")
SEND_BACK = Option("send_back", "Send back", "r", "What should the giver change?")
DECLINE = Option("decline", "Decline", "d", "Why is it declined?", "danger")
EXCEPT = Option("grant_exception", "Grant exception…", "e", "Why is an exception right?")
CONFIRM = Option("grant_exception", "Confirm exception…", "e", "Why do you agree?")
BREACH = Option(
    "record_breach", "Record breach…", "b", "Why did it happen?", "primary", needs_remedy=True
)


class House(NamedTuple):
    """What else went to the recipient's employer in the same period."""

    employer: Firm
    sum: Sum
    newest: Sequence[NearGift]


class Line(NamedTuple):
    """One recipient on the card, with the gifts before this one in the same window."""

    share: JudgedShare
    earlier: Sequence[LedgerRow]
    house: House | None


class Card(NamedTuple):
    """A gift as its reviewer sees it, judged as the register stands now."""

    gift: ReviewedGift
    judgement: Judgement
    lines: list[Line]
    quarter: GiverSum
    options: list[Option]
    why_not: str

    @property
    def asks_remedy(self) -> bool:
        """Say whether one of the decisions needs a remedy."""
        return any(option.needs_remedy for option in self.options)

    @property
    def needs_second(self) -> bool:
        """Say whether an exception would still need a second officer's word."""
        return EXCEPT in self.options


def card_of(session: Session, reference: str, me: Actor, at: datetime) -> Card:
    """Judge a gift as the register stands now, and say what the person may decide.

    Raises NotFoundError where the gift does not exist for this person.
    """
    key = ("card", reference, me.person_id, me.role, me.scope)
    return kept(session, key, lambda: _read_card(session, reference, me, at))


def _read_card(session: Session, reference: str, me: Actor, at: datetime) -> Card:
    gift = get_reviewed_gift(session, reference, me)
    day = (gift.submitted_at or gift.logged_at).astimezone(at.tzinfo).date()
    judgement = approvals.judge_as_it_stands(session, gift, day=day)
    why_not = _refusal(session, gift, me)
    since, before = quarter_of(gift.version.given_on)
    return Card(
        gift=gift,
        judgement=judgement,
        lines=[_line(session, share, gift) for share in judgement.shares],
        quarter=reviewing.of_giver(session, gift.giver_id, since=since, before=before),
        options=[] if why_not else _options(gift, judgement, me),
        why_not=why_not or _agreed(gift, me),
    )


def _refusal(session: Session, gift: ReviewedGift, me: Actor) -> str:
    """Return why the person may not decide on the gift, nothing where they may."""
    try:
        approvals.check_may_decide(session, gift, me.person_id)
    except RuleError as error:
        return str(error)
    return ""


def quarter_of(day: date) -> tuple[date, date]:
    """Return the first day of the day's calendar quarter, and of the next one."""
    month = (day.month - 1) // MONTHS_A_QUARTER * MONTHS_A_QUARTER + 1
    first = day.replace(month=month, day=1)
    return first, (first + timedelta(days=31 * MONTHS_A_QUARTER)).replace(day=1)


def _line(session: Session, share: JudgedShare, gift: ReviewedGift) -> Line:
    found = share.assessment
    day = gift.version.given_on
    since = found.window_start or day.replace(month=1, day=1)
    before = (found.window_end or day) + timedelta(days=1)
    regime = regime_named(found.regime) or RULE_3220
    rows = statement(session, share.recipient.id, since=since, before=before, regime=regime)
    earlier = [row for row in rows if row.reference != gift.reference and row.holds_room]
    return Line(share, earlier, _house(session, share, gift, since, before))


def _house(
    session: Session, share: JudgedShare, gift: ReviewedGift, since: date, before: date
) -> House | None:
    if share.employment is None:
        return None
    employer = share.employment.employer
    total, newest = reviewing.at_employer(
        session,
        employer.id,
        since=since,
        before=before,
        except_gift_id=gift.id,
        count=MOST_NEAR,
    )
    return House(employer, total, newest)


def _options(gift: ReviewedGift, judgement: Judgement, me: Actor) -> list[Option]:
    if gift.state is not State.SUBMITTED:
        return []
    if not judgement.over_limit:
        return [APPROVE, NOTE, SEND_BACK, DECLINE]
    ways: list[Option] = []
    over = [s.assessment for s in judgement.shares if s.assessment.verdict in FORBIDDEN]
    if all(one.is_within_rule for one in over) and me.may(Permission.EXCEPTION_GRANT):
        grants = _grants(gift)
        if not grants:
            ways.append(EXCEPT)
        elif me.person_id not in grants:
            ways.append(CONFIRM)
    if gift.already_given and me.may(Permission.BREACH_RECORD):
        ways.append(BREACH)
    return [*ways, SEND_BACK, DECLINE]


def _agreed(gift: ReviewedGift, me: Actor) -> str:
    if gift.state is State.SUBMITTED and me.person_id in _grants(gift):
        return "You agreed to an exception; a second officer must confirm it."
    return ""


def _grants(gift: ReviewedGift) -> set[int | None]:
    """Return who has agreed to an exception for the version in force."""
    return {
        decision.decided_by_id
        for decision in standing(gift.decisions)
        if decision.kind is DecisionKind.GRANT_EXCEPTION
        and decision.version_number == gift.version_number
    }
