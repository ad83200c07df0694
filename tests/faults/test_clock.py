"""The machine's clock jumps back: what is written keeps its order, and nothing is refused."""

from datetime import timedelta

from flask import Flask

from compliance_app.services import gifts
from compliance_app.services.audit import verify
from compliance_app.services.replay import replay
from compliance_app.store.base import unit_of_work
from compliance_app.store.ledgers import prior_shares
from tests.conftest import NOON, Cast
from tests.factories import make_claim


def test_gifts_are_added_up_and_the_trail_holds_when_the_clock_jumps_back(
    app: Flask, cast: Cast
) -> None:
    references = []
    for moment in (NOON, NOON - timedelta(days=325), NOON - timedelta(hours=1), NOON):
        with unit_of_work() as session:
            gift = gifts.submit(
                session, make_claim(60_00), giver_id=cast.rep, actor_id=cast.rep, at=moment
            )
            references.append(gift.reference)
    assert references == ["G-2026-000001", "G-2025-000002", "G-2026-000003", "G-2026-000004"]
    with unit_of_work() as session:
        shares = prior_shares(session, cast.morgan, since=None, except_gift_id=None)
        assert sum(share.counted_cents for share in shares) == 240_00
        assert verify(session).problem is None
        assert replay(session).differences == []
