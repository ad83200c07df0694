"""The people a gift is for, as its judging looks at them: locked and read in one go.

Sums and locks are of the person who goes on, whichever of their records is named.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Select,
    bindparam,
    func,
    null,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from compliance_app.rules.employers import EmployerClass
from compliance_app.rules.employments import Departure
from compliance_app.rules.facts import RecipientClass
from compliance_app.rules.identity import OPEN
from compliance_app.store.bulk import chunks
from compliance_app.store.models import (
    Classification,
    Employer,
    Employment,
    Negotiation,
    Recipient,
    RecipientPair,
)
from compliance_app.store.prepared import Answer, Prepared, Question, ask


class ClassificationFacts(NamedTuple):
    """What a firm is, from and to."""

    employer_class: EmployerClass
    started_on: date | None
    ended_on: date | None


class NegotiationFacts(NamedTuple):
    """The days in which business is negotiated with a firm."""

    started_on: date | None
    ended_on: date | None


class EmployerFacts(NamedTuple):
    """A client firm, with what it was and what was negotiated with it."""

    id: int
    name: str
    classifications: tuple[ClassificationFacts, ...] = ()
    negotiations: tuple[NegotiationFacts, ...] = ()


class EmploymentFacts(NamedTuple):
    """Where somebody works or worked."""

    employer: EmployerFacts
    started_on: date | None = None
    ended_on: date | None = None


class Suspect(NamedTuple):
    """Somebody whom a person may be the same as."""

    id: int
    name: str


class RecipientFacts(NamedTuple):
    """A person at a client; `record` is which of their records was named, where another one was.

    A share stays with its record, so that undoing a merge gives each side its own.
    """

    id: int
    name: str
    email: str | None
    recipient_class: RecipientClass
    departure: Departure | None = None
    departed_on: date | None = None
    merged_into_id: int | None = None
    employments: tuple[EmploymentFacts, ...] = ()
    record: tuple[int, str] | None = None

    @property
    def record_id(self) -> int:
        """Return the number of the record that was named."""
        return self.record[0] if self.record else self.id

    @property
    def record_name(self) -> str:
        """Return the name of the record that was named."""
        return self.record[1] if self.record else self.name


def lock_recipients(session: Session, recipient_ids: Iterable[int]) -> dict[int, RecipientFacts]:
    """Lock the people behind the given records, in ascending order, until the commit.

    Returns the person that goes on for each given id, so that merged records are one; who is
    not in the register is not in the answer.
    """
    hold_merges_off(session)
    return _people_behind(session, LOCKED_PEOPLE, sorted(set(recipient_ids)))


def hold_merges_off(session: Session, *, merging: bool = False) -> None:
    """Let nobody merge people until the commit; who merges waits for all the others to be done.

    So who goes on for a record is the same before and under its lock. SQLite has one writer.
    """
    ask(session, *merges_held_off(session, merging=merging))


def merges_held_off(session: Session, *, merging: bool = False) -> tuple[Question, ...]:
    """Return the question that holds merges off where there is more than one writer."""
    if session.get_bind().dialect.name == "sqlite":
        return ()
    return (_ALONE(),) if merging else (_SHARED(),)


def people_behind(session: Session, recipient_ids: Iterable[int]) -> dict[int, RecipientFacts]:
    """Return the person that goes on for each given id, without locking anybody."""
    return _people_behind(session, PEOPLE, sorted(set(recipient_ids)))


def lock_all(session: Session, recipient_ids: Iterable[int]) -> dict[int, RecipientFacts]:
    """Lock many people as `lock_recipients` does, in as many readings as it takes."""
    behind = people_behind(session, recipient_ids)
    locked = lock_recipients(session, {person.id for person in behind.values()})
    return {
        given: locked[person.id]._replace(record=person.record) for given, person in behind.items()
    }


def suspects_of(session: Session, person_ids: Iterable[int]) -> dict[int, Suspect]:
    """Return for each person the likeliest other one they may be, where nobody has decided."""
    (rows,) = ask(session, SUSPECTS(ids=sorted(set(person_ids))))
    return likeliest(rows)


def likeliest(rows: Answer) -> dict[int, Suspect]:
    """Return the suspects of an answer, the likeliest of each person."""
    found: dict[int, Suspect] = {}
    for row in rows:
        found.setdefault(row.person_id, Suspect(row.other_id, row.other_name))
    return found


def suspects_among(session: Session, person_ids: Iterable[int]) -> dict[int, Suspect]:
    """Return the same for many people, in as many readings as it takes."""
    found: dict[int, Suspect] = {}
    for ids in chunks(sorted(set(person_ids))):
        found |= suspects_of(session, ids)
    return found


def _people_behind(
    session: Session, prepared: Prepared, recipient_ids: Sequence[int]
) -> dict[int, RecipientFacts]:
    people: dict[int, RecipientFacts] = {}
    for ids in chunks(recipient_ids):
        (rows,) = ask(session, prepared(ids=ids))
        (spans,) = ask(session, FIRM_SPANS(ids=firms_in(rows))) if firms_in(rows) else ([],)
        people |= people_in(rows, spans)
    return people


def persons_in(rows: Answer) -> list[int]:
    """Return the ids of the people who go on, in an answer."""
    return sorted({row.id for row in rows})


def firms_in(rows: Answer) -> list[int]:
    """Return the ids of the firms at which the people of an answer work or worked."""
    return sorted({row.employer_id for row in rows} - {None})


def people_in(rows: Answer, spans: Answer) -> dict[int, RecipientFacts]:
    """Return the people of an answer by the ids that were given, with the spans of their firms."""
    people: dict[int, RecipientFacts] = {}
    employers = _employers({row.employer_id: row.employer for row in rows}, spans)
    for row in rows:
        known = people.get(row.given_id) or _person(row)
        if row.employer_id is not None:
            job = EmploymentFacts(employers[row.employer_id], row.started_on, row.ended_on)
            known = known._replace(employments=(*known.employments, job))
        people[row.given_id] = known
    return people


def _person(row: Any) -> RecipientFacts:  # noqa: ANN401 - a row has the names of its columns
    person = RecipientFacts(*row[1:_PERSON_ENDS])
    if row.given_id == person.id:
        return person
    return person._replace(record=(row.given_id, row.given_name))


def _employers(names: Mapping[int | None, str], spans: Answer) -> dict[int, EmployerFacts]:
    employers = {one: EmployerFacts(one, name) for one, name in names.items() if one is not None}
    for row in spans:
        firm = employers[row.employer_id]
        if row.employer_class is None:
            days = NegotiationFacts(row.started_on, row.ended_on)
            employers[firm.id] = firm._replace(negotiations=(*firm.negotiations, days))
        else:
            kind = ClassificationFacts(row.employer_class, row.started_on, row.ended_on)
            employers[firm.id] = firm._replace(classifications=(*firm.classifications, kind))
    return employers


def employer_facts(employer: Employer) -> EmployerFacts:
    """Return the facts of a firm that was loaded."""
    return EmployerFacts(
        employer.id,
        employer.name,
        tuple(
            ClassificationFacts(one.employer_class, one.started_on, one.ended_on)
            for one in employer.classifications
        ),
        tuple(NegotiationFacts(one.started_on, one.ended_on) for one in employer.negotiations),
    )


def _select_people() -> Select[*tuple[Any, ...]]:
    """Return the people behind records, with every place they worked at in one reading."""
    given = aliased(Recipient)
    works = (Employment.recipient_id == Recipient.id) & Employment.superseded_at.is_(None)
    return (
        select(
            given.id.label("given_id"),
            Recipient.id,
            Recipient.name,
            Recipient.email,
            Recipient.recipient_class,
            Recipient.departure,
            Recipient.departed_on,
            Recipient.merged_into_id,
            Employment.employer_id,
            Employer.name.label("employer"),
            Employment.started_on,
            Employment.ended_on,
            given.name.label("given_name"),
        )
        .select_from(given)
        .join(Recipient, Recipient.id == func.coalesce(given.merged_into_id, given.id))
        .outerjoin(Employment, works)
        .outerjoin(Employer, Employer.id == Employment.employer_id)
        .where(given.id.in_(bindparam("ids", expanding=True)))
        .order_by(Recipient.id, given.id, Employment.id)
    )


def _select_spans() -> CompoundSelect[*tuple[Any, ...]]:
    """Return what firms were and what was negotiated with them, in the order it was entered."""
    wanted: BindParameter[int] = bindparam("ids", expanding=True)
    return union_all(
        select(
            Classification.id,
            Classification.employer_id,
            Classification.employer_class,
            Classification.started_on,
            Classification.ended_on,
        ).where(Classification.employer_id.in_(wanted), Classification.superseded_at.is_(None)),
        select(
            Negotiation.id,
            Negotiation.employer_id,
            null(),
            Negotiation.started_on,
            Negotiation.ended_on,
        ).where(Negotiation.employer_id.in_(wanted), Negotiation.superseded_at.is_(None)),
    ).order_by("id")


def _select_suspects() -> CompoundSelect[*tuple[Any, ...]]:
    """Return the open pairs of people, from both sides, the likeliest first."""
    ours, theirs, other = aliased(Recipient), aliased(Recipient), aliased(Recipient)
    wanted: BindParameter[int] = bindparam("ids", expanding=True)
    here, there = RecipientPair.first_id, RecipientPair.second_id
    return union_all(
        *(
            select(
                func.coalesce(ours.merged_into_id, ours.id).label("person_id"),
                other.id.label("other_id"),
                other.name.label("other_name"),
                RecipientPair.score.label("score"),
            )
            .join(ours, ours.id == one)
            .join(theirs, theirs.id == two)
            .join(other, other.id == func.coalesce(theirs.merged_into_id, theirs.id))
            .where(
                or_(ours.id.in_(wanted), ours.merged_into_id.in_(wanted)),
                RecipientPair.state.in_(sorted(OPEN)),
                other.id != func.coalesce(ours.merged_into_id, ours.id),
            )
            for one, two in ((here, there), (there, here))
        )
    ).order_by(text("score DESC"), "other_id")


# PostgreSQL's lock of who is merged with whom, which stands for no row.
_SHARED = Prepared(select(func.pg_advisory_xact_lock_shared(3220, 1)))
_ALONE = Prepared(select(func.pg_advisory_xact_lock(3220, 1)))
# The facts that stand in a row, after which come the employments and the record.
_PERSON_ENDS = RecipientFacts._fields.index("employments") + 1
SUSPECTS = Prepared(_select_suspects())
PEOPLE = Prepared(_select_people())
LOCKED_PEOPLE = Prepared(_select_people().with_for_update(of=Recipient))
FIRM_SPANS = Prepared(_select_spans())
