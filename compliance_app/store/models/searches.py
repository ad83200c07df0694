"""The searches that people keep."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from compliance_app.store.base import Base

LONGEST_SEARCH_NAME = 80


class SavedSearch(Base):
    """A search a person keeps by a name; `query` is what stands in its address."""

    __tablename__ = "saved_search"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_SEARCH_NAME))
    query: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]
