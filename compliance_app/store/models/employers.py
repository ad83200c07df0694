"""Client firms: what they are, who covers them, and what is being negotiated with them.

The rows with days are never edited: one that takes another's place supersedes it.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from compliance_app.rules.employers import EmployerClass
from compliance_app.store.base import Base
from compliance_app.store.models.people import Person, words


class Employer(Base):
    """A client firm; `name_key` is the name without case, accents and spacing."""

    __tablename__ = "employer"
    __table_args__ = (CheckConstraint("parent_id <> id", name="not_its_own_parent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(300), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"), index=True)
    segment: Mapped[str | None] = mapped_column(String(100))
    region: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    parent: Mapped["Employer | None"] = relationship(remote_side="Employer.id")
    classifications: Mapped[list["Classification"]] = relationship(
        order_by="Classification.started_on.asc().nulls_first(), Classification.id",
        primaryjoin="and_(Classification.employer_id == Employer.id, "
        "Classification.superseded_at.is_(None))",
    )
    coverages: Mapped[list["Coverage"]] = relationship(
        order_by="Coverage.started_on.asc().nulls_first(), Coverage.id",
        primaryjoin="and_(Coverage.employer_id == Employer.id, Coverage.superseded_at.is_(None))",
    )
    negotiations: Mapped[list["Negotiation"]] = relationship(
        order_by="Negotiation.started_on, Negotiation.id",
        primaryjoin="and_(Negotiation.employer_id == Employer.id, "
        "Negotiation.superseded_at.is_(None))",
    )


class Classification(Base):
    """What a firm is, from a day on; without a first day it always was."""

    __tablename__ = "employer_classification"

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    employer_class: Mapped[EmployerClass] = mapped_column(words(EmployerClass))
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    superseded_at: Mapped[datetime | None]


class Coverage(Base):
    """Which associated person owns the account, from and to."""

    __tablename__ = "coverage"

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    superseded_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class Negotiation(Base):
    """Business that is being negotiated with a firm; gifts in its days go to compliance."""

    __tablename__ = "negotiation"
    __table_args__ = (Index("ix_negotiation_employer_id_started_on", "employer_id", "started_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"))
    opportunity: Mapped[str] = mapped_column(String(300))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    superseded_at: Mapped[datetime | None]

    employer: Mapped[Employer] = relationship(viewonly=True)
