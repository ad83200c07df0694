"""What a gift of a file must be before it is taken: what a claim may hold, and what it counts."""

from datetime import datetime
from typing import NamedTuple

from compliance_app.rules.assessment import assess
from compliance_app.rules.errors import InputError
from compliance_app.rules.facts import GiverType, Standing
from compliance_app.rules.money import format_dollars
from compliance_app.services import claims
from compliance_app.services.import_grouping import FileGift, own_number, with_the_others
from compliance_app.services.import_parties import Parties
from compliance_app.services.import_rows import PLANNED_STATES, Problem
from compliance_app.services.past_gifts import GIVEN_STATES
from compliance_app.services.policies import PolicyBook

# References this register gives itself are kept apart from those it will give later.
OWN_REFERENCE_LIMIT = 10_000_000


class Check(NamedTuple):
    """What every gift of a file is checked against."""

    parties: Parties
    policies: PolicyBook
    add_people: bool
    at: datetime


def problems_of(gift: FileGift, check: Check) -> list[Problem]:
    """Return why the gift cannot be taken, a problem for each of its rows; none where it can."""
    problems = [
        problem
        for row in gift.rows
        for problem in check.parties.problems_of(row, add_people=check.add_people)
    ]
    problems += _claim_problems(gift, check) or _count_problems(gift, check)
    return with_the_others(gift.rows, problems)


def _claim_problems(gift: FileGift, check: Check) -> list[Problem]:
    row = gift.first
    line = gift.rows[0].line
    claim = gift.claim(_numbers(gift, check.parties))
    problems = []
    if row.state in GIVEN_STATES and row.given_on > check.at.date():
        sentence = (
            f"{row.given_on.isoformat()} has not come yet, so the gift cannot be "
            f"{row.state.words}; write submitted to have it cleared in advance."
        )
        problems.append(Problem(line, "state", sentence))
    if own_number(row.reference) >= OWN_REFERENCE_LIMIT:
        sentence = "A number this high is not one this register gave; choose another reference."
        problems.append(Problem(line, "reference", sentence))
    try:
        claims.check(
            claim,
            check.policies.on(row.given_on),
            today=check.at.date(),
            from_old_register=row.state not in PLANNED_STATES,
        )
    except InputError as error:
        names = {"recipients": "recipient_name"}
        problems += [
            Problem(line, names.get(column, column), sentence)
            for column, sentence in error.problems.items()
        ]
    return problems


def _numbers(gift: FileGift, parties: Parties) -> tuple[int, ...]:
    """Return a number for whoever each row is for, the same for the same person."""
    if len(gift.rows) == 1:
        return (1,)
    persons = [parties.person_of(one.gift) for one in gift.rows]
    numbers = {one: number for number, one in enumerate(dict.fromkeys(persons), start=1)}
    return tuple(numbers[one] for one in persons)


def _count_problems(gift: FileGift, check: Check) -> list[Problem]:
    """Compare what the file says a share counts for with what the engine says."""
    if all(row.counted_cents is None for row in gift.rows):
        return []
    claim = gift.claim(tuple(range(len(gift.rows))))
    policy = check.policies.on(claim.given_on)
    problems = []
    for row in gift.rows:
        if row.counted_cents is None:
            continue
        facts = claim.facts_for(
            *check.parties.classes_of(row.gift),
            giver_type=GiverType.ASSOCIATED_PERSON,
            standing=Standing.GIVEN,
        )
        counted_cents = assess(facts, (), policy).counted_cents
        if counted_cents != row.counted_cents:
            sentence = (
                f"The file says {format_dollars(row.counted_cents)}, but by its amounts, quantity "
                f"and {len(gift.rows)} recipient{'s' if len(gift.rows) > 1 else ''} this share "
                f"counts {format_dollars(counted_cents)}; correct the row, or leave the cell empty."
            )
            problems.append(Problem(row.line, "counted_value", sentence))
    return problems
