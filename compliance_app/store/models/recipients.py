"""Recipients, and which client firms they worked for when."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from compliance_app.rules.employments import Departure
from compliance_app.rules.facts import RecipientClass
from compliance_app.store.base import Base
from compliance_app.store.models.employers import Employer
from compliance_app.store.models.people import words

# Old registers hold names that run on; one that is imported is kept whole.
LONGEST_NAME = 2_000


class Recipient(Base):
    """One human being at a client; the sum follows the person.

    A merged record points to the one that goes on; sums and locks use that one. `departed_on`
    is their last day in the industry; one that is retired is kept but no longer offered.
    """

    __tablename__ = "recipient"
    __table_args__ = (
        CheckConstraint("merged_into_id <> id", name="not_into_itself"),
        Index("ix_recipient_name_key_id", "name_key", "id"),
        # Those that were merged are few; a list of all others must not be looked up here.
        Index(
            "ix_recipient_merged_into_id",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        # As lists go through them, by name and without those that were merged.
        Index(
            "ix_recipient_listed",
            "name_key",
            "id",
            sqlite_where=text("merged_into_id IS NULL"),
            postgresql_where=text("merged_into_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    name_key: Mapped[str] = mapped_column(String(LONGEST_NAME))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    # As it was written; several people may share one.
    phone: Mapped[str | None] = mapped_column(String(60))
    recipient_class: Mapped[RecipientClass] = mapped_column(
        words(RecipientClass), default=RecipientClass.INSTITUTIONAL_CLIENT_EMPLOYEE
    )
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"))
    departure: Mapped[Departure | None] = mapped_column(words(Departure))
    departed_on: Mapped[date | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    employments: Mapped[list["Employment"]] = relationship(
        back_populates="recipient",
        order_by="Employment.started_on.asc().nulls_first(), Employment.id",
        primaryjoin="and_(Employment.recipient_id == Recipient.id, "
        "Employment.superseded_at.is_(None))",
    )


class RecipientKey(Base):
    """A blocking key of a record, under every name and employer it ever had; made by the rules."""

    __tablename__ = "recipient_key"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - as SQLAlchemy reads it

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recipient_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class RecipientWord(Base):
    """A name of a record, beginning with one of its words, or its address: what somebody types."""

    __tablename__ = "recipient_word"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - as SQLAlchemy reads it

    # Compared by bytes, so that a beginning is a range of the index.
    text: Mapped[str] = mapped_column(
        Text().with_variant(Text(collation="C"), "postgresql"), primary_key=True
    )
    recipient_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Employment(Base):
    """Where a recipient worked, from and to; open ends are unknown or still running.

    A row is never edited: one that takes its place supersedes it, and it stays.
    """

    __tablename__ = "employment"

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    superseded_at: Mapped[datetime | None]

    recipient: Mapped[Recipient] = relationship(back_populates="employments")
    employer: Mapped[Employer] = relationship()
