"""What a giver does with a gift."""

from datetime import date, timedelta

import pytest
from flask import Flask

from compliance_app.rules.errors import (
    AlreadyGivenError,
    InputError,
    NotAuthorError,
    ReasonMissingError,
    StateError,
    SubmissionKeyReusedError,
)
from compliance_app.rules.facts import Category, RecipientClass
from compliance_app.rules.workflow import DecisionKind, State
from compliance_app.services import gifts
from compliance_app.services.claims import Claim
from compliance_app.services.history import record_past
from compliance_app.services.past_gifts import PastGift
from compliance_app.services.replay import replay
from compliance_app.store import ledgers
from compliance_app.store.base import unit_of_work
from compliance_app.store.gifts import find_by_reference, get_by_reference
from compliance_app.store.models import Gift, Recipient
from tests.conftest import NOON, Cast
from tests.factories import make_claim

YESTERDAY = date(2026, 11, 20)


def submit(claim: Claim, cast: Cast, *, by: int | None = None, key: str | None = None) -> Gift:
    actor = by or cast.rep
    with unit_of_work() as session:
        gift = gifts.submit(
            session, claim, giver_id=actor, actor_id=actor, at=NOON, submission_key=key
        )
        return get_by_reference(session, gift.reference)


def held_cents(recipient_id: int) -> int:
    with unit_of_work() as session:
        shares = ledgers.prior_shares(session, recipient_id, since=None, except_gift_id=None)
        return sum(share.counted_cents for share in shares)


def test_a_small_gift_within_the_limit_is_cleared_at_once(app: Flask, cast: Cast) -> None:
    gift = submit(make_claim(48_00), cast)
    assert gift.state is State.APPROVED
    assert [decision.kind for decision in gift.decisions] == [DecisionKind.AUTO_CLEAR]
    assert gift.decisions[0].decided_by_id is None
    assert held_cents(cast.morgan) == 48_00


def test_a_gift_of_a_past_day_that_is_cleared_is_given(app: Flask, cast: Cast) -> None:
    assert submit(make_claim(48_00, given_on=YESTERDAY), cast).state is State.GIVEN


def test_a_gift_above_the_auto_clear_ceiling_waits_and_holds_its_room(
    app: Flask, cast: Cast
) -> None:
    gift = submit(make_claim(150_00), cast)
    assert gift.state is State.SUBMITTED
    assert held_cents(cast.morgan) == 150_00


def test_a_planned_gift_over_the_limit_is_recorded_and_holds_no_room(
    app: Flask, cast: Cast
) -> None:
    gift = submit(make_claim(300_01), cast)
    share = gift.version.shares[0]
    assert gift.state is State.SUBMITTED
    assert share.assessment is not None
    assert share.assessment.excess_cents == 1
    assert held_cents(cast.morgan) == 0


def test_a_given_gift_over_the_limit_counts(app: Flask, cast: Cast) -> None:
    submit(make_claim(450_00, given_on=YESTERDAY), cast)
    assert held_cents(cast.morgan) == 450_00


def test_gifts_of_two_givers_to_one_person_are_added_up(app: Flask, cast: Cast) -> None:
    submit(make_claim(200_00), cast)
    second = submit(make_claim(101_00), cast, by=cast.other_rep)
    assessment = second.version.shares[0].assessment
    assert assessment is not None
    assert (assessment.prior_cents, assessment.running_cents) == (200_00, 301_00)
    assert assessment.excess_cents == 1_00


def test_a_gift_to_several_people_is_divided_and_rounded_up_to_the_cent(
    app: Flask, cast: Cast
) -> None:
    gift = submit(make_claim(100_01, to=(cast.morgan, cast.ravi)), cast)
    assert [share.counted_cents for share in gift.version.shares] == [50_01, 50_01]


def test_the_same_form_sent_twice_is_one_gift(app: Flask, cast: Cast) -> None:
    first = submit(make_claim(20_00), cast, key="k1")
    assert submit(make_claim(20_00), cast, key="k1").reference == first.reference
    assert held_cents(cast.morgan) == 20_00


def test_the_same_form_with_other_contents_is_refused(app: Flask, cast: Cast) -> None:
    submit(make_claim(20_00), cast, key="k1")
    with pytest.raises(SubmissionKeyReusedError):
        submit(make_claim(21_00), cast, key="k1")


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        pytest.param(make_claim(given_on=date(1899, 1, 1)), "given_on", id="a day in 1899"),
        pytest.param(make_claim(given_on=date(2199, 1, 1)), "given_on", id="a day in 2199"),
        pytest.param(make_claim(to=()), "recipients", id="nobody"),
        pytest.param(make_claim(to=(1, 1)), "recipients", id="one person twice"),
        pytest.param(make_claim(to=(4711,)), "recipients", id="an unknown person"),
        pytest.param(make_claim(-5_00), "cost", id="a sum below zero"),
        pytest.param(make_claim(2_000_000_00), "cost", id="a sum above the ceiling"),
        pytest.param(make_claim(quantity=0), "quantity", id="no units"),
        pytest.param(make_claim(tax_cents=-1), "tax", id="a tax below zero"),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused_at_its_field(
    app: Flask, cast: Cast, claim: Claim, field: str
) -> None:
    with pytest.raises(InputError) as refused:
        submit(claim, cast)
    assert list(refused.value.problems) == [field]
    assert held_cents(cast.morgan) == 0


def test_withdrawing_frees_the_room(app: Flask, cast: Cast) -> None:
    gift = submit(make_claim(150_00), cast)
    with unit_of_work() as session:
        gifts.withdraw(session, gift.reference, actor_id=cast.rep, at=NOON)
    assert held_cents(cast.morgan) == 0


def test_a_gift_that_was_given_cannot_be_withdrawn(app: Flask, cast: Cast) -> None:
    gift = submit(make_claim(150_00, given_on=YESTERDAY), cast)
    with unit_of_work() as session, pytest.raises(AlreadyGivenError):
        gifts.withdraw(session, gift.reference, actor_id=cast.rep, at=NOON)


def test_nobody_withdraws_the_gift_of_another(app: Flask, cast: Cast) -> None:
    gift = submit(make_claim(150_00), cast)
    with unit_of_work() as session, pytest.raises(NotAuthorError):
        gifts.withdraw(session, gift.reference, actor_id=cast.other_rep, at=NOON)


def test_an_amendment_is_a_new_version_that_is_judged_anew(app: Flask, cast: Cast) -> None:
    gift = submit(make_claim(48_00), cast)
    with unit_of_work() as session:
        gifts.amend(
            session,
            gift.reference,
            make_claim(160_00),
            reason="The basket was larger",
            actor_id=cast.rep,
            at=NOON,
        )
    with unit_of_work() as session:
        amended = find_by_reference(session, gift.reference)
        assert amended is not None
        assert amended.state is State.SUBMITTED
        assert [version.number for version in amended.versions] == [1, 2]
        assert [version.cost_cents for version in amended.versions] == [48_00, 160_00]
    assert held_cents(cast.morgan) == 160_00


def test_an_amendment_may_move_a_gift_to_another_person(app: Flask, cast: Cast) -> None:
    gift = submit(make_claim(48_00), cast)
    with unit_of_work() as session:
        gifts.amend(
            session,
            gift.reference,
            make_claim(48_00, to=(cast.ravi,)),
            reason="It went to Ravi",
            actor_id=cast.rep,
            at=NOON,
        )
    assert (held_cents(cast.morgan), held_cents(cast.ravi)) == (0, 48_00)


def test_an_amendment_says_why(app: Flask, cast: Cast) -> None:
    gift = submit(make_claim(48_00), cast)
    with unit_of_work() as session, pytest.raises(ReasonMissingError):
        gifts.amend(
            session, gift.reference, make_claim(50_00), reason="  ", actor_id=cast.rep, at=NOON
        )


def test_a_given_gift_stays_given_when_its_day_is_amended_to_the_future(
    app: Flask, cast: Cast
) -> None:
    gift = submit(make_claim(400_00, given_on=YESTERDAY), cast)
    with unit_of_work() as session:
        gifts.amend(
            session,
            gift.reference,
            make_claim(400_00, given_on=date(2026, 12, 1)),
            reason="Another day",
            actor_id=cast.rep,
            at=NOON,
        )
    assert held_cents(cast.morgan) == 400_00


def test_an_approved_gift_is_marked_as_given_on_its_day_and_not_before(
    app: Flask, cast: Cast
) -> None:
    gift = submit(make_claim(48_00, given_on=date(2026, 11, 24)), cast)
    with unit_of_work() as session, pytest.raises(InputError):
        gifts.mark_given(session, gift.reference, actor_id=cast.rep, at=NOON)
    with unit_of_work() as session:
        given = gifts.mark_given(
            session, gift.reference, actor_id=cast.rep, at=NOON + timedelta(days=3)
        )
        assert given.state is State.GIVEN


@pytest.mark.parametrize("act", [gifts.cancel, gifts.mark_refused])
def test_a_gift_that_is_not_handed_over_frees_its_room(app: Flask, cast: Cast, act: object) -> None:
    gift = submit(make_claim(48_00), cast)
    with unit_of_work() as session:
        act(session, gift.reference, actor_id=cast.rep, at=NOON)  # type: ignore[operator]
    assert held_cents(cast.morgan) == 0
    with unit_of_work() as session, pytest.raises(StateError):
        gifts.mark_given(session, gift.reference, actor_id=cast.rep, at=NOON)
    with unit_of_work() as session:
        assert replay(session).differences == []


def test_what_was_given_months_ago_counts_in_the_same_year(app: Flask, cast: Cast) -> None:
    past = PastGift(make_claim(250_00, given_on=date(2026, 3, 30)), cast.rep, cast.rep)
    with unit_of_work() as session:
        record_past(session, [past], actor_id=None, at=NOON)
    assert submit(make_claim(50_01), cast).state is State.SUBMITTED
    assert held_cents(cast.morgan) == 250_00


def test_a_preview_writes_nothing(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        judgement = gifts.preview(session, make_claim(350_00), giver_id=cast.rep, today=NOON.date())
        assert judgement.over_limit
        assert session.query(Gift).count() == 0


def test_a_claimed_exclusion_goes_to_a_person(app: Flask, cast: Cast) -> None:
    gift = submit(
        make_claim(450_00, category=Category.COMMEMORATIVE, evidence={"solely_decorative": ""}),
        cast,
    )
    assert gift.state is State.SUBMITTED
    assert held_cents(cast.morgan) == 0


def flags_of(gift: Gift) -> list[str]:
    return [flag["code"] for flag in gift.version.flags]


def test_names_added_to_a_gift_that_was_too_much_are_flagged(app: Flask, cast: Cast) -> None:
    gift = submit(make_claim(320_00), cast)
    with unit_of_work() as session:
        again = gifts.amend(
            session,
            gift.reference,
            make_claim(320_00, to=(cast.morgan, cast.ravi)),
            reason="Ravi shares it",
            actor_id=cast.rep,
            at=NOON,
        )
        assert "names_added_after_refusal" in flags_of(again)


def test_names_added_to_a_gift_that_nobody_turned_down_are_not(app: Flask, cast: Cast) -> None:
    gift = submit(make_claim(48_00), cast)
    with unit_of_work() as session:
        again = gifts.amend(
            session,
            gift.reference,
            make_claim(48_00, to=(cast.morgan, cast.ravi)),
            reason="Ravi shares it",
            actor_id=cast.rep,
            at=NOON,
        )
        assert flags_of(again) == []


def test_a_share_is_summed_by_what_it_counts_for_toward_rule_3220(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        session.get_one(
            Recipient, cast.morgan
        ).recipient_class = RecipientClass.US_FEDERAL_EXECUTIVE
    gift = submit(make_claim(15_00, market_value_cents=18_00), cast)
    assessment = gift.version.shares[0].assessment
    assert assessment is not None
    assert (assessment.regime, assessment.counted_cents) == ("US_5CFR_2635_204a_occasion", 18_00)
    assert held_cents(cast.morgan) == 15_00
