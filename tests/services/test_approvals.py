"""Supervisory review: independence, the limit at the moment of approval, and each decision."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from compliance_app import assets
from compliance_app.rules.errors import (
    NoExceptionError,
    NotYourDecisionError,
    OverLimitError,
    OwnDecisionError,
    PermissionMissingError,
    ReasonMissingError,
    RuleError,
    SameOfficerError,
    StateError,
    SubordinateDecisionError,
)
from compliance_app.rules.permissions import Role
from compliance_app.rules.routing import Route
from compliance_app.rules.workflow import DecisionKind, State
from compliance_app.services import approvals, gifts, people
from compliance_app.services.people import NewPerson
from compliance_app.services.recipients import NewRecipient
from compliance_app.services.recipients import add as add_recipient
from compliance_app.store.base import unit_of_work
from compliance_app.store.ledgers import prior_shares
from compliance_app.store.models import Policy
from tests.conftest import NOON, Cast
from tests.factories import make_claim

YESTERDAY = date(2026, 11, 20)
Act = Callable[..., object]


def submitted(
    cast: Cast, cents: int = 150_00, *, giver: int = 0, logger: int = 0, **claim: object
) -> str:
    with unit_of_work() as session:
        gift = gifts.submit(
            session,
            make_claim(cents, **claim),  # type: ignore[arg-type]
            giver_id=giver or cast.rep,
            actor_id=logger or giver or cast.rep,
            at=NOON,
        )
        assert gift.state is State.SUBMITTED
        return gift.reference


def run(act: Act, reference: str, actor: int, **rest: object) -> State:
    with unit_of_work() as session:
        gift = act(session, reference, actor_id=actor, at=NOON, **rest)
        return gift.state  # type: ignore[no-any-return, attr-defined]


def test_a_supervisor_of_the_giver_approves(app: Flask, cast: Cast) -> None:
    reference = submitted(cast)
    assert run(approvals.approve, reference, cast.supervisor) is State.APPROVED


def test_a_gift_of_a_past_day_is_given_when_it_is_approved(app: Flask, cast: Cast) -> None:
    reference = submitted(cast, given_on=YESTERDAY)
    assert run(approvals.approve, reference, cast.supervisor) is State.GIVEN


def test_nobody_decides_on_the_gift_they_gave(app: Flask, cast: Cast) -> None:
    reference = submitted(cast, giver=cast.officer)
    with pytest.raises(OwnDecisionError):
        run(approvals.approve, reference, cast.officer)


def test_nobody_decides_on_the_gift_they_logged(app: Flask, cast: Cast) -> None:
    reference = submitted(cast, giver=cast.rep, logger=cast.officer)
    with pytest.raises(OwnDecisionError):
        run(approvals.approve, reference, cast.officer)


def test_nobody_decides_on_the_gift_they_receive(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        me = add_recipient(
            session,
            NewRecipient("Olga Officer", "olga@firm.example", "Northgate Pension Trust"),
            actor_id=cast.rep,
            at=NOON,
        ).id
    reference = submitted(cast, to=(me,))
    with pytest.raises(OwnDecisionError):
        run(approvals.approve, reference, cast.officer)


def test_nobody_decides_on_the_gift_of_a_person_they_report_to(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        people.change(
            session,
            cast.officer,
            role=Role.COMPLIANCE,
            supervisor_id=cast.supervisor,
            actor_id=cast.admin,
            at=NOON,
        )
    reference = submitted(cast, giver=cast.supervisor)
    with pytest.raises(SubordinateDecisionError):
        run(approvals.approve, reference, cast.officer)


def test_an_account_executive_decides_on_nothing(app: Flask, cast: Cast) -> None:
    reference = submitted(cast)
    with pytest.raises(PermissionMissingError):
        run(approvals.approve, reference, cast.other_rep)


def test_an_administrator_decides_on_nothing(app: Flask, cast: Cast) -> None:
    reference = submitted(cast)
    with pytest.raises(PermissionMissingError):
        run(approvals.decline, reference, cast.admin, reason="No")


def test_a_supervisor_of_others_decides_on_nothing_here(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        stranger = people.add(
            session,
            NewPerson("sue@firm.example", "Sue Other", Role.SUPERVISOR),
            actor_id=cast.admin,
            at=NOON,
        ).id
    reference = submitted(cast)
    with pytest.raises(NotYourDecisionError):
        run(approvals.approve, reference, stranger)


def test_a_supervisor_cannot_approve_what_waits_for_compliance(app: Flask, cast: Cast) -> None:
    reference = submitted(cast, 310_00, given_on=YESTERDAY)
    with pytest.raises(NotYourDecisionError):
        run(approvals.approve, reference, cast.supervisor)


def test_over_the_limit_cannot_be_approved_by_anybody(app: Flask, cast: Cast) -> None:
    reference = submitted(cast, 300_01)
    with pytest.raises(OverLimitError) as refused:
        run(approvals.approve, reference, cast.officer)
    assert "$300.01" in str(refused.value)
    assert "$300.00" in str(refused.value)


def test_an_approval_looks_at_the_limit_again(app: Flask, cast: Cast) -> None:
    first = submitted(cast, 250_00)
    over = submitted(cast, 120_00, giver=cast.other_rep)
    with pytest.raises(OverLimitError):
        run(approvals.approve, over, cast.officer)
    run(approvals.decline, first, cast.supervisor, reason="Not now")
    assert run(approvals.approve, over, cast.officer) is State.APPROVED
    with unit_of_work() as session:
        shares = prior_shares(session, cast.morgan, since=None, except_gift_id=None)
        assert [share.counted_cents for share in shares] == [120_00]


def test_declining_frees_the_room_of_a_planned_gift(app: Flask, cast: Cast) -> None:
    reference = submitted(cast)
    assert run(approvals.decline, reference, cast.supervisor, reason="Too much") is State.DECLINED
    with unit_of_work() as session:
        assert prior_shares(session, cast.morgan, since=None, except_gift_id=None) == []


def test_declining_leaves_a_given_gift_in_the_sum(app: Flask, cast: Cast) -> None:
    reference = submitted(cast, given_on=YESTERDAY)
    run(approvals.decline, reference, cast.supervisor, reason="Should have asked")
    with unit_of_work() as session:
        shares = prior_shares(session, cast.morgan, since=None, except_gift_id=None)
        assert [share.counted_cents for share in shares] == [150_00]


@pytest.mark.parametrize("act", [approvals.decline, approvals.send_back])
def test_turning_down_needs_a_reason(app: Flask, cast: Cast, act: Act) -> None:
    reference = submitted(cast)
    with pytest.raises(ReasonMissingError):
        run(act, reference, cast.supervisor, reason=" ")


def test_a_gift_sent_back_comes_again_as_a_new_version(app: Flask, cast: Cast) -> None:
    reference = submitted(cast)
    assert run(approvals.send_back, reference, cast.supervisor, reason="Why?") is State.SENT_BACK
    with unit_of_work() as session:
        again = gifts.amend(
            session, reference, make_claim(60_00), reason="Smaller", actor_id=cast.rep, at=NOON
        )
        assert (again.state, again.version_number) == (State.APPROVED, 2)


def test_what_is_decided_is_not_decided_again(app: Flask, cast: Cast) -> None:
    reference = submitted(cast)
    run(approvals.approve, reference, cast.supervisor)
    with pytest.raises(StateError):
        run(approvals.decline, reference, cast.officer, reason="Too late")


def test_a_breach_is_recorded_with_its_remedy(app: Flask, cast: Cast) -> None:
    reference = submitted(cast, 420_00, given_on=YESTERDAY)
    state = run(
        approvals.record_breach,
        reference,
        cast.officer,
        reason="Bought before asking",
        remedy="Training, and the recipient's employer was told",
    )
    assert state is State.BREACH
    with unit_of_work() as session:
        decision = gifts.locked(session, reference).decisions[-1]
        assert decision.kind is DecisionKind.RECORD_BREACH
        assert decision.remedy == "Training, and the recipient's employer was told"


def test_a_planned_gift_is_no_breach(app: Flask, cast: Cast) -> None:
    reference = submitted(cast, 420_00)
    with pytest.raises(StateError):
        run(approvals.record_breach, reference, cast.officer, reason="Over", remedy="None")


def test_a_gift_within_the_limit_is_no_breach(app: Flask, cast: Cast) -> None:
    reference = submitted(cast, 120_00, given_on=YESTERDAY)
    with pytest.raises(StateError):
        run(approvals.record_breach, reference, cast.officer, reason="Over", remedy="None")


def test_nobody_is_excepted_from_the_limit_of_the_rule(app: Flask, cast: Cast) -> None:
    reference = submitted(cast, 300_01)
    with pytest.raises(NoExceptionError):
        run(approvals.grant_exception, reference, cast.officer, reason="A good client")


def firm_limit_of_200() -> None:
    """Put the shipped template in force with a firm limit of 200 dollars."""
    template = assets.POLICY_TEMPLATE.read_text(encoding="utf-8")
    firm_limit = '[[firm_limit]]\nfrom = 2026-03-30\namount = "200.00"\n'
    with unit_of_work() as session:
        session.add(
            Policy(
                effective_on=date(2020, 1, 1),
                document=f"{template}\n{firm_limit}",
                sha256="0" * 64,
                adopted_at=NOON,
                reason="For the test",
            )
        )


def test_an_exception_from_the_firms_limit_takes_two_officers(app: Flask, cast: Cast) -> None:
    firm_limit_of_200()
    reference = submitted(cast, 250_00)
    grant = approvals.grant_exception
    assert run(grant, reference, cast.officer, reason="Long agreed") is State.SUBMITTED
    with pytest.raises(SameOfficerError):
        run(grant, reference, cast.officer, reason="Again")
    assert run(grant, reference, cast.second_officer, reason="I agree") is State.APPROVED
    with unit_of_work() as session:
        shares = prior_shares(session, cast.morgan, since=None, except_gift_id=None)
        assert [share.counted_cents for share in shares] == [250_00]


def test_an_approval_is_no_exception(app: Flask, cast: Cast) -> None:
    firm_limit_of_200()
    reference = submitted(cast, 250_00)
    with pytest.raises(OverLimitError):
        run(approvals.approve, reference, cast.officer)


def test_both_must_approve_where_the_policy_asks_for_both(app: Flask, cast: Cast) -> None:
    reference = submitted(cast)
    with unit_of_work() as session:
        gifts.locked(session, reference).route = Route.SUPERVISOR_AND_COMPLIANCE
    assert run(approvals.approve, reference, cast.supervisor) is State.SUBMITTED
    with pytest.raises(NotYourDecisionError):
        run(approvals.approve, reference, cast.supervisor)
    assert run(approvals.approve, reference, cast.officer) is State.APPROVED


def test_both_must_approve_even_if_compliance_comes_first(app: Flask, cast: Cast) -> None:
    reference = submitted(cast)
    with unit_of_work() as session:
        gifts.locked(session, reference).route = Route.SUPERVISOR_AND_COMPLIANCE
    assert run(approvals.approve, reference, cast.officer) is State.SUBMITTED
    with pytest.raises(NotYourDecisionError):
        run(approvals.approve, reference, cast.second_officer)
    assert run(approvals.approve, reference, cast.supervisor) is State.APPROVED


def test_an_officer_may_stand_in_for_the_supervisor(app: Flask, cast: Cast) -> None:
    reference = submitted(cast)
    assert run(approvals.approve, reference, cast.officer) is State.APPROVED


def test_a_refusal_says_who_must_decide_and_why(app: Flask, cast: Cast) -> None:
    reference = submitted(cast, giver=cast.officer)
    with pytest.raises(RuleError) as refused:
        run(approvals.approve, reference, cast.officer)
    assert str(refused.value) == (
        f"You gave gift {reference}, so somebody else must decide on it (FINRA Rule 3110(b)(6))."
    )
