"""What was judged before the turn to write holds only where the turn reads the very same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from compliance_app.rules.employers import EmployerClass
from compliance_app.rules.errors import InputError
from compliance_app.rules.flags import FlagCode
from compliance_app.rules.workflow import State
from compliance_app.services import employers, gifts, merging, people, policies, submitting
from compliance_app.services.foresight import Foresight
from compliance_app.services.recipients import NewRecipient, add
from compliance_app.services.submitted import Submitted
from compliance_app.store.base import before_turn, db, unit_of_work
from compliance_app.store.gifts import get_by_reference
from compliance_app.store.judging import Known
from compliance_app.store.models import Gift
from tests.conftest import CAST, NOON
from tests.factories import make_claim

Act = Callable[[Session], object]
SubmitWhile = Callable[..., Gift]
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def submit(
    session: Session, cents: int = 90_00, *, to: int = CAST.morgan, key: str | None = None
) -> Submitted:
    return gifts.submit(
        session,
        make_claim(cents, to=(to,)),
        giver_id=CAST.rep,
        actor_id=CAST.rep,
        at=NOON,
        submission_key=key,
    )


@pytest.fixture(autouse=True)
def nobody_is_given_to_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget whom other tests of this process gave much."""
    monkeypatch.setattr(submitting, "_given_to_often", set())


@pytest.fixture
def submit_while(app: Flask, monkeypatch: pytest.MonkeyPatch) -> SubmitWhile:
    """Hand in a gift of 90 dollars, with somebody's act between the foresight and the turn."""

    def submit_while(act: Act, *, key: str | None = None) -> Gift:
        coming.append(act)
        with unit_of_work() as session:
            reference = submit(session, key=key).reference
        assert coming == []
        with unit_of_work() as session:
            return get_by_reference(session, reference)

    def foresee(*circumstances: object) -> None:
        original(*circumstances)
        if coming:
            with ThreadPoolExecutor(1) as somebody:
                somebody.submit(carry_out, coming.pop()).result()

    def carry_out(act: Act) -> None:
        with app.app_context(), unit_of_work() as session:
            act(session)

    coming: list[Act] = []
    original: Callable[..., None] = submitting._foresee  # noqa: SLF001 - done, and followed
    monkeypatch.setattr(submitting, "_foresee", foresee)
    return submit_while


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many shares each judgement of a submission looked at, as they are made."""
    looked_at: list[int] = []

    def judge(submission: object, policy: object, known: Known) -> object:
        looked_at.append(len(known.shares))
        return original(submission, policy, known)

    original: Callable[..., object] = submitting._judge  # noqa: SLF001 - watched, and done
    monkeypatch.setattr(submitting, "_judge", judge)
    return looked_at


def take_the_room(session: Session) -> None:
    submit(session, 250_00)


def adopt_a_limit(session: Session) -> None:
    limit = '[[firm_limit]]\nfrom = 2026-03-30\namount = "80.00"\n'
    text = f'title = "Gifts"\nversion = "1"\neffective_on = 2026-11-23\n{limit}'
    policies.adopt(session, text, reason="Board", actor_id=CAST.officer, at=NOON)


def merge_with_somebody_who_has_much(session: Session) -> None:
    submit(session, 250_00, to=CAST.ravi)
    merging.merge(session, CAST.morgan, CAST.ravi, reason="One", actor_id=CAST.officer, at=NOON)


def add_a_namesake(session: Session) -> None:
    new = NewRecipient("Morgan Ellery", "", "Northgate Pension Trust")
    add(session, new, actor_id=CAST.rep, at=NOON, confirmed_new=True)


def make_the_firm_an_agency(session: Session) -> None:
    employers.classify(
        session, 1, EmployerClass.FEDERAL_AGENCY, since=None, actor_id=CAST.officer, at=NOON
    )


@pytest.mark.parametrize(
    ("act", "state", "running_cents", "limit_cents", "flags"),
    [
        pytest.param(
            take_the_room,
            State.SUBMITTED,
            340_00,
            300_00,
            [FlagCode.SPLITTING],
            id="somebody takes the room",
        ),
        pytest.param(
            adopt_a_limit, State.SUBMITTED, 90_00, 80_00, [], id="a policy lowers the limit"
        ),
        pytest.param(
            merge_with_somebody_who_has_much,
            State.SUBMITTED,
            340_00,
            300_00,
            [FlagCode.SPLITTING],
            id="a merge",
        ),
        pytest.param(
            add_a_namesake,
            State.SUBMITTED,
            90_00,
            300_00,
            [FlagCode.POSSIBLE_DUPLICATE],
            id="a suspect pair",
        ),
        pytest.param(
            make_the_firm_an_agency,
            State.SUBMITTED,
            90_00,
            20_00,
            [],
            id="another law for the recipient's firm",
        ),
    ],
)
@sqlite
def test_what_changed_before_the_turn_is_judged(
    submit_while: SubmitWhile,
    judged: list[int],
    act: Act,
    state: State,
    running_cents: int,
    limit_cents: int,
    flags: list[FlagCode],
) -> None:
    gift = submit_while(act)
    (share,) = gift.version.shares
    assert share.assessment is not None
    assert gift.state is state
    assert share.assessment.running_cents == running_cents
    assert share.assessment.limit_cents == limit_cents
    assert [flag["code"] for flag in gift.version.flags] == flags
    assert judged[0] == 0


@sqlite
def test_a_giver_who_left_before_the_turn_gives_nothing(submit_while: SubmitWhile) -> None:
    with pytest.raises(InputError, match="active associated person"):
        submit_while(lambda work: people.deactivate(work, CAST.rep, actor_id=CAST.admin, at=NOON))


@sqlite
def test_a_form_whose_twin_came_before_the_turn_is_its_gift(
    submit_while: SubmitWhile, judged: list[int]
) -> None:
    first: list[str] = []
    gift = submit_while(
        lambda work: first.append(submit(work, key="one form").reference), key="one form"
    )
    assert [gift.reference] == first
    assert judged == [0, 0]


@sqlite
def test_what_nobody_changed_is_judged_once(submit_while: SubmitWhile, judged: list[int]) -> None:
    gift = submit_while(lambda work: submit(work, 250_00, to=CAST.ravi))
    assert gift.state is State.APPROVED
    assert gift.logged_at == NOON
    # Once for each of the two gifts: the second took what was foreseen.
    assert judged == [0, 0]


@sqlite
def test_who_is_given_to_often_is_judged_in_the_turn_alone(
    app: Flask, judged: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitting, "OFTEN", 1)

    def foresee(*circumstances: object) -> None:
        foreseen.append(circumstances)
        original(*circumstances)

    foreseen: list[object] = []
    original: Callable[..., None] = submitting._foresee  # noqa: SLF001 - done, and counted
    monkeypatch.setattr(submitting, "_foresee", foresee)
    for _ in range(4):
        with unit_of_work() as session:
            submit(session, 1_00)
    assert judged == [0, 1, 2, 3]
    assert len(foreseen) == 3


def test_only_where_a_turn_is_waited_for_is_anything_read_before_it(app: Flask) -> None:
    with unit_of_work() as session:
        with before_turn(session) as reading:
            assert (reading is not None) == (db.engine.dialect.name == "sqlite")
        session.get_one(Gift, submit(session).id)
        with before_turn(session) as reading:
            assert reading is None


def test_a_step_is_taken_anew_when_any_of_its_inputs_differs() -> None:
    taken: list[tuple[object, ...]] = []

    def step(*inputs: object) -> int:
        taken.append(inputs)
        return len(taken)

    foresight = Foresight()
    known = {1: ("Morgan", date(2026, 11, 24), (5_00, None))}
    same = {1: ("Morgan", date(2026, 11, 24), (5_00, None))}
    other = {1: ("Morgan", date(2026, 11, 24), (5_01, None))}
    assert foresight.of(step, "claim", known) == 1
    assert foresight.of(step, "claim", same) == 1
    assert foresight.of(step, "another claim", same) == 2
    assert foresight.of(step, "another claim", other) == 3
    assert foresight.of(step, "claim", known) == 4


def test_a_step_that_refused_is_taken_again() -> None:
    def step(number: int) -> int:
        taken.append(number)
        raise InputError(problems={"number": "no"})

    taken: list[int] = []
    foresight = Foresight()
    for _ in range(2):
        with pytest.raises(InputError):
            foresight.of(step, 1)
    assert taken == [1, 1]
