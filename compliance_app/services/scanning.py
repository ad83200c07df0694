"""Looking through the whole register for records that may be one person.

The keys are read in slices, each of them a unit of work of its own that also keeps how far the
scan is. So one that was stopped, on a page or on the console, goes on where it stood; what was
suspected or decided before is never suspected again.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain

from sqlalchemy.orm import Session

from compliance_app.rules.matching import Contact, Rarity, compare, likely_pairs, pairs_in
from compliance_app.services import pairs
from compliance_app.services.pairs import Suspicion
from compliance_app.services.policies import policy_on
from compliance_app.store import recipient_keys, scanning
from compliance_app.store.bulk import seldom_collecting
from compliance_app.store.models import RecipientScan
from compliance_app.store.naming import hold_names
from compliance_app.store.scanning import LEAST, SPAN

SLICES = 16
# How many pairs a process remembers, which takes some 60 MB.
MOST_REMEMBERED = 500_000


class Register:
    """Everybody in memory, and how rare their names are: what two records are weighed with."""

    def __init__(self, session: Session) -> None:
        self.contacts: dict[int, Contact] = {}
        self._person_of: dict[int, int] = {}
        self._met: set[tuple[int, int]] = set()
        with seldom_collecting():
            for number, person_id, contact in scanning.contacts(session):
                self.contacts[number] = contact
                if person_id != number:
                    self._person_of[number] = person_id
        self.rarity = Rarity.among(self.contacts.values())

    def explain(self, likely: Iterable[Suspicion]) -> list[Suspicion]:
        """Say of pairs what speaks for them."""
        contacts, rarity = self.contacts, self.rarity
        return [
            one._replace(
                sentence=compare(contacts[one.one_id], contacts[one.other_id], rarity).sentence
            )
            for one in likely
        ]

    def suspicions(self, blocks: Iterable[list[int]], *, least: int) -> list[Suspicion]:
        """Weigh the records that share a block, and return those that may be one person.

        A pair shares several keys and comes up in several slices. It is weighed once by each
        process, whose earlier slices are kept before its later ones, and explained once, later.
        """
        # In the order of the blocks, so that who was looked at last is looked at again soon.
        met = dict.fromkeys(chain.from_iterable(pairs_in(block, self.contacts) for block in blocks))
        fresh = [pair for pair in met if pair not in self._met]
        if len(self._met) < MOST_REMEMBERED:
            self._met.update(fresh)
        person_of = self._person_of
        return [
            Suspicion(one_id, other_id, score, "")
            for one_id, other_id, score in likely_pairs(
                fresh, self.contacts, self.rarity, least=least
            )
            if person_of.get(one_id, one_id) != person_of.get(other_id, other_id)
        ]


def prepare(session: Session) -> Register:
    """Make the keys that are missing, and read everybody."""
    recipient_keys.fill(session)
    return Register(session)


def begin(session: Session, *, at: datetime) -> RecipientScan:
    """Return the scan that was stopped, to go on with, or begin a new one."""
    hold_names(session)
    scan = scanning.stopped(session)
    if scan is None:
        scan = RecipientScan(begun_at=at, slices_done=0, new_pairs=0)
        session.add(scan)
        session.flush()
    return scan


def keep_slice(
    session: Session,
    register: Register,
    scan_id: int,
    number: int,
    likely: Sequence[Suspicion],
    *,
    actor_id: int | None,
    at: datetime,
) -> RecipientScan:
    """Put what a slice holds on the review list, and in the same moment say that it is done.

    Whoever did the same slice meanwhile has kept it already.
    """
    scan = scanning.lock(session, scan_id)
    if scan.slices_done == number:
        fresh = register.explain(pairs.unknown(session, likely))
        scan.new_pairs += pairs.suspect(session, fresh, actor_id=actor_id, at=at)
        scan.slices_done = number + 1
        scan.finished_at = at if scan.slices_done >= SLICES else None
    return scan


def scan_slice(
    session: Session, register: Register, scan_id: int, *, actor_id: int | None, at: datetime
) -> RecipientScan:
    """Do the next slice of a scan; one that has finished stays as it is."""
    scan = session.get_one(RecipientScan, scan_id)
    if scan.finished_at is not None:
        return scan
    number, least = scan.slices_done, least_on(session, at.date())
    likely = look_through(session, register, number, least=least)
    return keep_slice(session, register, scan_id, number, likely, actor_id=actor_id, at=at)


def look_through(
    session: Session, register: Register, number: int, *, least: int
) -> list[Suspicion]:
    """Return the pairs of one slice that may be one person, in the order of their numbers."""
    return sorted(register.suspicions(_blocks(session, number), least=least))


def least_on(session: Session, day: date) -> int:
    """Return the score from which on a pair is suspected."""
    return policy_on(session, day).duplicate_suspected_from


def _blocks(session: Session, number: int) -> Iterator[list[int]]:
    width = SPAN // SLICES
    since = LEAST + number * width
    return scanning.blocks(session, since, since + width)
