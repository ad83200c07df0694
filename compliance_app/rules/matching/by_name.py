"""Whether two ways of writing a name fit, where nothing else is compared."""

from compliance_app.rules.matching.contacts import Contact
from compliance_app.rules.matching.odd_names import contacts_named
from compliance_app.rules.matching.rarity import Rarity
from compliance_app.rules.matching.scoring import points_of
from compliance_app.rules.matching.weights import score_of


def names_fit(one: str, other: str, *, least: int) -> bool:
    """Say whether two names may be one person's, by the score that their names alone must have.

    A single word tells too little for a score; it only must fit. Of names of several people,
    those count that fit best.
    """
    return any(
        _fit(ours, theirs, least)
        for ours in contacts_named(one)
        for theirs in contacts_named(other)
    )


def _fit(one: Contact, other: Contact, least: int) -> bool:
    points = points_of(one, other, _UNKNOWN)
    is_lone = not (one.office or other.office) and not (one.first and other.first)
    return score_of(points) >= least or (is_lone and points > 0)


# How rare the names are makes little difference to whether they are the same.
_UNKNOWN = Rarity(0)
