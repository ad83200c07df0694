"""The rows of a gift as they are written: their ids are taken beforehand, so they name each other.

They pass by the session's own bookkeeping, and the trail is told of them as they are.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Sequence, func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from compliance_app.store.base import Base
from compliance_app.store.bulk import table_of
from compliance_app.store.models import Assessment, Decision, Gift, GiftVersion, Share
from compliance_app.store.plain import PlainRow, plain_table, write_together
from compliance_app.store.prepared import Answer, Prepared, Question, ask
from compliance_app.store.told import assessment_told

AnyModel = TypeVar("AnyModel", bound=Base)
Row = dict[str, Any]
Rows = dict[type[Base], list[Row]]
PlainRows = Mapping[type[Base], list[PlainRow]]
Ids = Mapping[type[Base], Iterator[int]]

# In the order in which rows that name each other are written.
MODELS: tuple[type[Base], ...] = (Gift, GiftVersion, Assessment, Share, Decision)


def take_ids(session: Session, numbers: Mapping[type[Base], int]) -> Ids:
    """Return so many ids for each table, which nobody else gets; the caller may write."""
    (rows,) = ask(session, ids_wanted(session, numbers))
    return ids_in(session, rows)


def ids_wanted(session: Session, numbers: Mapping[type[Base], int]) -> Question:
    """Return the question that takes so many ids for each table.

    PostgreSQL's sequences never give one twice; SQLite has one writer at a time, and nothing
    is ever deleted, so that all above the highest are free there.
    """
    if session.get_bind().dialect.name == "sqlite":
        return _HIGHEST()
    return _next_of_each(tuple(numbers.get(model, 0) for model in MODELS))()


def ids_in(session: Session, rows: Answer) -> Ids:
    """Return the ids of an answer for each table."""
    ids = dict(zip(MODELS, *rows, strict=True))
    if session.get_bind().dialect.name == "sqlite":
        return {model: count(highest + 1) for model, highest in ids.items()}
    return {model: iter(taken) for model, taken in ids.items()}


def plain_rows(rows: Rows) -> PlainRows:
    """Return rows as they are written, and as the trail tells of them."""
    return {
        model: [plain_table(model).plain(row) for row in rows.get(model, ())] for model in MODELS
    }


def write(session: Session, rows: PlainRows) -> None:
    """Insert plain rows, each with a value for every column."""
    session.flush()
    write_together(session, rows)


def rows_of(gift: Gift) -> Rows:
    """Return the rows of a gift that was loaded, in the version in force."""
    shares = gift.version.shares
    return {
        Gift: [_values(gift)],
        GiftVersion: [_values(gift.version)],
        Assessment: [_values(share.assessment) for share in shares if share.assessment],
        Share: [_values(share) for share in shares],
        Decision: [_values(decision) for decision in gift.decisions],
    }


def object_of(model: type[AnyModel], values: Mapping[str, Any]) -> AnyModel:
    """Return an object with these values, as if it had been read; it belongs to no session."""
    made: AnyModel = model.__mapper__.class_manager.new_instance()
    # Told one by one, each value would be compared and watched.
    made.__dict__.update(values)
    return made


def document_of_rows(rows: PlainRows) -> dict[str, object]:
    """Return what store.gifts.document_of says of a gift in its first version."""
    told = {model: [plain_table(model).told(row) for row in rows[model]] for model in MODELS}
    return {
        "gift": told[Gift][0],
        "version": told[GiftVersion][0],
        "shares": told[Share],
        "earlier_shares": [],
        "assessments": [assessment_told(row) for row in rows[Assessment]],
        "decisions": told[Decision],
    }


def _values(row: Base) -> Row:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}


@cache
def _next_of_each(numbers: tuple[int, ...]) -> Prepared:
    """Return the select that takes so many ids of each table from its sequence."""
    sequences = [Sequence(f"{model.__tablename__}_id_seq") for model in MODELS]
    return Prepared(
        select(
            *(
                array([sequence.next_value() for _ in range(number)], type_=BigInteger)
                for sequence, number in zip(sequences, numbers, strict=True)
            )
        )
    )


_HIGHEST = Prepared(
    select(
        *(
            select(func.coalesce(func.max(table_of(model).c.id), 0)).scalar_subquery()
            for model in MODELS
        )
    )
)
