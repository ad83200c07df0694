"""An exported trail proves itself, with no register at hand, and no change of it goes unnoticed."""

import json
from collections.abc import Callable

import pytest
from flask import Flask

from compliance_app.rules.checkpoint import read_note
from compliance_app.rules.errors import NotFoundError
from compliance_app.rules.exported import ExportError
from compliance_app.services import checkpoints, gifts
from compliance_app.services.signing import new_key, verifier_for
from compliance_app.services.trail_export import FileCheck, check_file, lines_of
from compliance_app.store.base import unit_of_work
from tests.conftest import CAST, NOON
from tests.factories import make_claim

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
Lines = list[str]


def submit() -> None:
    with unit_of_work() as session:
        gifts.submit(session, make_claim(), giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)


def export(subject: str | None = None, key: str = KEY) -> Lines:
    with unit_of_work() as session:
        drawn = checkpoints.draw_checkpoint(session, signing_key=key, at=NOON)
        checkpoints.keep(session, drawn)
        return list(lines_of(session, drawn, subject=subject))


@pytest.fixture
def lines(app: Flask) -> Lines:
    """Return the export of a trail of 14 events with checkpoints of 13 and of 14."""
    export()
    submit()
    return export()


def edited(line: str, **changes: object) -> str:
    return json.dumps({**json.loads(line), **changes})


def test_a_whole_trail_proves_itself(lines: Lines) -> None:
    assert len(lines) == 1 + 14 + 2
    found = check_file(lines)
    assert found == FileCheck(
        events=14,
        size=14,
        head_sha256=json.loads(lines[14])["sha256"],
        is_whole=True,
        signed_by=verifier_for(KEY),
        vouched_at=NOON,
    )


def test_an_excerpt_proves_its_events_without_the_others(lines: Lines) -> None:
    excerpt = export(subject="gift:1")
    found = check_file(excerpt, verifier=verifier_for(KEY))
    assert (found.events, found.size, found.is_whole) == (1, 14, False)
    assert not any("Sam Supervisor" in line for line in excerpt)


def test_an_excerpt_about_nothing_is_refused(lines: Lines) -> None:
    with pytest.raises(NotFoundError):
        export(subject="gift:99")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(
            lambda lines: [*lines[:3], edited(lines[3], actor="mallory"), *lines[4:]],
            "Event 3 was changed",
            id="an event is changed",
        ),
        pytest.param(
            lambda lines: [*lines[:3], edited(lines[3], number="3"), *lines[3:]],
            "Event 3 comes again where event 4 should be",
            id="an event is repeated",
        ),
        pytest.param(
            lambda lines: [*lines[:3], *lines[4:]], "Event 3 is missing", id="an event is taken out"
        ),
        pytest.param(
            lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]],
            "Event 3 is missing: event 4 is in its place",
            id="two events change places",
        ),
        pytest.param(
            lambda lines: lines[:10], "ends at event 9, but 14 were written", id="it is cut off"
        ),
        pytest.param(
            lambda lines: [edited(lines[0], events=9), *lines[1:10]],
            "does not belong to these events",
            id="it is cut off and says so",
        ),
        pytest.param(
            lambda lines: [edited(lines[0], root="00" * 32), *lines[1:15]],
            "does not belong to these events",
            id="the root is changed",
        ),
        pytest.param(
            lambda lines: [edited(lines[0], root=json.loads(lines[0])["root"].upper()), *lines[1:]],
            "is not a hash",
            id="the root is spelled in capitals",
        ),
        pytest.param(
            lambda lines: [*lines[:15], edited(lines[15], proof=[])],
            "did not grow out of the checkpoint of 13 events",
            id="a proof is taken out",
        ),
        pytest.param(
            lambda lines: [*lines[:15], lines[15].replace("T17:00", "T18:00")],
            "checkpoint of 13 events is not signed by its key",
            id="a checkpoint is changed",
        ),
        pytest.param(lambda lines: [*lines[:5], "{", *lines[6:]], "Line 6 is not JSON", id="junk"),
        pytest.param(lambda _lines: ["[" * 100_000], "Line 1 is not JSON", id="endless nesting"),
        pytest.param(lambda lines: [*lines, "{}"], "Line 18 is neither", id="a line is put behind"),
        pytest.param(lambda lines: lines[1:], "not an exported trail", id="the first is missing"),
        pytest.param(lambda lines: lines[:0], "is empty", id="nothing"),
        pytest.param(
            lambda lines: [lines[0], edited(lines[1], body=None), *lines[2:]],
            "The event after 0 is not complete",
            id="a body is missing",
        ),
    ],
)
def test_a_changed_file_is_named(
    lines: Lines, change: Callable[[Lines], Lines], problem: str
) -> None:
    with pytest.raises(ExportError, match=problem):
        check_file(change(lines))


def test_an_excerpt_of_another_trail_is_not_proved(lines: Lines) -> None:
    excerpt = export(subject="gift:1")
    swapped = [excerpt[0], edited(lines[3], proof=json.loads(excerpt[1])["proof"]), *excerpt[2:]]
    with pytest.raises(ExportError, match="Event 3 is not proved"):
        check_file(swapped)


def test_an_excerpt_needs_a_checkpoint_of_its_tree(lines: Lines) -> None:
    with pytest.raises(ExportError, match="No checkpoint vouches"):
        check_file(export(subject="gift:1")[:-1])


def test_a_file_signed_by_somebody_else_is_refused(lines: Lines) -> None:
    with pytest.raises(ExportError, match="not signed by this key"):
        check_file(lines, verifier=verifier_for(new_key()))


def test_an_old_checkpoint_is_held_against_the_file(lines: Lines) -> None:
    old = read_note(json.loads(lines[15])["note"]).checkpoint
    assert check_file(lines, given=old).events == 14
    forged = type(old)(old.size, b"\0" * 32, old.head_sha256, old.made_at)
    with pytest.raises(ExportError, match="the trail was rewritten"):
        check_file(lines, given=forged)
    later = type(old)(20, old.root, old.head_sha256, old.made_at)
    with pytest.raises(ExportError, match="ends at event 14, but the checkpoint covers 20"):
        check_file(lines, given=later)
