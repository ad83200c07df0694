"""What makes pages a document: fonts, head and foot, outline, structure and the catalog."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from reports import theme
from reports.archive import put_archive, put_info
from reports.embedding import embed
from reports.fontset import get_face
from reports.page import Page
from reports.paper import Book, Entry, fit
from reports.stream import StreamDocument, text_string
from reports.wording import range_words

_CENTER: Final = theme.PAGE_WIDTH / 2
_SIDE: Final = 230.0


class Bookmark(NamedTuple):
    """An entry of the outline with those below it."""

    entry: Entry
    below: list["Bookmark"]


def bind(book: Book, *, extra: bytes = b"") -> None:
    """Finish the pages and write all that is known only now."""
    book.finish_pages()
    _put_shared(book)
    document = book.document
    outline = _put_outline(document, book.outline)
    catalog = put_archive(book) + extra + b"/Outlines %d 0 R/PageMode/UseOutlines" % outline
    if book.tags:
        book.tags.finish()
        catalog += b"/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R" % book.tags.root
    document.close(catalog, put_info(book), book.digest)


def _put_shared(book: Book) -> None:
    """Write the streams that all pages share, and the fonts."""
    document, tagged = book.document, bool(book.tags)
    for number, furniture in ((book.head, True), (book.foot, False)):
        content = _furniture(book, furniture=furniture)
        document.put_stream(number, content.encode("latin-1"))
    total = book.letters.show(f" of {book.page_count:,}", theme.FURNITURE)
    document.put_stream(book.tail, f"{total}ET {'EMC' if tagged else ''}\n".encode())
    fonts = b"".join(
        b"%b %d 0 R" % (name.encode(), embed(document, face, subset, points))
        for name, face, subset, points in book.letters.fonts()
    )
    document.put(book.fonts, b"<</Font<<%b>>>>" % fonts)


def _furniture(book: Book, *, furniture: bool) -> str:
    """Return head and foot but for the number of the page, which each page begins itself."""
    meta = book.meta
    foot = f"SHA-256 {book.digest}"
    page = Page(0, (0, 0), furniture=furniture, held=True)
    draw = [
        _text(book, 158, 33, foot, "left"),
        _text(book, theme.RIGHT, 33, range_words(meta.period), "right"),
    ]
    page.rule(43, theme.LEFT, theme.RIGHT, 0.5, theme.HAIRLINE)
    if furniture:
        firm = fit(meta.firm, theme.FURNITURE_STRONG, _SIDE)
        scope = fit(meta.scope, theme.FURNITURE, _SIDE)
        draw.append(_text(book, theme.LEFT, 578, firm, "left", theme.FURNITURE_STRONG))
        draw.append(_text(book, _CENTER, 578, book.title, "center"))
        draw.append(_text(book, theme.RIGHT, 578, scope, "right"))
        page.rule(572, theme.LEFT, theme.RIGHT, 0.5, theme.INK)
    page.operators = draw
    shown = page.content(tagged=False)
    return f"/Artifact <</Type/Pagination>> BDC {shown}EMC\n" if book.tags else f"{shown}\n"


def _text(
    book: Book, x: float, y: float, text: str, align: str, style: theme.Style = theme.FURNITURE
) -> str:
    text = text.replace("\n", " ")
    wide = get_face(style.face).width(text, style.size)
    x -= {"left": 0, "center": wide / 2, "right": wide}[align]
    shown = f"{book.letters.choose(style)}{x:.2f} {y:.2f} Td {book.letters.show(text, style)}"
    return f"BT {shown}ET "


def _put_outline(document: StreamDocument, entries: Sequence[Entry]) -> int:
    """Write the outline and return its number; only its first level is open."""
    root = document.reserve()
    first, last = _put_bookmarks(document, _nested(entries), root)
    count = sum(entry.level == 0 for entry in entries)
    return document.put(
        root, b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (first, last, count)
    )


def _nested(entries: Sequence[Entry]) -> list[Bookmark]:
    tops: list[Bookmark] = []
    for entry in entries:
        siblings = tops
        for _ in range(entry.level):
            if siblings:
                siblings = siblings[-1].below
        siblings.append(Bookmark(entry, []))
    return tops


def _put_bookmarks(
    document: StreamDocument, bookmarks: Sequence[Bookmark], parent: int
) -> tuple[int, int]:
    """Write entries that are siblings, and all below them; return the first and the last."""
    first = document.reserve(len(bookmarks))
    for number, (entry, below) in enumerate(bookmarks, first):
        extra = b""
        if below:
            ends = _put_bookmarks(document, below, number)
            extra += b"/First %d 0 R/Last %d 0 R/Count %d" % (*ends, -len(below))
        if number > first:
            extra += b"/Prev %d 0 R" % (number - 1)
        if number < first + len(bookmarks) - 1:
            extra += b"/Next %d 0 R" % (number + 1)
        told = text_string(entry.title), parent, entry.aim, extra
        document.put(number, b"<</Title%b/Parent %d 0 R/Dest%b%b>>" % told)
    return first, first + len(bookmarks) - 1
