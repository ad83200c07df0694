"""The demo's doubles: people who were entered a second time, under another spelling."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from compliance_app.rules.facts import Category
from compliance_app.services import gifts, recipients
from compliance_app.services.claims import Claim
from compliance_app.services.demo_firm import Firm
from compliance_app.services.recipients import NewRecipient
from compliance_app.store.models import Recipient

# What a colleague in a hurry makes of a given and a family name.
SPELLINGS: tuple[Callable[[str, str], str], ...] = (
    lambda given, family: f"{given[0]}. {family}",
    lambda given, family: f"{family}, {given}",
    lambda given, family: f"{given} {family[:2]}{family[1:]}",
)
AHEAD = timedelta(days=4)


def add_doubles(session: Session, firm: Firm, *, at: datetime, given_on: date) -> None:
    """Add three people again as somebody else knows them, and a gift planned for the first."""
    first, colleague = firm.representatives[:2]
    known = (session.get_one(Recipient, one.id) for one in firm.clients[first.id])
    usual = [one for one in known if one.name.count(" ") == 1 and one.employments]
    doubles = [
        _again(session, one, spelling, actor_id=colleague.id, at=at)
        for one, spelling in zip(usual, SPELLINGS, strict=False)
    ]
    claim = Claim(
        given_on=given_on,
        category=Category.MERCHANDISE,
        description="Coffee and two mugs",
        recipient_ids=(doubles[0].id,),
        purpose="First visit",
        cost_cents=42_50,
    )
    gifts.submit(session, claim, giver_id=colleague.id, actor_id=colleague.id, at=at)


def _again(
    session: Session,
    known: Recipient,
    spelling: Callable[[str, str], str],
    *,
    actor_id: int,
    at: datetime,
) -> Recipient:
    given, family = known.name.split(" ")
    job = known.employments[-1]
    new = NewRecipient(spelling(given, family), "", job.employer.name, job.title)
    return recipients.add(session, new, actor_id=actor_id, at=at, confirmed_new=True)
