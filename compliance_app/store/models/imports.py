"""What came from customer systems: each import, what it changed, and the ids they have there."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from compliance_app.store.base import Base
from compliance_app.store.models.people import Person


class CrmMapping(Base):
    """Which column of a file is what; the newest of a name is in force, the others stay."""

    __tablename__ = "crm_mapping"
    __table_args__ = (Index("ix_crm_mapping_name_id", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    columns: Mapped[dict[str, str]]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class CrmImport(Base):
    """One file that was brought in, and whether it was undone."""

    __tablename__ = "crm_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(255))
    file_sha256: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, int]]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]

    made_by: Mapped[Person | None] = relationship(foreign_keys=[made_by_id])
    undone_by: Mapped[Person | None] = relationship(foreign_keys=[undone_by_id])


class CrmChange(Base):
    """What an import did to one row: `before` is what it held, None where it was added."""

    __tablename__ = "crm_change"
    __table_args__ = (Index("ix_crm_change_import_id_id", "import_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("crm_import.id"))
    noun: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any]]


class ExternalId(Base):
    """The id a recipient, an employer or a negotiation has in another system."""

    __tablename__ = "external_id"
    __table_args__ = (UniqueConstraint("source", "kind", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str] = mapped_column(String(200))
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"), index=True)
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"), index=True)
    negotiation_id: Mapped[int | None] = mapped_column(ForeignKey("negotiation.id"), index=True)
    retired_at: Mapped[datetime | None]
