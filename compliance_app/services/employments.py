"""A recipient's work over time: new employers, ends, departures, and corrections of them.

The sum follows the person whatever happens here. Each gift knows the employer of its day, so
gifts logged before a change was known are filed under the right one when it is recorded.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.employments import Departure
from compliance_app.rules.errors import InputError, NotFoundError
from compliance_app.rules.spans import problems_of
from compliance_app.services.recipients import (
    document_of,
    find_or_add_employer,
    written_otherwise,
)
from compliance_app.services.refiling import Refiling
from compliance_app.store import audit, recipient_keys
from compliance_app.store import employments as store
from compliance_app.store.models import Employer, Employment, Recipient
from compliance_app.store.naming import hold_names
from compliance_app.store.recipient_facts import hold_merges_off, lock_recipients

LONGEST_TITLE = 200
A_DAY = timedelta(days=1)

# What a change does to the locked recipient: it returns the rows that gave way.
Change = Callable[[Recipient], list[Employment]]


def change_employer(
    session: Session,
    recipient_id: int,
    employer: str,
    title: str,
    *,
    since: date,
    actor_id: int | None,
    at: datetime,
) -> Recipient:
    """Say where the recipient works from a day on; work that lasted until then ends before it."""
    _check_title(title)
    _check_days({"since": since}, at.date())
    if not employer.strip():
        raise InputError(problems={"employer": "Name the firm they work for now."})
    hold_names(session)

    def new(recipient: Recipient) -> list[Employment]:
        firm = find_or_add_employer(session, employer, actor_id=actor_id, at=at)
        given_way = _end_work(session, recipient, since - A_DAY, at)
        _add_work(session, recipient, firm, title, started_on=since)
        return given_way

    event = Event.EMPLOYMENT_CHANGED
    return _apply(
        session, recipient_id, new, since, event, written=employer, actor_id=actor_id, at=at
    )


def end_employment(
    session: Session, recipient_id: int, *, last_day: date, actor_id: int | None, at: datetime
) -> Recipient:
    """Say that the recipient left their employer; where they went is not known."""
    _check_days({"last_day": last_day}, at.date())

    def end(recipient: Recipient) -> list[Employment]:
        given_way = _end_work(session, recipient, last_day, at)
        if not given_way:
            raise InputError(
                problems={"last_day": "No employment on record lasts beyond that day."}
            )
        return given_way

    return _apply(
        session, recipient_id, end, last_day, Event.EMPLOYMENT_CHANGED, actor_id=actor_id, at=at
    )


def depart(
    session: Session,
    recipient_id: int,
    departure: Departure | None,
    *,
    last_day: date | None,
    actor_id: int | None,
    at: datetime,
) -> Recipient:
    """Say that the recipient left the industry or died; None takes back what was said so.

    No gift after their last day goes without a flag.
    """
    if departure is not None and last_day is None:
        raise InputError(problems={"last_day": "Give their last day."})
    if last_day is not None and last_day > at.date():
        raise InputError(problems={"last_day": "This is recorded once it has happened."})

    _check_days({"last_day": last_day}, at.date())

    def leave(recipient: Recipient) -> list[Employment]:
        recipient.departure = departure
        recipient.departed_on = last_day if departure is not None else None
        if departure is None or last_day is None:
            return []
        return _end_work(session, recipient, last_day, at)

    day = last_day or at.date()
    return _apply(
        session, recipient_id, leave, day, Event.RECIPIENT_DEPARTED, actor_id=actor_id, at=at
    )


def correct(
    session: Session,
    employment_id: int,
    employer: str,
    title: str,
    *,
    started_on: date | None,
    ended_on: date | None,
    actor_id: int | None,
    at: datetime,
) -> Recipient:
    """Put what is right in the place of an employment; without an employer it never was.

    The row that was wrong stays, superseded.
    """
    hold_names(session)
    row = session.get(Employment, employment_id)
    if row is None or row.superseded_at is not None:
        raise NotFoundError(what="employment in force")
    _check_title(title)
    _check_span(started_on, ended_on, at.date())
    first = min(row.started_on or date.min, started_on or date.min)

    def right(recipient: Recipient) -> list[Employment]:
        session.refresh(row)
        if row.superseded_at is not None or row.recipient_id != recipient.id:
            raise NotFoundError(what="employment in force")
        row.superseded_at = at
        if employer.strip():
            firm = find_or_add_employer(session, employer, actor_id=actor_id, at=at)
            span = {"started_on": started_on, "ended_on": ended_on}
            _add_work(session, recipient, firm, title, **span)
        return [row]

    event = Event.EMPLOYMENT_CHANGED
    return _apply(
        session,
        row.recipient_id,
        right,
        first,
        event,
        written=employer,
        actor_id=actor_id,
        at=at,
    )


def _add_work(
    session: Session,
    recipient: Recipient,
    firm: Employer,
    title: str,
    *,
    started_on: date | None,
    ended_on: date | None = None,
) -> None:
    session.add(
        Employment(
            recipient_id=recipient.id,
            employer_id=firm.id,
            title=title.strip(),
            started_on=started_on,
            ended_on=ended_on,
        )
    )


def _apply(
    session: Session,
    recipient_id: int,
    change: Change,
    first_day: date,
    event: Event,
    *,
    written: str = "",
    actor_id: int | None,
    at: datetime,
) -> Recipient:
    """Make a change under lock, tell it, and file the gifts it concerns under the right firm."""
    person_id = _person_of(session, recipient_id)
    refiling = Refiling(session, {person_id: first_day})
    people = lock_recipients(session, [person_id])
    recipient = session.get_one(Recipient, people[person_id].id)
    session.refresh(recipient)
    refiling.watch()
    given_way = change(recipient)
    session.flush()
    session.refresh(recipient, ["employments"])
    recipient_keys.keep(session, [recipient])
    audit.append(
        session,
        event,
        actor_id=actor_id,
        at=at,
        subject=f"recipient:{recipient.id}",
        body=document_of(recipient, *given_way) | written_otherwise(written, recipient.employments),
    )
    refiling.finish(actor_id=actor_id, at=at)
    return recipient


def _person_of(session: Session, record_id: int) -> int:
    """Return who goes on for a record; nobody merges them or writes gifts until the commit."""
    hold_merges_off(session, merging=True)
    record = session.get(Recipient, record_id, populate_existing=True)
    if record is None:
        raise NotFoundError(what="recipient with this number")
    return record.merged_into_id or record.id


def _end_work(
    session: Session, recipient: Recipient, last_day: date, at: datetime
) -> list[Employment]:
    """End what lasts beyond the day; work that would begin after it is taken out of force."""
    given_way = []
    for job in list(recipient.employments):
        if job.ended_on is not None and job.ended_on <= last_day:
            continue
        given_way.append(job)
        if job.started_on is None or job.started_on <= last_day:
            store.replace_row(session, job, at=at, ended_on=last_day)
        job.superseded_at = at
    return given_way


def _check_title(title: str) -> None:
    said = title.strip()
    if len(said) > LONGEST_TITLE or (said and not said.isprintable()):
        raise InputError(
            problems={"title": f"Give a title of {LONGEST_TITLE} readable characters or fewer."}
        )


def _check_days(days: dict[str, date | None], today: date) -> None:
    if problems := problems_of(days, today):
        raise InputError(problems=problems)


def _check_span(started_on: date | None, ended_on: date | None, today: date) -> None:
    _check_days({"started_on": started_on, "ended_on": ended_on}, today)
    if started_on is not None and ended_on is not None and ended_on < started_on:
        sentence = f"The last day cannot lie before the first, {started_on.isoformat()}."
        raise InputError(problems={"ended_on": sentence})
