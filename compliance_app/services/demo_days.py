"""The demo's latest months, lived through the real services: logged, decided, given, refused."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count

from sqlalchemy.orm import Session

from compliance_app.rules.errors import OverLimitError
from compliance_app.rules.facts import Category
from compliance_app.rules.permissions import Role
from compliance_app.rules.workflow import State
from compliance_app.services import approvals, audit, gifts
from compliance_app.services.assessing import FORBIDDEN
from compliance_app.services.demo_firm import Firm, Imagination
from compliance_app.services.recording import claim_of
from compliance_app.store import people as people_store
from compliance_app.store.gifts import get_by_reference
from compliance_app.store.models import Gift, Person

Act = Callable[[datetime], None]
FRIDAY = 4
# How long a gift waits for its review: mostly days, sometimes weeks.
REVIEW_HOURS = (20, 28, 50, 76, 120, 200, 330)
# Days back from now that count as lately.
LATELY = 6
# Two last requests ask for more than the limit: one planned, one already given (days from now).
TOO_MUCH = (6, -2)
DECLINED = (
    "The year's limit would be passed; a card will do.",
    "Too close to the negotiation of the mandate.",
    "Please choose something smaller for this client.",
)
SENT_BACK = (
    "Name the occasion, and check the cost against the invoice.",
    "The amount looks like the total of the order; give the price of this gift alone.",
)
REMEDIES = (
    "The representative was reminded of the limit and pays the excess back.",
    "Retrained; nothing more to this person until the year ends.",
)


class Days:
    """Lets time pass from the adoption of the register until now, one act after the other."""

    def __init__(
        self, session: Session, firm: Firm, mind: Imagination, rng: random.Random, until: datetime
    ) -> None:
        self._session = session
        self._firm = firm
        self._mind = mind
        self._rng = rng
        self._until = until
        self._agenda: list[tuple[datetime, int, Act]] = []
        self._order = count()

    def live(self, since: date, number: int, progress: Callable[[int], None]) -> None:
        """Log so many gifts over the days, and let each take its course."""
        span = (self._until.date() - since).days
        too_much = TOO_MUCH[:number]
        for _ in range(number - len(too_much)):
            # A quarter of them in the last days, so that the queues of today are not empty.
            back = self._rng.randrange(LATELY if self._rng.randrange(4) == 0 else span + 1)
            day = self._until.date() - timedelta(days=back)
            self._plan(working_moment(day, self._rng), self._log)
        while self._agenda:
            moment, _, act = heappop(self._agenda)
            act(moment)
            if act == self._log:
                progress(1)
        for days in too_much:
            self._ask_for_too_much(days)
            progress(1)

    def _plan(self, moment: datetime, act: Act) -> None:
        """Put an act on the agenda; what lies beyond now is left open."""
        if moment <= self._until:
            heappush(self._agenda, (moment, next(self._order), act))

    def _log(self, moment: datetime) -> None:
        """Log a gift: most are planned, some were given already, a few long ago."""
        days = self._rng.choice((3, 5, 8, 12, 15, 20, 25, 30, -1, -2, -4, -20))
        idea = self._mind.idea(working_day(moment.date() + timedelta(days=days)))
        submitted = gifts.submit(
            self._session, idea.claim, giver_id=idea.giver.id, actor_id=idea.giver.id, at=moment
        )
        self._follow(get_by_reference(self._session, submitted.reference), moment)

    def _ask_for_too_much(self, days: int) -> None:
        """Log a gift over the limit this morning, so that an officer's queue begins with one."""
        idea = self._mind.idea(working_day(self._until.date() + timedelta(days=days)))
        claim = idea.claim._replace(
            category=Category.MERCHANDISE,
            description="Framed print of the old harbor, signed",
            recipient_ids=idea.claim.recipient_ids[:1],
            cost_cents=315_00,
            face_value_cents=None,
            quantity=1,
            host_present=None,
            evidence={},
        )
        moment = self._until - timedelta(hours=2)
        gifts.submit(
            self._session, claim, giver_id=idea.giver.id, actor_id=idea.giver.id, at=moment
        )

    def _follow(self, gift: Gift, moment: datetime) -> None:
        """Plan what comes next for a gift as it stands."""
        if gift.state is State.SUBMITTED:
            later = moment + timedelta(hours=self._rng.choice(REVIEW_HOURS))
            self._plan(later, lambda at: self._decide(gift, at))
        elif gift.state is State.APPROVED:
            after = working_moment(gift.version.given_on + timedelta(days=1), self._rng)
            self._plan(max(after, moment), lambda at: self._end(gift, at))
        elif gift.state is State.SENT_BACK and self._rng.randrange(3):
            later = moment + timedelta(hours=self._rng.randrange(20, 60))
            self._plan(later, lambda at: self._amend(gift, at))

    def _decide(self, gift: Gift, moment: datetime) -> None:
        if gift.state is not State.SUBMITTED:
            return
        dice = self._rng.randrange(100)
        if dice < 4 and not gift.already_given:  # noqa: PLR2004 - four in a hundred
            gifts.withdraw(self._session, gift.reference, actor_id=gift.giver_id, at=moment)
            return
        self._review(gift, self._decider(gift), moment, sends_back=dice > 93)  # noqa: PLR2004
        self._follow(gift, moment)

    def _review(self, gift: Gift, decider: Person, moment: datetime, *, sends_back: bool) -> None:
        """Decide as a careful reviewer would."""
        if any(
            share.assessment is not None and share.assessment.verdict in FORBIDDEN
            for share in gift.version.shares
        ):
            self._refuse(gift, decider, moment)
            return
        if sends_back:
            reason = self._rng.choice(SENT_BACK)
            approvals.send_back(
                self._session, gift.reference, actor_id=decider.id, at=moment, reason=reason
            )
            return
        try:
            approvals.approve(self._session, gift.reference, actor_id=decider.id, at=moment)
        except OverLimitError as error:
            audit.record_refusal(
                self._session,
                error,
                actor_id=decider.id,
                at=moment,
                attempted=f"/gifts/{gift.reference}/decision",
            )
            self._refuse(gift, decider, moment)

    def _refuse(self, gift: Gift, decider: Person, moment: datetime) -> None:
        """Decline what is planned; what was given over the limit is a breach."""
        if not gift.already_given:
            reason = self._rng.choice(DECLINED)
            approvals.decline(
                self._session, gift.reference, actor_id=decider.id, at=moment, reason=reason
            )
            return
        officer = decider if decider.role is Role.COMPLIANCE else self._officer(gift)
        approvals.record_breach(
            self._session,
            gift.reference,
            actor_id=officer.id,
            at=moment,
            reason="Given before anybody looked at the person's total.",
            remedy=self._rng.choice(REMEDIES),
        )

    def _amend(self, gift: Gift, moment: datetime) -> None:
        if gift.state is not State.SENT_BACK:
            return
        claim = claim_of(gift.version)
        lower = claim._replace(cost_cents=(claim.cost_cents or 0) * 3 // 5, face_value_cents=None)
        reason = "The cost was the whole order; this gift's part is lower."
        gifts.amend(
            self._session, gift.reference, lower, reason=reason, actor_id=gift.giver_id, at=moment
        )
        self._follow(gift, moment)

    def _end(self, gift: Gift, moment: datetime) -> None:
        if gift.state is not State.APPROVED:
            return
        act = self._rng.choices((gifts.mark_given, gifts.cancel, gifts.mark_refused), (92, 4, 4))[0]
        act(self._session, gift.reference, actor_id=gift.giver_id, at=moment)

    def _decider(self, gift: Gift) -> Person:
        """Return somebody independent whom the gift waits for."""
        if Role.SUPERVISOR in approvals.awaited_roles(self._session, gift):
            for above in people_store.superiors(self._session, gift.giver):
                if above.role is Role.SUPERVISOR:
                    return above
        return self._officer(gift)

    def _officer(self, gift: Gift) -> Person:
        involved = {gift.giver_id, gift.logged_by_id}
        officers = self._firm.by_role[Role.COMPLIANCE]
        return self._rng.choice([one for one in officers if one.id not in involved])


def working_day(day: date) -> date:
    """Return the day, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))


def working_moment(day: date, rng: random.Random) -> datetime:
    """Return a moment of the working hours of a day, in UTC."""
    hours = time(14 + rng.randrange(7), rng.randrange(60), rng.randrange(60))
    return datetime.combine(working_day(day), hours, UTC)
