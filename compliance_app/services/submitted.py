"""A gift that was handed in: its rows as they were written, without reading them again."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.routing import Route
from compliance_app.rules.workflow import State
from compliance_app.services.assessing import Judgement
from compliance_app.services.recording import gift_of
from compliance_app.store import gifts as store
from compliance_app.store.gift_rows import Row, Rows
from compliance_app.store.models import Gift


class Submitted(NamedTuple):
    """A gift that was handed in, as its rows; an earlier one is not judged anew."""

    rows: Rows
    judgement: Judgement | None = None

    @property
    def id(self) -> int:
        """Return its number in the register."""
        return int(self._gift["id"])

    @property
    def reference(self) -> str:
        """Return what people call it by."""
        return str(self._gift["reference"])

    @property
    def state(self) -> State:
        """Return the state it was put in."""
        return State(self._gift["state"])

    @property
    def route(self) -> Route | None:
        """Return who decides on it."""
        route: Route | None = self._gift["route"]
        return route

    def as_gift(self, session: Session) -> Gift:
        """Return all that is to be said of it, as far as possible without reading it again."""
        shares = self.judgement.shares if self.judgement else ()
        # A merged record has an address of its own, which nobody has read.
        if self.judgement is None or any(share.recipient.record for share in shares):
            return store.get_by_reference(session, self.reference)
        return gift_of(session, self.rows, self.judgement)

    @property
    def _gift(self) -> Row:
        return self.rows[Gift][0]
