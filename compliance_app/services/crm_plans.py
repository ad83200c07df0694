"""What the rows of a file of contacts mean for the register; nothing is written here."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.matching import Contact as Matched
from compliance_app.rules.matching import contacts_named, what_is_odd
from compliance_app.services.crm_owners import Owned
from compliance_app.services.crm_rows import CrmRow, Problem
from compliance_app.services.crm_sources import Kind
from compliance_app.services.firm_names import FirmNames
from compliance_app.services.misnamed import is_other_name
from compliance_app.store import crm
from compliance_app.store.crm import Contact, Link
from compliance_app.store.recipients import key_of


class Act(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SUSPECTED = "suspected"

    @property
    def words(self) -> str:
        """Return the act as people say it."""
        return "added, may be there already" if self is Act.SUSPECTED else self.value


class Planned(NamedTuple):
    """One row with what becomes of it; `target_id` is the row of the register it is about."""

    row: CrmRow
    act: Act
    target_id: int | None = None
    sentence: str = ""
    changes: Mapping[str, str] = {}
    # The line of the file with somebody of the same name and employer.
    above: int | None = None
    # Why a suspected row may be somebody who is there.
    pair: str = "Same name and employer; one of them came with an import."


class Firm(NamedTuple):
    """Where a contact works: a firm in the register, or one that the file brings."""

    employer_id: int | None
    name: str
    key: str


NOWHERE = Firm(None, "", "")
MERGED = "This record was merged into another; change that one by hand."


def matched(row: CrmRow, firm: Firm) -> Matched:
    """Return a row as the matching of people sees it."""
    return all_matched(row, firm)[0]


def all_matched(row: CrmRow, firm: Firm) -> list[Matched]:
    """Return the same, and each person whom a name of several people names."""
    return contacts_named(
        row.name,
        employer=firm.name or firm.key,
        email=row.email,
        phone=row.phone,
        title=row.title,
    )


class ContactPlan:
    """Compares the contacts of a file with the register; nothing is written."""

    def __init__(
        self, session: Session, source: str, rows: Sequence[CrmRow], *, least: int
    ) -> None:
        # From which score on two names may be one person's.
        self._least = least
        self.problems: list[Problem] = []
        self.planned: list[Planned] = []
        self.firms: dict[int, Firm] = {}
        # Who takes which account over, by the key of the firm.
        self.owned: dict[str, Owned] = {}
        self._ids = crm.external_ids(
            session, source, Kind.CONTACTS, (row.external_id for row in rows)
        )
        self._accounts = crm.external_ids(
            session, source, Kind.ACCOUNTS, (one for row in rows for one in row.employer_ids)
        )
        self._spelled = FirmNames(session)
        self._spelled.learn(row.employer for row in rows)
        keys = {self._spelled.key(row.employer) for row in rows}
        by_key = crm.employers_by_key(session, keys)
        self._firm_of_key = {key: firm.id for key, firm in by_key.items()}
        self._names_of = _keys_of(session, self._accounts)
        self._emails = crm.emails(session, (row.email for row in rows))
        self._namesakes = crm.namesakes(session, (key_of(row.name) for row in rows))
        known = [row.recipient_id for row in self._ids.values() if row.recipient_id]
        self._contacts = crm.contacts(session, [*known, *self._emails.values()])
        self._lines_of_email: dict[str, int] = {}
        self._lines_of_name: dict[tuple[str, str], int] = {}
        for row in rows:
            self._plan(row)

    def known_id(self, row: CrmRow) -> Link | None:
        """Return what the register knows of a row's id."""
        return self._ids.get(row.external_id)

    def contact(self, recipient_id: int) -> Contact:
        """Return a recipient a row is about, as they were when the file was compared."""
        return self._contacts[recipient_id]

    def _plan(self, row: CrmRow) -> None:
        firm = self._firm(row)
        if isinstance(firm, Problem):
            self.problems.append(firm)
            return
        self.firms[row.line] = firm
        known = self.known_id(row)
        by_email = self._emails.get(row.email) if row.email else None
        if known is not None and known.recipient_id is not None:
            self._update(row, firm, self._contacts[known.recipient_id], by_email)
        elif by_email is not None:
            self._link(row, firm, self._contacts[by_email])
        else:
            self._add(row, firm)

    def _firm(self, row: CrmRow) -> Firm | Problem:
        for one in row.employer_ids:
            known = self._accounts.get(one)
            if known is not None and known.employer_id is not None:
                return Firm(known.employer_id, "", self._names_of[known.employer_id])
        if row.employer:
            key = self._spelled.key(row.employer)
            return Firm(self._firm_of_key.get(key), row.employer, key)
        if row.employer_ids:
            sentence = (
                f"No firm with the id {row.employer_ids[0]} is in the register; import the "
                "accounts first, or export the account's name too."
            )
            return Problem(row.line, "employer_external_id", sentence)
        return NOWHERE

    def _update(self, row: CrmRow, firm: Firm, known: Contact, by_email: int | None) -> None:
        if known.merged_into_id is not None:
            self.planned.append(Planned(row, Act.UNCHANGED, known.id, MERGED))
            return
        said = []
        if by_email not in {None, known.id}:
            holder = self._contacts[by_email or 0].name
            said.append(f"{row.email} belongs to {holder} in the register, so it is left out.")
            row = row._replace(email="")
        if is_other_name(row.name, known.name, least=self._least):
            said.append(f"Until now {known.name} had this id: check that it is one person.")
        changes = _changes(row, firm, known)
        act = Act.UPDATED if changes else Act.UNCHANGED
        sentence = " ".join(filter(None, (*said, say(changes))))
        self.planned.append(Planned(row, act, known.id, sentence, changes))

    def _link(self, row: CrmRow, firm: Firm, known: Contact) -> None:
        """Let a row of a known address be that person, if the names fit."""
        if is_other_name(row.name, known.name, least=self._least):
            self._set_beside(row, firm, known)
            return
        if known.merged_into_id is not None:
            self.planned.append(Planned(row, Act.UNCHANGED, known.id, MERGED))
            return
        changes = _changes(row, firm, known)
        if row.external_id:
            changes = {**changes, "id": row.external_id}
        act = Act.UPDATED if changes else Act.UNCHANGED
        said = f"Same e-mail as {known.name}. {say(changes)}".strip()
        self.planned.append(Planned(row, act, known.id, said, changes))

    def _add(self, row: CrmRow, firm: Firm) -> None:
        if row.email:
            first = self._lines_of_email.setdefault(row.email, row.line)
            if first != row.line:
                sentence = (
                    f"Line {first} has the address {row.email} too; give each their own, or leave "
                    "it out of one."
                )
                self.problems.append(Problem(row.line, "email", sentence))
                return
        name = (key_of(row.name), firm.key)
        there, above = self._namesakes.get(name), self._lines_of_name.setdefault(name, row.line)
        if there is not None:
            sentence = f"Somebody of this name and employer is there already (recipient {there})."
            self.planned.append(Planned(row, Act.SUSPECTED, there, sentence))
        elif above != row.line:
            sentence = f"Line {above} has the same name and employer."
            self.planned.append(Planned(row, Act.SUSPECTED, None, sentence, above=above))
        else:
            self.planned.append(Planned(row, Act.ADDED, None, what_is_odd(row.name)))

    def _set_beside(self, row: CrmRow, firm: Firm, holder: Contact) -> None:
        """Add somebody whose address another one has: people marry, and addresses move on."""
        whose = f"{row.email} belongs to {holder.name} in the register"
        there = self._namesakes.get((key_of(row.name), firm.key))
        if there is not None:
            sentence = f"{whose}; recipient {there} has this name, and stays without it."
            self.planned.append(Planned(row, Act.UNCHANGED, there, sentence))
            return
        sentence = f"{whose}: {row.name} is added without it, and the two are to be looked at."
        pair = f"Both have the address {row.email}, under quite other names."
        alone = row._replace(email="")
        self.planned.append(Planned(alone, Act.SUSPECTED, holder.id, sentence, pair=pair))


def _keys_of(session: Session, accounts: Mapping[str, Link]) -> dict[int, str]:
    ids = {row.employer_id for row in accounts.values() if row.employer_id is not None}
    return {one: crm.firm_key(session, one) for one in sorted(ids)}


def _changes(row: CrmRow, firm: Firm, known: Contact) -> dict[str, str]:
    """Return what a row says otherwise than the register, by field; an empty cell says nothing."""
    changes = {}
    if known.is_retired:
        changes["retired"] = "in use again"
    if row.name != known.name:
        changes["name"] = row.name
    if row.email and row.email != known.email:
        changes["email"] = row.email
    if row.phone and row.phone != (known.phone or ""):
        changes["phone"] = row.phone
    job = known.jobs[-1] if known.jobs else None
    # A firm they worked for before is old news: whoever recorded the change knew better.
    if firm.key and firm.key not in {one.employer_key for one in known.jobs}:
        changes["employer"] = firm.name or firm.key
    elif (
        job is not None and firm.key in {"", job.employer_key} and row.title not in {"", job.title}
    ):
        changes["title"] = row.title
    return changes


def say(changes: Mapping[str, str]) -> str:
    """Say in a line what would change."""
    return "; ".join(f"{name}: {value}" for name, value in changes.items())
