"""An order that is sent twice is done once: the second time it gets the first answer.

The answer is written in the unit of work of the order itself, so a worker that died after
the commit has kept it, and one that died before has done nothing.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.audit import canonical
from compliance_app.rules.errors import OrderKeyReusedError
from compliance_app.store import idempotency as store


class Answer(NamedTuple):
    """What an order was answered: the status and the text."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Order:
    """What a program wants done, under the key it chose; `route` and `document` say what."""

    person_id: int
    route: str
    key: str
    document: Mapping[str, object]

    @property
    def sha256(self) -> str:
        """Return what two equal orders have in common."""
        return hashlib.sha256(canonical(self.document).encode()).hexdigest()


def answer_once(
    session: Session, order: Order, do: Callable[[Session], Answer], *, at: datetime
) -> Answer:
    """Do what was ordered, or return the answer it got the first time.

    A refusal is rolled back with its key, so it is looked at anew when it is sent again.
    Raises OrderKeyReusedError where the key came with another order.
    """
    key_id = store.claim(
        session,
        person_id=order.person_id,
        route=order.route,
        key=order.key,
        order_sha256=order.sha256,
        at=at,
    )
    if key_id is None:
        return _first_answer(session, order)
    answer = do(session)
    store.keep_answer(session, key_id, status=answer.status, answer=answer.text)
    return answer


def _first_answer(session: Session, order: Order) -> Answer:
    kept = store.find_answer(session, person_id=order.person_id, route=order.route, key=order.key)
    if kept.order_sha256 != order.sha256:
        raise OrderKeyReusedError(key=order.key)
    return Answer(kept.status, kept.answer)
