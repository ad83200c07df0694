"""What another policy would have said, and that nothing but the policy is told."""

import random
import tracemalloc
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Verdict
from compliance_app.rules.facts import Category, Facts, RecipientClass
from compliance_app.rules.policy import Policy, parse_policy
from compliance_app.services import approvals, gifts, policies
from compliance_app.services.import_file import FileError
from compliance_app.services.policies import PolicyBook
from compliance_app.services.what_if import (
    Change,
    Entry,
    Outcome,
    Summary,
    Sums,
    UnreadableRowsError,
    replay,
    what_if,
    what_if_file,
)
from compliance_app.services.what_if_list import csv_lines
from compliance_app.store.gifts import get_by_reference
from compliance_app.store.models import Gift, Recipient
from tests.conftest import CAST, NOON
from tests.factories import make_claim

Work = AbstractContextManager[Session]
TITLE = 'title = "What if"\nversion = "2"\n'
LIMIT_250 = TITLE + '[[firm_limit]]\nfrom = 2026-03-30\namount = "250.00"\n'
WITHIN, EXCEEDS = Verdict.WITHIN_LIMIT, Verdict.EXCEEDS_LIMIT


def submit(session: Session, cents: int, day: date, to: tuple[int, ...] = (CAST.morgan,)) -> Gift:
    submitted = gifts.submit(
        session,
        make_claim(cents, given_on=day, to=to),
        giver_id=CAST.rep,
        actor_id=CAST.rep,
        at=NOON,
    )
    return get_by_reference(session, submitted.reference)


def told(
    session: Session,
    text: str,
    *,
    since: date | None = None,
    until: date | None = None,
) -> tuple[list[Change], Summary]:
    summary = Summary()
    changes = what_if(session, parse_policy(text), summary, since=since, until=until)
    return list(changes), summary


def test_a_stricter_limit_names_the_gifts_it_would_have_stopped(work: Work) -> None:
    with work as session:
        submit(session, 120_00, date(2026, 10, 1))
        second = submit(session, 140_00, date(2026, 11, 2))
        submit(session, 99_00, date(2026, 11, 2), (CAST.ravi,))
        changes, summary = told(session, LIMIT_250)
    assert changes == [
        Change(
            second.reference,
            date(2026, 11, 2),
            "Morgan Ellery",
            Outcome(WITHIN, 140_00, 0),
            Outcome(EXCEEDS, 140_00, 10_00),
        )
    ]
    assert summary.whole == Sums(
        shares=3,
        changed=1,
        over_then=0,
        over_now=1,
        counted_then_cents=359_00,
        counted_now_cents=359_00,
        excess_then_cents=0,
        excess_now_cents=10_00,
    )
    assert [(month, sums.shares, sums.changed) for month, sums in summary.by_month] == [
        ("2026-10", 1, 0),
        ("2026-11", 2, 1),
    ]


def test_nothing_would_change_under_the_policy_in_force(work: Work) -> None:
    """Not even where late entries, withdrawals and breaches make the order of logging matter."""
    with work as session:
        submit(session, 200_00, date(2026, 11, 10))
        submit(session, 200_00, date(2026, 11, 2))
        submit(session, 90_00, date(2026, 11, 24))
        taken_back = submit(session, 290_00, date(2026, 11, 25), (CAST.ravi,))
        submit(session, 50_00, date(2026, 11, 26), (CAST.ravi,))
        gifts.withdraw(session, taken_back.reference, actor_id=CAST.rep, at=NOON)
        changes, summary = told(session, policies.template())
    assert changes == []
    assert (summary.whole.shares, summary.whole.over_then) == (5, 3)
    assert summary.whole.over_now == summary.whole.over_then


@pytest.mark.parametrize("recipient_class", list(RecipientClass))
def test_nothing_would_change_under_the_policy_in_force_for_any_recipient(
    work: Work, recipient_class: RecipientClass
) -> None:
    with work as session:
        session.get_one(Recipient, CAST.morgan).recipient_class = recipient_class
        session.flush()
        for day, cents in ((2, 15_00), (3, 90_00), (3, 45_00), (4, 230_00)):
            claim = make_claim(cents, given_on=date(2026, 11, day), market_value_cents=cents + 5_00)
            gifts.submit(session, claim, giver_id=1, actor_id=1, at=NOON)
        changes, summary = told(session, policies.template())
    assert changes == []
    assert summary.whole.shares == 4


def test_a_gift_that_took_no_room_takes_none_in_the_replay(work: Work) -> None:
    with work as session:
        taken_back = submit(session, 240_00, date(2026, 11, 24))
        gifts.withdraw(session, taken_back.reference, actor_id=CAST.rep, at=NOON)
        submit(session, 240_00, date(2026, 11, 25))
        changes, _ = told(session, LIMIT_250)
    assert changes == []


def test_values_are_counted_anew_before_they_are_added_up(work: Work) -> None:
    higher = TITLE + '[valuation]\nbasis = "higher_of_cost_or_market"\n'
    with work as session:
        claim = make_claim(100_00, given_on=date(2026, 11, 2), market_value_cents=250_00)
        first = gifts.submit(session, claim, giver_id=1, actor_id=1, at=NOON)
        second = submit(session, 80_00, date(2026, 11, 3))
        changes, _ = told(session, higher)
    assert [(change.reference, change.then, change.now) for change in changes] == [
        (first.reference, Outcome(WITHIN, 100_00, 0), Outcome(WITHIN, 250_00, 0)),
        (second.reference, Outcome(WITHIN, 80_00, 0), Outcome(EXCEEDS, 80_00, 30_00)),
    ]


def test_merged_records_are_one_person(work: Work) -> None:
    with work as session:
        submit(session, 140_00, date(2026, 11, 2))
        submit(session, 140_00, date(2026, 11, 3), (CAST.ravi,))
        session.get_one(Recipient, CAST.ravi).merged_into_id = CAST.morgan
        session.flush()
        changes, _ = told(session, LIMIT_250)
    assert [(change.recipient, change.now.excess_cents) for change in changes] == [
        ("Morgan Ellery", 30_00)
    ]


def test_a_gift_to_several_is_divided_as_it_was(work: Work) -> None:
    with work as session:
        submit(session, 500_00, date(2026, 11, 2), (CAST.morgan, CAST.ravi))
        changes, summary = told(session, LIMIT_250)
    assert changes == []
    assert summary.whole.counted_now_cents == 500_00


def test_only_the_days_asked_for_are_told_but_all_of_their_year_is_added_up(work: Work) -> None:
    with work as session:
        submit(session, 260_00, date(2026, 4, 1))
        submit(session, 20_00, date(2026, 11, 2))
        submit(session, 10_00, date(2026, 11, 3))
        changes, summary = told(
            session, LIMIT_250, since=date(2026, 11, 2), until=date(2026, 11, 2)
        )
    assert [(change.given_on, change.now.excess_cents) for change in changes] == [
        (date(2026, 11, 2), 30_00)
    ]
    assert summary.whole.shares == 1


def test_the_policies_of_the_day_are_what_is_compared_with(work: Work) -> None:
    with work as session:
        text = LIMIT_250.replace('"2"\n', '"2"\neffective_on = 2026-11-21\n')
        policies.adopt(session, text, reason="Board", actor_id=CAST.officer, at=NOON)
        before = submit(session, 260_00, date(2026, 11, 20))
        submit(session, 260_00, date(2026, 11, 24), (CAST.ravi,))
        changes, _ = told(session, LIMIT_250)
        lifted, _ = told(session, TITLE)
    assert [(change.reference, change.now.excess_cents) for change in changes] == [
        (before.reference, 10_00)
    ]
    assert [(change.then.verdict, change.now.verdict) for change in lifted] == [(EXCEEDS, WITHIN)]


def test_a_decision_changes_nothing_in_a_what_if(work: Work) -> None:
    with work as session:
        gift = submit(session, 140_00, date(2026, 11, 24))
        approvals.approve(session, gift.reference, actor_id=CAST.supervisor, at=NOON, reason="")
        changes, _ = told(session, TITLE)
    assert changes == []


FILE = (
    "reference,given_on,giver_email,recipient_name,employer,category,description,cost\n"
    "A-2,2026-11-02,x@firm.example,=Morgan,Northgate,merchandise,Basket,140.00\n"
    "A-1,2026-10-01,x@firm.example,=Morgan,Northgate,merchandise,Basket,120.00\n"
    ",2026-10-01,x@firm.example,Somebody,Northgate,merchandise,Basket,251.00\n"
)


def test_a_file_is_judged_as_the_register_is(work: Work) -> None:
    summary = Summary()
    with work as session:
        changes = list(what_if_file(session, parse_policy(LIMIT_250), summary, FILE.encode()))
    assert [(change.reference, change.then, change.now) for change in changes] == [
        ("A-2", Outcome(WITHIN, 140_00, 0), Outcome(EXCEEDS, 140_00, 10_00)),
        ("line 4", Outcome(WITHIN, 251_00, 0), Outcome(EXCEEDS, 251_00, 1_00)),
    ]
    assert summary.whole.shares == 3


def test_a_file_can_be_cut_to_days(work: Work) -> None:
    summary = Summary()
    with work as session:
        changes = what_if_file(
            session,
            parse_policy(LIMIT_250),
            summary,
            FILE.encode(),
            since=date(2026, 11, 1),
            until=date(2026, 11, 30),
        )
        assert [change.reference for change in changes] == ["A-2"]
    assert summary.whole.shares == 1


def test_a_row_that_cannot_be_read_stops_the_replay(work: Work) -> None:
    bad = FILE.replace("2026-10-01", "October")
    with work as session, pytest.raises(UnreadableRowsError) as caught:
        what_if_file(session, Policy(), Summary(), bad.encode())
    assert str(caught.value) == "Nothing was replayed: mend 2 of the 3 rows first."
    assert [(problem.line, problem.column) for problem in caught.value.rows] == [
        (3, "given_on"),
        (4, "given_on"),
    ]


def test_a_file_of_something_else_is_refused(work: Work) -> None:
    with work as session, pytest.raises(FileError):
        what_if_file(session, Policy(), Summary(), b"name\nMorgan\n")


def test_the_list_is_csv_that_no_spreadsheet_runs(work: Work) -> None:
    with work as session:
        changes = what_if_file(session, parse_policy(LIMIT_250), Summary(), FILE.encode())
        lines = list(csv_lines(changes))
    assert lines[0] == (
        "reference,given_on,recipient,verdict_then,verdict_now,counted_then,counted_now,"
        "excess_then,excess_now\r\n"
    )
    assert lines[1] == (
        "A-2,2026-11-02,'=Morgan,within_limit,exceeds_limit,140.00,140.00,0.00,10.00\r\n"
    )


def entries(people: int) -> Iterator[Entry]:
    seeded = random.Random(3220)  # noqa: S311 - repeatable, not secret
    for person in range(people):
        day = date(2026, 1, 1)
        for number in range(10):
            day += timedelta(days=seeded.randrange(1, 30))
            facts = Facts(day, Category.MERCHANDISE, cost_cents=seeded.randrange(1_00, 60_00))
            yield Entry(person, "Somebody", f"G-{person}-{number}", facts, True, False)


@pytest.mark.parametrize("year", ["calendar", "rolling"])
def test_memory_does_not_grow_with_the_register(work: Work, year: str) -> None:
    policy = parse_policy(LIMIT_250 + f'[year]\nbasis = "{year}"\n')
    with work as session:
        book = PolicyBook(session)
        peaks = []
        for people in (500, 50, 500):  # the first time fills what is kept for each day
            tracemalloc.start()
            for _ in replay(entries(people), policy, book, Summary(), since=None):
                pass
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    # Ten times the shares, were they kept, would take two megabytes more.
    assert peaks[2] < peaks[1] + 100_000
