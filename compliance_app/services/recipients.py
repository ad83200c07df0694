"""Recipients and their employers: adding them, and what the firm has left for a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Assessment, assess
from compliance_app.rules.audit import Event
from compliance_app.rules.errors import EmailTakenError, InputError
from compliance_app.rules.facts import Category, Facts, RecipientClass
from compliance_app.rules.matching import Contact, Match, PartCode
from compliance_app.rules.policy import history_since
from compliance_app.rules.regimes import RULE_3220, Regime
from compliance_app.rules.running import Entry, running_totals
from compliance_app.rules.settings import limit_for
from compliance_app.rules.totals import counted_under, year_under
from compliance_app.rules.windows import Year
from compliance_app.services import pairs
from compliance_app.services.people import checked_email, checked_name
from compliance_app.services.policies import policies_since, policy_on
from compliance_app.services.workplaces import Worker, workplace_on
from compliance_app.store import audit, ledgers, recipient_keys
from compliance_app.store import recipients as store
from compliance_app.store.employers import find_firm
from compliance_app.store.gifts import row_document
from compliance_app.store.ledgers import LedgerRow, RoomRow
from compliance_app.store.likely import likely
from compliance_app.store.models import Employer, Employment, Recipient
from compliance_app.store.naming import hold_names
from compliance_app.store.recipient_facts import people_behind
from compliance_app.store.recipients import Found

LONGEST_NAME = 300
LONGEST_PHONE, FEWEST_DIGITS = 60, 5
# How many people a new one may be that are shown, and put on the review list.
MOST_ALIKE = 10


@dataclass(frozen=True, slots=True)
class NewRecipient:
    """What somebody says about a person at a client."""

    name: str
    email: str = ""
    employer: str = ""
    title: str = ""
    recipient_class: RecipientClass = RecipientClass.INSTITUTIONAL_CLIENT_EMPLOYEE
    phone: str = ""
    # How the employer was written, where it goes by another spelling here.
    employer_written: str = ""


class Alike(NamedTuple):
    """Somebody in the register whom a new person may be, and why."""

    found: Found
    match: Match


def alike(session: Session, new: NewRecipient, day: date) -> tuple[Alike, ...]:
    """Return whom a new person may be, the likeliest first, as the policy of the day says."""
    least = policy_on(session, day).duplicate_shown_from
    contact = _contact(new)
    ways = [
        one
        for one in likely(session, contact, least=0)
        # An address belongs to one person, whatever the names say.
        if one.match.score >= least or PartCode.EMAIL in {part.code for part in one.match.parts}
    ][:MOST_ALIKE]
    people = {one.id: one for one in store.found_among(session, [one.person_id for one in ways])}
    return tuple(Alike(people[one.person_id], one.match) for one in ways)


def add(
    session: Session,
    new: NewRecipient,
    *,
    actor_id: int | None,
    at: datetime,
    confirmed_new: bool = False,
) -> Recipient:
    """Add a person at a client, with the employer if it is new too.

    Whoever is in the register and may be the same goes to the review list with the new one;
    `confirmed_new` is kept with who said so. Raises EmailTakenError where the address belongs
    to somebody already.
    """
    name = checked_name(new.name, longest=LONGEST_NAME)
    email = checked_email(new.email) if new.email.strip() else None
    phone = checked_phone(new.phone)
    hold_names(session)
    if email is not None and (taken := store.find_by_email(session, email)) is not None:
        raise EmailTakenError(email=email, name=taken.name)
    known = replace(new, name=name, email=email or "", phone=phone)
    recipient = _new_row(known, actor_id=actor_id, at=at)
    session.add(recipient)
    if new.employer.strip():
        employer = find_or_add_employer(session, new.employer, actor_id=actor_id, at=at)
        recipient.employments.append(Employment(employer=employer, title=new.title.strip()))
    session.flush()
    recipient_keys.keep(session, [recipient])
    audit.append(
        session,
        Event.RECIPIENT_ADDED,
        actor_id=actor_id,
        at=at,
        subject=f"recipient:{recipient.id}",
        body=document_of(recipient)
        | ({"confirmed_new": True} if confirmed_new else {})
        | written_otherwise(new.employer, recipient.employments),
    )
    said_by = actor_id if confirmed_new else None
    _suspect(session, recipient, new, actor_id=actor_id, at=at, confirmed_new_by_id=said_by)
    return recipient


def _suspect(
    session: Session,
    recipient: Recipient,
    new: NewRecipient,
    *,
    actor_id: int | None,
    at: datetime,
    confirmed_new_by_id: int | None,
) -> None:
    """Put whoever the new person may be on the review list with them."""
    least = policy_on(session, at.date()).duplicate_suspected_from
    suspicions = [
        pairs.Suspicion(one.record_id, recipient.id, one.match.score, one.match.sentence)
        for one in likely(session, _contact(new), least=least, except_id=recipient.id)[:MOST_ALIKE]
    ]
    pairs.suspect(
        session,
        suspicions,
        actor_id=actor_id,
        at=at,
        confirmed_new_by_id=confirmed_new_by_id,
    )


def checked_phone(phone: str) -> str:
    """Return a telephone number with single spaces; raises InputError where it is none."""
    plain = " ".join(phone.split())
    digits = sum(sign in "0123456789" for sign in plain)
    if plain and (digits < FEWEST_DIGITS or len(plain) > LONGEST_PHONE or not plain.isprintable()):
        sentence = f"{plain[:60]!r} is not a telephone number such as +1 212 555 0100."
        raise InputError(problems={"phone": sentence})
    return plain


def _contact(new: NewRecipient) -> Contact:
    return Contact.of(
        new.name, employer=new.employer, email=new.email, phone=new.phone, title=new.title
    )


def room_on(session: Session, recipient: Worker, day: date) -> Assessment:
    """Assess a gift of nothing on the day: what counts, what waits, the limit and what is left."""
    policy = policy_on(session, day)
    prior = ledgers.prior_shares(
        session, recipient.id, since=history_since(policy, day), except_gift_id=None
    )
    return assess(_nothing(recipient, day), prior, policy)


def rooms_on(session: Session, recipient_ids: Sequence[int], day: date) -> dict[int, Assessment]:
    """Return the same for several people at once, by the records they are known by."""
    policy = policy_on(session, day)
    people = people_behind(session, recipient_ids)
    since = history_since(policy, day)
    held = ledgers.held_shares(session, {one.id for one in people.values()}, since=since)
    return {
        given: assess(_nothing(person, day), held.get(person.id, ()), policy)
        for given, person in people.items()
    }


def _nothing(recipient: Worker, day: date) -> Facts:
    return Facts(
        given_on=day,
        category=Category.MERCHANDISE,
        cost_cents=0,
        recipient_classes=workplace_on(recipient, day).recipient_classes,
    )


def limits_between(session: Session, since: date, until: date) -> list[tuple[date, int]]:
    """Return Rule 3220's limit, or the firm's own where it is lower, from each day it changes."""
    known = policies_since(session, since)
    days = {since, *(limit.since for limit in RULE_3220.limits)}
    days |= {policy.effective_on for policy in known}
    days |= {limit.since for policy in known for limit in policy.firm_limits}
    steps: list[tuple[date, int]] = []
    for day in sorted(day for day in days if since <= day <= until):
        cents = limit_for(RULE_3220, day, policy_on(session, day)).cents
        if cents is not None and (not steps or steps[-1][1] != cents):
            steps.append((day, cents))
    return steps


def _new_row(new: NewRecipient, *, actor_id: int | None, at: datetime) -> Recipient:
    return Recipient(
        name=new.name,
        name_key=store.key_of(new.name),
        email=new.email or None,
        phone=new.phone or None,
        recipient_class=new.recipient_class,
        created_by_id=actor_id,
        created_at=at,
    )


def find_or_add_employer(
    session: Session, name: str, *, actor_id: int | None, at: datetime
) -> Employer:
    """Return the employer of this name, added if it is new; the caller holds names.

    Another spelling of a firm that is there, by its legal form or an abbreviation, is that firm.
    """
    plain = checked_name(name, longest=LONGEST_NAME)
    known = find_firm(session, plain)
    if known is not None:
        return known if known.retired_at is None else _in_use(session, known, actor_id, at)
    employer = Employer(name=plain, name_key=store.key_of(plain), created_at=at)
    session.add(employer)
    session.flush()
    audit.append(
        session,
        Event.EMPLOYER_ADDED,
        actor_id=actor_id,
        at=at,
        subject=f"employer:{employer.id}",
        body=row_document(employer),
    )
    return employer


def _in_use(session: Session, employer: Employer, actor_id: int | None, at: datetime) -> Employer:
    """Take a firm into use again that an undone import had brought."""
    employer.retired_at = None
    session.flush()
    audit.append(
        session,
        Event.EMPLOYER_CHANGED,
        actor_id=actor_id,
        at=at,
        subject=f"employer:{employer.id}",
        body={"employer": row_document(employer)},
    )
    return employer


def statement(
    session: Session,
    recipient_id: int,
    *,
    since: date,
    before: date,
    regime: Regime = RULE_3220,
) -> list[LedgerRow]:
    """Return the person's ledger of [since, before): values and totals as one law counts them.

    Each total is summed from what holds room now: a gift entered late moves the totals after
    it, which the verdicts of their day cannot know.
    """
    policy = policy_on(session, before)
    rows, room = ledgers.ledger_and_room(
        session, recipient_id, since=since, before=before, room_since=history_since(policy, since)
    )
    running = _running_totals(room, year_under(regime, policy), regime)
    return [
        row._replace(
            counted_cents=counted_under(row, regime), running_cents=running.get(row.share_id)
        )
        for row in rows
    ]


def _running_totals(room: Sequence[RoomRow], year: Year | None, regime: Regime) -> dict[int, int]:
    """Return the total after each share that holds room; none where each occasion stands alone."""
    if year is None:
        return {}
    totals = running_totals([Entry(one.given_on, counted_under(one, regime)) for one in room], year)
    return {one.share_id: total for one, total in zip(room, totals, strict=True)}


def written_otherwise(written: str, jobs: Iterable[Employment]) -> dict[str, str]:
    """Return what the trail keeps of how an employer was written that is spelled otherwise here."""
    said = " ".join(written.split())
    known = {job.employer.name_key for job in jobs}
    return {"employer_written": said} if said and store.key_of(said) not in known else {}


def document_of(recipient: Recipient, *superseded: Employment) -> dict[str, object]:
    """Return the full state of a recipient as the trail keeps it, with rows that gave way."""
    return {
        "recipient": row_document(recipient),
        "employments": [
            row_document(employment) for employment in (*superseded, *recipient.employments)
        ],
    }
