"""Names of firms, made comparable: legal forms left out, abbreviations written out."""

import re
from functools import lru_cache

from compliance_app.rules.matching.names import fold

LEGAL_FORMS = frozenset(
    str.split("""
    inc incorporated llc llp lp lllp pllc pc corp corporation co company cos companies ltd
    limited plc sa sas sarl spa srl ag gmbh kg kgaa se nv bv ab asa as oy pty pte kk na group
    the and of
    """)
)
ABBREVIATIONS = {
    "mgmt": "management",
    "mgt": "management",
    "mngt": "management",
    "intl": "international",
    "int'l": "international",
    "natl": "national",
    "nat'l": "national",
    "fin": "financial",
    "fincl": "financial",
    "finl": "financial",
    "fncl": "financial",
    "inv": "investment",
    "invs": "investment",
    "invt": "investment",
    "invest": "investment",
    "investments": "investment",
    "investors": "investment",
    "tech": "technology",
    "techs": "technology",
    "technologies": "technology",
    "sec": "securities",
    "secs": "securities",
    "security": "securities",
    "grp": "group",
    "ptnrs": "partners",
    "ptrs": "partners",
    "partner": "partners",
    "adv": "advisors",
    "advs": "advisors",
    "adviser": "advisors",
    "advisers": "advisors",
    "advisor": "advisors",
    "advisory": "advisors",
    "hldg": "holdings",
    "hldgs": "holdings",
    "holding": "holdings",
    "svc": "services",
    "svcs": "services",
    "serv": "services",
    "service": "services",
    "sys": "systems",
    "assoc": "associates",
    "assocs": "associates",
    "assn": "association",
    "cap": "capital",
    "bk": "bank",
    "tr": "trust",
    "ins": "insurance",
    "mfg": "manufacturing",
    "univ": "university",
    "dept": "department",
    "govt": "government",
    "gov": "government",
    "us": "united states",
    "usa": "united states",
    "bros": "brothers",
    "prop": "properties",
    "props": "properties",
    "ctr": "center",
    "centre": "center",
    "labs": "laboratories",
    "pharma": "pharmaceuticals",
    "st": "saint",
}
_INITIALS = re.compile(r"\b([a-z])\.(?=[a-z]\b|\s|$|,)")
_SPACE = str.maketrans(dict.fromkeys('.,/&-_()"+;:', " ") | dict.fromkeys("'\u2019", ""))


@lru_cache(200_000)
def parse_employer(text: str) -> str:
    """Return a firm's name in comparable words; its legal form alone where it has no other."""
    words = _INITIALS.sub(r"\1", fold(text)).translate(_SPACE).split()
    written_out = " ".join(ABBREVIATIONS.get(word, word) for word in words).split()
    return " ".join([word for word in written_out if word not in LEGAL_FORMS] or words)


@lru_cache(200_000)
def employer_codes(employer: str) -> tuple[str, ...]:
    """Return what spellings of one firm share: its first two words, its first, and its last."""
    words = employer.split()
    if not words:
        return ()
    both = "".join(sorted(word[:_PREFIX] for word in words[:2]))
    ends = dict.fromkeys((words[0][:_PREFIX], words[-1][:_PREFIX]))
    return (both, *(word for word in ends if word not in _OF_MANY))


_PREFIX = 4
# How words begin that tell little of a firm: what it does, where, and that it is one.
_OF_MANY = frozenset(
    str.split("""
    capi part advi mana fina inve trus bank insu hold asse weal secu serv syst tech ener heal
    logi medi food mate prop vent cons anal inte nati amer firs unit stat city coun depa depart
    univ pens fund reti boar comm asso glob gene grou
    """)
)
