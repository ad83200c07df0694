"""Recipients, the client firms they work for, and when they did."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from compliance_app.rules.facts import RecipientClass
from compliance_app.store.base import Base
from compliance_app.store.models.people import words

# Old registers hold names that run on; one that is imported is kept whole.
LONGEST_NAME = 2_000


class Employer(Base):
    """A client firm; `name_key` is the name without case, accents and spacing."""

    __tablename__ = "employer"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(300), unique=True)
    in_negotiation: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Recipient(Base):
    """One human being at a client; the sum follows the person.

    A merged record points to the one that goes on; sums and locks use that one.
    """

    __tablename__ = "recipient"
    __table_args__ = (
        CheckConstraint("merged_into_id <> id", name="not_into_itself"),
        Index("ix_recipient_name_key_id", "name_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    name_key: Mapped[str] = mapped_column(String(LONGEST_NAME))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    recipient_class: Mapped[RecipientClass] = mapped_column(
        words(RecipientClass), default=RecipientClass.INSTITUTIONAL_CLIENT_EMPLOYEE
    )
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"), index=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]

    employments: Mapped[list["Employment"]] = relationship(
        back_populates="recipient", order_by="Employment.id"
    )


class Employment(Base):
    """Where a recipient worked, from and to; open ends are unknown or still running."""

    __tablename__ = "employment"

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]

    recipient: Mapped[Recipient] = relationship(back_populates="employments")
    employer: Mapped[Employer] = relationship()
