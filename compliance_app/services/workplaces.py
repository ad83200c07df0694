"""Where a recipient worked on a day, what that firm was, and what that means for a gift."""

from datetime import date
from typing import NamedTuple

from compliance_app.rules.employers import EmployerClass, classes_of
from compliance_app.rules.employments import Departure, is_after_departure
from compliance_app.rules.facts import RecipientClass
from compliance_app.rules.spans import covers, span_on
from compliance_app.store.models import Employer, Employment, Recipient


class Workplace(NamedTuple):
    """What is known of a person's work on a day; no employment where none is on record."""

    employment: Employment | None
    employer_class: EmployerClass | None
    recipient_classes: tuple[RecipientClass, ...]
    in_negotiation: bool
    departure: Departure | None
    departed_on: date | None


def workplace_on(recipient: Recipient, day: date) -> Workplace:
    """Return where the recipient worked on the day, or else the last place known before it."""
    job = span_on(recipient.employments, day)
    employer = job.employer if job is not None else None
    kind = class_on(employer, day) if employer is not None else None
    gone = is_after_departure(day, recipient.departed_on, job.started_on if job else None)
    return Workplace(
        employment=job,
        employer_class=kind,
        recipient_classes=classes_of(recipient.recipient_class, kind),
        in_negotiation=any(covers(one, day) for one in (employer.negotiations if employer else ())),
        departure=recipient.departure if gone else None,
        departed_on=recipient.departed_on if gone else None,
    )


def class_on(employer: Employer, day: date) -> EmployerClass | None:
    """Return what the firm was on the day, None where nobody has said."""
    covering = [one for one in employer.classifications if covers(one, day)]
    found = span_on(covering, day)
    return found.employer_class if found is not None else None
