"""The structure of a tagged report: what each text is, in the order it is to be read.

Elements are written when they are complete. In memory stay those that are open, each with the
numbers of its children, and the last few pages' way from their marks to their elements.
"""

from array import array
from functools import lru_cache
from typing import Final

from reports.stream import StreamDocument, references

_LEAF: Final = 64
_COLUMN_HEAD: Final = b"/A<</O/Table/Scope/Column>>"


@lru_cache(4096)
def _ends(mark: int, count: int) -> list[bytes]:
    """Return how the elements of so many marks end; each page has the same."""
    return [b"/K %d>>" % each for each in range(mark, mark + count)]


class Element:
    """An open element: its kind, where it hangs, and the numbers of its children so far."""

    __slots__ = ("attributes", "kids", "kind", "number", "parent")

    def __init__(self, number: int, kind: str, parent: int, attributes: bytes = b"") -> None:
        self.number = number
        self.kind = kind
        self.parent = parent
        self.attributes = attributes
        self.kids = array("Q")


class Marks:
    """The marked texts of one page, numbered from 0, and the element of each."""

    def __init__(self, page: int) -> None:
        self.page = page
        self.owners: list[int] = []
        self.body: Rows | None = None


class Rows:
    """The rows of a table on one page, by the mark of their first cell."""

    def __init__(self, element: Element, columns: int) -> None:
        self.element = element
        self.columns = columns
        self.firsts: list[int] = []


class Tags:
    """The structure tree of a document."""

    def __init__(self, document: StreamDocument) -> None:
        self._document = document
        self.root = document.reserve()
        self.top = Element(document.reserve(), "Document", self.root)
        self._keys = 0
        self._parents: list[tuple[int, int]] = []
        self._leaves: list[int] = []

    def open(self, kind: str, parent: Element, attributes: bytes = b"") -> Element:
        """Begin an element as the next child of another."""
        element = Element(self._document.reserve(), kind, parent.number, attributes)
        parent.kids.append(element.number)
        return element

    def close(self, element: Element) -> None:
        """Write an element; an empty one is written too, as something points to it."""
        entries = element.kind.encode(), element.parent, references(element.kids)
        body = b"<</S/%b/P %d 0 R/K[%b]%b>>" % (*entries, element.attributes)
        self._document.put(element.number, body)

    def mark(self, kind: str, parent: Element, marks: Marks, attributes: bytes = b"") -> int:
        """Add an element with one marked text of a page; return the number of the mark."""
        mark = len(marks.owners)
        number = self._document.reserve()
        parent.kids.append(number)
        marks.owners.append(number)
        entries = kind.encode(), parent.number, marks.page, mark, attributes
        self._document.put(number, b"<</S/%b/P %d 0 R/Pg %d 0 R/K %d%b>>" % entries)
        return mark

    def point(self, kind: str, parent: Element, marks: Marks, target: int, extra: bytes) -> int:
        """Add an element for an annotation; return the key the annotation names it by."""
        key = self._key()
        number = self._document.reserve()
        parent.kids.append(number)
        aim = b"<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>" % (target, marks.page)
        entries = kind.encode(), parent.number, aim, extra
        self._document.put(number, b"<</S/%b/P %d 0 R/K[%b]%b>>" % entries)
        self._keep(key, number)
        return key

    def mark_row(self, marks: Marks, table: Element, columns: int) -> int:
        """Begin a row of so many cells on a page; return the mark of its first cell."""
        body = marks.body
        if body is None or body.element.parent != table.number:
            self._close_rows(marks)
            body = marks.body = Rows(self.open("TBody", table), columns)
        mark = len(marks.owners)
        body.firsts.append(mark)
        marks.owners += [0] * columns
        return mark

    def mark_head(self, marks: Marks, table: Element, columns: int) -> int:
        """Begin the head of a table; return the mark of its first cell."""
        self._close_rows(marks)
        mark = len(marks.owners)
        marks.owners += [0] * columns
        rows = Rows(self.open("THead", table), columns)
        rows.firsts.append(mark)
        self._write_rows(marks, rows, b"TH", _COLUMN_HEAD)
        return mark

    def end_page(self, marks: Marks) -> int:
        """Write what the marks of a page belong to; return the key the page names it by."""
        self._close_rows(marks)
        number = self._document.reserve()
        self._document.put(number, b"[%b]" % references(marks.owners))
        key = self._key()
        self._keep(key, number)
        return key

    def finish(self) -> None:
        """Write what ties the elements together."""
        self.close(self.top)
        self._write_leaf()
        put, reserve = self._document.put, self._document.reserve
        leaves = references(number for number in self._leaves)
        tree = put(reserve(), b"<</Kids[%b]>>" % leaves)
        entries = self.top.number, tree, self._keys
        put(
            self.root,
            b"<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R/ParentTreeNextKey %d>>" % entries,
        )

    def _close_rows(self, marks: Marks) -> None:
        if marks.body is not None:
            self._write_rows(marks, marks.body, b"TD", b"")
            marks.body = None

    def _write_rows(self, marks: Marks, rows: Rows, kind: bytes, attributes: bytes) -> None:
        """Write the rows of a page, each followed by its cells."""
        columns, count = rows.columns, len(rows.firsts)
        first = self._document.reserve(count * (columns + 1))
        numbers = range(first, first + count * (columns + 1), columns + 1)
        rows.element.kids.extend(numbers)
        row = b"<</S/TR/P %d 0 R/K[%b]>>" % (
            rows.element.number,
            b" ".join([b"%d 0 R"] * columns),
        )
        cell = b"<</S/%b/P %%d 0 R/Pg %d 0 R%b" % (kind, marks.page, attributes)
        bodies: list[bytes] = []
        for number, mark in zip(numbers, rows.firsts, strict=True):
            cells = range(number + 1, number + columns + 1)
            marks.owners[mark : mark + columns] = cells
            begin = cell % number
            bodies.append(row % tuple(cells))
            bodies += [begin + end for end in _ends(mark, columns)]
        self._document.put_all(first, bodies)
        self.close(rows.element)

    def _key(self) -> int:
        self._keys += 1
        return self._keys - 1

    def _keep(self, key: int, number: int) -> None:
        # Keys are given when they are kept, so the leaves of the tree never overlap.
        self._parents.append((key, number))
        if len(self._parents) >= _LEAF:
            self._write_leaf()

    def _write_leaf(self) -> None:
        if not self._parents:
            return
        parents, self._parents = self._parents, []
        pairs = b" ".join([b"%d %d 0 R" % pair for pair in parents])
        limits = parents[0][0], parents[-1][0]
        number = self._document.reserve()
        self._document.put(number, b"<</Limits[%d %d]/Nums[%b]>>" % (*limits, pairs))
        self._leaves.append(number)
