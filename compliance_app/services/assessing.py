"""Judging every share of a claim against the register, with the same steps for all faces.

Called with the recipients locked when something will be written, without when it is a preview.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Assessment, Verdict, assess
from compliance_app.rules.facts import Facts, GiverType, PriorShare, Standing
from compliance_app.rules.flags import Flag, Surroundings, find_flags
from compliance_app.rules.money import format_dollars
from compliance_app.rules.policy import Policy, history_since
from compliance_app.rules.reasons import ReasonCode
from compliance_app.rules.routing import Route, route
from compliance_app.rules.workflow import State
from compliance_app.services.claims import Claim
from compliance_app.services.memory_ledger import MemoryLedger
from compliance_app.services.workplaces import Job, Workplace, workplace_on
from compliance_app.store.judging import look_around
from compliance_app.store.models import Gift
from compliance_app.store.recipient_facts import RecipientFacts, Suspect
from compliance_app.store.reviewed import ReviewedGift

# Verdicts with which nothing may be given, whoever approves it.
FORBIDDEN = frozenset({Verdict.EXCEEDS_LIMIT, Verdict.PROHIBITED})
# How far around its day the flags look for related gifts.
NEIGHBORHOOD = timedelta(days=31)
# Reasons that say what a share counts for, not whether it is too much.
VALUATION = frozenset(
    {ReasonCode.VALUED, ReasonCode.DIVIDED, ReasonCode.PRIOR, ReasonCode.PRIOR_WAITING}
)


class JudgedShare(NamedTuple):
    """One recipient of a claim with the verdict on their share, and what it was given on."""

    recipient: RecipientFacts
    employment: Job | None
    facts: Facts
    prior: Sequence[PriorShare]
    assessment: Assessment
    flags: tuple[Flag, ...]


class Judgement(NamedTuple):
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

    def under(self, policy: Policy) -> "Judgement":
        """Return the verdicts another policy leads to, from the same inputs."""
        shares = tuple(
            share._replace(assessment=assess(share.facts, share.prior, policy))
            for share in self.shares
        )
        return self._replace(shares=shares, policy=policy)

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


class Occasion(NamedTuple):
    """The circumstances in which a claim is judged, and what they are for its flags."""

    giver_id: int
    today: date
    already_given: bool
    names_added: bool = False
    suspects: Mapping[int, Suspect] = MappingProxyType({})


def judge_now(
    session: Session,
    claim: Claim,
    occasion: Occasion,
    *,
    policy: Policy,
    people: Mapping[int, RecipientFacts],
    except_gift_id: int | None = None,
) -> Judgement:
    """Judge a claim against the register as it stands in the caller's transaction.

    `people` are those behind the ids the claim names, locked where something will be written;
    a gift that is judged again must not be added to itself.
    """
    around = look_around(
        session,
        {person.id for person in people.values()},
        since=looked_at_since(policy, claim.given_on),
        except_gift_id=except_gift_id,
    )
    occasion = occasion._replace(suspects=around.suspects)
    return judge(claim, occasion, policy=policy, people=people, ledger=MemoryLedger(around.shares))


def looked_at_since(policy: Policy, day: date) -> date | None:
    """Return the day from which shares matter to a gift of the day, None where all do."""
    earliest = history_since(policy, day)
    return earliest and min(earliest, day - NEIGHBORHOOD)


def judge(
    claim: Claim,
    occasion: Occasion,
    *,
    policy: Policy,
    people: Mapping[int, RecipientFacts],
    ledger: MemoryLedger,
) -> Judgement:
    """Assess each share of the claim, raise its flags and find its route."""
    shares = tuple(
        _judge_share(claim, occasion, people[wanted], policy=policy, ledger=ledger)
        for wanted in claim.recipient_ids
    )
    flags = [flag for share in shares for flag in share.flags]
    way = route([share.assessment for share in shares], flags, shares[0].facts, policy)
    return Judgement(shares, policy, way)


def adds_names(claim: Claim, gift: Gift | ReviewedGift) -> bool:
    """Say whether a gift that could not be given as it was comes back with more recipients."""
    before = gift.version.shares
    refused = gift.state is State.SENT_BACK or any(
        share.assessment is not None and share.assessment.verdict in FORBIDDEN for share in before
    )
    return refused and not set(claim.recipient_ids) <= {share.recipient_id for share in before}


def _judge_share(
    claim: Claim,
    occasion: Occasion,
    person: RecipientFacts,
    *,
    policy: Policy,
    ledger: MemoryLedger,
) -> JudgedShare:
    day = claim.given_on
    place = workplace_on(person, day)
    facts = claim.facts_for(
        *place.recipient_classes,
        giver_type=GiverType.ASSOCIATED_PERSON,
        standing=Standing.GIVEN if occasion.already_given else Standing.PLANNED,
    )
    since = history_since(policy, day)
    prior = tuple(ledger.prior_shares(person.id, since=since))
    assessment = assess(facts, prior, policy)
    around = _surroundings(claim, occasion, person, place, ledger)
    suspect = occasion.suspects.get(person.id)
    if suspect is not None:
        both = sorted((*prior, *ledger.prior_shares(suspect.id, since=since)), key=_day_of)
        together = assess(facts, both, policy).running_cents
        words = f"{suspect.name}, with whom the total would be {format_dollars(together)}"
        around = around._replace(possible_duplicate=words)
    flags = find_flags(facts, around, assessment, policy)
    return JudgedShare(person, place.employment, facts, prior, assessment, flags)


def _day_of(share: PriorShare) -> date:
    return share.given_on


def _surroundings(
    claim: Claim,
    occasion: Occasion,
    person: RecipientFacts,
    place: Workplace,
    ledger: MemoryLedger,
) -> Surroundings:
    near = ledger.neighbors_of(
        person.id, since=claim.given_on - NEIGHBORHOOD, until=claim.given_on + NEIGHBORHOOD
    )
    return Surroundings(
        occasion.today,
        occasion.giver_id,
        person.id,
        near,
        open_negotiation=place.in_negotiation,
        employment_ended_on=place.employment.ended_on if place.employment else None,
        employer_class=place.employer_class,
        departure=place.departure,
        departed_on=place.departed_on,
        names_added_after_refusal=occasion.names_added,
    )
