"""The demo's client firms: what they are, who covers them, and what is being negotiated."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from compliance_app.rules.employers import EmployerClass
from compliance_app.services import coverage, employers
from compliance_app.services.demo_firm import Firm
from compliance_app.services.employers import EmployerFacts
from compliance_app.store import employers as store

# The end of a firm's name, what such a firm is, and its segment; none of these changes a limit.
KINDS = (
    ("Credit Union", EmployerClass.BANK, "Banks"),
    ("Insurance Group", EmployerClass.ISSUER, "Insurers"),
    ("Capital Partners", EmployerClass.INSTITUTION, "Asset managers"),
    ("Asset Management", EmployerClass.INSTITUTION, "Asset managers"),
    ("Foundation", EmployerClass.INSTITUTION, "Foundations"),
    ("Endowment", EmployerClass.INSTITUTION, "Foundations"),
)
REGIONS = ("Northeast", "Midwest", "South", "West")
OPPORTUNITY = "Custody renewal"
# Every firm of this number in its row is being negotiated with.
NEGOTIATED = 20
BEGUN = timedelta(days=12)


def add_accounts(session: Session, firm: Firm, *, at: datetime, today: date) -> None:
    """Give each client firm its first representative as owner, and some a negotiation."""
    owners: dict[int, int] = {}
    for person_id, clients in firm.clients.items():
        for client in clients:
            if client.employer_id is not None:
                owners.setdefault(client.employer_id, person_id)
    for number, (employer_id, person_id) in enumerate(sorted(owners.items())):
        coverage.hand_over(session, employer_id, person_id, on=at.date(), actor_id=None, at=at)
        _describe(session, employer_id, number, at=at)
        if number % NEGOTIATED == 0:
            employers.negotiate(
                session,
                employer_id,
                OPPORTUNITY,
                started_on=today - BEGUN,
                ended_on=None,
                actor_id=None,
                at=at,
            )


def _describe(session: Session, employer_id: int, number: int, *, at: datetime) -> None:
    (client,) = store.lock_employers(session, employer_id)
    for ending, kind, segment in KINDS:
        if client.name.endswith(ending):
            facts = EmployerFacts(client.name, segment, REGIONS[number % len(REGIONS)])
            employers.change(session, employer_id, facts, actor_id=None, at=at)
            employers.classify(session, employer_id, kind, since=None, actor_id=None, at=at)
