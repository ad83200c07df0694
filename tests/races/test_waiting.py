"""Whoever adds up a person's sum waits for whoever has added it up and has not ended yet."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from compliance_app.rules.errors import OverLimitError
from compliance_app.services import approvals, gifts
from compliance_app.store.base import unit_of_work
from compliance_app.store.ledgers import prior_shares
from tests.conftest import CAST, NOON
from tests.factories import make_claim

# Long enough for an act that waits for nobody.
SECONDS = 0.5


def submit(session: Session, cents: int, giver: int = CAST.other_rep) -> str:
    claim = make_claim(cents)
    return gifts.submit(session, claim, giver_id=giver, actor_id=giver, at=NOON).reference


def approve(session: Session, rival: str, _small: str) -> None:
    with pytest.raises(OverLimitError):
        approvals.approve(session, rival, actor_id=CAST.second_officer, at=NOON)


def amend(session: Session, _rival: str, small: str) -> None:
    claim = make_claim(150_00)
    gifts.amend(session, small, claim, reason="More", actor_id=CAST.other_rep, at=NOON)


def submit_another(session: Session, _rival: str, _small: str) -> None:
    submit(session, 150_00, CAST.rep)


@pytest.mark.parametrize(
    ("act", "held"),
    [(approve, [10_00, 200_00]), (amend, [200_00]), (submit_another, [10_00, 200_00])],
)
def test_nobody_adds_up_while_an_approval_is_not_kept_yet(
    app: Flask, act: Callable[[Session, str, str], None], held: list[int]
) -> None:
    with unit_of_work() as session:
        first = submit(session, 250_00)
        over, rival, small = (submit(session, cents) for cents in (200_00, 200_00, 10_00))
        approvals.decline(session, first, actor_id=CAST.officer, at=NOON, reason="Not now")

    def rush() -> None:
        with app.app_context(), unit_of_work() as session:
            act(session, rival, small)

    with ThreadPoolExecutor(1) as thread:
        with unit_of_work() as session:
            approvals.approve(session, over, actor_id=CAST.officer, at=NOON)
            rushed = thread.submit(rush)
            wait([rushed], timeout=SECONDS)
        rushed.result()
    with unit_of_work() as session:
        shares = prior_shares(session, CAST.morgan, since=None, except_gift_id=None)
        assert sorted(share.counted_cents for share in shares) == held
