import pytest

from compliance_app.rules.facts import Category, Facts, RecipientClass, Standing
from compliance_app.rules.flags import Flag, FlagCode
from compliance_app.rules.routing import Route, route
from compliance_app.rules.settings import Policy, RoutingRow
from tests.rules.make import judge, make_facts

TABLE = Policy(
    routing=(
        RoutingRow(Route.SUPERVISOR),
        RoutingRow(Route.COMPLIANCE, at_least_cents=250_00),
        RoutingRow(Route.SUPERVISOR_AND_COMPLIANCE, category="gift_card"),
        RoutingRow(Route.COMPLIANCE, recipient_class="union_official"),
        RoutingRow(Route.COMPLIANCE, employer_flag="restricted"),
    )
)


def way(facts: Facts, policy: Policy | None = None, flags: tuple[Flag, ...] = ()) -> Route:
    policy = policy or Policy()
    return route([judge(facts, policy=policy)], flags, facts, policy)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(make_facts(cost_cents=100_00), Route.CLEARED, id="at the ceiling"),
        pytest.param(make_facts(cost_cents=100_01), Route.SUPERVISOR, id="a cent above it"),
        pytest.param(make_facts(cost_cents=300_01), Route.COMPLIANCE, id="over the limit"),
        pytest.param(make_facts(cost_cents=None), Route.COMPLIANCE, id="a question"),
        pytest.param(
            make_facts(category=Category.COMMEMORATIVE, evidence={"solely_decorative": ""}),
            Route.COMPLIANCE,
            id="an exclusion is claimed",
        ),
        pytest.param(
            make_facts(cost_cents=900_00, standing=Standing.CANCELLED),
            Route.CLEARED,
            id="a record only",
        ),
    ],
)
def test_a_plain_small_gift_needs_nobody(facts: Facts, expected: Route) -> None:
    assert way(facts) is expected


def test_a_flag_sends_even_a_small_gift_to_compliance() -> None:
    assert way(make_facts(), flags=(Flag(FlagCode.OPEN_NEGOTIATION),)) is Route.COMPLIANCE


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(make_facts(cost_cents=60_00), Route.CLEARED, id="small"),
        pytest.param(make_facts(cost_cents=249_99), Route.SUPERVISOR, id="in the middle"),
        pytest.param(
            make_facts(cost_cents=250_00), Route.SUPERVISOR_AND_COMPLIANCE, id="large: both rows"
        ),
        pytest.param(
            make_facts(category=Category.GIFT_CARD),
            Route.SUPERVISOR_AND_COMPLIANCE,
            id="a named category, however small",
        ),
        pytest.param(
            make_facts(recipient_classes=(RecipientClass.UNION_OFFICIAL,)),
            Route.SUPERVISOR_AND_COMPLIANCE,
            id="a named class of recipient",
        ),
        pytest.param(
            make_facts(evidence={"employer_flag": "restricted"}),
            Route.SUPERVISOR_AND_COMPLIANCE,
            id="a flagged employer",
        ),
    ],
)
def test_the_policy_routes_by_value_category_recipient_and_employer(
    facts: Facts, expected: Route
) -> None:
    assert way(facts, TABLE) is expected


def test_a_gift_no_row_speaks_of_goes_to_compliance() -> None:
    policy = Policy(routing=(RoutingRow(Route.SUPERVISOR, at_least_cents=250_00),))
    assert way(make_facts(cost_cents=200_00), policy) is Route.COMPLIANCE


def test_all_shares_of_a_gift_are_weighed_together() -> None:
    facts = make_facts(cost_cents=120_00, recipients_count=2)
    shares = [judge(facts), judge(facts)]
    assert route(shares, (), facts, Policy()) is Route.SUPERVISOR
    over = judge(facts, ("2026-04-01", 300_00))
    assert route([shares[0], over], (), facts, Policy()) is Route.COMPLIANCE
