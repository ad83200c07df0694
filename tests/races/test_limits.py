"""However many people and processes act at once, the limit holds and nothing is lost."""

import json
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from compliance_app.rules.identity import goes_on
from compliance_app.services import merging, noticing
from compliance_app.services.audit import verify
from compliance_app.services.newcomers import add_many
from compliance_app.services.recipients import NewRecipient, add
from compliance_app.services.replay import replay
from compliance_app.store import identity
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Gift, Recipient, Share
from tests.conftest import CAST, NOON
from tests.races.crowd import SCALE, Outcome, let_loose

LIMIT_CENTS = 300_00
# Nobody waits longer than this, on the slowest machine and behind all the others.
LONGEST_SECONDS = 20.0
CHANGES = ("submit", "submit", "submit", "submit", "approve", "amend", "withdraw", "cancel")
# Around how many people somebody merges; around many of them only on demand.
AROUND = (4,) if SCALE == 1 else (4, 12, 2_000)


@pytest.fixture
def many(app: Flask) -> list[int]:
    """Return the ids of a dozen recipients."""
    with unit_of_work() as session:
        added = [
            add(
                session,
                NewRecipient(f"Person {n}", f"p{n}@client.example", "Client", ""),
                actor_id=CAST.rep,
                at=NOON,
            ).id
            for n in range(10)
        ]
    return [CAST.morgan, CAST.ravi, *added]


@pytest.mark.parametrize(
    ("kinds", "number", "acts"),
    [
        pytest.param(("submit",), 1, 8, id="submissions to one person"),
        pytest.param(CHANGES, 1, 10, id="every change around one person"),
        pytest.param(CHANGES, 12, 10, id="every change around a dozen people"),
        pytest.param(CHANGES, 2_000, 10, id="every change around two thousand people"),
        pytest.param((*CHANGES, "import"), 3, 10, id="every change while files are imported"),
    ],
)
def test_planned_gifts_never_pass_the_limit(
    app: Flask,
    database_url: str,
    tmp_path: Path,
    crowd: ProcessPoolExecutor,
    many: list[int],
    kinds: tuple[str, ...],
    number: int,
    acts: int,
) -> None:
    people = [*many, *strangers(number - len(many))][:number]
    outcome = let_loose(crowd, database_url, tmp_path, recipients=people, kinds=kinds, acts=acts)
    assert outcome.broken == []
    assert outcome.submitted
    assert outcome.slowest(100) < LONGEST_SECONDS
    with unit_of_work() as session:
        assert max(planned_cents(session).values(), default=0) <= LIMIT_CENTS
        assert everything_is_there_once(session, outcome)
        assert verify(session).problem is None
        assert replay(session).differences == []


def test_a_submission_is_judged_by_all_that_came_before_it(
    app: Flask, database_url: str, tmp_path: Path, crowd: ProcessPoolExecutor
) -> None:
    outcome = let_loose(
        crowd, database_url, tmp_path, recipients=[CAST.morgan], kinds=("submit",), acts=8
    )
    assert outcome.broken == []
    before: list[str] = []
    with unit_of_work() as session:
        for gift in session.scalars(select(Gift).order_by(Gift.id)):
            (share,) = gift.version.shares
            assert share.assessment is not None
            prior = json.loads(share.assessment.document)["inputs"]["prior"]
            assert {one["reference"] for one in prior} == set(before)
            before += [gift.reference] if share.holds_room else []
    assert len(before) > 1


def test_two_records_of_one_person_have_one_limit(
    app: Flask, database_url: str, tmp_path: Path, crowd: ProcessPoolExecutor, many: list[int]
) -> None:
    with unit_of_work() as session:
        merging.merge(session, many[0], many[1], reason="", actor_id=CAST.officer, at=NOON)
    outcome = let_loose(crowd, database_url, tmp_path, recipients=many[:2], kinds=CHANGES, acts=10)
    assert outcome.broken == []
    with unit_of_work() as session:
        assert sum(planned_cents(session).values()) <= LIMIT_CENTS
        assert everything_is_there_once(session, outcome)


@pytest.mark.parametrize("number", AROUND)
def test_merges_and_their_undoing_lose_nothing_whatever_else_happens(
    app: Flask,
    database_url: str,
    tmp_path: Path,
    crowd: ProcessPoolExecutor,
    many: list[int],
    number: int,
) -> None:
    people = [*many, *strangers(number - len(many))][:number]
    outcome = let_loose(
        crowd,
        database_url,
        tmp_path,
        recipients=people,
        kinds=(*CHANGES, "merge", "merge", "unmerge", "classify", "move"),
        acts=12,
    )
    assert outcome.broken == []
    with unit_of_work() as session:
        assert max(planned_cents(session).values(), default=0) <= LIMIT_CENTS
        assert everything_is_there_once(session, outcome)
        steps = {one: row.into_id for one, row in identity.live_merges(session, people).items()}
        for one in people:
            person = session.get_one(Recipient, one)
            assert (person.merged_into_id or one) == goes_on(one, steps)
        seen = noticing.noticed(session, {goes_on(one, steps) for one in people})
        for finding in identity.open_findings(session):
            assert finding.gift.reference in seen[finding.recipient_id]
        assert replay(session).differences == []


def strangers(number: int) -> list[int]:
    """Add so many people at once and return their ids; none where the number is not above 0."""
    wanted = [NewRecipient(f"Stranger {n}", f"s{n}@client.example") for n in range(number)]
    with unit_of_work() as session:
        return [one.id for one in add_many(session, wanted, actor_id=None, at=NOON).recipients]


def planned_cents(session: Session) -> dict[int, int]:
    """Return for each recipient what planned gifts take of the limit."""
    rows = session.execute(
        select(Share.recipient_id, func.sum(Share.counted_cents))
        .join(Gift, Gift.id == Share.gift_id)
        .where(Share.holds_room, ~Gift.already_given)
        .group_by(Share.recipient_id)
    )
    return {recipient: int(cents) for recipient, cents in rows}


def everything_is_there_once(session: Session, outcome: Outcome) -> bool:
    there = Counter(session.scalars(select(Gift.reference).where(Gift.submission_key.is_not(None))))
    return there == Counter(outcome.submitted)
