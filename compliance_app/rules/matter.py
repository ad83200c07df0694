"""One share under one regime: everything its answer rests on, gathered once."""

from collections.abc import Sequence
from typing import NamedTuple

from compliance_app.rules.facts import Facts, PriorShare
from compliance_app.rules.regimes import Limit, Regime
from compliance_app.rules.settings import Policy
from compliance_app.rules.valuation import Valuation


class Matter(NamedTuple):
    """What is judged; `limit` is the one in force on the day of the gift."""

    regime: Regime
    facts: Facts
    prior: Sequence[PriorShare]
    policy: Policy
    valuation: Valuation
    limit: Limit
