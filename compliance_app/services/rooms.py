"""What is left for many people, from one reading of their ledgers."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Assessment, assess
from compliance_app.rules.facts import Category, Facts
from compliance_app.rules.policy import history_since
from compliance_app.services.memory_ledger import MemoryLedger
from compliance_app.services.policies import PolicyBook
from compliance_app.services.workplaces import workplace_on
from compliance_app.store import ledgers
from compliance_app.store.models import Recipient


def rooms_of_year(session: Session, recipients: Sequence[Recipient], day: date) -> list[Assessment]:
    """Return what is left for each at the end of the window that holds the day, plans included."""
    policies = PolicyBook(session)
    ledger = MemoryLedger(ledgers.known_shares(session, (one.id for one in recipients)))

    def room(one: Recipient, at: date) -> Assessment:
        nothing = Facts(
            given_on=at,
            category=Category.MERCHANDISE,
            cost_cents=0,
            recipient_classes=workplace_on(one, at).recipient_classes,
        )
        since = history_since(policies.on(at), at)
        prior = ledger.prior_shares(one.id, since=since)
        return assess(nothing, prior, policies.on(at))

    rooms = [room(one, day) for one in recipients]
    return [
        room(one, now.window_end) if now.window_end and now.window_end != day else now
        for one, now in zip(recipients, rooms, strict=True)
    ]
