"""Adopting the firm's policy, and what holds before and after."""

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import fields, replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Verdict
from compliance_app.rules.errors import InputError, PermissionMissingError
from compliance_app.rules.policy import Policy, PolicyError, Transition, parse_policy
from compliance_app.rules.regimes import Limit
from compliance_app.rules.settings import Route, RoutingRow
from compliance_app.rules.valuation import Basis, Rounding
from compliance_app.rules.windows import Year, YearBasis
from compliance_app.services import gifts, policies
from compliance_app.services.policy_words import Change, difference, settings_of
from compliance_app.store import audit
from compliance_app.store import policies as store
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.gifts import get_by_reference
from compliance_app.store.models import Gift
from compliance_app.store.models import Policy as Version
from tests.conftest import CAST, NOON
from tests.factories import make_claim

Work = AbstractContextManager[Session]
TODAY = date(2026, 11, 21)
FIRST = 'title = "Gifts"\nversion = "1"\n'
STRICTER = FIRST + '[[firm_limit]]\nfrom = 2026-03-30\namount = "250.00"\n'


def adopt(
    session: Session, text: str, *, actor_id: int = CAST.officer, reason: str = "Board of May 4"
) -> Version:
    return policies.adopt(session, text, reason=reason, actor_id=actor_id, at=NOON)


def version(number: int, effective_on: str, rest: str = "") -> str:
    return f'title = "Gifts"\nversion = "{number}"\neffective_on = {effective_on}\n{rest}'


def problems_of(session: Session, text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        adopt(session, text)
    return [str(problem) for problem in caught.value.problems]


def test_an_adopted_version_is_in_force_from_its_day_on(work: Work) -> None:
    with work as session:
        adopt(session, version(1, "2026-11-23", '[[firm_limit]]\nfrom = 2026-03-30\namount = "9"'))
        before, after = (policies.policy_on(session, date(2026, 11, day)) for day in (22, 23))
        assert before.firm_limits == ()
        assert [limit.cents for limit in after.firm_limits] == [9_00]


def test_an_adoption_is_in_the_trail_with_the_whole_document(work: Work) -> None:
    with work as session:
        row = adopt(session, STRICTER)
        event = audit.events_of(session, f"policy:{row.id}")[0]
        assert (event.event, event.actor) == ("policy:adopted", "olga@firm.example")
        assert '"reason":"Board of May 4"' in event.body
        assert 'amount = \\"250.00\\"' in event.body


@pytest.mark.parametrize("who", ["rep", "supervisor", "auditor", "admin"])
def test_only_compliance_adopts_a_policy(work: Work, who: str) -> None:
    with work as session:
        with pytest.raises(PermissionMissingError):
            adopt(session, FIRST, actor_id=getattr(CAST, who))
        assert policies.policy_on(session, TODAY) == policies.default_policy()


@pytest.mark.parametrize("reason", ["", "  \n", "r" * 4001, "bell \x07"])
def test_a_version_needs_a_readable_reason(work: Work, reason: str) -> None:
    with work as session, pytest.raises(InputError) as caught:
        adopt(session, FIRST, reason=reason)
    assert list(caught.value.problems) == ["reason"]


def test_what_is_looser_than_the_rule_is_refused_with_its_line(work: Work) -> None:
    text = FIRST + '[[firm_limit]]\nfrom = 2026-03-30\namount = "400.00"\n'
    with work as session:
        (problem,) = problems_of(session, text)
        assert problem == (
            "line 5: firm_limit.amount: $400.00 is more than the rule allows on 2026-03-30, "
            "$300.00; a firm may only be stricter."
        )
        assert policies.policy_on(session, TODAY) == policies.default_policy()


def test_the_first_version_may_hold_for_all_time(work: Work) -> None:
    with work as session:
        adopt(session, STRICTER)
        assert policies.policy_on(session, date(2020, 1, 1)).firm_limits[0].cents == 250_00


def test_the_first_version_may_reach_into_the_past(work: Work) -> None:
    with work as session:
        adopt(session, version(1, "2020-01-01"))
        assert policies.policy_on(session, date(2020, 1, 1)).version == "1"


@pytest.mark.parametrize(
    ("effective_on", "sentence"),
    [
        pytest.param(
            "2026-11-30",
            "a version takes effect on November 30, 2026 already; name a later day.",
            id="the day of another version",
        ),
        pytest.param(
            "2026-11-29",
            "November 29, 2026 is before November 30, 2026, when the latest version takes "
            "effect; name a later day.",
            id="before another version",
        ),
        pytest.param(
            "2027-11-23",
            "November 23, 2027 is too far ahead; name a day up to 2027-11-22.",
            id="too far ahead",
        ),
    ],
)
def test_a_version_follows_the_one_before_it(work: Work, effective_on: str, sentence: str) -> None:
    with work as session:
        adopt(session, version(1, "2026-11-30"))
        assert problems_of(session, version(2, effective_on)) == [
            f"line 3: effective_on: {sentence}"
        ]


def test_a_later_version_does_not_reach_into_the_past(work: Work) -> None:
    with work as session:
        adopt(session, version(1, "2026-01-01"))
        (problem,) = problems_of(session, version(2, "2026-11-20"))
        assert problem == (
            "line 3: effective_on: November 20, 2026 has passed; name today, 2026-11-21, or a "
            "later day."
        )
        assert adopt(session, version(2, "2026-11-21")).effective_on == TODAY


def test_a_later_version_names_its_first_day(work: Work) -> None:
    with work as session:
        adopt(session, version(1, "2026-11-21"))
        (problem,) = problems_of(session, FIRST)
        assert problem == (
            "line 1: effective_on: this key is missing: a version that follows another needs its "
            "first day, for example effective_on = 2026-11-22."
        )


def test_a_document_that_never_ends_is_refused(work: Work) -> None:
    with work as session:
        assert problems_of(session, FIRST + "#" * 200_000) == [
            "line 1: this has 200,030 characters; 200,000 is the most."
        ]


def test_a_form_and_a_file_give_the_same_hash() -> None:
    plain = FIRST.encode()
    windows = b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n")
    assert policies.read_document(windows) == policies.read_document(plain) == FIRST


def test_a_file_that_is_not_utf8_is_refused_with_its_line() -> None:
    with pytest.raises(PolicyError) as caught:
        policies.read_document(b'title = "a"\nversion = "\xff"')
    assert str(caught.value) == "line 2: this is not UTF-8; save it that way."


def test_adopting_a_version_rewrites_no_past_assessment(work: Work) -> None:
    with work as session:
        gift = submit(session, 280_00, date(2026, 11, 20))
        before = gift.version.shares[0].assessment
        assert before is not None
        kept = before.document
        adopt(session, STRICTER)
        session.expire_all()
        after = gift.version.shares[0].assessment
        assert after is not None
        assert (after.id, after.document) == (before.id, kept)
        assert after.verdict is Verdict.WITHIN_LIMIT


def test_of_two_officers_at_once_one_adopts_a_version_for_a_day(app: Flask) -> None:
    start = Barrier(2)

    def try_to_adopt(officer: int) -> str:
        with app.app_context():
            start.wait(timeout=20)
            try:
                with unit_of_work() as session:
                    adopt(session, version(officer, "2026-11-21"), actor_id=officer)
            except PolicyError:
                return "refused"
            finally:
                db.session.remove()
            return "adopted"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(try_to_adopt, (CAST.officer, CAST.second_officer)))
    assert outcomes == ["adopted", "refused"]
    assert len(store.list_policies(db.session())) == 1


def test_a_gift_that_comes_while_a_version_is_adopted_is_judged_by_it(app: Flask) -> None:
    def hand_in() -> str:
        with app.app_context(), unit_of_work() as session:
            gift = submit(session, 20_00, date(2026, 11, 24))
            judged = gift.version.shares[0].assessment
            assert judged is not None
            return judged.policy_sha256

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work() as session:
            adopted = adopt(session, FIRST)
            coming = pool.submit(hand_in)
            # Long enough to be judged, where nothing held it up.
            assert wait([coming], timeout=0.5).done == set()
        assert coming.result(timeout=20) == adopted.sha256


@pytest.mark.parametrize(
    "year",
    [
        pytest.param('[year]\nbasis = "fiscal"\nfiscal_start = "11-23"', id="a fiscal year"),
        pytest.param('[year]\nbasis = "rolling"', id="a rolling year"),
    ],
)
def test_a_change_of_year_resets_no_running_window(work: Work, year: str) -> None:
    with work as session:
        adopt(session, FIRST)
        adopt(session, version(2, "2026-11-23", year))
        # The second lies in the old calendar year, and in a window of the new kind that is over.
        submit(session, 50_00, date(2025, 11, 22))
        submit(session, 200_00, date(2026, 5, 4))
        gift = submit(session, 101_00, date(2026, 11, 24))
        judged = gift.version.shares[0].assessment
        assert judged is not None
        assert judged.verdict is Verdict.EXCEEDS_LIMIT
        assert judged.excess_cents == 1_00


def test_the_template_counts_as_the_version_before_the_first(work: Work) -> None:
    with work as session:
        adopt(session, version(1, "2026-11-23", '[year]\nbasis = "fiscal"\nfiscal_start = "11-23"'))
        submit(session, 200_00, date(2026, 1, 5))
        gift = submit(session, 101_00, date(2026, 11, 24))
        judged = gift.version.shares[0].assessment
        assert judged is not None
        assert (judged.window_start, judged.excess_cents) == (date(2026, 1, 1), 1_00)


def test_a_policy_is_found_again_by_its_hash(work: Work) -> None:
    with work as session:
        row = adopt(session, version(1, "2026-11-23", '[year]\nbasis = "rolling"'))
        found = policies.find_policy(session, row.sha256)
        assert found == policies.policy_on(session, date(2026, 11, 23))
        template = policies.default_policy()
        assert policies.find_policy(session, template.sha256) == template
        assert policies.find_policy(session, "0" * 64) is None


def test_a_difference_is_told_setting_by_setting() -> None:
    before = parse_policy(FIRST)
    after = parse_policy(
        'title = "Gifts"\nversion = "2"\n[year]\nbasis = "fiscal"\nfiscal_start = "07-01"\n'
        '[days]\nlate_after = 1\n[[firm_limit]]\nfrom = 2026-03-30\namount = "250.00"\n'
        '[[routing]]\nto = "compliance"\nat_least = "100"\n'
    )
    assert difference(before, after) == (
        Change("Version", "1", "2"),
        Change("Gifts to one person are added up over", "Calendar year", "Fiscal year from July 1"),
        Change("The firm's own limit from March 30, 2026", "Not set", "$250"),
        Change("Gifts of $100 and more", "Not set", "Compliance decides"),
        Change("An entry is late after", "10 days", "1 day"),
        Change("Every other gift", "A supervisor decides", "Not set"),
    )


# Another value for every setting, so that none can be left out of the difference.
OTHER: dict[str, object] = {
    "title": "Another title",
    "version": "9",
    "effective_on": TODAY + timedelta(days=1),
    "year": Year(YearBasis.ROLLING),
    "valuation_basis": Basis.HIGHER,
    "prorata_rounding": Rounding.HALF_UP,
    "transition": Transition.IGNORE,
    "firm_limits": (Limit(TODAY, 1_00, "", checked=True),),
    "nominal_value_threshold_cents": 50_00,
    "bereavement_review_cents": 1_00,
    "entertainment_review_count": 3,
    "employs_lobbyist": True,
    "warning_percent": 70,
    "auto_clear_ceiling_cents": 1_00,
    "amount_ceiling_cents": 1_00,
    "late_after_days": 1,
    "splitting_days": 1,
    "several_givers_days": 1,
    "days_until_due": 1,
    "duplicate_shown_from": 20,
    "duplicate_suspected_from": 70,
    "routing": (RoutingRow(Route.COMPLIANCE),),
}
# What is worked out from the documents, not decided in one.
DERIVED = {"earlier_years", "sha256"}


@pytest.mark.parametrize("name", [field.name for field in fields(Policy)])
def test_no_setting_can_change_unseen(name: str) -> None:
    if name in DERIVED:
        assert name not in OTHER
        return
    changed = replace(Policy(), **{name: OTHER[name]})  # type: ignore[arg-type]
    assert len(difference(Policy(), changed)) == 1


def test_the_template_reads_as_plain_words() -> None:
    said = dict(
        setting for part in settings_of(policies.default_policy()) for setting in part.settings
    )
    assert said["Items of nominal value do not count up to"] == (
        "No amount is set; a person decides on each"
    )
    assert said["Every other gift"] == "A supervisor decides"
    assert said["Cleared at once, without a flag, up to"] == "$100"


def submit(session: Session, cents: int, day: date) -> Gift:
    submitted = gifts.submit(
        session, make_claim(cents, given_on=day), giver_id=CAST.rep, actor_id=CAST.rep, at=NOON
    )
    return get_by_reference(session, submitted.reference)


def test_a_version_adopted_meanwhile_is_not_among_those_read_before(work: Work) -> None:
    day = date(2026, 12, 31)
    with work as session:
        first = adopt(session, version(1, "2026-11-23"))
        adopt(session, version(2, "2026-11-24"))
        both = store.hashes_by(session, day)
        assert policies.policy_of(session, (first.sha256,), day).version == "1"
        assert policies.policy_of(session, both, day).version == "2"
