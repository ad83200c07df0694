"""The firm's policy in force, in words; where the law is open, what the firm has chosen."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from compliance_app.clock import today
from compliance_app.rules.facts import Category, RecipientClass
from compliance_app.rules.money import format_dollars
from compliance_app.rules.permissions import Permission
from compliance_app.rules.regimes import RULE_3220
from compliance_app.rules.settings import Policy, Route, RoutingRow, Transition, limit_for
from compliance_app.rules.valuation import Basis, Rounding
from compliance_app.services.policies import policy_on
from compliance_app.store import policies as store
from compliance_app.store.base import db
from compliance_app.web.filters import day as written_day
from compliance_app.web.filters import words
from compliance_app.web.guard import requires

bp = Blueprint("policies", __name__)

BASES = {
    Basis.RULE_ON_GIFT_DATE: "The way the rule names on the day of the gift: the higher of cost "
    "and market value before 30 Mar 2026, cost from that day on",
    Basis.HIGHER: "The higher of cost and market value",
    Basis.COST: "Cost",
}
ROUNDINGS = {
    Rounding.CEILING: "Up to the next cent",
    Rounding.HALF_UP: "To the nearest cent, half a cent up",
}
TRANSITIONS = {
    Transition.COUNT: "They count toward the limit of that year",
    Transition.IGNORE: "They are left out",
}
ROUTES = {
    Route.CLEARED: "Nobody needs to decide",
    Route.SUPERVISOR: "A supervisor decides",
    Route.COMPLIANCE: "Compliance decides",
    Route.SUPERVISOR_AND_COMPLIANCE: "A supervisor and compliance decide",
}
ANSWERS = {None: "Not said; a person decides on each", True: "Yes", False: "No"}
# What the page says of each setting, in its order: the name, and how its value reads.
SETTINGS: tuple[tuple[str, tuple[tuple[str, Callable[[Policy], str]], ...]], ...] = (
    (
        "What counts",
        (
            (
                "Gifts to one person are added up over",
                lambda p: p.year_words[0].upper() + p.year_words[1:],
            ),
            ("A gift counts for", lambda p: BASES[p.valuation_basis]),
            ("A gift to several people is divided", lambda p: ROUNDINGS[p.prorata_rounding]),
            ("Gifts from before 30 Mar 2026", lambda p: TRANSITIONS[p.transition]),
            (
                "Items of nominal value do not count up to",
                lambda p: _threshold(p.nominal_value_threshold_cents),
            ),
        ),
    ),
    (
        "Who looks at it",
        (
            (
                "Cleared at once, without a flag, up to",
                lambda p: _cents(p.auto_clear_ceiling_cents),
            ),
            (
                "Bereavement gifts go to a person above",
                lambda p: _cents(p.bereavement_review_cents),
            ),
            (
                "Entertainment goes to a person",
                lambda p: f"From event {p.entertainment_review_count} for a client in a quarter on",
            ),
            ("The firm employs a registered lobbyist", lambda p: ANSWERS[p.employs_lobbyist]),
            ("The page warns from", lambda p: f"{p.warning_percent}% of the limit on"),
        ),
    ),
    (
        "Days",
        (
            ("A request should be decided within", lambda p: _days(p.days_until_due)),
            ("An entry is late after", lambda p: _days(p.late_after_days)),
            (
                "Gifts of one giver to one person are flagged within",
                lambda p: _days(p.splitting_days),
            ),
            (
                "Gifts of several givers to one person are flagged within",
                lambda p: _days(p.several_givers_days),
            ),
        ),
    ),
)


@bp.get("/policies")
@requires(Permission.POLICY_READ)
def index() -> ResponseReturnValue:
    """Show the policy in force today, and the versions that were adopted."""
    reading, day = db.session(), today()
    policy = policy_on(reading, day)
    return render_template(
        "policies/index.html",
        policy=policy,
        limit=limit_for(RULE_3220, day, policy),
        limits=_dated_limits(policy),
        settings=[(title, [(name, say(policy)) for name, say in rows]) for title, rows in SETTINGS],
        routing=[(_condition(row), ROUTES[row.to]) for row in policy.routing],
        adopted=store.list_policies(reading),
        day=day,
    )


def _dated_limits(policy: Policy) -> list[tuple[str, int | None, str]]:
    """Return the rule's limits and the firm's own: from when, how much, by what."""
    own = [(row.since, row.cents, "The firm's own limit") for row in policy.firm_limits]
    law = [(row.since, row.cents, row.source) for row in RULE_3220.limits]
    return [(written_day(since), cents, by) for since, cents, by in sorted(own + law, key=_newest)]


def _newest(row: tuple[date, int | None, str]) -> int:
    return -row[0].toordinal()


def _condition(row: RoutingRow) -> str:
    """Say which gifts a routing row fits."""
    parts = [
        f"of {_cents(row.at_least_cents)} and more" if row.at_least_cents else "",
        f"of the kind “{words(Category(row.category))}”" if row.category else "",
        f"to: {words(RecipientClass(row.recipient_class))}" if row.recipient_class else "",
        f"to an employer marked “{row.employer_flag}”" if row.employer_flag else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"Gifts {said}" if said else "Every other gift"


def _threshold(cents: int | None) -> str:
    return "No amount is set; a person decides on each" if cents is None else _cents(cents)


def _cents(cents: int) -> str:
    return format_dollars(cents).removesuffix(".00")


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
