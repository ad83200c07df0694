"""The rows of the report benchmarks: seeded shares, made one by one so that they cost no memory."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from compliance_app.rules.workflow import DecisionKind
from reports.source import DatedLimit, DecisionLine, ReportMeta, ShareLine

FIRST = ("Anna", "Ben", "Carla", "David", "Eva", "Felix", "Greta", "Hugo", "Inés", "Jonas", "Karin")
LAST = ("Abernathy", "Bauer", "Castellano", "Dubois", "Engström", "Fischer", "García", "Iyer")
ITEMS = (
    "Dinner before the opera for two at the conference hotel",
    "Basket of fruit and cheese",
    "Fountain pen with engraving",
    "Two tickets to the charity golf tournament in spring",
    "Holiday hamper with wine and a card signed by the whole desk",
)
PURPOSES = ("Thanks for the annual review", "Holiday", "Closing of the municipal mandate")
OFFICERS = ("Dana Castellano", "Rosa Delgado", "The firm's policy")
LIMIT_CENTS = 300_00
META = ReportMeta(
    firm="Ardmore & Lyle Securities LLC",
    period="2026Q2",
    first_day=date(2026, 4, 1),
    last_day=date(2026, 6, 30),
    scope="The whole firm",
    made_at=datetime(2026, 7, 5, 21, 30, tzinfo=UTC),
    year_basis="Calendar year, January 1 to December 31",
    policy_label="Gift policy version 4",
    policy_sha256="5f" * 32,
    trail_events=18_422,
    trail_head="ab12cd34" * 8,
    software="Tally 3220",
    stem="register-2026Q2",
    limits=(DatedLimit(date(2026, 3, 30), LIMIT_CENTS),),
)


class Shares(Sequence[ShareLine]):
    """So many shares, the same whenever they are gone through."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        return list(self)[index]

    def __iter__(self) -> Iterator[ShareLine]:
        pick = Random(3220)
        running = 0
        for number in range(self._count):
            first_of_person = number % 3 == 0
            cents = pick.randrange(15_00, 120_00)
            running = cents if first_of_person else running + cents
            yield _share(number, cents, running, pick)


def _share(number: int, cents: int, running: int, pick: Random) -> ShareLine:
    draw = pick.random()
    person = number // 3
    day = _days()[int(draw * 90)]
    giver = f"{FIRST[int(draw * 1009) % 11]} {LAST[int(draw * 2003) % 8]}"
    over = max(0, running - LIMIT_CENTS)
    return ShareLine(
        gift_reference=f"G-{number:06}",
        version=1,
        given_on=day,
        logged_on=day,
        recipient_id=person,
        recipient=f"{FIRST[person % 11]} {LAST[person // 11 % 8]}",
        employer=f"{LAST[number // 40 % 8]} Pension Advisors {number // 40:05}",
        giver=giver,
        logged_by="Wei Dubois" if draw < 0.2 else giver,
        category="gift_card" if draw < 0.3 else "tangible",
        description=f"{ITEMS[int(draw * 5)]} (ref. {int(draw * 99_999)})",
        purpose=PURPOSES[int(draw * 3)],
        counted_cents=cents,
        counts=True,
        running_cents=running,
        limit_cents=LIMIT_CENTS,
        excess_cents=over,
        state="given",
        verdict="exceeds_limit" if over else "within_limit",
        regime="FINRA_3220",
        decisions=(
            DecisionLine(
                datetime(day.year, day.month, day.day, 9, int(draw * 60), tzinfo=UTC),
                OFFICERS[int(draw * 3)],
                DecisionKind.APPROVE,
                "Modest and usual",
            ),
        ),
        cost_cents=cents,
        payer="member",
    )


@cache
def _days() -> list[date]:
    return [META.first_day + timedelta(days=ahead) for ahead in range(91)]
