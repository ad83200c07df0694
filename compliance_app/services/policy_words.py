"""A policy in plain words, setting by setting, and what changed between two versions.

Page, console and trail all read the one table here, so they say the same.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from compliance_app.rules.money import format_dollars
from compliance_app.rules.reasons import say_day
from compliance_app.rules.settings import Policy, Route, RoutingRow, Transition
from compliance_app.rules.valuation import Basis, Rounding

ABSENT = "Not set"
ALWAYS = "for all time"


class Setting(NamedTuple):
    """One decision of the firm: what it is about, and what was decided."""

    name: str
    value: str


class Part(NamedTuple):
    """Settings that are read together, under one heading."""

    title: str
    settings: tuple[Setting, ...]


class Change(NamedTuple):
    """One setting that differs between two versions."""

    name: str
    was: str
    now: str


_BASES = {
    Basis.RULE_ON_GIFT_DATE: "The way the rule names on the day of the gift: the higher of cost "
    "and market value before March 30, 2026, cost from that day on",
    Basis.HIGHER: "The higher of cost and market value",
    Basis.COST: "Cost",
}
_ROUNDINGS = {
    Rounding.CEILING: "Up to the next cent",
    Rounding.HALF_UP: "To the nearest cent, half a cent up",
}
_TRANSITIONS = {
    Transition.COUNT: "They count toward the limit of that year",
    Transition.IGNORE: "They are left out",
}
_ROUTES = {
    Route.CLEARED: "Nobody needs to decide",
    Route.SUPERVISOR: "A supervisor decides",
    Route.COMPLIANCE: "Compliance decides",
    Route.SUPERVISOR_AND_COMPLIANCE: "A supervisor and compliance decide",
}
_ANSWERS = {None: "Not said; a person decides on each", True: "Yes", False: "No"}

_Rows = tuple[tuple[str, Callable[[Policy], str]], ...]
_COUNTING: _Rows = (
    ("Gifts to one person are added up over", lambda p: p.year_words[0].upper() + p.year_words[1:]),
    ("A gift counts for", lambda p: _BASES[p.valuation_basis]),
    ("A gift to several people is divided", lambda p: _ROUNDINGS[p.prorata_rounding]),
    ("Gifts from before March 30, 2026", lambda p: _TRANSITIONS[p.transition]),
    (
        "Items of nominal value do not count up to",
        lambda p: _threshold(p.nominal_value_threshold_cents),
    ),
)
_REVIEW: _Rows = (
    ("Cleared at once, without a flag, up to", lambda p: _dollars(p.auto_clear_ceiling_cents)),
    ("Bereavement gifts go to a person above", lambda p: _dollars(p.bereavement_review_cents)),
    (
        "Entertainment goes to a person",
        lambda p: f"From event {p.entertainment_review_count} for a client in a quarter on",
    ),
    ("The firm employs a registered lobbyist", lambda p: _ANSWERS[p.employs_lobbyist]),
    ("People who may be one are shown", lambda p: f"From score {p.duplicate_shown_from} of 100 on"),
    (
        "People who may be one are reviewed",
        lambda p: f"From score {p.duplicate_suspected_from} of 100 on",
    ),
    ("The page warns from", lambda p: f"{p.warning_percent}% of the limit on"),
    ("The largest amount a form accepts", lambda p: _dollars(p.amount_ceiling_cents)),
)
_DAYS: _Rows = (
    ("A request should be decided within", lambda p: _days(p.days_until_due)),
    ("An entry is late after", lambda p: _days(p.late_after_days)),
    ("Gifts of one giver to one person are flagged within", lambda p: _days(p.splitting_days)),
    (
        "Gifts of several givers to one person are flagged within",
        lambda p: _days(p.several_givers_days),
    ),
)
_DOCUMENT: _Rows = (
    ("Title", lambda p: p.title),
    ("Version", lambda p: p.version),
    ("In force from", lambda p: since_words(p.effective_on)),
)


def settings_of(policy: Policy) -> tuple[Part, ...]:
    """Return everything the firm has decided, in the order it is read."""
    limits = tuple(
        Setting(f"The firm's own limit from {say_day(limit.since)}", _dollars(limit.cents or 0))
        for limit in policy.firm_limits
    )
    return (
        Part("What counts", (*_say(_COUNTING, policy), *limits)),
        Part("Who looks at it", (*_say(_REVIEW, policy), *_routing(policy))),
        Part("Days", _say(_DAYS, policy)),
    )


def difference(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Return each setting that is not the same in both, in the order of the later version."""
    was, now = _by_name(before), _by_name(after)
    names = [*now, *(name for name in was if name not in now)]
    return tuple(
        Change(name, was.get(name, ABSENT), now.get(name, ABSENT))
        for name in names
        if was.get(name) != now.get(name)
    )


def since_words(effective_on: date) -> str:
    """Say from when a version holds."""
    return ALWAYS if effective_on == date.min else say_day(effective_on)


def _by_name(policy: Policy) -> dict[str, str]:
    settings = [setting for part in settings_of(policy) for setting in part.settings]
    return dict((*_say(_DOCUMENT, policy), *settings))


def _say(rows: _Rows, policy: Policy) -> tuple[Setting, ...]:
    return tuple(Setting(name, say(policy)) for name, say in rows)


def _routing(policy: Policy) -> tuple[Setting, ...]:
    """Return who decides on which gifts; rows of one condition are read together."""
    decides: dict[str, list[str]] = {}
    for row in policy.routing:
        decides.setdefault(_condition(row), []).append(_ROUTES[row.to])
    return tuple(Setting(name, "; ".join(routes)) for name, routes in decides.items())


def _condition(row: RoutingRow) -> str:
    parts = [
        f"of {_dollars(row.at_least_cents)} and more" if row.at_least_cents else "",
        f"of the kind “{_plain(row.category)}”" if row.category else "",
        f"to the class “{_plain(row.recipient_class)}”" if row.recipient_class else "",
        f"to an employer marked “{row.employer_flag}”" if row.employer_flag else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"Gifts {said}" if said else "Every other gift"


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _threshold(cents: int | None) -> str:
    return "No amount is set; a person decides on each" if cents is None else _dollars(cents)


def _dollars(cents: int) -> str:
    return format_dollars(cents).removesuffix(".00")


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
