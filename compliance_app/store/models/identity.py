"""Which records are one person, which may be, and what came to light when they were merged."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from compliance_app.rules.identity import PairState
from compliance_app.store.base import Base
from compliance_app.store.models.gifts import Gift
from compliance_app.store.models.people import Person, words
from compliance_app.store.models.recipients import Recipient

_LIVE = text("undone_at IS NULL")


class RecipientMerge(Base):
    """One record found to be the same person as another; one that is undone stays as such."""

    __tablename__ = "recipient_merge"
    __table_args__ = (
        CheckConstraint("recipient_id <> into_id", name="not_into_itself"),
        Index(
            "uq_recipient_merge_live",
            "recipient_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    merged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    merged_at: Mapped[datetime]
    undone_reason: Mapped[str] = mapped_column(Text, default="")
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]

    recipient: Mapped[Recipient] = relationship(foreign_keys=[recipient_id])
    into: Mapped[Recipient] = relationship(foreign_keys=[into_id])
    merged_by: Mapped[Person | None] = relationship(foreign_keys=[merged_by_id])


class RecipientPair(Base):
    """Two records that may be one person, the smaller number first; asked about once for ever."""

    __tablename__ = "recipient_pair"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="in_order"),
        UniqueConstraint("first_id", "second_id"),
        Index("ix_recipient_pair_state_score_id", "state", "score", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    score: Mapped[int]
    sentence: Mapped[str] = mapped_column(Text)
    state: Mapped[PairState] = mapped_column(words(PairState))
    found_at: Mapped[datetime]
    # Who said, when the second was added, that it is somebody else than the first.
    confirmed_new_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")

    first: Mapped[Recipient] = relationship(foreign_keys=[first_id])
    second: Mapped[Recipient] = relationship(foreign_keys=[second_id])
    confirmed_new_by: Mapped[Person | None] = relationship(foreign_keys=[confirmed_new_by_id])


class RecipientFinding(Base):
    """A gift to be looked at since something became known of its recipient, until it is settled.

    Where two records were found to be one person, it names the merge.
    """

    __tablename__ = "recipient_finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    merge_id: Mapped[int | None] = mapped_column(ForeignKey("recipient_merge.id"), index=True)
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), index=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    given_on: Mapped[date]
    running_cents: Mapped[int]
    limit_cents: Mapped[int | None]
    excess_cents: Mapped[int]
    sentence: Mapped[str] = mapped_column(Text)
    found_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_reason: Mapped[str] = mapped_column(Text, default="")

    gift: Mapped[Gift] = relationship()
    recipient: Mapped[Recipient] = relationship()
    merge: Mapped[RecipientMerge | None] = relationship()


class RecipientScan(Base):
    """How far a look through the whole register is; as ADR 0007 says of jobs, it is no record.

    What a scan finds are pairs, which are sealed and rebuilt; where it stood is not.
    """

    __tablename__ = "recipient_scan"

    id: Mapped[int] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime]
    slices_done: Mapped[int] = mapped_column(default=0)
    new_pairs: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
