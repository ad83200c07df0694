"""Whether two ways of writing a firm's name are one name, or may be one firm and its part.

Narrower than what people are compared by: who works where decides which laws join, so only legal
forms and abbreviations that are no words of their own are looked past.
"""

from functools import lru_cache

from compliance_app.rules.matching.employers import INITIALS, SPACE, is_of_many, parse_employer
from compliance_app.rules.matching.names import fold

_FORMS = frozenset(
    str.split("""
    inc incorporated corp corporation co company llc llp lp lllp pllc pc ltd limited plc na
    sa sas sarl spa srl ag gmbh kg nv bv ab oy pty pte
    """)
)
_SHORT = {
    "assn": "association",
    "bros": "brothers",
    "dept": "department",
    "fincl": "financial",
    "finl": "financial",
    "fncl": "financial",
    "govt": "government",
    "grp": "group",
    "hldg": "holdings",
    "hldgs": "holdings",
    "intl": "international",
    "mfg": "manufacturing",
    "mgmt": "management",
    "mgt": "management",
    "mngt": "management",
    "natl": "national",
    "ptnrs": "partners",
    "ptrs": "partners",
    "svc": "services",
    "svcs": "services",
    "univ": "university",
}


@lru_cache(50_000)
def firm_key(name: str) -> str:
    """Return a firm's name without legal form, with its abbreviations written out."""
    plain = INITIALS.sub(r"\1", fold(name)).translate(SPACE).split()
    words = [_SHORT.get(word, word) for word in plain if word != "and"]
    first = 1 if words[:1] == ["the"] and len(words) > 1 else 0
    last = len(words)
    while last > first + 1 and words[last - 1] in _FORMS:
        last -= 1
    return " ".join(words[first:last])


def beginning_of(name: str) -> str:
    """Return how every spelling of the name begins from some word on, to look for it by."""
    return firm_key(name).partition(" ")[0]


def may_be_one(name: str, other: str) -> str:
    """Say why two firms may be one or belong together; nothing where that is not plain."""
    if firm_key(name) == firm_key(other):
        return "The same name but for the legal form or abbreviations."
    ours, theirs = parse_employer(name), parse_employer(other)
    if ours == theirs:
        return "Nearly the same name."
    short, long = sorted((ours, theirs), key=len)
    if long.startswith(short + " ") and (" " in short or not is_of_many(short)):
        return "One may be a part of the other."
    return ""
