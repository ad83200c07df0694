"""Rows of a file whose address belongs to somebody of another name: said, kept, and looked at."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from compliance_app.services import findings, misnamed
from compliance_app.services.claims import Claim
from compliance_app.services.import_grouping import FileGift
from compliance_app.services.import_parties import Parties
from compliance_app.services.import_rows import PLANNED_STATES, Problem
from compliance_app.services.misnamed import Saying
from compliance_app.services.noticing import noticed
from compliance_app.services.policies import PolicyBook
from compliance_app.store import gifts as store


class OtherNames:
    """Notes them of the gifts that are taken, and puts them into what these claim."""

    def __init__(self, parties: Parties, policies: PolicyBook) -> None:
        self._parties, self._policies = parties, policies
        self.notes: list[Problem] = []
        # Past gifts by their hash; a planned one goes to compliance by its flag.
        self._past: list[str] = []

    def note(self, gift: FileGift) -> None:
        """Take note of the rows of a gift that is taken."""
        sayings = self._sayings(gift)
        for line, one in sayings.items():
            self.notes.append(Problem(line, "recipient_email", _sentence(one)))
        if sayings and gift.first.state not in PLANNED_STATES:
            self._past.append(gift.sha256)

    def claim(self, gift: FileGift) -> Claim:
        """Return what a gift claims, with how its recipients were named; it asks no database."""
        claim = gift.claim(self._parties.recipient_ids(gift.rows))
        sayings = self._sayings(gift)
        kept = misnamed.kept(sayings.values()) if sayings else {}
        return claim._replace(evidence={**claim.evidence, **kept}) if kept else claim

    def tell(self, session: Session, *, actor_id: int | None, at: datetime) -> None:
        """Let the past gifts come to light, so that an officer looks at each."""
        given = store.given_to(session, self._past)
        new = {
            person_id: {name: one for name, one in gifts.items() if name in given[person_id]}
            for person_id, gifts in noticed(session, given).items()
        }
        findings.raise_new(session, new, actor_id=actor_id, at=at)

    def _sayings(self, gift: FileGift) -> Mapping[int, Saying]:
        """Return who is named otherwise, by the line of the row."""
        least: int | None = None
        found: dict[int, Saying] = {}
        for row in gift.rows:
            one = self._parties.saying_of(row.gift)
            if one is None:
                continue
            least = least or self._policies.on(row.gift.given_on).duplicate_shown_from
            if misnamed.is_other_name(one.name, one.holder, least=least):
                found[row.line] = one
        return found


def _sentence(one: Saying) -> str:
    return (
        f"{one.email} belongs to {one.holder} in the register, but the row names {one.name}. The "
        f"gift counts for {one.holder}, and compliance is asked to look at it."
    )
