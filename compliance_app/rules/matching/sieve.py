"""Whether weighing two records is worth the time: whether they may reach the score asked for.

Most records that share a key are plainly two people, and a few comparisons in a good order say
so. Who would reach the score always passes; what is seldom passes too, and is then weighed.
"""

from collections.abc import Iterable, Iterator, Mapping

from compliance_app.rules.matching.contacts import Contact, mailbox
from compliance_app.rules.matching.likeness import employers, first_names, last_names
from compliance_app.rules.matching.rarity import Rarity
from compliance_app.rules.matching.scoring import may_be_turned, points_of
from compliance_app.rules.matching.weights import (
    EMPLOYER,
    FIRST,
    LAST,
    MOVED,
    OTHER_MIDDLE,
    SAME_EMAIL,
    SAME_GENERATION,
    SAME_MAILBOX,
    SAME_MIDDLE,
    SAME_TITLE,
    most_unless_same,
    points_for,
    points_of_row,
    score_of,
)

# What is lost when the same points are added up in another order.
_ROUNDING = 1e-9
_OTHER_FIRST, _OTHER_FIRST_ALONE = most_unless_same(FIRST)
_OTHER_FIRM, _OTHER_FIRM_ALONE = most_unless_same(EMPLOYER)


def likely_pairs(
    pairs: Iterable[tuple[int, int]],
    contacts: Mapping[int, Contact],
    rarity: Rarity,
    *,
    least: int,
) -> Iterator[tuple[int, int, int]]:
    """Yield the pairs of records that reach a score, with the score they have."""
    may_reach = Sieve(rarity, least=least).may_reach
    for one_id, other_id in pairs:
        one, other = contacts.get(one_id), contacts.get(other_id)
        if one is None or other is None or not may_reach(one, other):
            continue
        score = score_of(points_of(one, other, rarity))
        if score >= least:
            yield one_id, other_id, score


class Sieve:
    """Lets pass whoever may reach a score, going by what is cheap to know."""

    def __init__(self, rarity: Rarity, *, least: int) -> None:
        self._firsts, self._lasts, self._firms = (
            rarity.of_first,
            rarity.of_last,
            rarity.of_employer,
        )
        self._phone = rarity.phone
        self._needed = points_for(least) - _ROUNDING

    def may_reach(self, one: Contact, other: Contact) -> bool:
        """Say whether two records may reach the score; never no where they do."""
        first, middle, last, _, office, firm, _, _, _, _, _ = one
        first2, middle2, last2, _, office2, firm2, _, _, _, _, _ = other
        if office or office2 or not first or not first2 or first == last2 or last == first2:
            return True
        if first[0] == last2[0] and last[0] == first2[0] and may_be_turned(one, other):
            return True
        if len(middle) > 1 or len(middle2) > 1:
            return True
        lack, most, worth = self._needed - self._besides_names(one, other), 0.0, 0.0
        if firm and firm2:
            worth = max(self._firms[firm], self._firms[firm2])
            most = worth if firm == firm2 else max(worth + _OTHER_FIRM, _OTHER_FIRM_ALONE)
        lack -= most
        lasts = max(self._lasts[last], self._lasts[last2])
        lack -= points_of_row(LAST[last_names(last, last2)], lasts)
        firsts = max(self._firsts[first], self._firsts[first2])
        if lack > (firsts if first == first2 else max(firsts + _OTHER_FIRST, _OTHER_FIRST_ALONE)):
            return False
        lack -= points_of_row(FIRST[first_names(first, first2)], firsts)
        if lack > 0 or firm == firm2 or not most:
            return lack <= 0
        return lack + most <= points_of_row(EMPLOYER[employers(firm, firm2)], worth)

    def _besides_names(self, one: Contact, other: Contact) -> float:
        """Return the most that all but names and employers may say."""
        _, middle, _, generation, _, _, email, phone, title, _, until = one
        _, middle2, _, generation2, _, _, email2, phone2, title2, _, until2 = other
        most = 0.0
        if middle and middle2:
            most += SAME_MIDDLE if middle == middle2 else OTHER_MIDDLE
        if email and email2:
            most += _emails(email, email2)
        if phone and phone == phone2:
            most += self._phone(phone)
        if title and title == title2:
            most += SAME_TITLE
        if generation and generation == generation2:
            most += SAME_GENERATION
        return most + MOVED if until or until2 else most


def _emails(one: str, other: str) -> float:
    if one == other:
        return SAME_EMAIL
    return SAME_MAILBOX if one[0] == other[0] and mailbox(one) == mailbox(other) else 0.0
