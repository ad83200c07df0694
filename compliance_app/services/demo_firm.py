"""The people of the demo's firm, their clients, and what somebody might give to whom."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.facts import Category, RecipientClass
from compliance_app.rules.permissions import Role
from compliance_app.rules.regimes import RULE_3220, limit_on
from compliance_app.services import newcomers, people
from compliance_app.services.claims import Claim
from compliance_app.services.demo_names import (
    DOMAIN,
    EMPLOYER_FIRST,
    EMPLOYER_LAST,
    FAMILY,
    GIVEN,
    OFFICES,
    PURPOSES,
    THINGS,
    TITLES,
    Thing,
)
from compliance_app.services.newcomers import Newcomer
from compliance_app.services.people import NewPerson
from compliance_app.services.recipients import NewRecipient
from compliance_app.store.models import Person

PASSWORD = "a demo for Tally 3220"  # noqa: S105 - printed to whoever starts the demo
OFFICERS, BRANCHES_PER_OFFICE, REPS_PER_BRANCH = 4, 2, 8
PEOPLE_PER_EMPLOYER = 7
GIFTS_PER_RECIPIENT = 6
SMALLEST_CENTS = 8_00
# How many others share a gift, where it is for a desk.
COLLEAGUES = (1, 2, 3)
MOST_RECIPIENTS = 1 + max(COLLEAGUES)
DINNER = next(thing for thing in THINGS if thing.category is Category.ENTERTAINMENT)
# How much of the limit somebody's gifts come to in a year, and how many people are so.
APPETITES = {0.55: 80, 0.97: 14, 1.6: 6}
CLASSES = {
    RecipientClass.INSTITUTIONAL_CLIENT_EMPLOYEE: 92,
    RecipientClass.MUNICIPAL_ISSUER_EMPLOYEE: 3,
    RecipientClass.ERISA_FIDUCIARY: 2,
    RecipientClass.REGISTERED_FUND_ADVISORY_PERSONNEL: 2,
    RecipientClass.RETAIL_INDIVIDUAL: 1,
}


@dataclass(frozen=True, slots=True)
class Firm:
    """Everybody of the demo: by role, and each representative's clients."""

    by_role: dict[Role, list[Person]]
    clients: dict[int, list[Newcomer]]

    @property
    def representatives(self) -> list[Person]:
        """Return those who give."""
        return self.by_role[Role.AE]

    @property
    def sign_ins(self) -> list[Person]:
        """Return one person of each role, who has a password."""
        return [self.by_role[role][0] for role in Role]


class Idea(NamedTuple):
    """A gift somebody thought of."""

    giver: Person
    claim: Claim


def add_firm(session: Session, rng: random.Random, *, gifts: int, at: datetime) -> Firm:
    """Add the firm's people with their reporting lines, and clients enough for the gifts."""
    namer = _Namer(rng)
    by_role = _add_people(session, namer, rng, at=at)
    employers = max(60, gifts // (GIFTS_PER_RECIPIENT * PEOPLE_PER_EMPLOYER))
    wanted = [
        _new_client(namer, rng, number, employers)
        for number in range(employers * PEOPLE_PER_EMPLOYER)
    ]
    added = newcomers.add_many(
        session, wanted, actor_id=by_role[Role.COMPLIANCE][0].id, at=at
    ).recipients
    for person in (by_role[role][0] for role in Role):
        people.set_password(session, person.id, PASSWORD, actor_id=None, at=at)
    return Firm(by_role, _clients(by_role[Role.AE], added, rng))


def _add_people(
    session: Session, namer: "_Namer", rng: random.Random, *, at: datetime
) -> dict[Role, list[Person]]:
    by_role: dict[Role, list[Person]] = {role: [] for role in Role}

    def join(role: Role, above: Person | None, office: str) -> Person:
        name = namer.name()
        new = NewPerson(namer.email(name, DOMAIN), name, role, above.id if above else None, office)
        person = people.add(session, new, actor_id=None, at=at)
        by_role[role].append(person)
        return person

    chief = join(Role.COMPLIANCE, None, OFFICES[0])
    for _ in range(OFFICERS - 1):
        join(Role.COMPLIANCE, chief, rng.choice(OFFICES))
    join(Role.AUDITOR, None, OFFICES[0])
    join(Role.ADMIN, None, OFFICES[0])
    head = join(Role.SUPERVISOR, None, OFFICES[0])
    for office in OFFICES:
        regional = join(Role.SUPERVISOR, head, office)
        for _ in range(BRANCHES_PER_OFFICE):
            branch = join(Role.SUPERVISOR, regional, office)
            for _ in range(REPS_PER_BRANCH):
                join(Role.AE, branch, office)
    # Whoever signs in as supervisor sees the representative who can sign in as well.
    first = by_role[Role.AE][0].supervisor_id
    by_role[Role.SUPERVISOR].sort(key=lambda person: person.id != first)
    return by_role


class _Namer:
    """Makes names and addresses, no address twice."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._used: dict[str, int] = defaultdict(int)

    def name(self) -> str:
        return f"{self._rng.choice(GIVEN)} {self._rng.choice(FAMILY)}"

    def email(self, name: str, domain: str) -> str:
        plain = f"{name.lower().replace(' ', '.')}@{domain}"
        self._used[plain] += 1
        number = self._used[plain]
        return plain if number == 1 else plain.replace("@", f"{number}@")


def _new_client(namer: _Namer, rng: random.Random, number: int, employers: int) -> NewRecipient:
    where = number % employers
    first = EMPLOYER_FIRST[where % len(EMPLOYER_FIRST)].replace("_", " ")
    last = EMPLOYER_LAST[(where // len(EMPLOYER_FIRST) + where) % len(EMPLOYER_LAST)]
    again = where // (len(EMPLOYER_FIRST) * len(EMPLOYER_LAST))
    employer = f"{first} {last}" + (f" {again + 1}" if again else "")
    domain = employer.lower().replace(" ", "-") + ".example"
    name = namer.name()
    return NewRecipient(
        name=name,
        email=namer.email(name, domain),
        employer=employer,
        title=rng.choice(TITLES),
        recipient_class=rng.choices(list(CLASSES), list(CLASSES.values()))[0],
    )


def _clients(
    representatives: Sequence[Person], added: Sequence[Newcomer], rng: random.Random
) -> dict[int, list[Newcomer]]:
    """Give each employer two or three representatives, so that some people get from several."""
    at_employer: dict[int | None, list[Newcomer]] = defaultdict(list)
    for recipient in added:
        at_employer[recipient.employer_id].append(recipient)
    clients: dict[int, list[Newcomer]] = {person.id: [] for person in representatives}
    for number, colleagues in enumerate(at_employer.values()):
        usual = representatives[number % len(representatives)]
        others = rng.sample(representatives, rng.choice((1, 2)))
        for person in {usual.id: usual, **{one.id: one for one in others}}.values():
            clients[person.id].extend(colleagues)
    return {person_id: theirs for person_id, theirs in clients.items() if theirs}


class Imagination:
    """Thinks of gifts: mostly small and within the limit, a few people always near or over it."""

    def __init__(self, firm: Firm, rng: random.Random) -> None:
        self._rng = rng
        self._firm = firm
        self._givers = [one for one in firm.representatives if one.id in firm.clients]
        # Those who can sign in have something to see: their branch gives more than others.
        first = firm.representatives[0]
        self._zeal = [
            12 if one is first else 4 if one.supervisor_id == first.supervisor_id else 1
            for one in self._givers
        ]
        self._weights = [thing.weight for thing in THINGS]
        self._spent: dict[tuple[int, int], int] = defaultdict(int)
        self._appetite: dict[int, float] = {}

    def idea(self, day: date) -> Idea:
        """Return who might give what to whom on a day."""
        rng = self._rng
        giver = rng.choices(self._givers, self._zeal)[0]
        clients = self._firm.clients[giver.id]
        recipient = rng.choice(clients)
        thing = rng.choices(THINGS, self._weights)[0]
        colleagues = self._company(recipient, clients, thing)
        room = self._room(colleagues, day)
        if room < SMALLEST_CENTS and not _is_free(thing):
            # Nothing is left for this person: whoever minds the limit comes along to a dinner.
            thing, colleagues = DINNER, [recipient]
        cents = rng.randrange(thing.least_cents, thing.most_cents, 50)
        if not _is_free(thing):
            cents = min(cents, room) // 50 * 50
            for one in colleagues:
                self._spent[one.id, day.year] += cents
        cents *= len(colleagues)
        claim = Claim(
            given_on=day,
            category=thing.category,
            description=thing.description,
            recipient_ids=tuple(one.id for one in colleagues),
            purpose=rng.choice(PURPOSES),
            cost_cents=cents,
            face_value_cents=cents if thing.category is Category.TICKET else None,
            tax_cents=rng.choice((0, 0, cents * 8 // 100)),
            delivery_cents=rng.choice((0, 0, 0, 9_95)),
            payer=thing.payer,
            host_present=thing.host_present,
            evidence=dict(thing.evidence),
        )
        return Idea(giver, claim)

    def _company(
        self, recipient: Newcomer, clients: Sequence[Newcomer], thing: Thing
    ) -> list[Newcomer]:
        """Return who shares the gift: now and then the whole desk does."""
        if thing.category is not Category.MERCHANDISE or self._rng.randrange(16):
            return [recipient]
        employer_id = recipient.employer_id
        desk = [one for one in clients if one.employer_id == employer_id and one is not recipient]
        return [recipient, *self._rng.sample(desk, min(len(desk), self._rng.choice(COLLEAGUES)))]

    def _room(self, colleagues: Sequence[Newcomer], day: date) -> int:
        """Return what may be spent on each, by what they have had this year."""
        limit_cents = limit_on(day, RULE_3220.limits).cents or 0
        return min(
            int(limit_cents * self._appetite_of(one.id)) - self._spent[one.id, day.year]
            for one in colleagues
        )

    def _appetite_of(self, recipient_id: int) -> float:
        if recipient_id not in self._appetite:
            shares, weights = list(APPETITES), list(APPETITES.values())
            self._appetite[recipient_id] = self._rng.choices(shares, weights)[0]
        return self._appetite[recipient_id]


def _is_free(thing: Thing) -> bool:
    """Say whether the thing is meant not to count."""
    return bool(thing.evidence or thing.host_present)
