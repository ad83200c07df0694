"""The policy as a document: TOML in, a frozen `Policy` out, every problem named by its line.

Whatever would be looser than the rule is refused, so no firm can adopt it by mistake.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from compliance_app.rules.facts import Category, RecipientClass
from compliance_app.rules.money import format_dollars
from compliance_app.rules.problems import DocumentError, Problem
from compliance_app.rules.readers import (
    Reader,
    UnreadableError,
    one_of,
    read_cents,
    read_day,
    read_month_day,
    read_words,
    read_yes_or_no,
    whole_number,
)
from compliance_app.rules.regimes import LIMIT_RAISED_ON, RULE_3220_LIMITS, Limit, limit_on
from compliance_app.rules.settings import (
    EarlierYear,
    Policy,
    Route,
    RoutingRow,
    Transition,
    carry_over,
    history_since,
    limit_for,
)
from compliance_app.rules.valuation import Basis, Rounding
from compliance_app.rules.windows import RollingMethod, Year, YearBasis

__all__ = [
    "EarlierYear",
    "Policy",
    "PolicyError",
    "Problem",
    "Route",
    "RoutingRow",
    "Transition",
    "carry_over",
    "history_since",
    "limit_for",
    "parse_policy",
]

_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]\]?")
_ASSIGNMENT = re.compile(r"\s*\"?([A-Za-z0-9_-]+)\"?\s*=")
_SYNTAX_PLACE = re.compile(r" \(at (?:line ([0-9]+), column [0-9]+|end of document)\)$")


class PolicyError(DocumentError):
    """A policy document that cannot be adopted."""


def parse_policy(text: str) -> Policy:
    """Read a policy document, or say everything that is wrong with it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError([_syntax_problem(str(error), text)]) from error
    reading = _Reading(_lines_of(text))
    values = reading.read(document)
    if not reading.problems:
        policy = _assemble(values, hashlib.sha256(text.encode()).hexdigest())
        rows = values.get("firm_limit", [])
        reading.problems.extend(_loosenings(policy, reading.lines))
        reading.problems.extend(_loose_limits(rows, reading.lines))
    if reading.problems:
        raise PolicyError(sorted(reading.problems))
    return policy


_DAYS = whole_number(0, 366)
_TABLES: Mapping[str, Mapping[str, tuple[str, Reader]]] = {
    "": {
        "title": ("title", read_words),
        "version": ("version", read_words),
        "effective_on": ("effective_on", read_day),
    },
    "year": {
        "basis": ("basis", one_of(YearBasis)),
        "fiscal_start": ("fiscal_start", read_month_day),
        "rolling_method": ("method", one_of(RollingMethod)),
    },
    "valuation": {
        "basis": (
            "valuation_basis",
            # Market value alone can be below cost; the others are for single laws or items.
            one_of(Basis, Basis.MARKET, Basis.FAIR_MARKET, Basis.TICKET),
        ),
        "rounding": ("prorata_rounding", one_of(Rounding)),
        "transition": ("transition", one_of(Transition)),
    },
    "amounts": {
        "nominal_value": ("nominal_value_threshold_cents", read_cents),
        "auto_clear_ceiling": ("auto_clear_ceiling_cents", read_cents),
        "bereavement_review": ("bereavement_review_cents", read_cents),
        "largest_accepted": ("amount_ceiling_cents", read_cents),
        "warning_percent": ("warning_percent", whole_number(1, 100)),
        "entertainment_per_quarter": ("entertainment_review_count", whole_number(1, 1000)),
    },
    "days": {
        "late_after": ("late_after_days", _DAYS),
        "splitting": ("splitting_days", _DAYS),
        "several_givers": ("several_givers_days", _DAYS),
        "until_due": ("days_until_due", _DAYS),
    },
    "matching": {
        "shown_from": ("duplicate_shown_from", whole_number(1, 100)),
        "suspected_from": ("duplicate_suspected_from", whole_number(1, 100)),
    },
    "firm": {"employs_lobbyist": ("employs_lobbyist", read_yes_or_no)},
}
_LISTS: Mapping[str, Mapping[str, tuple[str, Reader]]] = {
    "firm_limit": {"from": ("since", read_day), "amount": ("cents", read_cents)},
    "routing": {
        "to": ("to", one_of(Route, Route.CLEARED)),
        "at_least": ("at_least_cents", read_cents),
        "category": ("category", one_of(Category)),
        "recipient_class": ("recipient_class", one_of(RecipientClass)),
        "employer_flag": ("employer_flag", read_words),
    },
}
_REQUIRED = {"": ("title", "version"), "firm_limit": ("from", "amount"), "routing": ("to",)}


_Place = tuple[str, int, str]  # the table, its number among those of that name, the key


class _Reading:
    """One pass over a document that collects every problem instead of stopping at the first."""

    def __init__(self, lines: Mapping[_Place, int]) -> None:
        self.lines = lines
        self.problems: list[Problem] = []

    def read(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of all tables, by the field they fill."""
        top = {key: value for key, value in document.items() if not isinstance(value, dict | list)}
        values: dict[str, Any] = {"": self._table("", 0, _TABLES[""], top)}
        for name, value in document.items():
            if name in top:
                continue
            if name in _TABLES and name and isinstance(value, dict):
                values[name] = self._table(name, 0, _TABLES[name], value)
            elif name in _LISTS and _is_list_of_tables(value):
                values[name] = [
                    self._table(name, index, _LISTS[name], row) for index, row in enumerate(value)
                ]
            else:
                self._complain((name, 0, ""), name, _unknown(name, (*_TABLES, *_LISTS)))
        return values

    def _table(
        self,
        name: str,
        index: int,
        fields: Mapping[str, tuple[str, Reader]],
        table: Mapping[str, object],
    ) -> dict[str, Any]:
        values = {}
        prefix = f"{name}." if name else ""
        for key, value in table.items():
            if key not in fields:
                self._complain((name, index, key), prefix + key, _unknown(key, tuple(fields)))
                continue
            field, read = fields[key]
            try:
                values[field] = read(value)
            except UnreadableError as error:
                self._complain((name, index, key), prefix + key, str(error))
        for key in _REQUIRED.get(name, ()):
            if key not in table:
                self._complain((name, index, ""), prefix + key, "this key is missing; add it.")
        return values

    def _complain(self, place: _Place, key: str, message: str) -> None:
        table, index, _ = place
        line = self.lines.get(place) or self.lines.get((table, index, "")) or 1
        self.problems.append(Problem(line, key, message))


def _is_list_of_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _unknown(key: str, known: tuple[str, ...]) -> str:
    return f"this is not known here; known are {', '.join(name for name in known if name)}."


def _assemble(values: Mapping[str, Any], sha256: str) -> Policy:
    plain: dict[str, Any] = {}
    for name in ("", "valuation", "amounts", "days", "matching", "firm"):
        plain |= values.get(name, {})
    limits = sorted(values.get("firm_limit", ()), key=lambda row: row["since"])
    if limits:
        plain["firm_limits"] = tuple(
            Limit(row["since"], row["cents"], "the firm's own limit", checked=True)
            for row in limits
        )
    if values.get("routing"):
        plain["routing"] = tuple(RoutingRow(**row) for row in values["routing"])
    return Policy(year=Year(**values.get("year", {})), sha256=sha256, **plain)


def _loosenings(policy: Policy, lines: Mapping[_Place, int]) -> Iterator[Problem]:
    """Yield whatever would allow more than the rule does, or contradicts itself."""
    if policy.year.basis is YearBasis.FISCAL and ("year", 0, "fiscal_start") not in lines:
        yield Problem(
            lines.get(("year", 0, "basis"), 1),
            "year.fiscal_start",
            'a fiscal year needs its first day, for example fiscal_start = "07-01".',
        )
    if policy.valuation_basis is Basis.COST and policy.effective_on < LIMIT_RAISED_ON:
        yield Problem(
            lines.get(("valuation", 0, "basis"), 1),
            "valuation.basis",
            "before March 30, 2026 the rule counts the higher of cost and market value; write "
            '"rule_on_gift_date", or an effective_on from that day on.',
        )
    nominal = policy.nominal_value_threshold_cents
    rule = limit_on(policy.effective_on, RULE_3220_LIMITS)
    if nominal is not None and nominal >= (rule.cents or 0):
        yield Problem(
            lines.get(("amounts", 0, "nominal_value"), 1),
            "amounts.nominal_value",
            f"{format_dollars(nominal)} is not substantially below the rule's limit of "
            f"{format_dollars(rule.cents or 0)}; write a smaller amount or leave it out.",
        )


def _loose_limits(
    rows: Sequence[Mapping[str, Any]], lines: Mapping[_Place, int]
) -> Iterator[Problem]:
    """Yield the firm's limits that are above the rule's of their day, or begin on one day."""
    seen: set[date] = set()
    for index, row in enumerate(rows):
        since, cents = row["since"], row["cents"]
        rule_cents = limit_on(since, RULE_3220_LIMITS).cents or 0
        if cents > rule_cents:
            yield Problem(
                lines.get(("firm_limit", index, "amount"), 1),
                "firm_limit.amount",
                f"{format_dollars(cents)} is more than the rule allows on {since}, "
                f"{format_dollars(rule_cents)}; a firm may only be stricter.",
            )
        if since in seen:
            yield Problem(
                lines.get(("firm_limit", index, "from"), 1),
                "firm_limit.from",
                f"two limits begin on {since}; keep one.",
            )
        seen.add(since)


def _syntax_problem(message: str, text: str) -> Problem:
    """Say where the text stops being TOML; an error without a place is at its end."""
    found = _SYNTAX_PLACE.search(message)
    line = int(found[1]) if found and found[1] else max(len(text.splitlines()), 1)
    said = _SYNTAX_PLACE.sub("", message)
    return Problem(line, "", f"this is not TOML: {said[:1].lower()}{said[1:]}.")


def _lines_of(text: str) -> dict[_Place, int]:
    """Return the line of every table and key; TOML itself does not keep them."""
    lines: dict[_Place, int] = {}
    table, index = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        assignment = _ASSIGNMENT.match(line)
        if header:
            table, index = header[1], 0
            while (table, index, "") in lines:
                index += 1
            lines[table, index, ""] = number
        elif assignment:
            lines.setdefault((table, index, assignment[1]), number)
            lines.setdefault((assignment[1], 0, ""), number)
    return lines
