"""Where a recipient worked on a day, what that firm was, and what that means for a gift."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol

from compliance_app.rules.employers import EmployerClass, classes_of
from compliance_app.rules.employments import Departure, is_after_departure
from compliance_app.rules.facts import RecipientClass
from compliance_app.rules.spans import Span, covers, span_on


class Kind(Span, Protocol):
    """What a firm is, from and to."""

    @property
    def employer_class(self) -> EmployerClass:
        """Return what it is."""


class Firm(Protocol):
    """A client firm, as a row or as the facts of one."""

    @property
    def id(self) -> int:
        """Return its number."""

    @property
    def name(self) -> str:
        """Return its name."""

    @property
    def classifications(self) -> Sequence[Kind]:
        """Return what it was in its time."""

    @property
    def negotiations(self) -> Sequence[Span]:
        """Return the days in which business is negotiated with it."""


class Job(Span, Protocol):
    """Where somebody works or worked."""

    @property
    def employer(self) -> Firm:
        """Return the firm."""


class Worker(Protocol):
    """A person at a client, as a row or as the facts of one."""

    @property
    def id(self) -> int:
        """Return their number."""

    @property
    def recipient_class(self) -> RecipientClass:
        """Return the person's own class."""

    @property
    def employments(self) -> Sequence[Job]:
        """Return where they work and worked."""

    @property
    def departure(self) -> Departure | None:
        """Return how they left the industry."""

    @property
    def departed_on(self) -> date | None:
        """Return their last day in it."""


class Workplace(NamedTuple):
    """What is known of a person's work on a day; no employment where none is on record."""

    employment: Job | None
    employer_class: EmployerClass | None
    recipient_classes: tuple[RecipientClass, ...]
    in_negotiation: bool
    departure: Departure | None
    departed_on: date | None


def workplace_on(recipient: Worker, day: date) -> Workplace:
    """Return where the recipient worked on the day, or else the last place known before it."""
    job = span_on(recipient.employments, day)
    employer = job.employer if job is not None else None
    kind = class_on(employer, day) if employer is not None else None
    gone = recipient.departed_on is not None and is_after_departure(
        day, recipient.departed_on, job.started_on if job else None
    )
    negotiations = employer.negotiations if employer is not None else ()
    return Workplace(
        job,
        kind,
        classes_of(recipient.recipient_class, kind),
        any(covers(one, day) for one in negotiations) if negotiations else False,
        recipient.departure if gone else None,
        recipient.departed_on if gone else None,
    )


def class_on(employer: Firm, day: date) -> EmployerClass | None:
    """Return what the firm was on the day, None where nobody has said."""
    if not employer.classifications:
        return None
    covering = [one for one in employer.classifications if covers(one, day)]
    found = span_on(covering, day)
    return found.employer_class if found is not None else None
