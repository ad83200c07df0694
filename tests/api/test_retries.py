import json
import threading

from flask import Flask

from compliance_app.store.base import unit_of_work
from compliance_app.store.models import IdempotencyKey
from tests.program import GIFT, Program

PATH = "/api/v1/gifts"


def references(program: Program) -> list[str]:
    return [gift["reference"] for gift in program.get(PATH)["gifts"]]


def test_a_retry_gets_the_first_answer_to_the_letter(app: Flask) -> None:
    program = Program(app, "rep")
    first = program.open("POST", PATH, GIFT, key="retry-1")
    second = program.open("POST", PATH, GIFT, key="retry-1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert references(program) == ["G-2026-000001"]


def test_without_a_key_two_orders_are_two_gifts(app: Flask) -> None:
    program = Program(app, "rep")
    program.log()
    program.log()

    assert references(program) == ["G-2026-000002", "G-2026-000001"]


def test_the_order_of_fields_makes_no_other_order(app: Flask) -> None:
    program = Program(app, "rep")
    program.log(key="k")
    turned = json.dumps(dict(reversed(GIFT.items())), indent=2).encode()

    assert program.open("POST", PATH, data=turned, key="k").status_code == 201
    assert references(program) == ["G-2026-000001"]


def test_the_same_key_with_another_body_is_refused(app: Flask) -> None:
    program = Program(app, "rep")
    program.log(key="k")

    problem = program.refused(program.open("POST", PATH, GIFT | {"cost": "49.00"}, key="k"), 409)

    assert problem["code"] == "idempotency-key-reused"
    assert references(program) == ["G-2026-000001"]


def test_a_key_belongs_to_its_person_and_its_call(app: Flask) -> None:
    program = Program(app, "rep")
    program.log(key="k", cost="150.00")
    Program(app, "other_rep").log(key="k")

    assert program.post(f"{PATH}/G-2026-000001/withdraw", key="k")["state"] == "withdrawn"


def test_a_key_for_one_gift_is_none_for_another(app: Flask) -> None:
    program = Program(app, "rep")
    program.log(cost="150.00")
    program.log(cost="151.00")
    program.post(f"{PATH}/G-2026-000001/withdraw", key="k")

    program.refused(program.open("POST", f"{PATH}/G-2026-000002/withdraw", key="k"), 409)
    again = program.post(f"{PATH}/G-2026-000001/withdraw", key="k")

    assert again["state"] == "withdrawn"


def test_what_was_refused_can_be_mended_under_the_same_key(app: Flask) -> None:
    program = Program(app, "rep")
    program.refused(program.open("POST", PATH, GIFT | {"recipients": [{"id": 99}]}, key="k"), 422)

    assert program.log(key="k")["reference"].startswith("G-2026-")


def test_a_key_is_visible_and_not_too_long(app: Flask) -> None:
    program = Program(app, "rep")
    for key in ("two words", "x" * 256, "caf\u00e9"):
        problem = program.refused(program.open("POST", PATH, GIFT, key=key), 422)
        assert list(problem["problems"]) == ["Idempotency-Key"]


def test_a_worker_that_died_after_the_commit_left_the_answer(app: Flask) -> None:
    """The answer is in the register before anybody has heard of it."""
    program = Program(app, "rep")
    gift = program.log(key="k")
    with unit_of_work() as session:
        kept = session.get_one(IdempotencyKey, 1)

        assert kept.status == 201
        assert json.loads(kept.answer) == gift


def test_eight_workers_with_one_key_make_one_gift(app: Flask) -> None:
    programs = [Program(app, "rep") for _ in range(8)]
    ready = threading.Barrier(len(programs))
    answers: list[tuple[int, bytes]] = []

    def send(program: Program) -> None:
        ready.wait()
        response = program.open("POST", PATH, GIFT, key="k")
        answers.append((response.status_code, response.data))

    workers = [threading.Thread(target=send, args=(program,)) for program in programs]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(answers) == 8
    assert {status for status, _ in answers} == {201}
    assert len({data for _, data in answers}) == 1
    assert len(references(programs[0])) == 1


def test_eight_workers_that_name_the_same_new_person_add_them_once(app: Flask) -> None:
    programs = [Program(app, "rep") for _ in range(8)]
    ready = threading.Barrier(len(programs))
    ids: list[int] = []

    def send(program: Program) -> None:
        ready.wait()
        gift = program.log(cost="1.00", recipients=[{"name": "Ann", "email": "ann@new.example"}])
        ids.append(gift["shares"][0]["recipient"]["id"])

    workers = [threading.Thread(target=send, args=(program,)) for program in programs]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(ids) == 8
    assert len(set(ids)) == 1


def test_an_order_of_any_kind_is_done_once_under_its_key(app: Flask) -> None:
    Program(app, "rep").log(cost="150.00")
    officer = Program(app, "officer")
    orders: list[tuple[str, dict[str, object]]] = [
        (f"{PATH}/G-2026-000001/decision", {"decision": "decline", "reason": "Too much"}),
        ("/api/v1/recipients/1/merge", {"into": 2, "reason": "One badge"}),
        ("/api/v1/recipients/1/unmerge", {"reason": "Twins"}),
        ("/api/v1/reports", {"kind": "register", "year": 2026}),
    ]
    for path, body in orders:
        first = officer.open("POST", path, body, key="k")
        again = officer.open("POST", path, body, key="k")
        assert first.status_code in {200, 202}, first.text
        assert (again.status_code, again.data) == (first.status_code, first.data)
        change: dict[str, object] = {"year": 2025} if "year" in body else {"reason": "Another"}
        problem = officer.refused(officer.open("POST", path, body | change, key="k"), 409)
        assert problem["code"] == "idempotency-key-reused"
