"""The file itself, written as it comes: each object goes out when it is complete.

What stays in memory is where objects lie, as four numbers for a run of them, and the few
objects that wait to be compressed together.
"""

import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, islice
from operator import itemgetter
from typing import BinaryIO, Final

# Digits of the seal, the second identifier of the file.
SEAL_DIGITS: Final = 64
HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
LEVEL: Final = 6
# Structure and data are so regular that more effort takes much time and gains little.
_LEVEL_OF_BULK: Final = 1
# Pages to a node of the page tree, and objects to a stream of them.
_BRANCH: Final = 64
_GROUP: Final = 400
_FREE: Final = b"\0" * 6 + b"\xff\xff"


class StreamDocument:
    """A PDF file that is written front to back.

    `put` keeps an object until enough have come to be compressed as one; `put_plain` and
    `put_stream` write at once. Numbers may be reserved for objects that come later.
    """

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._count = 0
        self.position = 0
        # Where the digits of the seal lie, once the file is closed.
        self.seal_place = 0
        # First number, how many, the stream that holds them (0: none), offset or first index.
        self._runs = array("Q")
        self._waiting: list[tuple[int, bytes]] = []
        self._tree = self.reserve()
        self._branches: list[int] = []
        self._pages = array("Q")
        self._write(HEADER)

    def reserve(self, count: int = 1) -> int:
        """Return the first of so many unused object numbers."""
        first = self._count + 1
        self._count += count
        return first

    def put(self, number: int, body: bytes) -> int:
        """Add an object, to be written together with others."""
        self._waiting.append((number, body))
        if len(self._waiting) >= _GROUP:
            self._write_group()
        return number

    def put_all(self, first: int, bodies: Iterable[bytes]) -> None:
        """Add many objects of consecutive numbers, to be written together."""
        self._waiting += enumerate(bodies, first)
        if len(self._waiting) >= _GROUP:
            self._write_group()

    def put_plain(self, number: int, body: bytes) -> int:
        """Write an object by itself, where its bytes can be found again; return their place."""
        begin = b"%d 0 obj\n" % number
        self._runs.extend((number, 1, 0, self.position))
        place = self.position + len(begin)
        self._write(b"%b%b\nendobj\n" % (begin, body))
        return place

    def put_stream(
        self, number: int, data: bytes, entries: bytes = b"", *, level: int = LEVEL
    ) -> int:
        """Write a stream; at level 0 it is to be read as it is."""
        if level:
            data = zlib.compress(data, level)
            entries += b"/Filter/FlateDecode"
        # The line end before "endstream" is two bytes, as data may end in the first of them.
        body = b"<<%b/Length %d>>\nstream\n%b\r\nendstream" % (entries, len(data), data)
        self.put_plain(number, body)
        return number

    def put_chunks(self, number: int, chunks: Iterable[bytes], entries: bytes) -> None:
        """Write a stream as its data come; how long it was is written after it."""
        length = self.reserve()
        self._runs.extend((number, 1, 0, self.position))
        self._write(
            b"%d 0 obj\n<<%b/Filter/FlateDecode/Length %d 0 R>>\nstream\n"
            % (number, entries, length)
        )
        begin = self.position
        packer = zlib.compressobj(_LEVEL_OF_BULK)
        for chunk in chunks:
            self._write(packer.compress(chunk))
        self._write(packer.flush())
        size = self.position - begin
        self._write(b"\r\nendstream\nendobj\n")
        self.put_plain(length, b"%d" % size)

    def begin_page(self) -> tuple[int, int]:
        """Return the numbers of the next page and of its branch in the page tree."""
        if len(self._pages) % _BRANCH == 0:
            self._branches.append(self.reserve())
        number = self.reserve()
        self._pages.append(number)
        return number, self._branches[-1]

    @property
    def page_count(self) -> int:
        """How many pages have been begun."""
        return len(self._pages)

    def close(self, catalog: bytes, info: bytes, identity: str) -> None:
        """Write what ties the objects together: page tree, catalog and cross-references."""
        self._put_tree()
        root = self.put(self.reserve(), b"<</Type/Catalog/Pages %d 0 R%b>>" % (self._tree, catalog))
        about = self.put(self.reserve(), info)
        self._write_group()
        self._write_references(b"/Root %d 0 R/Info %d 0 R" % (root, about), identity.encode())

    def _put_tree(self) -> None:
        for i, branch in enumerate(self._branches):
            pages = self._pages[i * _BRANCH : (i + 1) * _BRANCH]
            kids = references(pages)
            node = b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%b]>>"
            self.put(branch, node % (self._tree, len(pages), kids))
        kids = references(self._branches)
        self.put(self._tree, b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(self._pages), kids))

    def _write_group(self) -> None:
        if not self._waiting:
            return
        numbers, bodies = zip(*sorted(self._waiting, key=itemgetter(0)), strict=True)
        self._waiting = []
        # Each begins behind the one before it and the line end between them.
        offsets = accumulate([len(body) + 1 for body in bodies], initial=0)
        pairs = chain.from_iterable(zip(numbers, offsets, strict=False))
        head = (b"%d %d " * len(numbers)) % tuple(pairs)
        group = self.reserve()
        entries = b"/Type/ObjStm/N %d/First %d" % (len(numbers), len(head))
        self.put_stream(group, head + b"\n".join(bodies), entries, level=_LEVEL_OF_BULK)
        self._keep_runs(group, numbers)

    def _keep_runs(self, group: int, numbers: Sequence[int]) -> None:
        if numbers[-1] - numbers[0] == len(numbers) - 1:
            self._runs.extend((numbers[0], len(numbers), group, 0))
            return
        begin = 0
        for i in range(1, len(numbers) + 1):
            if i == len(numbers) or numbers[i] != numbers[i - 1] + 1:
                self._runs.extend((numbers[begin], i - begin, group, begin))
                begin = i

    def _write_references(self, trailer: bytes, identity: bytes) -> None:
        """Write the cross-reference stream: where each object lies, by number."""
        number, place = self.reserve(), self.position
        self._runs.extend((number, 1, 0, place))
        packer = zlib.compressobj(_LEVEL_OF_BULK)
        pieces = self._references()
        packed = [
            packer.compress(b"".join(some)) for some in iter(lambda: [*islice(pieces, 1_000)], [])
        ]
        table = b"".join(packed) + packer.flush()
        self._write(b"%d 0 obj\n<</Type/XRef/Size %d/W[1 5 2]" % (number, number + 1))
        self._write(b"%b/ID[<%b><" % (trailer, identity[:32]))
        self.seal_place = self.position
        self._write(b"%b>]/Filter/FlateDecode/Length %d>>" % (identity[:SEAL_DIGITS], len(table)))
        self._write(b"\nstream\n%b\r\nendstream\nendobj\n" % table)
        self._write(b"startxref\n%d\n%%%%EOF\n" % place)

    def _references(self) -> Iterator[bytes]:
        runs = self._runs
        following = 0
        for at in sorted(range(0, len(runs), 4), key=runs.__getitem__):
            first, count, group, place = runs[at : at + 4]
            yield _FREE * (first - following)
            following = first + count
            if group:
                begin = b"\2" + group.to_bytes(5, "big")
                yield b"".join([begin + i.to_bytes(2, "big") for i in range(place, place + count)])
            else:
                yield b"\1" + place.to_bytes(5, "big") + b"\0\0"

    def _write(self, data: bytes) -> None:
        self._target.write(data)
        self.position += len(data)


def references(numbers: Iterable[int]) -> bytes:
    """Return references to objects, one after the other."""
    return b" ".join([b"%d 0 R" % number for number in numbers])


def text_string(text: str) -> bytes:
    """Return a text as a string object, in a form that holds every character."""
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return b"(%b)" % escaped.encode()
    return b"<FEFF%b>" % text.encode("utf-16-be", "replace").hex().upper().encode()
