"""Associated persons, and how they come in."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from compliance_app.rules.permissions import Role
from compliance_app.store.base import Base


def words(kind: type[StrEnum], length: int = 40) -> Enum:
    """Return a column type that holds an enum's values as plain checked text."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=length,
        values_callable=lambda members: [member.value for member in members],
    )


class Person(Base):
    """An associated person of the member; without a password they cannot sign in."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(words(Role))
    office: Mapped[str] = mapped_column(String(200), default="")
    supervisor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    # The last step of time whose code was used, so that none opens twice.
    totp_step: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    access_ends_on: Mapped[date | None]
    # The one part of the firm whose reports an examiner reads, instead of the register.
    scope_kind: Mapped[str | None] = mapped_column(String(20))
    scope_key: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]

    supervisor: Mapped["Person | None"] = relationship(remote_side="Person.id")


class SignInSession(Base):
    """One browser that is signed in; the cookie's token is kept only as its SHA-256."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    signed_in_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(64), default="")

    person: Mapped[Person] = relationship()


class RecoveryCode(Base):
    """A code for a lost phone: it opens once, and only its SHA-256 is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_sha256: Mapped[str] = mapped_column(String(64))
    spent_at: Mapped[datetime | None]


class ApiToken(Base):
    """A program's key to the JSON interface: it acts as its person; only its SHA-256 is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class SignInAttempt(Base):
    """One try to sign in; what a lock-out counts, also for addresses nobody has."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_email_attempted_at", "email", "attempted_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    attempted_at: Mapped[datetime]
    succeeded: Mapped[bool]
    address: Mapped[str] = mapped_column(String(64), default="")
