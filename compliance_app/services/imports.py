"""Importing a file of gifts: all of it or, where asked, the rows that can be taken.

Given gifts are history and are written in bulk; planned ones are submitted like any other.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from compliance_app.rules.assessment import assess
from compliance_app.rules.audit import Event
from compliance_app.rules.errors import InputError
from compliance_app.rules.facts import GiverType, RecipientClass, Standing
from compliance_app.rules.money import format_dollars
from compliance_app.services import claims, gifts, history
from compliance_app.services.claims import Claim
from compliance_app.services.import_file import FileRows, read_rows
from compliance_app.services.import_parties import Parties, RecipientKey, key_of_row
from compliance_app.services.import_rows import (
    PLANNED_STATES,
    GiftRow,
    Problem,
    ReadRow,
    row_sha256,
)
from compliance_app.services.policies import policy_on
from compliance_app.services.recording import record
from compliance_app.store import gifts as store

# References this register gives itself are kept apart from those it will give later.
OWN_REFERENCE_LIMIT = 10_000_000


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


@dataclass(frozen=True, slots=True)
class Options:
    """How an import is to be made."""

    add_people: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True)
class FileGift:
    """The rows of one gift, in the order of the file."""

    rows: tuple[ReadRow, ...]
    sha256: str

    @property
    def first(self) -> GiftRow:
        """Return the row that speaks for all of them."""
        return self.rows[0].gift

    @property
    def recipients(self) -> tuple[RecipientKey, ...]:
        """Return who it is for."""
        return tuple(key_of_row(row.gift) for row in self.rows)

    def claim(self, recipient_ids: tuple[int, ...]) -> Claim:
        """Return what the rows claim."""
        row = self.first
        return Claim(
            given_on=row.given_on,
            category=row.category,
            description=row.description,
            recipient_ids=recipient_ids,
            purpose=row.purpose,
            cost_cents=row.cost_cents,
            market_value_cents=row.market_value_cents,
            face_value_cents=row.face_value_cents,
            tax_cents=row.tax_cents,
            delivery_cents=row.delivery_cents,
            quantity=row.quantity,
            payer=row.payer,
            host_present=row.host_present,
        )


def import_gifts(  # noqa: PLR0913 - the circumstances of an import
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
    found = read_rows(content)
    done = Imported(rows=found.total, problems=list(found.problems))
    wanted = _new_gifts(session, _gifts_of(found, done), done)
    parties = Parties(session, (row.gift for gift in wanted for row in gift.rows))
    good = [gift for gift in wanted if _is_sound(session, gift, parties, options, done, at=at)]
    if done.problems and not options.partial:
        problems = tuple(sorted(done.problems))
        raise ImportRefusedError(rows=problems, total=done.rows)
    done.problems.sort()
    parties.add_missing([row.gift for gift in good for row in gift.rows], actor_id=actor_id, at=at)
    done.people_added = parties.people_added
    done.recipients_added = parties.recipients_added
    done.employers_added = parties.employers_added
    _write(session, good, parties, done, actor_id=actor_id, at=at, progress=progress)
    return done


def _gifts_of(found: FileRows, done: Imported) -> list[FileGift]:
    """Put rows of one reference together, and tell equal rows without one apart."""
    together: dict[str, list[ReadRow]] = {}
    for row in found.rows:
        key = row.gift.reference or f"line {row.line}"
        together.setdefault(key, []).append(row)
    seen: Counter[str] = Counter()
    result = []
    for rows in together.values():
        problems = _disagreements(rows, found.bad_references)
        done.problems += problems
        if problems:
            continue
        plain = row_sha256([row.gift for row in rows], 1)
        seen[plain] += 1
        repeat = seen[plain]
        sha256 = plain if repeat == 1 else row_sha256([row.gift for row in rows], repeat)
        result.append(FileGift(tuple(rows), sha256))
    return result


def _disagreements(rows: Sequence[ReadRow], bad_references: dict[str, int]) -> list[Problem]:
    """Return why rows of one reference are not one gift to several people."""
    first = rows[0]
    bad_line = bad_references.get(first.gift.reference)
    if bad_line is not None:
        sentence = f"Line {bad_line} belongs to the same gift and cannot be taken; mend it first."
        return [Problem(row.line, "reference", sentence) for row in rows]
    problems = []
    for row in rows[1:]:
        column = next(
            (name for name in GIFT_FIELDS if getattr(row.gift, name) != getattr(first.gift, name)),
            None,
        )
        if column is not None:
            sentence = (
                f"Gift {first.gift.reference} has another {column.removesuffix('_cents')} on line "
                f"{first.line}; write it alike, or give this row a reference of its own."
            )
            problems.append(Problem(row.line, column.removesuffix("_cents"), sentence))
    if problems:
        lines = {problem.line for problem in problems}
        sentence = "Another row of this gift cannot be taken; mend that row first."
        problems += [
            Problem(row.line, "reference", sentence) for row in rows if row.line not in lines
        ]
    return problems


# What every row of one gift must say alike; only the recipient differs.
GIFT_FIELDS = tuple(
    name
    for name in GiftRow.__dataclass_fields__
    if name not in {"recipient_name", "recipient_email", "employer"}
)


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


def _is_sound(  # noqa: PLR0913 - what a gift is checked against
    session: Session,
    gift: FileGift,
    parties: Parties,
    options: Options,
    done: Imported,
    *,
    at: datetime,
) -> bool:
    """Say whether the gift can be taken; what is wrong with it is added to the problems."""
    problems = [
        problem
        for row in gift.rows
        for problem in parties.problems_of(row, add_people=options.add_people)
    ]
    problems += _claim_problems(session, gift, at=at) or _count_problems(session, gift, parties)
    done.problems += problems
    explained = {problem.line for problem in problems}
    if problems:
        sentence = "Another row of this gift cannot be taken; mend that row first."
        done.problems += [
            Problem(row.line, "reference", sentence)
            for row in gift.rows
            if row.line not in explained
        ]
    return not problems


def _claim_problems(session: Session, gift: FileGift, *, at: datetime) -> list[Problem]:
    row = gift.first
    line = gift.rows[0].line
    numbers = {key: number for number, key in enumerate(dict.fromkeys(gift.recipients), start=1)}
    claim = gift.claim(tuple(numbers[key] for key in gift.recipients))
    problems = []
    if row.state in history.GIVEN_STATES and row.given_on > at.date():
        sentence = (
            f"{row.given_on.isoformat()} has not come yet, so the gift cannot be "
            f"{row.state.words}; write submitted to have it cleared in advance."
        )
        problems.append(Problem(line, "state", sentence))
    if _own_number(row.reference) >= OWN_REFERENCE_LIMIT:
        sentence = "A number this high is not one this register gave; choose another reference."
        problems.append(Problem(line, "reference", sentence))
    try:
        claims.check(
            claim,
            policy_on(session, row.given_on),
            today=at.date(),
            from_old_register=row.state not in PLANNED_STATES,
        )
    except InputError as error:
        names = {"recipients": "recipient_name"}
        problems += [
            Problem(line, names.get(column, column), sentence)
            for column, sentence in error.problems.items()
        ]
    return problems


def _count_problems(session: Session, gift: FileGift, parties: Parties) -> list[Problem]:
    """Compare what the file says a share counts for with what the engine says."""
    claim = gift.claim(tuple(range(len(gift.rows))))
    policy = policy_on(session, claim.given_on)
    problems = []
    for row in gift.rows:
        if row.counted_cents is None:
            continue
        known = parties.find_recipient(row.gift)
        facts = claim.facts_for(
            known.recipient_class if known else RecipientClass.INSTITUTIONAL_CLIENT_EMPLOYEE,
            giver_type=GiverType.ASSOCIATED_PERSON,
            standing=Standing.GIVEN,
        )
        counted_cents = assess(facts, (), policy).counted_cents
        if counted_cents != row.counted_cents:
            sentence = (
                f"The file says {format_dollars(row.counted_cents)}, but by its amounts, quantity "
                f"and {len(gift.rows)} recipient{'s' if len(gift.rows) > 1 else ''} this share "
                f"counts {format_dollars(counted_cents)}; correct the row, or leave the cell empty."
            )
            problems.append(Problem(row.line, "counted_value", sentence))
    return problems


def _write(  # noqa: PLR0913 - the circumstances of an import
    session: Session,
    good: Sequence[FileGift],
    parties: Parties,
    done: Imported,
    *,
    actor_id: int | None,
    at: datetime,
    progress: Callable[[int, int], None],
) -> None:
    planned = [gift for gift in good if gift.first.state in PLANNED_STATES]
    past = [gift for gift in good if gift.first.state not in PLANNED_STATES]
    recorded = history.record_past(
        session,
        [_past_gift(gift, parties) for gift in past],
        actor_id=actor_id,
        at=at,
        ids_above=max((_own_number(gift.first.reference) for gift in good), default=0),
        progress=lambda count: progress(count, len(good)),
    )
    for gift in planned:
        _submit(session, gift, parties, actor_id=actor_id, at=at)
        progress(1, len(good))
    done.gifts_added = len(good)
    done.breaches = recorded.breaches
    done.submitted = len(planned)


def _past_gift(gift: FileGift, parties: Parties) -> history.PastGift:
    giver_id, logged_by_id = parties.giver_and_author(gift.first)
    return history.PastGift(
        claim=gift.claim(parties.recipient_ids(row.gift for row in gift.rows)),
        giver_id=giver_id,
        logged_by_id=logged_by_id,
        state=gift.first.state,
        reference=gift.first.reference,
        row_sha256=gift.sha256,
    )


def _submit(
    session: Session, gift: FileGift, parties: Parties, *, actor_id: int | None, at: datetime
) -> None:
    giver_id, logged_by_id = parties.giver_and_author(gift.first)
    row = gifts.submit(
        session,
        gift.claim(parties.recipient_ids(one.gift for one in gift.rows)),
        giver_id=giver_id,
        actor_id=logged_by_id,
        at=at,
        reference=gift.first.reference or None,
    )
    row.row_sha256 = gift.sha256
    # The submission speaks for the author; this event says who brought it here.
    record(session, row, Event.GIFT_IMPORTED, actor_id=actor_id, at=at)


def _own_number(reference: str) -> int:
    """Return the number in a reference of the form this register gives itself, else 0."""
    match = store.OWN_REFERENCE.fullmatch(reference)
    return int(match[1]) if match else 0
