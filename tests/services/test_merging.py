"""Two records that are one person: the sums follow, and everything can be taken back."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from compliance_app.rules.errors import InputError, PermissionMissingError
from compliance_app.rules.identity import PairState
from compliance_app.rules.identity_errors import (
    AlreadyMergedError,
    NotMergedError,
    OnePersonAlreadyError,
)
from compliance_app.rules.routing import Route
from compliance_app.services import gifts, merging, pairs, recipients
from compliance_app.services.pairs import Suspicion
from compliance_app.services.recipients import NewRecipient, room_on
from compliance_app.services.replay import replay
from compliance_app.store import identity
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Gift, Recipient, RecipientPair
from tests.conftest import NOON, Cast
from tests.factories import make_claim

DAY = date(2026, 11, 20)
NAMES = ("Jon Smith", "Jonathan Smith", "J. Smith")


def _three(session: Session) -> tuple[int, int, int]:
    one, two, three = (
        recipients.add(session, NewRecipient(name), actor_id=None, at=NOON).id for name in NAMES
    )
    return one, two, three


def _two(session: Session) -> tuple[int, int]:
    """Return the numbers of two people of whom nothing suggests that they are one."""
    one, two = (
        recipients.add(session, NewRecipient(name), actor_id=None, at=NOON).id
        for name in ("Ida Rask", "Bo Dahl")
    )
    return one, two


def give(session: Session, cents: int, to: int, cast: Cast, day: date = DAY) -> Gift:
    claim = make_claim(cents, to=(to,), given_on=day)
    given = gifts.submit(session, claim, giver_id=cast.rep, actor_id=cast.rep, at=NOON)
    return session.get_one(Gift, given.id)


def merge(session: Session, one: int, into: int, cast: Cast) -> merging.Merged:
    return merging.merge(session, one, into, reason="One person", actor_id=cast.officer, at=NOON)


def unmerge(session: Session, one: int, cast: Cast) -> merging.Merged:
    return merging.unmerge(session, one, reason="Two people", actor_id=cast.officer, at=NOON)


def sums(session: Session, ids: tuple[int, ...]) -> list[int]:
    """Return what counts for the person behind each record."""
    people = [session.get_one(Recipient, number) for number in ids]
    whole = [session.get_one(Recipient, one.merged_into_id or one.id) for one in people]
    return [room_on(session, one, DAY).running_cents for one in whole]


def test_sums_follow_a_merge_and_come_back_when_it_is_undone(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        ids = _three(session)
        give(session, 40_00, ids[0], cast)
        give(session, 50_00, ids[1], cast)
        assert sums(session, ids) == [40_00, 50_00, 0]
        merge(session, ids[0], ids[1], cast)
        assert sums(session, ids) == [90_00, 90_00, 0]
        give(session, 7_00, ids[0], cast)
        give(session, 9_00, ids[1], cast)
        assert sums(session, ids) == [106_00, 106_00, 0]
        unmerge(session, ids[0], cast)
        assert sums(session, ids) == [47_00, 59_00, 0]
    with unit_of_work() as session:
        assert replay(session).differences == []


def test_a_gift_keeps_the_name_and_the_record_it_was_logged_under(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        one, two, _ = _three(session)
        merge(session, one, two, cast)
        gift = give(session, 40_00, one, cast)
        (share,) = gift.version.shares
        assert (share.recipient_id, share.recipient_name) == (one, "Jon Smith")
        assert sums(session, (one, two)) == [40_00, 40_00]


@pytest.mark.parametrize("undone_first", [0, 1])
def test_a_chain_is_taken_apart_in_any_order(app: Flask, cast: Cast, undone_first: int) -> None:
    with unit_of_work() as session:
        one, two, three = ids = _three(session)
        for cents, to in ((10_00, one), (20_00, two), (30_00, three)):
            give(session, cents, to, cast)
        merge(session, one, two, cast)
        merge(session, two, three, cast)
        assert sums(session, ids) == [60_00, 60_00, 60_00]
        if undone_first == 0:
            unmerge(session, one, cast)
            assert sums(session, ids) == [10_00, 50_00, 50_00]
            unmerge(session, two, cast)
        else:
            unmerge(session, two, cast)
            assert sums(session, ids) == [30_00, 30_00, 30_00]
            unmerge(session, one, cast)
        assert sums(session, ids) == [10_00, 20_00, 30_00]
    with unit_of_work() as session:
        assert replay(session).differences == []


def test_a_merge_into_a_merged_record_follows_that_record(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        one, two, three = ids = _three(session)
        merge(session, two, three, cast)
        merge(session, one, two, cast)
        assert session.get_one(Recipient, one).merged_into_id == three
        unmerge(session, two, cast)
        assert session.get_one(Recipient, one).merged_into_id == two
        assert sums(session, ids) == [0, 0, 0]


def test_circles_and_second_merges_are_refused(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        one, two, three = _three(session)
        with pytest.raises(InputError):
            merge(session, one, one, cast)
        with pytest.raises(NotMergedError):
            unmerge(session, one, cast)
        merge(session, one, two, cast)
        with pytest.raises(OnePersonAlreadyError):
            merge(session, two, one, cast)
        with pytest.raises(AlreadyMergedError) as refusal:
            merge(session, one, three, cast)
        assert str(refusal.value) == (
            "Jon Smith was merged into Jonathan Smith already. Merge Jonathan Smith, or undo that "
            "merge first."
        )
        with pytest.raises(PermissionMissingError):
            merging.merge(session, two, three, reason="", actor_id=cast.rep, at=NOON)


def test_what_is_over_the_limit_since_the_merge_is_raised_and_settled(
    app: Flask, cast: Cast
) -> None:
    with unit_of_work() as session:
        one, two, _ = _three(session)
        give(session, 200_00, one, cast, date(2026, 6, 1))
        late = give(session, 150_00, two, cast, date(2026, 7, 1))
        done = merge(session, one, two, cast)
        (finding,) = done.findings
        assert (finding.gift_id, finding.running_cents) == (late.id, 350_00)
        assert (finding.limit_cents, finding.excess_cents) == (300_00, 50_00)
        assert "$350.00" in finding.sentence
        assert identity.findings_of_gift(session, late.id) == [finding]
        (settled,) = unmerge(session, one, cast).findings
        assert (
            settled.closed_reason == "The merge was undone, so the gift is within the limit again."
        )
        assert identity.open_findings(session) == []
    with unit_of_work() as session:
        assert replay(session).differences == []


def test_a_new_gift_is_judged_with_what_both_records_were_given(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        one, two, _ = _three(session)
        give(session, 200_00, one, cast)
        merge(session, one, two, cast)
        gift = give(session, 150_00, two, cast)
        (share,) = gift.version.shares
        assert share.assessment is not None
        assert (share.assessment.running_cents, share.assessment.excess_cents) == (350_00, 50_00)


def test_not_the_same_is_remembered_for_ever(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        one, two = _two(session)
        found = [Suspicion(two, one, 90, "same family name")]
        assert pairs.suspect(session, found, actor_id=None, at=NOON) == 1
        (pair,) = session.query(RecipientPair).all()
        pairs.decide(
            session, pair.id, PairState.NOT_SAME, reason="Cousins", actor_id=cast.officer, at=NOON
        )
        assert pairs.suspect(session, found, actor_id=None, at=NOON) == 0
        assert identity.open_pairs(session, after=None, count=10) == []
        assert identity.suspects_of(session, [one, two]) == []
    with unit_of_work() as session:
        assert replay(session).differences == []


def test_a_merged_pair_leaves_the_list_and_comes_back_when_undone(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        one, two = _two(session)
        found = [Suspicion(one, two, 90, "same family name")]
        pairs.suspect(session, found, actor_id=None, at=NOON)
        assert [other.name for _, other in identity.suspects_of(session, [one])] == ["Bo Dahl"]
        merge(session, one, two, cast)
        assert identity.open_pairs(session, after=None, count=10) == []
        unmerge(session, one, cast)
        (pair,) = identity.open_pairs(session, after=None, count=10)
        assert pair.state is PairState.SUSPECTED


def test_a_gift_to_who_may_be_somebody_else_is_flagged_with_the_sum_of_both(
    app: Flask, cast: Cast
) -> None:
    with unit_of_work() as session:
        one, two = _two(session)
        give(session, 40_00, one, cast)
        found = [Suspicion(one, two, 90, "same family name")]
        pairs.suspect(session, found, actor_id=None, at=NOON)
        gift = give(session, 50_00, two, cast)
        assert [flag["sentence"] for flag in gift.version.flags] == [
            "The recipient may be the same person as Ida Rask, with whom the total would be $90.00."
        ]
        assert gift.route is Route.COMPLIANCE
        (pair,) = session.query(RecipientPair).all()
        pairs.decide(
            session, pair.id, PairState.NOT_SAME, reason="", actor_id=cast.officer, at=NOON
        )
        flags = give(session, 5_00, two, cast).version.flags
        assert [flag["code"] for flag in flags] == ["splitting"]
