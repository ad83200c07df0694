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


def block_keys(contact: Contact) -> set[int]:
    """Return the keys of a person, each as a signed number of eight bytes."""
    return comparing_keys(contact) | _typing_keys(contact)


def comparing_keys(contact: Contact) -> set[int]:
    """Return the keys by which two records are compared; all of them are even numbers."""
    return {_even(text) for text in _texts(contact)}


def _typing_keys(contact: Contact) -> set[int]:
    """Return the keys by which one only finds who types little; all of them are odd numbers."""
    texts = list(_begun_texts(contact.first, contact.last))
    texts += ["s" + sound(word) for word in contact.last.replace("-", " ").split()]
    return {_odd(text) for text in texts}


def name_keys(first: str, last: str) -> set[int]:
    """Return the keys that a name alone gives, as somebody types it."""
    return {_even(text) for text in _name_texts(first, last)}


def begun_keys(first: str, last: str) -> set[int]:
    """Return the keys of two names that may only be begun."""
    return {_odd(text) for text in _begun_texts(first, last)}


def sound_keys(word: str) -> set[int]:
    """Return the keys of one word that may be a family name."""
    return {_odd("s" + sound(word))}


def _even(text: str) -> int:
    return _number_of(text) & ~1


def _odd(text: str) -> int:
    return _number_of(text) | 1


def _number_of(text: str) -> int:
    """Return the number that stands for a key's text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


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
    if codes:
        yield from _employer_texts(first, last, codes)


def _name_texts(first: str, last: str) -> Iterator[str]:
    """Yield the keys that hold at any employer."""
    words = last.replace("-", " ").split()
    for word in words:
        for name in full_names(first) | {first}:
            yield "a" + "|".join(sorted((sound(name), sound(word))))
    if not words:
        return
    if len(words) > 1:
        yield f"k{first[:_BEGINNING]}|{words[0]}"
    end = words[-1]
    yield f"i{first}|{end[:_HALF]}"
    yield f"j{first}|{end[-_HALF:]}"
    yield f"k{first[:_BEGINNING]}|{end}"
    if first:
        yield f"l{first[-_BEGINNING:]}|{end}"


def _begun_texts(first: str, last: str) -> Iterator[str]:
    """Yield the keys of who types the first letters of both names."""
    if first and len(last) >= _BEGINNING:
        yield f"t{first[:1]}|{last[:_BEGINNING]}"
        if len(first) >= _BEGINNING:
            yield f"u{first[:_BEGINNING]}|{last[:_BEGINNING]}"


def _employer_texts(first: str, last: str, codes: tuple[str, ...]) -> Iterator[str]:
    """Yield the keys that hold among the people of one employer, whichever name is which."""
    both, *parts = codes
    words = last.replace("-", " ").split()
    for word in {*words, first, *full_names(first)} - {""}:
        sounds = sound(word)
        yield f"b{both}|{sounds}"
    for part in parts:
        # A number says more of a firm than a word, so any name beside it will do.
        numbered = not part.isalpha()
        for word in {*words, first} - {""}:
            yield f"c{part}|{sound(word)}"
            if numbered:
                yield f"h{part}|{word[:_BEGINNING]}"
    for word in {*words, first} - {""}:
        yield f"f{both}|{word[:_BEGINNING]}"
        yield f"g{both}|{word[-_BEGINNING:]}"
    if first and words:
        yield f"d{both}|{''.join(sorted((first[0], words[0][0])))}"
