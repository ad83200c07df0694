from datetime import date

import pytest

from compliance_app.rules.facts import Category, Facts, RecipientClass, Standing
from compliance_app.rules.flags import Flag, FlagCode, Neighbor, Surroundings, find_flags
from compliance_app.rules.settings import Policy, Route, RoutingRow
from tests.rules.make import judge, make_facts

REP, SUPERVISOR = 1, 2
ELLERY, SHANKARAN = 11, 12
QUIET = Surroundings(logged_on=date(2026, 5, 5), giver_id=REP, recipient_id=ELLERY)


def flags_of(
    facts: Facts, around: Surroundings = QUIET, policy: Policy | None = None
) -> list[Flag]:
    policy = policy or Policy()
    return list(find_flags(facts, around, judge(facts, policy=policy), policy))


def near(day: str, **changes: int | bool) -> Surroundings:
    neighbor = Neighbor("G-7", REP, ELLERY, date.fromisoformat(day), 30_00)
    return QUIET._replace(neighbors=(neighbor._replace(**changes),))  # type: ignore[arg-type]


def test_a_plain_gift_raises_nothing() -> None:
    assert flags_of(make_facts()) == []


def test_a_gift_logged_after_the_allowed_days_is_late() -> None:
    on_time = QUIET._replace(logged_on=date(2026, 5, 14))
    assert flags_of(make_facts(), on_time) == []
    (flag,) = flags_of(make_facts(), QUIET._replace(logged_on=date(2026, 5, 15)))
    assert flag.sentence == (
        "The gift was given on May 4, 2026 and logged 11 days later; the firm asks for it within "
        "10 days."
    )


def test_a_planned_gift_is_never_late() -> None:
    around = QUIET._replace(logged_on=date(2026, 12, 31))
    assert flags_of(make_facts(standing=Standing.PLANNED), around) == []


@pytest.mark.parametrize(
    ("around", "flagged"),
    [
        pytest.param(near("2026-05-11"), True, id="seven days after"),
        pytest.param(near("2026-04-27"), True, id="seven days before"),
        pytest.param(near("2026-05-12"), False, id="eight days after"),
        pytest.param(near("2026-05-04", declined=True), False, id="declined"),
        pytest.param(near("2026-05-04", recipient_id=SHANKARAN), False, id="to somebody else"),
    ],
)
def test_two_gifts_of_one_giver_within_days_may_be_one_gift_split(
    around: Surroundings, flagged: bool
) -> None:
    found = flags_of(make_facts(), around)
    assert [flag.code for flag in found] == ([FlagCode.SPLITTING] if flagged else [])


def test_splitting_says_what_the_gifts_come_to() -> None:
    (flag,) = flags_of(make_facts(), near("2026-05-06"))
    assert flag.sentence == (
        "The same giver gave this person another gift within 7 days (G-7); together they come to "
        "$80.00."
    )


def test_several_givers_to_one_person_within_days_are_named() -> None:
    around = QUIET._replace(
        neighbors=(
            Neighbor("G-8", SUPERVISOR, ELLERY, date(2026, 5, 6), 20_00),
            Neighbor("G-9", 3, ELLERY, date(2026, 5, 2), 20_00),
        ),
    )
    (flag,) = flags_of(make_facts(), around)
    assert flag.sentence == "3 people of the firm gave to this person within 7 days (G-9, G-8)."


def test_of_many_gifts_the_first_three_are_named() -> None:
    neighbors = tuple(
        Neighbor(f"G-{number}", 3, ELLERY, date(2026, 5, 6), 20_00) for number in (4, 2, 5, 1, 3)
    )
    (flag,) = flags_of(make_facts(), QUIET._replace(neighbors=neighbors))
    assert flag.sentence == (
        "2 people of the firm gave to this person within 7 days (G-1, G-2, G-3 and 2 more)."
    )
    (flag,) = flags_of(make_facts(), QUIET._replace(neighbors=neighbors[:4]))
    assert flag.sentence.endswith(" (G-1, G-2, G-4 and 1 more).")
    (flag,) = flags_of(make_facts(), QUIET._replace(neighbors=neighbors[1:4]))
    assert flag.sentence == (
        "2 people of the firm gave to this person within 7 days (G-1, G-2, G-5)."
    )


def test_the_cost_of_all_items_is_held_against_the_invoice() -> None:
    around = QUIET._replace(invoice_cents=101_00)
    (flag,) = flags_of(make_facts(quantity=2), around)
    assert flag.sentence == ("The cost entered, $100.00, is less than the invoice shows, $101.00.")
    assert flags_of(make_facts(quantity=2), QUIET._replace(invoice_cents=100_00)) == []


@pytest.mark.parametrize(
    ("cents", "what"),
    [
        (284_99, None),
        (285_00, "$285.00 is just under $300.00, the limit"),
        (299_99, "$299.99 is just under $300.00, the limit"),
        (300_00, None),
        (47_50, "$47.50 is just under $50.00, the firm's nominal value"),
        (47_49, None),
    ],
)
def test_a_value_just_under_a_threshold_is_pointed_out(cents: int, what: str | None) -> None:
    found = flags_of(
        make_facts(cost_cents=cents), policy=Policy(nominal_value_threshold_cents=50_00)
    )
    assert [flag.sentence for flag in found] == ([] if what is None else [f"The value of {what}."])


def test_a_value_just_under_a_step_of_the_routing_is_pointed_out() -> None:
    policy = Policy(routing=(RoutingRow(Route.COMPLIANCE, at_least_cents=200_00),))
    (flag,) = flags_of(make_facts(cost_cents=199_00), policy=policy)
    assert flag.sentence == (
        "The value of $199.00 is just under $200.00, the value from which on somebody else decides."
    )
    assert flags_of(make_facts(cost_cents=200_00), policy=policy) == []


@pytest.mark.parametrize(
    ("around", "sentence"),
    [
        (
            QUIET._replace(names_added_after_refusal=True),
            "Recipients were added after an earlier form of this gift was turned down.",
        ),
        (
            QUIET._replace(invoice_cents=60_00),
            "The cost entered, $50.00, is less than the invoice shows, $60.00.",
        ),
        (
            QUIET._replace(open_negotiation=True),
            "Business with the recipient's employer is being negotiated at this time.",
        ),
        (
            QUIET._replace(possible_duplicate="Robert Smith"),
            "The recipient may be the same person as Robert Smith.",
        ),
        (
            QUIET._replace(employment_ended_on=date(2026, 5, 3)),
            "The recipient left the employer on May 3, 2026, before the day of the gift.",
        ),
    ],
)
def test_what_the_register_knows_is_said(around: Surroundings, sentence: str) -> None:
    (flag,) = flags_of(make_facts(), around)
    assert flag.sentence == sentence


@pytest.mark.parametrize(
    "around",
    [
        QUIET._replace(invoice_cents=50_00),
        QUIET._replace(employment_ended_on=date(2026, 5, 4)),
    ],
)
def test_what_is_in_order_is_not_flagged(around: Surroundings) -> None:
    assert flags_of(make_facts(), around) == []


def test_a_cost_nobody_knows_cannot_be_below_the_invoice() -> None:
    facts = make_facts(cost_cents=None, market_value_cents=50_00)
    assert flags_of(facts, QUIET._replace(invoice_cents=60_00)) == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (make_facts(category=Category.TICKET), FlagCode.TICKET_WITHOUT_HOST),
        (make_facts(category=Category.ENTERTAINMENT), FlagCode.TICKET_WITHOUT_HOST),
        (make_facts(category=Category.CASH), FlagCode.CASH_EQUIVALENT),
        (make_facts(category=Category.GIFT_CARD), FlagCode.CASH_EQUIVALENT),
        (make_facts(evidence={"cash_equivalent": ""}), FlagCode.CASH_EQUIVALENT),
        (make_facts(evidence={"invoice_net": "640.00"}), FlagCode.BELOW_INVOICE),
        (
            make_facts(evidence={"possible_duplicate_identity": "Bob Smith"}),
            FlagCode.POSSIBLE_DUPLICATE,
        ),
        (make_facts(cost_cents=200_00, market_value_cents=400_00), FlagCode.VALUE_MATTERS),
        (
            make_facts(cost_cents=270_00, recipient_classes=(RecipientClass.UNION_OFFICIAL,)),
            FlagCode.REPORT_DUE,
        ),
    ],
)
def test_what_a_gift_is_may_speak_for_itself(facts: Facts, code: FlagCode) -> None:
    assert [flag.code for flag in flags_of(facts)] == [code]


def test_a_hosted_seat_is_not_flagged() -> None:
    assert flags_of(make_facts(category=Category.TICKET, host_present=True)) == []


def test_every_flag_is_stored_and_read_back_with_its_sentence() -> None:
    around = near("2026-05-06")._replace(possible_duplicate="Robert Smith")
    for flag in flags_of(make_facts(category=Category.CASH), around):
        again = Flag.from_document(flag.as_document())
        assert again == flag
        assert again.sentence == flag.sentence


def test_a_warning_that_only_informs_raises_no_flag() -> None:
    classes = (RecipientClass.REGISTERED_FUND_ADVISORY_PERSONNEL,)
    assert flags_of(make_facts(recipient_classes=classes)) == []
