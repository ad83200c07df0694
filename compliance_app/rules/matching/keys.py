"""Blocking keys: small codes that two records of one person share, whatever was done to either.

Each key outlives another kind of noise: a nickname, a slip in the first half of a name or in
the second, turned order, a changed surname, a changed employer. Whoever shares one is compared.
"""

from collections.abc import Iterator
from hashlib import blake2b

from compliance_app.rules.matching.contacts import Contact
from compliance_app.rules.matching.names import full_names, sound

_HALF = 4
_BEGINNING = 3
_END = 2
# Half of all numbers: the keys by which records are compared lie below zero, all others above.
_BELOW = 2**63


def block_keys(contact: Contact) -> set[int]:
    """Return the keys of a person, each as a signed number of eight bytes."""
    return comparing_keys(contact) | _typing_keys(contact)


def comparing_keys(contact: Contact) -> set[int]:
    """Return the keys by which two records are compared; all of them are below zero."""
    return {_comparing(text) for text in _texts(contact)}


def _typing_keys(contact: Contact) -> set[int]:
    """Return the keys by which one only finds who types little; none of them is below zero."""
    first, last = contact.first, contact.last
    texts = {*_half_texts(first, last), *_begun_texts(first, last)}
    texts |= {"s" + sound(word) for word in _words(last)}
    return {_typing(text) for text in texts}


def name_keys(first: str, last: str) -> set[int]:
    """Return the keys that a name alone gives, as somebody types it, begun or whole."""
    typed = {*_half_texts(first, last), *_begun_texts(first, last)}
    return {_comparing(text) for text in _name_texts(first, last)} | {_typing(x) for x in typed}


def sound_keys(word: str) -> set[int]:
    """Return the keys of one word that may be a family name."""
    return {_typing("s" + sound(word))}


def _comparing(text: str) -> int:
    return _typing(text) - _BELOW


def _typing(text: str) -> int:
    """Return the number that stands for a key's text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") % _BELOW


def _texts(contact: Contact) -> Iterator[str]:
    if contact.email:
        yield "m" + contact.email
    if contact.phone:
        yield "p" + contact.phone
    first, last, codes = contact.first, contact.last, contact.employer_codes
    if contact.office:
        yield f"o{contact.office}|{codes[0] if codes else ''}"
        return
    yield from _name_texts(first, last)
    if len(second := contact.middle.rpartition(" ")[2]) > 1:
        # Who has two family names is written with either: Garcia of Garcia Lopez.
        yield from _sound_texts(first, second)
    if codes:
        yield from _employer_texts(first, _words(last), codes)


def _words(last: str) -> list[str]:
    return last.replace("-", " ").split()


def _name_texts(first: str, last: str) -> Iterator[str]:
    """Yield the keys that hold at any employer, whichever name is which."""
    words = _words(last)
    for word in words:
        yield from _sound_texts(first, word)
    if words:
        # How both names begin and end; a slip between does not matter.
        begin = sorted((first[:_END], words[-1][:_END]))
        end = sorted((first[-_END:], words[-1][-_END:]))
        yield "n" + "|".join(begin + end)


def _sound_texts(first: str, word: str) -> Iterator[str]:
    for name in full_names(first) | {first}:
        yield "a" + "|".join(sorted((sound(name), sound(word))))


def _half_texts(first: str, last: str) -> Iterator[str]:
    """Yield the keys of one whole name and the letters of half of the other, in any order.

    They outlive a slip in the other half, and two letters that changed places in this one.
    """
    words = _words(last)
    if not words:
        return
    end = words[-1]
    yield f"i{first}|{_letters(end[:_HALF])}"
    yield f"j{first}|{_letters(end[-_HALF:])}"
    for word in {words[0], end}:
        yield f"k{_letters(first[:_BEGINNING])}|{word}"
    if first:
        yield f"l{_letters(first[-_BEGINNING:])}|{end}"


def _letters(text: str) -> str:
    return "".join(sorted(text))


def _begun_texts(first: str, last: str) -> Iterator[str]:
    """Yield the keys of who types an initial, or the first letters of both names."""
    if first:
        yield f"q{first[0]}|{last}"
    if first and len(last) >= _BEGINNING:
        yield f"t{first[:1]}|{last[:_BEGINNING]}"
        if len(first) >= _BEGINNING:
            yield f"u{first[:_BEGINNING]}|{last[:_BEGINNING]}"


def _employer_texts(first: str, words: list[str], codes: tuple[str, ...]) -> Iterator[str]:
    """Yield the keys that hold among the people of one employer, whichever name is which."""
    both, *parts = codes
    names = {*words, first} - {""}
    for part in parts or [both]:
        # A number says more of a firm than a word, so any name beside it will do.
        numbered = not part.isalpha()
        for name in names:
            yield f"c{part}|{sound(name)}"
            if numbered:
                yield f"h{part}|{name[:_BEGINNING]}"
                yield f"h{part}|{name[0]}"
        # Where many sound alike, the initial of the other name tells them apart.
        for word in words if first else ():
            yield f"e{part}|{first[0]}|{sound(word)}"
            yield f"e{part}|{word[0]}|{sound(first)}"
    for begin in {name[0] for name in (first, *full_names(first)) if name and words}:
        yield f"d{both}|{begin}{words[0][0]}"
