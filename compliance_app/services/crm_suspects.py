"""Whoever came with an import and may be somebody else goes to the review list; none is merged.

A few are looked up one by one; for many it is cheaper to weigh the whole register once, and of
very many only namesakes are taken at once: the rest is for the nightly scan.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from compliance_app.services import pairs, scanning
from compliance_app.services.crm_plans import Act, ContactPlan, Planned, matched
from compliance_app.services.pairs import Suspicion
from compliance_app.store.bulk import chunks
from compliance_app.store.likely import likely

# Up to so many new people each is looked up on its own.
FEW = 1_000
MANY = 10_000
# How likely two of one name at one employer are one person, of 100, whatever else is known.
SAME_NAME = 90


def suspect(
    session: Session,
    plan: ContactPlan,
    new: Sequence[Planned],
    added: Mapping[int, int],
    *,
    actor_id: int | None,
    at: datetime,
) -> int:
    """Put the new people on the review list with whom they may be; say how many pairs are new."""
    if not new:
        return 0
    least = scanning.least_on(session, at.date())
    found: Iterable[Suspicion] = ()
    if len(new) <= FEW:
        found = _one_by_one(session, plan, new, added, least)
    elif len(new) <= MANY:
        found = _all_at_once(session, set(added.values()), least)
    # What the scoring says comes first: of a pair that is found twice it has the better reason.
    known: dict[tuple[int, int], Suspicion] = {}
    for one in (*found, *_namesakes(new, added)):
        known.setdefault(one.in_order, one)
    return sum(
        pairs.suspect(session, some, actor_id=actor_id, at=at) for some in chunks(known.values())
    )


def _one_by_one(
    session: Session,
    plan: ContactPlan,
    new: Sequence[Planned],
    added: Mapping[int, int],
    least: int,
) -> Iterator[Suspicion]:
    for one in new:
        number = added[one.row.line]
        contact = matched(one.row, plan.firms[one.row.line])
        for other in likely(session, contact, least=least, except_id=number):
            yield Suspicion(other.record_id, number, other.match.score, other.match.sentence)


def _all_at_once(session: Session, new_ids: Collection[int], least: int) -> Iterator[Suspicion]:
    register = scanning.prepare(session)
    for number in range(scanning.SLICES):
        for one in scanning.look_through(session, register, number, least=least):
            if one.one_id in new_ids or one.other_id in new_ids:
                yield one


def _namesakes(new: Sequence[Planned], added: Mapping[int, int]) -> Iterator[Suspicion]:
    for one in new:
        if one.act is Act.SUSPECTED:
            other = one.target_id or added[one.above or 0]
            yield Suspicion(other, added[one.row.line], SAME_NAME, one.pair)
