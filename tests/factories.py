"""Claims for tests: everything has a plain default, so a test names only what it is about."""

from datetime import date

from compliance_app.rules.facts import Category
from compliance_app.services.claims import Claim
from tests.conftest import CAST


def make_claim(
    cents: int = 48_00,
    *,
    given_on: date = date(2026, 11, 24),
    to: tuple[int, ...] = (CAST.morgan,),
    category: Category = Category.MERCHANDISE,
    **rest: object,
) -> Claim:
    """Return a claim for a gift of `cents`, planned for the Tuesday after the tests' day."""
    return Claim(
        given_on=given_on,
        category=category,
        description="Gift basket from Fern & Rye",
        recipient_ids=to,
        purpose="Year-end visit",
        cost_cents=cents,
        **rest,  # type: ignore[arg-type]
    )
