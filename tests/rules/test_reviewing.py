from typing import NamedTuple

import pytest

from compliance_app.rules.errors import (
    NotYourDecisionError,
    OwnDecisionError,
    SubordinateDecisionError,
)
from compliance_app.rules.permissions import Role
from compliance_app.rules.reviewing import awaited_roles, check_may_decide, superiors
from compliance_app.rules.routing import Route
from compliance_app.rules.workflow import DecisionKind, State


class Somebody(NamedTuple):
    id: int
    name: str
    role: Role
    supervisor_id: int | None = None
    active: bool = True


class Step(NamedTuple):
    kind: DecisionKind
    decided_by: Somebody | None
    version_number: int = 1


class Given(NamedTuple):
    route: Route | None = Route.SUPERVISOR_AND_COMPLIANCE
    decisions: tuple[Step, ...] = ()
    giver_id: int = 1
    logged_by_id: int = 1
    handed_to_id: int | None = None
    reference: str = "G-2026-000001"
    state: State = State.SUBMITTED
    version_number: int = 1


REP = Somebody(1, "Rita Rep", Role.AE, 2)
SAM = Somebody(2, "Sam Supervisor", Role.SUPERVISOR)
OLGA = Somebody(3, "Olga Officer", Role.COMPLIANCE)
FIRM = {one.id: one for one in (REP, SAM, OLGA)}
BOTH = frozenset({Role.SUPERVISOR, Role.COMPLIANCE})


def test_a_reporting_line_that_bites_its_tail_ends() -> None:
    circle = {1: REP, 2: SAM._replace(supervisor_id=1)}

    assert [one.name for one in superiors(REP, circle)] == ["Sam Supervisor"]


@pytest.mark.parametrize(
    ("gift", "waits_for"),
    [
        pytest.param(Given(), BOTH, id="both, at first"),
        pytest.param(
            Given(decisions=(Step(DecisionKind.APPROVE, SAM),)),
            {Role.COMPLIANCE},
            id="compliance, once the supervisor has approved",
        ),
        pytest.param(
            Given(decisions=(Step(DecisionKind.APPROVE, SAM), Step(DecisionKind.TAKE_BACK, SAM))),
            BOTH,
            id="both, once the approval was taken back",
        ),
        pytest.param(
            Given(decisions=(Step(DecisionKind.APPROVE, SAM),), version_number=2),
            BOTH,
            id="both, once the gift was amended",
        ),
        pytest.param(Given(state=State.APPROVED), frozenset(), id="nobody, once it is approved"),
    ],
)
def test_a_gift_waits_for(gift: Given, waits_for: frozenset[Role]) -> None:
    assert awaited_roles(gift, FIRM) == waits_for


def test_a_supervisor_who_has_left_supervises_nobody() -> None:
    firm = {**FIRM, 2: SAM._replace(active=False)}

    assert awaited_roles(Given(Route.SUPERVISOR), firm) == {Role.COMPLIANCE}


@pytest.mark.parametrize(
    ("gift", "actor", "is_recipient", "error"),
    [
        pytest.param(Given(giver_id=3), OLGA, False, OwnDecisionError, id="whoever gave it"),
        pytest.param(Given(logged_by_id=3), OLGA, False, OwnDecisionError, id="whoever logged it"),
        pytest.param(Given(), OLGA, True, OwnDecisionError, id="whoever received it"),
        pytest.param(
            Given(handed_to_id=2),
            OLGA._replace(supervisor_id=2),
            False,
            SubordinateDecisionError,
            id="whoever reports to its owner",
        ),
        pytest.param(
            Given(Route.COMPLIANCE), SAM, False, NotYourDecisionError, id="whose turn it is not"
        ),
    ],
)
def test_nobody_decides_on_a_gift_who_is(
    gift: Given, actor: Somebody, is_recipient: bool, error: type[Exception]
) -> None:
    with pytest.raises(error):
        check_may_decide(gift, actor, FIRM, is_recipient=is_recipient)


def test_an_officer_may_stand_in_for_a_supervisor() -> None:
    check_may_decide(Given(Route.SUPERVISOR), OLGA, FIRM, is_recipient=False)
