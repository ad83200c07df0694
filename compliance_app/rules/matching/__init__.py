"""Who may be the same person: names and employers made comparable, and a score with its reasons.

A score never merges anybody; it says whom a person should look at. `names` and `employers`
make spellings comparable, `keys` and `blocks` find candidates, `scoring` weighs two contacts by
the points in `weights`, `sieve` says of which two that is worth the time, `finding` ranks people
by what somebody types.
"""

from compliance_app.rules.matching.blocks import LARGEST_BLOCK, pairs_in
from compliance_app.rules.matching.contacts import Contact
from compliance_app.rules.matching.finding import AFTER_ALL, Typed, fit, rotations
from compliance_app.rules.matching.keys import block_keys, comparing_keys
from compliance_app.rules.matching.names import PersonName, parse_name
from compliance_app.rules.matching.odd_names import contacts_named, what_is_odd
from compliance_app.rules.matching.rarity import Rarity
from compliance_app.rules.matching.scoring import (
    Match,
    Part,
    compare,
    points_of,
)
from compliance_app.rules.matching.sieve import likely_pairs
from compliance_app.rules.matching.weights import PartCode, score_of

__all__ = [
    "AFTER_ALL",
    "LARGEST_BLOCK",
    "Contact",
    "Match",
    "Part",
    "PartCode",
    "PersonName",
    "Rarity",
    "Typed",
    "block_keys",
    "compare",
    "comparing_keys",
    "contacts_named",
    "fit",
    "likely_pairs",
    "pairs_in",
    "parse_name",
    "points_of",
    "rotations",
    "score_of",
    "what_is_odd",
]
