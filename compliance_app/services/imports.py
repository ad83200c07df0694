"""Importing a file of gifts: all of it or, where asked, the rows that can be taken.

Given gifts are history and are written in bulk; planned ones are submitted like any other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import InputError
from compliance_app.services import gifts, history
from compliance_app.services.import_checks import Check, problems_of
from compliance_app.services.import_file import read_rows
from compliance_app.services.import_grouping import FileGift, TakenGifts, gifts_of
from compliance_app.services.import_names import OtherNames
from compliance_app.services.import_parties import Parties
from compliance_app.services.import_rows import Problem
from compliance_app.services.past_gifts import Expected, PastGift
from compliance_app.services.policies import PolicyBook
from compliance_app.services.recording import record_rows
from compliance_app.store import gifts as store
from compliance_app.store.bulk import chunks, seldom_collecting
from compliance_app.store.gift_rows import plain_rows
from compliance_app.store.naming import hold_names
from compliance_app.store.recipient_facts import lock_all


@dataclass(eq=False)
class ImportRefusedError(InputError):
    """Some rows cannot be taken, so none was; each of `rows` says what is wrong with one."""

    rows: tuple[Problem, ...] = ()
    total: int = 0

    def __str__(self) -> str:
        bad = len({problem.line for problem in self.rows})
        return (
            f"Nothing was imported: {bad:,} of {self.total:,} rows must be mended first, "
            "or import the others alone with --partial."
        )


@dataclass(slots=True)
class Imported:
    """What an import did."""

    rows: int = 0
    gifts_added: int = 0
    gifts_already_there: int = 0
    breaches: int = 0
    submitted: int = 0
    people_added: int = 0
    recipients_added: int = 0
    employers_added: int = 0
    problems: list[Problem] = field(default_factory=list)
    # What is to be known of rows that were taken.
    notes: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Options:
    """How an import is to be made."""

    add_people: bool = False
    partial: bool = False


@seldom_collecting()
def import_gifts(
    session: Session,
    content: bytes,
    options: Options,
    *,
    actor_id: int | None,
    at: datetime,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Imported:
    """Take every gift of the file that is not in the register yet.

    Raises FileError where it is not a file of gifts, and ImportRefusedError, with nothing
    to be kept, where a row cannot be taken and the import is not partial.
    """
    history.check_may_record(session, actor_id)
    hold_names(session)
    found = read_rows(content)
    done = Imported(rows=found.total, problems=list(found.problems))
    parties, taken = Parties(session), TakenGifts(found.rows)
    policies = PolicyBook(session)
    check, names = Check(parties, policies, options.add_people, at), OtherNames(parties, policies)
    for some in chunks(gifts_of(found, done.problems)):
        wanted = _new_gifts(session, some, done)
        parties.look_up([row.gift for gift in wanted for row in gift.rows])
        for gift in _sound_gifts(wanted, check, done):
            parties.expect(gift.rows)
            names.note(gift)
            taken.add(gift)
    if done.problems and not options.partial:
        raise ImportRefusedError(rows=tuple(sorted(done.problems)), total=done.rows)
    done.problems.sort()
    # Everybody is locked before the first event is written: the head of the trail comes last.
    lock_all(session, parties.ids)
    parties.add_missing(actor_id=actor_id, at=at)
    done.people_added = parties.people_added
    done.recipients_added = parties.recipients_added
    done.employers_added = parties.employers_added
    _write(session, taken, parties, names, done, actor_id=actor_id, at=at, progress=progress)
    return done


def _new_gifts(session: Session, all_gifts: list[FileGift], done: Imported) -> list[FileGift]:
    """Leave out what the register holds already; explain references that mean another gift."""
    there = store.known_hashes(session, (gift.sha256 for gift in all_gifts))
    taken = store.known_references(session, (gift.first.reference for gift in all_gifts))
    new = []
    for gift in all_gifts:
        if gift.sha256 in there:
            done.gifts_already_there += 1
        elif gift.first.reference in taken:
            sentence = (
                f"The register holds another gift {gift.first.reference}; correct that one by an "
                "amendment, or give this one a reference of its own."
            )
            done.problems += [Problem(row.line, "reference", sentence) for row in gift.rows]
        else:
            new.append(gift)
    return new


def _sound_gifts(wanted: list[FileGift], check: Check, done: Imported) -> list[FileGift]:
    """Leave out what cannot be taken, and keep why."""
    good = []
    for gift in wanted:
        problems = problems_of(gift, check)
        done.problems += problems
        if not problems:
            good.append(gift)
    return good


def _write(
    session: Session,
    taken: TakenGifts,
    parties: Parties,
    names: OtherNames,
    done: Imported,
    *,
    actor_id: int | None,
    at: datetime,
    progress: Callable[[int, int], None],
) -> None:
    writer = history.HistoryWriter(
        session,
        parties.ids,
        Expected(taken.past_gifts, taken.past_shares),
        actor_id=actor_id,
        at=at,
        ids_above=taken.highest_number,
        first_day=taken.first_day,
    )
    # In the order they were given, each made ready only when it is judged.
    recorded = writer.record(
        (_past_gift(gift, parties, names) for gift in taken.past()),
        progress=lambda count: progress(count, len(taken)),
        ahead=True,
    )
    for gift in taken.planned():
        _submit(session, gift, parties, names, actor_id=actor_id, at=at)
        progress(1, len(taken))
    names.tell(session, actor_id=actor_id, at=at)
    done.notes = sorted(names.notes)
    done.gifts_added = len(taken)
    done.breaches = recorded.breaches
    done.submitted = done.gifts_added - recorded.gifts


def _past_gift(gift: FileGift, parties: Parties, names: OtherNames) -> PastGift:
    giver_id, logged_by_id = parties.giver_and_author(gift.first)
    return PastGift(
        claim=names.claim(gift),
        giver_id=giver_id,
        logged_by_id=logged_by_id,
        state=gift.first.state,
        reference=gift.first.reference,
        row_sha256=gift.sha256,
    )


def _submit(
    session: Session,
    gift: FileGift,
    parties: Parties,
    names: OtherNames,
    *,
    actor_id: int | None,
    at: datetime,
) -> None:
    giver_id, logged_by_id = parties.giver_and_author(gift.first)
    submitted = gifts.submit(
        session,
        names.claim(gift),
        giver_id=giver_id,
        actor_id=logged_by_id,
        at=at,
        reference=gift.first.reference or None,
        row_sha256=gift.sha256,
    )
    # The submission speaks for the author; this event says who brought it here.
    record_rows(session, plain_rows(submitted.rows), Event.GIFT_IMPORTED, actor_id=actor_id, at=at)
