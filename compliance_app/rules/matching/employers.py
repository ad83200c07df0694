"""Names of firms, made comparable: legal forms left out, abbreviations written out."""

import re
from functools import lru_cache

from compliance_app.rules.matching.names import fold

LEGAL_FORMS = frozenset(
    str.split("""
    inc incorporated llc llp lp lllp pllc pc corp corporation co company cos companies ltd
    limited plc sa sas sarl spa srl ag gmbh kg kgaa se nv bv ab asa as oy oyj pty pvt pte kk na
    jsc pjsc bhd sdn ltda group the and of
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
    "system": "systems",
    "ret": "retirement",
    "retmt": "retirement",
    "emps": "employees",
    "empls": "employees",
    "pub": "public",
    "mun": "municipal",
    "fdn": "foundation",
    "fndn": "foundation",
    "fed": "federal",
    "wlth": "wealth",
    "mtg": "mortgage",
    "inds": "industries",
    "amer": "american",
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
# Large firms by what they are called besides, as their own papers do; with legal forms left out.
KNOWN_AS = {
    "jpm": "jpmorgan chase",
    "jpmorgan": "jpmorgan chase",
    "jp morgan": "jpmorgan chase",
    "jp morgan chase": "jpmorgan chase",
    "jpmorgan chase bank": "jpmorgan chase",
    "bofa": "bank america",
    "citi": "citigroup",
    "citibank": "citigroup",
    "bny mellon": "bank new york mellon",
    "bny": "bank new york mellon",
    "metlife": "metropolitan life",
    "ssga": "state street global advisors",
    "rbc": "royal bank canada",
    "pimco": "pacific investment management",
    "calpers": "california public employees retirement systems",
    "calstrs": "california state teachers retirement systems",
}
_LETTER = re.compile(r"\b([a-z]) (?=[a-z]\b)")
INITIALS = re.compile(r"\b([a-z])\.(?=[a-z]\b|\s|$|,)")
SPACE = str.maketrans(dict.fromkeys('.,/&-_()"+;:', " ") | dict.fromkeys("'\u2019", ""))


@lru_cache(200_000)
def parse_employer(text: str) -> str:
    """Return a firm's name in comparable words; its legal form alone where it has no other."""
    plain = _LETTER.sub(r"\1", INITIALS.sub(r"\1", fold(text)).translate(SPACE))
    written_out = " ".join(ABBREVIATIONS.get(word, word) for word in plain.split()).split()
    name = " ".join([word for word in written_out if word not in LEGAL_FORMS] or plain.split())
    return KNOWN_AS.get(name, name)


@lru_cache(200_000)
def employer_codes(employer: str) -> tuple[str, ...]:
    """Return what spellings of one firm share: its first two words, its first, and its last."""
    words = employer.split()
    if not words:
        return ()
    both = "".join(sorted(word[:_PREFIX] for word in words[:2]))
    ends = dict.fromkeys((words[0][:_PREFIX], words[-1][:_PREFIX]))
    return (both, *(word for word in ends if word not in _OF_MANY))


@lru_cache(200_000)
def core_of(employer: str) -> str:
    """Return the words that tell a firm from others, without what many do; all if it has none."""
    words = employer.split()
    return " ".join([word for word in words if word[:_PREFIX] not in _KINDS] or words)


@lru_cache(200_000)
def is_of_government(employer: str) -> bool:
    """Say whether a name is that of a country's office: its officials go from one to another."""
    return not _OFFICES.isdisjoint(employer.split())


_PREFIX = 4
_OFFICES = frozenset(
    str.split("""
    department ministry senate congress parliament representatives government embassy consulate
    executive army navy force marine federal agency council aeronautics intelligence
    """)
)
# How words begin that say what a firm does, and that it is one.
_KINDS = frozenset(
    str.split("""
    capi part advi mana fina inve trus bank insu hold asse weal secu serv syst tech ener heal
    logi medi food mate prop vent cons anal inte firs univ pens fund reti comm asso glob grou foun
    """)
)
# These tell little of a firm too: where it is, and whose.
_OF_MANY = _KINDS.union(str.split("nati amer unit stat city coun depa boar gene"))


def is_of_many(word: str) -> bool:
    """Say whether a word tells little of a firm by itself."""
    return word[:_PREFIX] in _OF_MANY
