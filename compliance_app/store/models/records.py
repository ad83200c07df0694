"""What is kept about the register itself: policies, the trail, receipts and reports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from compliance_app.rules.report_kinds import JobState
from compliance_app.store.base import Base
from compliance_app.store.models.people import Person, words


class Policy(Base):
    """One adopted version of the firm's policy document (TOML), in force from its day."""

    __tablename__ = "policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    effective_on: Mapped[date] = mapped_column(unique=True)
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    adopted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    adopted_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)

    adopted_by: Mapped[Person | None] = relationship()


class TrailEvent(Base):
    """One act, with the full state after it, sealed by hash to the event before."""

    __tablename__ = "trail_event"
    __table_args__ = (
        Index("ix_trail_event_subject_number", "subject", "number"),
        Index("ix_trail_event_happened_at_number", "happened_at", "number"),
        Index("ix_trail_event_event_number", "event", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    happened_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(254))
    event: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    previous_sha256: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))


class TrailHead(Base):
    """The last event's number and seal: the row that appenders lock, last of all."""

    __tablename__ = "trail_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))


class TrailNode(Base):
    """The root over 2^height seals of the trail; it only shortens proofs (store/nodes.py)."""

    __tablename__ = "trail_node"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - as SQLAlchemy reads it

    height: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(String(64))


class TrailCheckpoint(Base):
    """How far the trail had grown at a moment, as the signed note that leaves the house.

    `verifier` is the public key that checks the note; without a key there is no signature.
    """

    __tablename__ = "trail_checkpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(index=True)
    made_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)
    verifier: Mapped[str | None] = mapped_column(String(200))


class Draft(Base):
    """A form that was begun: its fields as they were typed, for its author alone."""

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    submission_key: Mapped[str] = mapped_column(String(64), unique=True)
    form: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    discarded_at: Mapped[datetime | None]


class ReportRun(Base):
    """One package that was produced: of what, by whom, and its files' hashes.

    `kind`, `scope_kind` and `scope_key` say what was ordered, `read_at` is the moment of the last
    change it tells of, and `figures` are its key figures, to be compared with a later one's.
    """

    __tablename__ = "report_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str | None] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(40))
    first_day: Mapped[date]
    last_day: Mapped[date]
    scope: Mapped[str] = mapped_column(String(200))
    scope_kind: Mapped[str | None] = mapped_column(String(20))
    scope_key: Mapped[str | None] = mapped_column(String(200))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    shares: Mapped[int]
    trail_number: Mapped[int]
    figures: Mapped[dict[str, int] | None]
    files: Mapped[list[dict[str, Any]]]

    made_by: Mapped[Person | None] = relationship()


class ReportJob(Base):
    """A report that was ordered and is made behind the page; ADR 0007 says why it is no record.

    `order` is what was asked for. Whoever makes it says so in `claimed_by` and goes on saying
    so in `heartbeat_at`; a claim whose heartbeat is old is taken over.
    """

    __tablename__ = "report_job"
    __table_args__ = (Index("ix_report_job_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order: Mapped[dict[str, str]]
    state: Mapped[JobState] = mapped_column(words(JobState))
    ordered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ordered_at: Mapped[datetime]
    step: Mapped[str] = mapped_column(String(80), default="")
    percent: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")
    run_id: Mapped[int | None] = mapped_column(ForeignKey("report_run.id"))

    ordered_by: Mapped[Person | None] = relationship()


class IdempotencyKey(Base):
    """The answer to an order that may be sent twice, written together with what it did."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("person_id", "route", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    route: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(255))
    order_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    answer: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
