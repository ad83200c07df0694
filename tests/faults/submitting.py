"""Handing in gifts through the services, as somebody does who insists."""

from collections import Counter
from collections.abc import Callable, Iterable
from time import monotonic, sleep

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from compliance_app.services import gifts
from compliance_app.services.audit import verify
from compliance_app.services.replay import replay
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Gift, Share
from tests.conftest import NOON, Cast
from tests.factories import make_claim

PATIENCE_SECONDS = 60.0


def submit(cast: Cast, key: str, before_commit: Callable[[], None] = lambda: None) -> str:
    """Hand in a small gift and return its reference."""
    with unit_of_work() as session:
        gift = gifts.submit(
            session,
            make_claim(1_00),
            giver_id=cast.rep,
            actor_id=cast.rep,
            at=NOON,
            submission_key=key,
        )
        before_commit()
    return gift.reference


def submit_until_answered(cast: Cast, key: str) -> str:
    """Hand in a gift again until it is known to be kept."""
    end = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return submit(cast, key)
        except DBAPIError:
            if monotonic() > end:
                raise
            sleep(0.05)


def assert_sound(acknowledged: Iterable[str], *, cents_each: int = 1_00) -> None:
    """Make sure that every gift is there once, the sums are right and the trail tells all."""
    expected = list(acknowledged)
    with unit_of_work() as session:
        assert Counter(session.scalars(select(Gift.reference))) == Counter(expected)
        held = session.scalar(select(func.sum(Share.counted_cents)).where(Share.holds_room))
        assert (held or 0) == len(expected) * cents_each
        assert verify(session).problem is None
        assert replay(session).differences == []


def gifts_there() -> int:
    """Return how many gifts the register holds now."""
    with unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(Gift)) or 0
