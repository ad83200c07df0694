"""Gifts: what was claimed (versions), what each share counts for, and who decided what."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from compliance_app.rules.assessment import Verdict
from compliance_app.rules.facts import Category, Payer
from compliance_app.rules.routing import Route
from compliance_app.rules.workflow import DecisionKind, State
from compliance_app.store.base import Base
from compliance_app.store.models.employers import Employer
from compliance_app.store.models.people import Person, words
from compliance_app.store.models.recipients import LONGEST_NAME, Recipient

# Something is still to come of these; a query that says so can use the indexes of these alone.
IS_OPEN = text("state IN ('draft', 'submitted', 'sent_back', 'approved')")


class Gift(Base):
    """One act of giving; its contents are the version with the highest number.

    `submission_key` makes a form that is posted twice one gift, `row_sha256` does so for
    an imported row. `already_given` is settled when it is first submitted. Whoever took over
    the account (`handed_to_id`) may act on it as its author; the giver stays who they were.
    """

    __tablename__ = "gift"
    __table_args__ = (
        Index("ix_gift_giver_id_id", "giver_id", "id"),
        Index("ix_gift_logged_by_id_id", "logged_by_id", "id"),
        Index("ix_gift_handed_to_id_id", "handed_to_id", "id"),
        Index("ix_gift_state_id", "state", "id"),
        Index(
            "ix_gift_open_giver",
            "giver_id",
            "state",
            "id",
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        Index(
            "ix_gift_open_logger",
            "logged_by_id",
            "state",
            "id",
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[State] = mapped_column(words(State))
    version_number: Mapped[int]
    giver_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    logged_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    handed_to_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    already_given: Mapped[bool]
    route: Mapped[Route | None] = mapped_column(words(Route))
    submission_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    row_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    logged_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]

    giver: Mapped[Person] = relationship(foreign_keys=[giver_id])
    logged_by: Mapped[Person] = relationship(foreign_keys=[logged_by_id])
    handed_to: Mapped[Person | None] = relationship(foreign_keys=[handed_to_id])
    versions: Mapped[list["GiftVersion"]] = relationship(
        back_populates="gift", order_by="GiftVersion.number"
    )
    decisions: Mapped[list["Decision"]] = relationship(
        back_populates="gift", order_by="Decision.id"
    )
    attachments: Mapped[list["Attachment"]] = relationship(
        back_populates="gift", order_by="Attachment.id"
    )
    comments: Mapped[list["Comment"]] = relationship(back_populates="gift", order_by="Comment.id")

    @property
    def version(self) -> "GiftVersion":
        """Return the version that is in force."""
        return self.versions[-1]


class GiftVersion(Base):
    """What was claimed of a gift, never edited; an amendment is a version of its own."""

    __tablename__ = "gift_version"
    __table_args__ = (
        UniqueConstraint("gift_id", "number"),
        Index("ix_gift_version_given_on_gift_id", "given_on", "gift_id"),
        Index("ix_gift_version_kind", "category", "given_on", "gift_id"),
        CheckConstraint("quantity >= 1", name="quantity_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"))
    number: Mapped[int]
    given_on: Mapped[date]
    category: Mapped[Category] = mapped_column(words(Category))
    description: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    cost_cents: Mapped[int | None]
    market_value_cents: Mapped[int | None]
    face_value_cents: Mapped[int | None]
    tax_cents: Mapped[int]
    delivery_cents: Mapped[int]
    quantity: Mapped[int]
    payer: Mapped[Payer] = mapped_column(words(Payer))
    host_present: Mapped[bool | None]
    evidence: Mapped[dict[str, str]]
    flags: Mapped[list[dict[str, Any]]]
    reason: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]

    gift: Mapped[Gift] = relationship(back_populates="versions")
    made_by: Mapped[Person] = relationship()
    shares: Mapped[list["Share"]] = relationship(back_populates="version", order_by="Share.id")


# What is claimed of a gift now; the versions before it stay.
IN_FORCE = (GiftVersion.gift_id == Gift.id) & (GiftVersion.number == Gift.version_number)


class Assessment(Base):
    """The engine's verdict on one share, kept for ever; `document` is its canonical JSON."""

    __tablename__ = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("gift_version.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    verdict: Mapped[Verdict] = mapped_column(words(Verdict))
    regime: Mapped[str] = mapped_column(String(60))
    counted_cents: Mapped[int]
    prior_cents: Mapped[int]
    pending_cents: Mapped[int]
    running_cents: Mapped[int]
    limit_cents: Mapped[int | None]
    excess_cents: Mapped[int]
    window_start: Mapped[date | None]
    window_end: Mapped[date | None]
    policy_sha256: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]


class Share(Base):
    """One recipient's part of one version of a gift, with the assessment in force.

    `holds_room` says whether `counted_cents` is in the recipient's sum now.
    """

    __tablename__ = "share"
    __table_args__ = (
        UniqueConstraint("version_id", "recipient_id"),
        Index(
            "ix_share_window",
            "recipient_id",
            "given_on",
            "counted_cents",
            sqlite_where=text("holds_room"),
            postgresql_where=text("holds_room"),
        ),
        Index("ix_share_recipient_id_given_on_id", "recipient_id", "given_on", "id"),
        Index("ix_share_given_on_id", "given_on", "id"),
        Index("ix_share_employer_id_given_on_id", "employer_id", "given_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("gift_version.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    recipient_name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"))
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    given_on: Mapped[date]
    counted_cents: Mapped[int]
    regime_cents: Mapped[dict[str, int]]
    holds_room: Mapped[bool]

    gift: Mapped[Gift] = relationship()
    version: Mapped[GiftVersion] = relationship(back_populates="shares")
    recipient: Mapped[Recipient] = relationship()
    employer: Mapped[Employer | None] = relationship()
    assessment: Mapped[Assessment | None] = relationship()


class Decision(Base):
    """What somebody decided on one version of a gift; nobody means the policy did."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), index=True)
    version_number: Mapped[int]
    kind: Mapped[DecisionKind] = mapped_column(words(DecisionKind))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    remedy: Mapped[str] = mapped_column(Text, default="")

    gift: Mapped[Gift] = relationship(back_populates="decisions")
    decided_by: Mapped[Person | None] = relationship()


class Comment(Base):
    """A question about a version of a gift, or the answer to one; never edited."""

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), index=True)
    version_number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]

    gift: Mapped[Gift] = relationship(back_populates="comments")
    written_by: Mapped[Person] = relationship()


class Attachment(Base):
    """A receipt or other proof; its bytes lie in the data folder under their SHA-256."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), index=True)
    version_number: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]

    gift: Mapped[Gift] = relationship(back_populates="attachments")
    uploaded_by: Mapped[Person] = relationship()
