"""Judging every share of a claim against the register, with the same steps for all faces.

Called with the recipients locked when something will be written, without when it is a preview.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import Protocol

from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Assessment, Verdict, assess
from compliance_app.rules.facts import Facts, GiverType, PriorShare, Standing
from compliance_app.rules.flags import Flag, Neighbor, Surroundings, find_flags
from compliance_app.rules.policy import Policy, history_since
from compliance_app.rules.reasons import ReasonCode
from compliance_app.rules.routing import Route, route
from compliance_app.rules.workflow import State
from compliance_app.services.claims import Claim
from compliance_app.services.policies import policy_on
from compliance_app.services.workplaces import Workplace, workplace_on
from compliance_app.store import gifts as gift_store
from compliance_app.store import ledgers as ledger_store
from compliance_app.store import recipients as recipient_store
from compliance_app.store.models import Employment, Gift, Recipient

# Verdicts with which nothing may be given, whoever approves it.
FORBIDDEN = frozenset({Verdict.EXCEEDS_LIMIT, Verdict.PROHIBITED})
# How far around its day the flags look for related gifts.
NEIGHBORHOOD = timedelta(days=31)
# Reasons that say what a share counts for, not whether it is too much.
VALUATION = frozenset(
    {ReasonCode.VALUED, ReasonCode.DIVIDED, ReasonCode.PRIOR, ReasonCode.PRIOR_WAITING}
)
TURNED_DOWN = frozenset({State.DECLINED, State.REFUSED})


class Ledger(Protocol):
    """Where a person's other shares are read: in the database, or in memory during a bulk."""

    def prior_shares(
        self, recipient_id: int, *, since: date | None, except_gift_id: int | None
    ) -> Sequence[PriorShare]:
        """Return the shares that hold room in the person's limit, from `since` on."""
        ...

    def neighbors_of(
        self, recipient_id: int, *, since: date, until: date, except_gift_id: int | None
    ) -> Sequence[tuple[str, int, int, date, int, State]]:
        """Return the person's shares near a day, whatever became of them."""
        ...


@dataclass(frozen=True, slots=True)
class DatabaseLedger:
    """The register itself, as it stands in the caller's transaction."""

    session: Session

    def prior_shares(
        self, recipient_id: int, *, since: date | None, except_gift_id: int | None
    ) -> Sequence[PriorShare]:
        """Return the shares that hold room in the person's limit, from `since` on."""
        return ledger_store.prior_shares(
            self.session, recipient_id, since=since, except_gift_id=except_gift_id
        )

    def neighbors_of(
        self, recipient_id: int, *, since: date, until: date, except_gift_id: int | None
    ) -> Sequence[tuple[str, int, int, date, int, State]]:
        """Return the person's shares near a day, whatever became of them."""
        return gift_store.neighbors_of(
            self.session, recipient_id, since=since, until=until, except_gift_id=except_gift_id
        )


@dataclass(frozen=True, slots=True)
class JudgedShare:
    """One recipient of a claim with the verdict on their share, and what it was given on."""

    recipient: Recipient
    employment: Employment | None
    facts: Facts
    prior: Sequence[PriorShare]
    assessment: Assessment
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdicts on a whole claim, and where they send it."""

    shares: tuple[JudgedShare, ...]
    policy: Policy
    route: Route

    @property
    def over_limit(self) -> bool:
        """Say whether any share may not be given."""
        return any(share.assessment.verdict in FORBIDDEN for share in self.shares)

    @property
    def why_over(self) -> str:
        """Return the sentences that say why a share may not be given; none where all may."""
        worst = (share for share in self.shares if share.assessment.verdict in FORBIDDEN)
        return " ".join(
            reason.sentence
            for share in islice(worst, 1)
            for reason in share.assessment.reasons
            if reason.code not in VALUATION
        )

    @property
    def is_plain(self) -> bool:
        """Say whether there is nothing to look at: within the limit, without any flag."""
        return not self.what_to_look_at

    @property
    def what_to_look_at(self) -> str:
        """Return the first sentence that makes the claim more than plain, none where it is."""
        if self.over_limit:
            return self.why_over
        if self.flags:
            return self.flags[0].sentence
        judged = (share.assessment for share in self.shares)
        if any(one.verdict is Verdict.NEEDS_COMPLIANCE_JUDGEMENT for one in judged):
            return "It needs a judgement of compliance."
        return ""

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Return the flags of all shares, each once, in the order they were raised."""
        return tuple(dict.fromkeys(flag for share in self.shares for flag in share.flags))


def judge(
    session: Session,
    claim: Claim,
    *,
    giver_id: int,
    today: date,
    already_given: bool,
    recipients: dict[int, Recipient] | None = None,
    again: Gift | None = None,
    policy: Policy | None = None,
    ledger: Ledger | None = None,
) -> Judgement:
    """Assess each share of the claim, raise its flags and find its route.

    `recipients` are the locked people by the ids the claim names; `again` is the gift that is
    being judged again, in the state it had, and must not be added to itself.
    """
    ledger = ledger or DatabaseLedger(session)
    policy = policy or policy_on(session, claim.given_on)
    people = recipients or recipient_store.people_behind(session, claim.recipient_ids)
    standing = Standing.GIVEN if already_given else Standing.PLANNED
    except_gift_id = again.id if again is not None else None
    shares = []
    for wanted in claim.recipient_ids:
        person = people[wanted]
        place = workplace_on(person, claim.given_on)
        facts = claim.facts_for(
            *place.recipient_classes, giver_type=GiverType.ASSOCIATED_PERSON, standing=standing
        )
        since = history_since(policy, claim.given_on)
        prior = tuple(ledger.prior_shares(person.id, since=since, except_gift_id=except_gift_id))
        assessment = assess(facts, prior, policy)
        around = replace(
            _surroundings(ledger, claim, person, place, giver_id, today, except_gift_id),
            names_added_after_refusal=_adds_names(claim, again),
        )
        flags = find_flags(facts, around, assessment, policy)
        shares.append(JudgedShare(person, place.employment, facts, prior, assessment, flags))
    flags = tuple(dict.fromkeys(flag for share in shares for flag in share.flags))
    way = route([share.assessment for share in shares], flags, shares[0].facts, policy)
    return Judgement(tuple(shares), policy, way)


def _surroundings(
    ledger: Ledger,
    claim: Claim,
    person: Recipient,
    place: Workplace,
    giver_id: int,
    today: date,
    except_gift_id: int | None,
) -> Surroundings:
    rows = ledger.neighbors_of(
        person.id,
        since=claim.given_on - NEIGHBORHOOD,
        until=claim.given_on + NEIGHBORHOOD,
        except_gift_id=except_gift_id,
    )
    return Surroundings(
        logged_on=today,
        giver_id=giver_id,
        recipient_id=person.id,
        neighbors=tuple(
            Neighbor(reference, giver, recipient, day, cents, state in TURNED_DOWN)
            for reference, giver, recipient, day, cents, state in rows
        ),
        open_negotiation=place.in_negotiation,
        employment_ended_on=place.employment.ended_on if place.employment else None,
        employer_class=place.employer_class,
        departure=place.departure,
        departed_on=place.departed_on,
    )


def _adds_names(claim: Claim, again: Gift | None) -> bool:
    """Say whether a gift that could not be given as it was comes back with more recipients."""
    if again is None:
        return False
    before = again.version.shares
    refused = again.state is State.SENT_BACK or any(
        share.assessment is not None and share.assessment.verdict in FORBIDDEN for share in before
    )
    return refused and not set(claim.recipient_ids) <= {share.recipient_id for share in before}
