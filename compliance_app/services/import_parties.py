"""Who the rows of a file speak of: people by e-mail, recipients by e-mail or name and employer."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.facts import RecipientClass
from compliance_app.rules.permissions import Role
from compliance_app.services import newcomers, people
from compliance_app.services.firm_names import FirmNames
from compliance_app.services.import_rows import (
    PLANNED_STATES,
    REMEMBERED,
    GiftRow,
    Problem,
    ReadRow,
)
from compliance_app.services.misnamed import Saying
from compliance_app.services.people import NewPerson
from compliance_app.services.recipients import NewRecipient
from compliance_app.services.workplaces import workplace_on
from compliance_app.store import people as people_store
from compliance_app.store import recipients as store
from compliance_app.store.models import Person, Recipient
from compliance_app.store.recipients import Known


class RecipientKey(NamedTuple):
    """What tells the people of a file apart: the e-mail, else the exact name and the employer."""

    email: str
    name: str
    employer_key: str


def key_of_row(row: GiftRow) -> RecipientKey:
    """Return the key of the row's recipient."""
    if row.recipient_email:
        return RecipientKey(row.recipient_email, "", "")
    return RecipientKey("", row.recipient_name, store.key_of(row.employer))


class Parties:
    """The givers, authors and recipients of a file, found in the register or added to it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._people: dict[str, Person] = {}
        self._by_email: dict[str, Known] = {}
        self._by_name: dict[tuple[str, str], Known] = {}
        # What was looked up already: people, recipients by address, recipients by name.
        self._asked: tuple[set[str], set[str], set[str]] = ({""}, {""}, set())
        self._firms = FirmNames(session)
        self._employer_key = lru_cache(REMEMBERED)(self._firms.key)
        # Of the gifts that are taken: the records they are for, and whom the register lacks.
        self._ids: set[int] = set()
        self._new_people: dict[str, None] = {}
        self._missing: dict[RecipientKey, GiftRow] = {}
        self.people_added = 0
        self.recipients_added = 0
        self.employers_added = 0

    def look_up(self, rows: Sequence[GiftRow]) -> None:
        """Find out whom of those that the rows name the register has."""
        people, addresses, names = self._asked
        emails = {one for row in rows for one in (row.giver_email, row.logged_by_email)} - people
        known_by = {row.recipient_email for row in rows} - addresses
        called = {row.recipient_name for row in rows} - names
        self._firms.learn(row.employer for row in rows)
        self._people |= people_store.by_email(self._session, emails)
        self._by_email |= store.by_email(self._session, known_by)
        self._by_name |= store.by_name_and_employer(self._session, called)
        for asked, now in zip(self._asked, (emails, known_by, called), strict=True):
            asked.update(now)

    def expect(self, rows: Iterable[ReadRow]) -> None:
        """Take note of whom a gift needs that will be taken."""
        for _, row, _ in rows:
            for email in (row.giver_email, row.logged_by_email):
                if email and email not in self._people:
                    self._new_people[email] = None
            known = self.find_recipient(row)
            if known is not None:
                self._ids.add(known.id)
            else:
                # The first row that names them tells of them; the last one, when it is their turn.
                key = self._key_of(row)
                self._missing[key] = self._missing.pop(key, row)

    @property
    def ids(self) -> set[int]:
        """Return the records of all recipients that are in the register by now."""
        return self._ids

    def problems_of(self, row: ReadRow, *, add_people: bool) -> list[Problem]:
        """Return why the row's people cannot be taken as they are."""
        problems = []
        gift = row.gift
        for column, email in (
            ("giver_email", gift.giver_email),
            ("logged_by_email", gift.logged_by_email),
        ):
            person = self._people.get(email)
            if email and person is None and not add_people:
                sentence = (
                    f"Nobody of the firm has the address {email}; add the person first, or "
                    "import with --add-people."
                )
                problems.append(Problem(row.line, column, sentence))
        giver = self._people.get(gift.giver_email)
        if giver is not None and not giver.active and gift.state in PLANNED_STATES:
            sentence = f"{giver.name} is no longer active, so no new gift can be from them."
            problems.append(Problem(row.line, "giver_email", sentence))
        return problems

    def find_recipient(self, row: GiftRow) -> Known | None:
        """Return the row's recipient where the register has them.

        A record with an e-mail of its own is somebody else than a person with another.
        """
        if row.recipient_email and row.recipient_email in self._by_email:
            return self._by_email[row.recipient_email]
        known = self._by_name.get((row.recipient_name, self._employer_key(row.employer)))
        if known is not None and row.recipient_email and known.email:
            return None
        return known

    def saying_of(self, row: GiftRow) -> Saying | None:
        """Return how the row names somebody whose address is another's, if it may be so."""
        if not row.recipient_email:
            return None
        known = self._by_email.get(row.recipient_email)
        first = self._missing.get(self._key_of(row)) if known is None else None
        holder = known.name if known else first.recipient_name if first else row.recipient_name
        if holder == row.recipient_name:
            return None
        return Saying(row.recipient_name, row.recipient_email, holder)

    def person_of(self, row: GiftRow) -> int | RecipientKey:
        """Return who the row's recipient is: two records of one person are the same."""
        known = self.find_recipient(row)
        return self._key_of(row) if known is None else known.person_id

    def classes_of(self, row: GiftRow) -> tuple[RecipientClass, ...]:
        """Return what the row's recipient was on its day."""
        known = self.find_recipient(row)
        if known is None:
            return (RecipientClass.INSTITUTIONAL_CLIENT_EMPLOYEE,)
        recipient = self._session.get_one(Recipient, known.id)
        return workplace_on(recipient, row.given_on).recipient_classes

    def add_missing(self, *, actor_id: int | None, at: datetime) -> None:
        """Add whoever is expected and not in the register."""
        for email in self._new_people:
            new = NewPerson(email=email, name=name_from(email), role=Role.AE)
            self._people[email] = people.add(self._session, new, actor_id=actor_id, at=at)
        self.people_added = len(self._new_people)
        wanted = [self._newcomer(row) for row in self._missing.values()]
        added = newcomers.add_many(self._session, wanted, actor_id=actor_id, at=at)
        self.recipients_added = len(added.recipients)
        self.employers_added = added.employers
        for row, newcomer in zip(self._missing.values(), added.recipients, strict=True):
            named = (row.recipient_email or None, row.recipient_name)
            recipient = Known(newcomer.id, newcomer.id, *named)
            self._ids.add(newcomer.id)
            if row.recipient_email:
                self._by_email[row.recipient_email] = recipient
            key = (row.recipient_name, self._employer_key(row.employer))
            self._by_name.setdefault(key, recipient)

    def _key_of(self, row: GiftRow) -> RecipientKey:
        key = key_of_row(row)
        return key._replace(employer_key=self._employer_key(row.employer)) if key.name else key

    def _newcomer(self, row: GiftRow) -> NewRecipient:
        firm = self._firms.name(row.employer)
        is_other = store.key_of(firm) != store.key_of(row.employer)
        return NewRecipient(
            name=row.recipient_name,
            email=row.recipient_email,
            employer=firm,
            employer_written=row.employer if is_other else "",
        )

    def giver_and_author(self, row: GiftRow) -> tuple[int, int]:
        """Return the ids of the giver and of who logged it, who is the giver if not named."""
        giver_id = self._people[row.giver_email].id
        if not row.logged_by_email:
            return giver_id, giver_id
        return giver_id, self._people[row.logged_by_email].id

    def recipient_ids(self, rows: Iterable[ReadRow]) -> tuple[int, ...]:
        """Return the ids of the rows' recipients that are in the register, in their order."""
        return tuple(recipient.id for row in rows if (recipient := self.find_recipient(row.gift)))


def name_from(email: str) -> str:
    """Return the name an address suggests: `ana.lee@firm.example` is Ana Lee."""
    words = email.partition("@")[0].replace(".", " ").replace("_", " ").replace("-", " ")
    return words.title().strip() or email
