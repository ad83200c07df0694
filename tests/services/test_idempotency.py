from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from compliance_app.rules.errors import InputError, OrderKeyReusedError
from compliance_app.services import gifts
from compliance_app.services.idempotency import Answer, Order, answer_once
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Gift, IdempotencyKey
from tests.conftest import CAST, NOON
from tests.factories import make_claim


def order(key: str = "k-1", cost: str = "48.00", person_id: int = CAST.rep) -> Order:
    return Order(person_id, "api.gifts.create", key, {"cost": cost})


def log(session: Session) -> Answer:
    gift = gifts.submit(session, make_claim(), giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
    return Answer(201, gift.reference)


def send(what: Order, do: Callable[[Session], Answer] = log) -> Answer:
    with unit_of_work() as session:
        return answer_once(session, what, do, at=NOON)


def counted(model: type[Gift | IdempotencyKey]) -> int:
    with unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_same_order_twice_is_one_gift_and_one_answer(app: Flask) -> None:
    assert [send(order()), send(order())] == [Answer(201, "G-2026-000001")] * 2
    assert counted(Gift) == 1


def test_the_same_key_with_another_order_is_refused(app: Flask) -> None:
    send(order())

    with pytest.raises(OrderKeyReusedError, match="k-1 was already used for another order"):
        send(order(cost="49.00"))
    assert counted(Gift) == 1


def test_keys_of_two_people_have_nothing_to_do_with_each_other(app: Flask) -> None:
    send(order())

    assert send(order(person_id=CAST.other_rep)).text == "G-2026-000002"


def test_what_fails_keeps_nothing_so_it_can_be_sent_again(app: Flask) -> None:
    def fail_late(session: Session) -> Answer:
        log(session)
        raise InputError(problems={"cost": "Too late."})

    with pytest.raises(InputError):
        send(order(), fail_late)

    assert (counted(Gift), counted(IdempotencyKey)) == (0, 0)
    assert send(order()).status == 201
    assert counted(Gift) == 1
