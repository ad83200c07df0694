"""JSON read strictly, with the line of every value, so that a problem can be pointed at."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from compliance_app.rules.problems import DocumentError, Problem

_SPACE = re.compile(r"[ \t\r\n]*")
Path = Sequence[str | int]


class Located(NamedTuple):
    """A value of a JSON text and where it begins."""

    value: Any
    text: str
    start: int
    line: int

    def line_of(self, path: Path) -> int:
        """Return the line of the part named by keys and positions, or of the nearest whole."""
        place = self.start
        for step in path:
            found = self._enter(place, step)
            if found is None:
                break
            place = found
        return self.line + self.text.count("\n", self.start, place)

    def _enter(self, place: int, step: str | int) -> int | None:
        """Return where a member of the value at `place` begins; None where it has none such."""
        for key, start in _members(self.text, place):
            if key == step:
                return start
        return None


def read_array(text: str, error_class: type[DocumentError]) -> Iterator[Located]:
    """Yield the elements of a JSON array; what is no JSON, or no array, is refused."""
    try:
        whole = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        problem = Problem(error.lineno, "", f"this is not JSON: {error.msg}.")
        raise error_class([problem]) from error
    except (ValueError, RecursionError) as error:
        raise error_class([Problem(1, "", f"this is not JSON: {error}.")]) from error
    if not isinstance(whole, list):
        raise error_class([Problem(1, "", "the file must hold a list of cases: [ ... ].")])
    line, counted = 1, 0
    for index, start in _members(text, _skip(text, 0)):
        line += text.count("\n", counted, start)
        counted = start
        yield Located(whole[int(index)], text, start, line)


def _members(text: str, place: int) -> Iterator[tuple[str | int, int]]:
    """Yield the key or position of each member of the value at `place`, and where it begins."""
    opening = text[place]
    if opening not in "[{":
        return
    at, index = _skip(text, place + 1), 0
    while text[at] not in "]}":
        key: str | int = index
        if opening == "{":
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        yield key, at
        _, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
        index += 1


def _skip(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise ValueError(f'the key "{key}" stands twice in one object')
        members[key] = value
    return members


# NaN, which is not JSON, is let in: the reader of its field refuses it by line and key.
_DECODER = json.JSONDecoder(object_pairs_hook=_unique)
