"""What another policy would have said: history judged again by the very same engine.

Each person's gifts are taken in the order of their days. Where the answer differs from the one
that is kept, the policy of the day is asked the same question, so that only what the policy
changes is told, and not what the order changes in which gifts were logged.
"""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Assessment, Verdict, assess
from compliance_app.rules.employers import classes_of
from compliance_app.rules.errors import InputError
from compliance_app.rules.facts import Facts, GiverType, PriorShare, RecipientClass, Standing
from compliance_app.rules.money import format_decimal, format_dollars
from compliance_app.rules.policy import Policy, history_since
from compliance_app.rules.workflow import PENDING, holds_room
from compliance_app.services.assessing import FORBIDDEN
from compliance_app.services.claims import Claim
from compliance_app.services.import_file import read_rows
from compliance_app.services.import_grouping import FileGift, gifts_of
from compliance_app.services.import_parties import key_of_row
from compliance_app.services.import_rows import Problem
from compliance_app.services.past_gifts import GIVEN_STATES
from compliance_app.services.policies import PolicyBook, policies_since
from compliance_app.store import what_if as store
from compliance_app.store.employers import ClassBook

_NO_REGIMES: Mapping[str, int] = {}
_VERDICTS = {
    Verdict.WITHIN_LIMIT: "within the limit",
    Verdict.EXCEEDS_LIMIT: "over the limit",
    Verdict.EXEMPT_RECORD_ONLY: "exempt, to be recorded",
    Verdict.EXEMPT_NO_RECORD_REQUIRED: "exempt",
    Verdict.NEEDS_COMPLIANCE_JUDGEMENT: "for compliance to judge",
    Verdict.PROHIBITED: "not allowed",
}


@dataclass(eq=False)
class UnreadableRowsError(InputError):
    """Some rows of a file cannot be read; each of `rows` says what is wrong with one."""

    rows: tuple[Problem, ...] = ()
    total: int = 0

    def __str__(self) -> str:
        bad = len({problem.line for problem in self.rows})
        return f"Nothing was replayed: mend {bad:,} of the {self.total:,} rows first."


class Outcome(NamedTuple):
    """What an assessment comes to."""

    verdict: Verdict
    counted_cents: int
    excess_cents: int

    @property
    def words(self) -> str:
        """Say it in a few words."""
        over = f", {format_dollars(self.excess_cents)} over" if self.excess_cents else ""
        return f"{_VERDICTS[self.verdict]}, counts for {format_dollars(self.counted_cents)}{over}"

    def as_document(self) -> dict[str, object]:
        """Return it for a program, money as decimal strings."""
        return {
            "verdict": self.verdict.value,
            "counted": format_decimal(self.counted_cents),
            "excess": format_decimal(self.excess_cents),
        }


class Entry(NamedTuple):
    """One share to be judged again; without a `kept` answer it was never judged here."""

    person: Hashable
    recipient: str
    reference: str
    facts: Facts
    counts: bool
    pending: bool
    kept: Outcome | None = None
    counted_cents: int = 0
    regime_cents: Mapping[str, int] = _NO_REGIMES


class Change(NamedTuple):
    """One assessment that would change."""

    reference: str
    given_on: date
    recipient: str
    then: Outcome
    now: Outcome

    def as_document(self) -> dict[str, object]:
        """Return it for a program."""
        return {
            "reference": self.reference,
            "given_on": self.given_on.isoformat(),
            "recipient": self.recipient,
            "then": self.then.as_document(),
            "now": self.now.as_document(),
        }


@dataclass(slots=True)
class Sums:
    """How many shares were judged, and what they came to then and now."""

    shares: int = 0
    changed: int = 0
    over_then: int = 0
    over_now: int = 0
    counted_then_cents: int = 0
    counted_now_cents: int = 0
    excess_then_cents: int = 0
    excess_now_cents: int = 0

    def add(self, then: Outcome, now: Outcome) -> None:
        """Count one share."""
        self.shares += 1
        self.changed += then is not now
        self.over_then += then[0] in FORBIDDEN
        self.over_now += now[0] in FORBIDDEN
        self.counted_then_cents += then[1]
        self.counted_now_cents += now[1]
        self.excess_then_cents += then[2]
        self.excess_now_cents += now[2]

    def as_document(self) -> dict[str, object]:
        """Return them for a program, money as decimal strings."""
        return {
            name.removesuffix("_cents"): format_decimal(number) if "_cents" in name else number
            for name, number in asdict(self).items()
        }


@dataclass(slots=True)
class Summary:
    """The sums of a replay, whole and by month; complete once its changes are all read."""

    whole: Sums = field(default_factory=Sums)
    months: dict[tuple[int, int], Sums] = field(default_factory=dict)

    def add(self, day: date, then: Outcome, now: Outcome) -> None:
        """Count one share of a day."""
        self.whole.add(then, now)
        month = (day.year, day.month)
        sums = self.months.get(month)
        if sums is None:
            sums = self.months[month] = Sums()
        sums.add(then, now)

    @property
    def by_month(self) -> list[tuple[str, Sums]]:
        """Return the sums of each month, the earliest first."""
        return [
            (f"{year}-{month:02d}", self.months[year, month]) for year, month in sorted(self.months)
        ]


def what_if(
    session: Session,
    policy: Policy,
    summary: Summary,
    *,
    since: date | None = None,
    until: date | None = None,
) -> Iterator[Change]:
    """Yield what would change in the register under a policy, and fill the summary.

    Both days belong to the range; earlier gifts are read as far as the sums reach back.
    """
    entries = entries_of(
        store.past_shares(session, since=_from(session, policy, since), until=until),
        ClassBook(session),
    )
    return replay(entries, policy, PolicyBook(session), summary, since=since)


def what_if_file(
    session: Session,
    policy: Policy,
    summary: Summary,
    content: bytes,
    *,
    since: date | None = None,
    until: date | None = None,
) -> Iterator[Change]:
    """Do the same with the gifts of a CSV file, none of which need be in the register.

    Raises FileError, and UnreadableRowsError where a row cannot be read.
    """
    found = read_rows(content)
    problems = list(found.problems)
    gifts = list(gifts_of(found, problems))
    if problems:
        raise UnreadableRowsError(rows=tuple(sorted(problems)), total=found.total)
    entries = [entry for gift in gifts for entry in _entries_of_gift(gift)]
    entries.sort(key=lambda entry: (entry.person, entry.facts.given_on))
    wanted = (entry for entry in entries if until is None or entry.facts.given_on <= until)
    return replay(wanted, policy, PolicyBook(session), summary, since=since)


def replay(
    entries: Iterable[Entry],
    policy: Policy,
    policies: PolicyBook,
    summary: Summary,
    *,
    since: date | None,
) -> Iterator[Change]:
    """Judge entries again, which come by person and day; those before `since` only count."""
    person: Hashable = None
    then_prior, now_prior = Prior(), Prior()
    for entry in entries:
        if entry.person != person:
            person, then_prior, now_prior = entry.person, Prior(), Prior()
        facts, then = entry.facts, entry.kept
        day = facts.given_on
        now = assess(facts, now_prior.for_day(policy, day), policy)
        outcome = _outcome(now)
        before: Assessment | None = None
        if outcome != then:
            of_the_day = policies.on(day)
            before = assess(facts, then_prior.for_day(of_the_day, day), of_the_day)
            then = then or _outcome(before)
        if outcome == then or (before is not None and outcome == _outcome(before)):
            outcome = then
        if since is None or day >= since:
            summary.add(day, then, outcome)
            if outcome is not then:
                yield Change(entry.reference, day, entry.recipient, then, outcome)
        if entry.counts:
            now_prior.add(entry, now.rule_3220_cents, now.regime_cents)
            then_prior.add(entry, *_counted_then(entry, before))


class Prior:
    """What one person was given so far, in the order of its days."""

    def __init__(self) -> None:
        self._shares: list[PriorShare] = []

    def for_day(self, policy: Policy, day: date) -> list[PriorShare]:
        """Return the shares that the policy needs to judge a gift of the day."""
        shares = self._shares
        since = history_since(policy, day) if shares else None
        if since is None or shares[0].given_on >= since:
            return shares
        return shares[bisect_left(shares, since, key=_day_of) :]

    def add(self, entry: Entry, cents: int, regime_cents: Mapping[str, int]) -> None:
        """Let one more share count."""
        day = entry.facts.given_on
        self._shares.append(PriorShare(day, cents, entry.reference, entry.pending, regime_cents))


def _counted_then(entry: Entry, before: Assessment | None) -> tuple[int, Mapping[str, int]]:
    if entry.kept is None and before is not None:
        return before.rule_3220_cents, before.regime_cents
    return entry.counted_cents, entry.regime_cents


def _outcome(result: Assessment) -> Outcome:
    return Outcome(result.verdict, result.counted_cents, result.excess_cents)


def _day_of(share: PriorShare) -> date:
    return share.given_on


def _from(session: Session, policy: Policy, since: date | None) -> date | None:
    """Return the first day that any of the policies looks at for gifts from `since` on."""
    if since is None:
        return None
    days = [history_since(one, since) for one in (policy, *policies_since(session, since))]
    known = [day for day in days if day is not None]
    return min(known) if len(known) == len(days) else None


def entries_of(rows: Iterable[store.PastShare], classes: ClassBook) -> Iterator[Entry]:
    """Yield what is judged again of shares of the register."""
    for row in rows:
        claim = Claim(
            given_on=row.given_on,
            category=row.category,
            description="",
            recipient_ids=(row.person_id,) * row.recipients,
            cost_cents=row.cost_cents,
            market_value_cents=row.market_value_cents,
            face_value_cents=row.face_value_cents,
            tax_cents=row.tax_cents,
            delivery_cents=row.delivery_cents,
            quantity=row.quantity,
            payer=row.payer,
            host_present=row.host_present,
            evidence=row.evidence,
        )
        yield Entry(
            person=row.person_id,
            recipient=row.recipient,
            reference=row.reference,
            facts=_facts(
                claim,
                *classes_of(row.recipient_class, classes.on(row.employer_id, row.given_on)),
                already_given=row.already_given,
            ),
            counts=row.holds_room,
            pending=row.state in PENDING,
            kept=Outcome(row.verdict, row.kept_counted_cents, row.excess_cents),
            counted_cents=row.counted_cents,
            regime_cents=row.regime_cents,
        )


def _entries_of_gift(gift: FileGift) -> Iterator[Entry]:
    """Yield an entry for each row of a file's gift; who it is for is known by the row alone."""
    claim = gift.claim(tuple(range(len(gift.rows))))
    state = gift.first.state
    given = state in GIVEN_STATES
    for row in gift.rows:
        yield Entry(
            person=key_of_row(row.gift),
            recipient=row.gift.recipient_name,
            reference=row.gift.reference or f"line {row.line}",
            facts=_facts(claim, RecipientClass.INSTITUTIONAL_CLIENT_EMPLOYEE, already_given=given),
            counts=holds_room(state, already_given=given, over_limit=False),
            pending=state in PENDING,
        )


def _facts(claim: Claim, *recipient_classes: RecipientClass, already_given: bool) -> Facts:
    return claim.facts_for(
        *recipient_classes,
        giver_type=GiverType.ASSOCIATED_PERSON,
        standing=Standing.GIVEN if already_given else Standing.PLANNED,
    )
