"""What is kept so that no page adds up a year or looks through a table; none of it is a record.

It follows from the gifts and firms, is written with the trail, and `audit replay` makes it anew.
"""

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from compliance_app.store.base import Base

# In the place of a giver: what everybody gave.
ANYBODY = 0


class GiverMonth(Base):
    """What a giver gave in a month (202611): the gifts that count, their value, how many came late.

    `late` are those logged later than the policy asks for, whether they count or not.
    """

    __tablename__ = "giver_month"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - as SQLAlchemy reads it

    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    giver_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    gifts: Mapped[int]
    counted_cents: Mapped[int]
    late: Mapped[int]


class RecipientYear(Base):
    """What a record was given in a calendar year by a giver, or by anybody, as far as it counts."""

    __tablename__ = "recipient_year"
    __table_args__ = (
        Index(
            "ix_recipient_year_most",
            "giver_id",
            "year",
            "counted_cents",
            "recipient_id",
        ),
        {"sqlite_with_rowid": False},
    )

    giver_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recipient_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    gifts: Mapped[int]
    counted_cents: Mapped[int]


class FlaggedGift(Base):
    """A flag that a gift bears as it stands (`bears` is 1), for its giver and for anybody."""

    __tablename__ = "flagged_gift"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - as SQLAlchemy reads it

    flag: Mapped[str] = mapped_column(String(40), primary_key=True)
    giver_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    gift_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    bears: Mapped[int]


class EmployerWord(Base):
    """A name that a firm has or had, from one of its words on: what somebody types."""

    __tablename__ = "employer_word"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - as SQLAlchemy reads it

    # Compared by bytes, so that a beginning is a range of the index.
    text: Mapped[str] = mapped_column(
        Text().with_variant(Text(collation="C"), "postgresql"), primary_key=True
    )
    employer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
