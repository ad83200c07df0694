"""Why a share was judged as it was, and that judging it again gives the same bytes."""

import json
from contextlib import AbstractContextManager
from datetime import date

import pytest
from sqlalchemy.orm import Session

from compliance_app.rules.facts import Category, RecipientClass
from compliance_app.services import gifts, policies
from compliance_app.services.claims import Claim
from compliance_app.services.explaining import Repeat, Step, check, explain
from compliance_app.services.import_file import read_rows
from compliance_app.services.imports import Options, import_gifts
from compliance_app.store.gifts import find_by_reference, get_by_reference
from compliance_app.store.models import Assessment, Gift, Recipient
from tests.conftest import CAST, NOON
from tests.factories import make_claim

Work = AbstractContextManager[Session]
ROLLING = 'title = "Gifts"\nversion = "2"\n[year]\nbasis = "rolling"\n'


def submit(session: Session, claim: Claim) -> Gift:
    submitted = gifts.submit(session, claim, giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
    return get_by_reference(session, submitted.reference)


def judged(gift: Gift) -> Assessment:
    assessment = gift.version.shares[0].assessment
    assert assessment is not None
    return assessment


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(make_claim(), id="a plain gift"),
        pytest.param(
            make_claim(
                90_01,
                quantity=3,
                market_value_cents=120_00,
                tax_cents=5_00,
                evidence={
                    "logo": "",
                    "currency": "EUR",
                    "rate": "1.08",
                    "rate_date": "2026-11-20",
                },
                to=(CAST.morgan, CAST.ravi),
            ),
            id="a gift with everything to two people",
        ),
        pytest.param(
            make_claim(category=Category.TICKET, face_value_cents=80_00, host_present=False),
            id="a ticket without a host",
        ),
        pytest.param(make_claim(400_00), id="a gift over the limit"),
        pytest.param(make_claim(category=Category.WEDDING), id="a gift with a question"),
    ],
)
def test_judging_again_gives_the_same_bytes(work: Work, claim: Claim) -> None:
    with work as session:
        submit(session, make_claim(61_00, given_on=date(2026, 11, 2)))
        gift = submit(session, claim)
        session.expire_all()
        assessments = [share.assessment for share in gift.version.shares if share.assessment]
        assert len(assessments) == len(claim.recipient_ids)
        assert {check(session, one) for one in assessments} == {Repeat.SAME}


def test_judging_again_gives_the_same_bytes_under_every_regime(work: Work) -> None:
    with work as session:
        for one in RecipientClass:
            session.get_one(Recipient, CAST.morgan).recipient_class = one
            session.flush()
            gift = submit(session, make_claim(30_00))
            session.expire_all()
            assert check(session, judged(gift)) is Repeat.SAME, one


def test_a_share_is_judged_again_by_the_policy_it_was_judged_by(work: Work) -> None:
    with work as session:
        before = submit(session, make_claim(150_00))
        policies.adopt(session, ROLLING, reason="Board", actor_id=CAST.officer, at=NOON)
        after = submit(session, make_claim(150_00))
        stricter = (
            'title = "Gifts"\nversion = "3"\neffective_on = 2026-11-21\n'
            '[[firm_limit]]\nfrom = 2026-03-30\namount = "100.00"\n'
        )
        policies.adopt(session, stricter, reason="Board", actor_id=CAST.officer, at=NOON)
        session.expire_all()
        assert judged(before).policy_sha256 != judged(after).policy_sha256
        assert check(session, judged(before)) is Repeat.SAME
        assert check(session, judged(after)) is Repeat.SAME


def test_an_imported_gift_is_judged_again_too(work: Work) -> None:
    content = (
        b"reference,given_on,giver_email,recipient_name,category,description,cost\n"
        b"A-1,2026-01-05,rita@firm.example,Morgan Ellery,merchandise,Basket,45.00\n"
        b"A-2,2026-02-05,rita@firm.example,Morgan Ellery,merchandise,Basket,35.00\n"
    )
    assert len(read_rows(content).rows) == 2
    with work as session:
        import_gifts(session, content, Options(), actor_id=None, at=NOON)
        gift = find_by_reference(session, "A-2")
        assert gift is not None
        told = explain(session, judged(gift))
        assert told.repeat is Repeat.SAME
        assert told.steps == (Step("A-1", date(2026, 1, 5), 45_00, False, 45_00),)


def test_the_steps_make_up_the_sum(work: Work) -> None:
    with work as session:
        submit(session, make_claim(61_00, given_on=date(2025, 11, 2)))
        first = submit(session, make_claim(61_00, given_on=date(2026, 10, 2)))
        second = submit(session, make_claim(120_00, given_on=date(2026, 10, 3)))
        submit(session, make_claim(10_00, given_on=date(2026, 11, 30)))
        gift = submit(session, make_claim(20_00))
        told = explain(session, judged(gift))
        assert [(step.reference, step.cents, step.total_cents) for step in told.steps] == [
            (first.reference, 61_00, 61_00),
            (second.reference, 120_00, 181_00),
        ]
        assert judged(gift).prior_cents == 181_00
        assert judged(gift).running_cents == 201_00


def test_the_steps_leave_out_what_the_policy_leaves_out(work: Work) -> None:
    text = (
        'title = "Gifts"\nversion = "2"\n[valuation]\n'
        'transition = "ignore_gifts_before_2026-03-30"\n'
    )
    with work as session:
        policies.adopt(session, text, reason="Board", actor_id=CAST.officer, at=NOON)
        submit(session, make_claim(61_00, given_on=date(2026, 2, 2)))
        gift = submit(session, make_claim(20_00))
        assert explain(session, judged(gift)).steps == ()
        assert judged(gift).prior_cents == 0


def test_the_inputs_stay_as_they_were_when_the_register_changes(work: Work) -> None:
    with work as session:
        earlier = submit(session, make_claim(61_00))
        gift = submit(session, make_claim(20_00))
        gifts.cancel(session, earlier.reference, actor_id=CAST.rep, at=NOON)
        session.expire_all()
        told = explain(session, judged(gift))
        assert told.repeat is Repeat.SAME
        assert [step.cents for step in told.steps] == [61_00]


@pytest.mark.parametrize("column", ["running_cents", "excess_cents", "counted_cents"])
def test_a_column_that_was_changed_is_noticed(work: Work, column: str) -> None:
    with work as session:
        assessment = judged(submit(session, make_claim()))
        setattr(assessment, column, 1_00)
        assert check(session, assessment) is Repeat.DIFFERS


def test_a_share_whose_policy_is_gone_cannot_be_judged_again(work: Work) -> None:
    with work as session:
        row = policies.adopt(session, ROLLING, reason="Board", actor_id=CAST.officer, at=NOON)
        assessment = judged(submit(session, make_claim()))
        session.delete(row)
        session.flush()
        assert check(session, assessment) is Repeat.POLICY_UNKNOWN


def test_an_input_that_was_changed_is_noticed(work: Work) -> None:
    with work as session:
        assessment = judged(submit(session, make_claim(48_00)))
        document = json.loads(assessment.document)
        document["inputs"]["facts"]["cost_cents"] = 47_00
        assessment.document = json.dumps(document, sort_keys=True, separators=(",", ":"))
        assert check(session, assessment) is Repeat.DIFFERS
