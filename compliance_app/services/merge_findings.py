"""Which gifts of a person are over the limit, each judged with all that was given before it."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Assessment, assess
from compliance_app.services.assessing import FORBIDDEN, VALUATION
from compliance_app.services.policies import PolicyBook
from compliance_app.services.what_if import Entry, Prior, entries_of
from compliance_app.store.employers import ClassBook
from compliance_app.store.recipients import same_person_ids
from compliance_app.store.what_if import past_shares


class Over(NamedTuple):
    """A gift that is over the limit, and the verdict that says so."""

    entry: Entry
    assessment: Assessment

    @property
    def sentence(self) -> str:
        """Say why."""
        return " ".join(
            reason.sentence for reason in self.assessment.reasons if reason.code not in VALUATION
        )


def over_the_limit(session: Session, person_id: int) -> dict[str, Over]:
    """Return the person's gifts that hold room and are over the limit, by reference.

    Every window is judged anew, each gift by the policy of its day.
    """
    rows = past_shares(session, record_ids=same_person_ids(session, person_id))
    return dict(_over(entries_of(rows, ClassBook(session)), PolicyBook(session)))


def _over(entries: Iterable[Entry], policies: PolicyBook) -> Iterable[tuple[str, Over]]:
    prior = Prior()
    for entry in entries:
        if not entry.counts:
            continue
        policy = policies.on(entry.facts.given_on)
        verdict = assess(entry.facts, prior.for_day(policy, entry.facts.given_on), policy)
        if verdict.verdict in FORBIDDEN:
            yield entry.reference, Over(entry, verdict)
        prior.add(entry, entry.counted_cents, entry.regime_cents)
