"""The firm's policy: which version is in force on a day."""

from datetime import date
from functools import lru_cache

from sqlalchemy.orm import Session

from compliance_app import assets
from compliance_app.rules.policy import Policy, carry_over, parse_policy
from compliance_app.store import policies as store


def policy_on(session: Session, day: date) -> Policy:
    """Return the policy in force on the day; before a firm adopts one, the shipped template."""
    adopted = store.in_force_by(session, day)
    return _carried(tuple(row.document for row in adopted)) if adopted else default_policy()


class PolicyBook:
    """The policies by day, each day looked up once: for judging many gifts."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[date, Policy] = {}

    def on(self, day: date) -> Policy:
        """Return the policy in force on the day."""
        if day not in self._known:
            self._known[day] = policy_on(self._session, day)
        return self._known[day]


def default_policy() -> Policy:
    """Return the policy of the template that ships with the program."""
    return _parsed(_template())


@lru_cache(maxsize=1)
def _template() -> str:
    return assets.POLICY_TEMPLATE.read_text(encoding="utf-8")


@lru_cache(maxsize=64)
def _carried(documents: tuple[str, ...]) -> Policy:
    return carry_over(_parsed(document) for document in documents)


@lru_cache(maxsize=64)
def _parsed(document: str) -> Policy:
    return parse_policy(document)
