"""One volume of a report too long for one file: which of its rows, and a listing of just those."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from reports.listing import Column, Item, Listing, Section, Texts
from reports.paper import Book

CONTINUED = " (continued)"


class Volume(NamedTuple):
    """Some of the rows of a report, counted through all its parts."""

    number: int
    of: int
    rows: range

    @property
    def words(self) -> str:
        """Say which of how many it is."""
        return f"volume {self.number} of {self.of}"

    def name(self, stem: str) -> str:
        """Return the name of its file."""
        return f"{stem}-volume-{self.number}-of-{self.of}.pdf"


class VolumeListing(Listing):
    """A listing that writes the rows of one volume and passes over all others.

    Parts and sections are begun as ever; only the titles of those with a row are written.
    """

    def __init__(self, book: Book, rows: range) -> None:
        super().__init__(book)
        self._rows = rows
        self._number = 0

    def add_row(self, row: Sequence[Texts], *, place: int | None = None) -> None:
        """Write a row of this volume."""
        if self._is_here():
            super().add_row(row, place=place)

    def add_rows(self, items: Iterable[Item], row_of: Callable[[Item], Sequence[Texts]]) -> None:
        """Write the rows of those items that belong to this volume."""
        for item in items:
            if self._is_here():
                super().add_row(row_of(item))

    def say(self, sentence: str) -> None:
        """Write a sentence of this volume."""
        if self._is_here():
            super().say(sentence)

    def passes_over(self, rows: int) -> bool:
        """Say whether so many rows to come are all of other volumes; then they are done with."""
        first = self._number
        if first + rows <= self._rows.start or first >= self._rows.stop:
            self._number += rows
            self._go_on_elsewhere()
            return True
        return False

    def _is_here(self) -> bool:
        self._number += 1
        if self._number - 1 in self._rows:
            return True
        self._go_on_elsewhere()
        return False

    def _go_on_elsewhere(self) -> None:
        """Say of the part and the section begun that they began in another volume."""
        if self._part and not self._part.title.endswith(CONTINUED):
            self._part = self._part._replace(title=f"{self._part.title}{CONTINUED}")
        if self._section and not self._section.title.endswith(CONTINUED):
            self._section = self._section._replace(title=f"{self._section.title}{CONTINUED}")


class RowCounter(Listing):
    """A listing that writes nothing and counts."""

    def __init__(self) -> None:
        self.count = 0

    def begin_part(self, title: str, note: str, *, room: float = 0) -> None:
        """Begin nothing."""

    def begin_section(self, section: Section) -> None:
        """Begin nothing."""

    def begin_table(self, columns: Sequence[Column]) -> None:
        """Begin nothing."""

    def add_row(self, row: Sequence[Texts], *, place: int | None = None) -> None:
        """Count a row."""
        self.count += 1

    def add_rows(self, items: Iterable[Item], row_of: Callable[[Item], Sequence[Texts]]) -> None:
        """Count the items."""
        self.count += sum(1 for _ in items)

    def say(self, sentence: str) -> None:
        """Count a sentence."""
        self.count += 1

    def passes_over(self, rows: int) -> bool:
        """Count so many rows at once."""
        self.count += rows
        return True
