"""Gifts an officer must look at since something became known: a merge, a class, a negotiation.

Judged gifts keep their verdicts. What they would be today is looked up before such a change and
after it, and each gift that came to light is a finding.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Assessment, assess
from compliance_app.rules.employers import CLASSES
from compliance_app.rules.flags import Flag, FlagCode, named_otherwise
from compliance_app.rules.verdicts import Verdict
from compliance_app.services import findings
from compliance_app.services.assessing import FORBIDDEN, VALUATION
from compliance_app.services.findings import Noticed
from compliance_app.services.policies import PolicyBook
from compliance_app.services.what_if import Entry, Prior, entries_of
from compliance_app.services.workplaces import Worker, workplace_on
from compliance_app.store import identity
from compliance_app.store.bulk import chunks
from compliance_app.store.employers import ClassBook, NegotiationBook, people_given_at
from compliance_app.store.models import Gift, RecipientFinding
from compliance_app.store.recipient_facts import hold_merges_off, people_behind
from compliance_app.store.what_if import PastShare, past_shares

NO_LONGER = "By what is known now it needs no look any more."


Noticings = Mapping[int, Mapping[str, Noticed]]


def noticed(session: Session, person_ids: Iterable[int]) -> dict[int, dict[str, Noticed]]:
    """Return what must be looked at of people's gifts that hold room, by person and reference.

    Each gift is judged by the policy of its day, with all that was given before it.
    """
    books = _Books(ClassBook(session), NegotiationBook(session), PolicyBook(session))
    found: dict[int, dict[str, Noticed]] = {one: {} for one in person_ids}
    for some in chunks(sorted(found)):
        people = people_behind(session, some)
        rows = list(past_shares(session, record_ids=identity.records_of(session, some)))
        judged = zip(rows, entries_of(rows, books.classes), strict=True)
        for person_id, theirs in groupby(judged, key=lambda one: one[0].person_id):
            found[person_id] = dict(_look(theirs, people[person_id], books))
    return found


@dataclass(slots=True)
class Watch:
    """What was noticed of people before something about them changes."""

    session: Session
    before: Noticings

    @classmethod
    def over(cls, session: Session, person_ids: Iterable[int]) -> "Watch":
        """Begin to watch people, who are locked."""
        return cls(session, noticed(session, person_ids))

    @classmethod
    def over_firms(cls, session: Session, since: Mapping[int, date | None]) -> "Watch":
        """Begin to watch whoever was given to at firms, each from a day on.

        Before any firm is locked: nobody hands a gift in until the commit, so that each is judged
        by what was known before or by what is known then.
        """
        hold_merges_off(session, merging=True)
        people = {
            person_id
            for firm_id, day in since.items()
            for person_id in people_given_at(session, firm_id, since=day)
        }
        return cls.over(session, people)

    def tell(self, *, actor_id: int | None, at: datetime) -> list[RecipientFinding]:
        """Raise what is new since then and settle what is gone, each with an event of its own."""
        self.session.flush()
        after = noticed(self.session, self.before)
        by: Any = {"actor_id": actor_id, "at": at}
        _settle_gone(self.session, identity.open_findings_of(self.session, after), after, **by)
        new = {
            person_id: {
                name: one for name, one in gifts.items() if name not in self.before[person_id]
            }
            for person_id, gifts in after.items()
        }
        return findings.raise_new(self.session, new, **by)


def settle_after(
    session: Session,
    gift: Gift,
    *,
    reason: str,
    actor_id: int | None,
    at: datetime,
    before: Iterable[int] = (),
) -> None:
    """Close what is open about a gift that was acted on, and what no longer holds since then.

    A gift that takes less of the limit can make another one right that came to light; `before`
    are the recipients it had until now.
    """
    by: Any = {"actor_id": actor_id, "at": at}
    findings.settle_all(session, gift, reason=reason, **by)
    now = (share.recipient_id for share in gift.version.shares)
    people = people_behind(session, {*before, *now})
    found = identity.open_findings_of(session, {person.id for person in people.values()})
    if found:
        session.flush()
        _settle_gone(session, found, noticed(session, {one.recipient_id for one in found}), **by)


def _settle_gone(
    session: Session,
    found: Iterable[RecipientFinding],
    now: Noticings,
    *,
    actor_id: int | None,
    at: datetime,
) -> None:
    gone = [one for one in found if one.gift.reference not in now[one.recipient_id]]
    findings.settle_these(session, gone, reason=NO_LONGER, actor_id=actor_id, at=at)


class _Books(NamedTuple):
    classes: ClassBook
    negotiations: NegotiationBook
    policies: PolicyBook


def _look(
    shares: Iterable[tuple[PastShare, Entry]], person: Worker, books: _Books
) -> Iterator[tuple[str, Noticed]]:
    prior = Prior()
    for row, entry in shares:
        if not entry.counts:
            continue
        day = row.given_on
        policy = books.policies.on(day)
        verdict = assess(entry.facts, prior.for_day(policy, day), policy)
        if sentence := _why(row, entry, verdict, person, books):
            yield row.reference, Noticed(day, verdict, sentence)
        prior.add(entry, entry.counted_cents, entry.regime_cents)


def _why(row: PastShare, entry: Entry, verdict: Assessment, person: Worker, books: _Books) -> str:
    """Say why a share must be looked at, in the words it would be flagged with; else nothing."""
    day, firm_id = row.given_on, row.employer_id
    place, kind = workplace_on(person, day), books.classes.on(firm_id, day)
    if verdict.verdict in FORBIDDEN | {Verdict.NEEDS_COMPLIANCE_JUDGEMENT}:
        reasons = (one.sentence for one in verdict.reasons if one.code not in VALUATION)
        return " ".join(reasons)
    if place.departure is not None and place.departed_on is not None:
        said, gone = place.departure.words, place.departed_on.isoformat()
        return Flag.of(FlagCode.DEPARTED, departure=said, departed_on=gone).sentence
    if kind is not None and CLASSES[kind].needs_review:
        return Flag.of(FlagCode.EMPLOYER_RULES_VARY, employer_class=kind.words).sentence
    if books.negotiations.is_open(firm_id, day):
        return Flag(FlagCode.OPEN_NEGOTIATION).sentence
    named = named_otherwise(entry.facts)
    return named.sentence if named is not None else ""
