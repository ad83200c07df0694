"""Whoever holds one old checkpoint can prove that the trail is not the one it was made of."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from compliance_app.rules.audit import Damage, seal
from compliance_app.rules.checkpoint import Checkpoint, read_note
from compliance_app.rules.errors import InputError
from compliance_app.services import audit, checkpoints, gifts
from compliance_app.services.checkpoints import TrailDamagedError
from compliance_app.services.signing import is_signed_by, new_key, verifier_for
from compliance_app.store import trail
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import TrailCheckpoint
from tests.conftest import CAST, NOON
from tests.factories import make_claim
from tests.tamper import tamper

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
# The public half of this key by another implementation of Ed25519 (RFC 8032).
PUBLIC = "tally3220+ab60f0f1+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"


def submit(cents: int = 10_00) -> None:
    with unit_of_work() as session:
        gifts.submit(session, make_claim(cents), giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)


def draw(key: str = KEY) -> TrailCheckpoint:
    with unit_of_work() as session:
        drawn = checkpoints.draw_checkpoint(session, signing_key=key, at=NOON)
        checkpoints.keep(session, drawn)
    return drawn


def held_to(note: str) -> audit.TrailCheck:
    with unit_of_work() as session:
        return audit.verify(session, given=[read_note(note).checkpoint])


def rewritten(first: int) -> list[str]:
    """Change an event, and seal it, all after it and the head anew: no seal or link shows it."""
    with unit_of_work() as session:
        rows = list(trail.raw_events(session))
    previous, statements = rows[first - 2].sha256, []
    for row in rows[first - 1 :]:
        actor = "mallory@firm.example" if row.number == first else row.actor
        event = row._replace(actor=actor, previous=previous)
        previous = seal(event)
        statements.append(
            f"UPDATE trail_event SET actor = '{actor}', previous_sha256 = '{event.previous}', "
            f"sha256 = '{previous}' WHERE number = {row.number}"
        )
    return [*statements, f"UPDATE trail_head SET sha256 = '{previous}'"]


FORGET = "DELETE FROM trail_checkpoint"
CUT = (
    "DELETE FROM trail_event WHERE number > 10",
    (
        "UPDATE trail_head SET number = 10, sha256 = "
        "(SELECT sha256 FROM trail_event WHERE number = 10)"
    ),
    FORGET,
)


def test_a_checkpoint_says_what_the_trail_was(app: Flask) -> None:
    note = draw().note
    assert re.fullmatch(
        r"tally3220\n13\n[A-Za-z0-9+/]{43}=\nhead [0-9a-f]{64}\n"
        r"at 2026-11-21T17:00:00\.000000\+00:00\n\n\u2014 tally3220 [A-Za-z0-9+/]+=*\n",
        note,
    )
    assert is_signed_by(read_note(note), verifier_for(KEY))


def test_a_grown_trail_still_agrees_with_its_old_checkpoints(app: Flask) -> None:
    first = draw().note
    submit()
    submit()
    draw()
    found = held_to(first)
    assert (found.problem, found.events, found.checkpoints) == (None, 15, 3)


def test_a_trail_that_has_not_grown_has_one_checkpoint(app: Flask) -> None:
    assert draw().id == draw().id == 1


def test_a_rewritten_trail_is_whole_by_itself_and_proved_wrong_by_a_checkpoint(app: Flask) -> None:
    note = draw().note
    tamper(*rewritten(first=4), FORGET)
    with unit_of_work() as session:
        assert audit.verify(session).problem is None
    found = held_to(note)
    assert (found.kind, found.event) == (Damage.CHANGED, 1)
    assert found.problem == (
        "The trail was rewritten between event 1 and event 13: it is not the one that "
        "the checkpoint of 2026-11-21 17:00 UTC was made of."
    )


def test_the_checkpoints_say_between_which_events_the_trail_was_rewritten(app: Flask) -> None:
    draw()
    submit()
    submit()
    draw()
    submit()
    tamper(*rewritten(first=15))
    with unit_of_work() as session:
        found = audit.verify(session)
    assert (found.kind, found.event) == (Damage.CHANGED, 14)
    assert str(found.problem).startswith(
        "The trail was rewritten between event 14 and event 15: it is not the one that "
    )


def test_a_trail_that_was_cut_off_with_its_head_is_proved_wrong_by_a_checkpoint(
    app: Flask,
) -> None:
    note = draw().note
    tamper(*CUT)
    with unit_of_work() as session:
        assert audit.verify(session).problem is None
    found = held_to(note)
    assert (found.kind, found.event) == (Damage.CUT_OFF, 11)
    assert found.problem == (
        "The trail ends at event 10, but the checkpoint of 2026-11-21 17:00 UTC covers 13."
    )


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("note = replace(note, '2026-11-21', '2026-11-20')", id="its text"),
        pytest.param("note = note || 'x'", id="its signature"),
        pytest.param("verifier = NULL", id="its key is taken away"),
        pytest.param(f"verifier = '{PUBLIC[:-1]}5'", id="its key is another"),
        pytest.param("verifier = verifier || ' '", id="its key has a space more"),
        pytest.param("made_at = '2026-11-21 17:00:00.000001'", id="its moment"),
        pytest.param("size = 12", id="its size"),
    ],
)
def test_a_kept_checkpoint_that_was_changed_is_named(app: Flask, change: str) -> None:
    draw()
    tamper(f"UPDATE trail_checkpoint SET {change}")
    with unit_of_work() as session:
        found = audit.verify(session)
    size = 12 if change == "size = 12" else 13
    assert found.problem == f"The checkpoint of {size} events was changed after it was made."


@pytest.mark.parametrize("change", ["made_at = 'yesterday'", "note = x'00'", "verifier = x'ff'"])
def test_a_kept_checkpoint_that_holds_nonsense_is_named(app: Flask, change: str) -> None:
    if db.engine.name == "postgresql":
        pytest.skip("PostgreSQL refuses it")
    draw()
    tamper(f"UPDATE trail_checkpoint SET {change}")
    with unit_of_work() as session:
        assert "heckpoint" in str(audit.verify(session).problem)


def test_nothing_is_signed_from_a_damaged_trail(app: Flask) -> None:
    tamper("UPDATE trail_event SET actor = 'nobody' WHERE number = 3")
    with pytest.raises(TrailDamagedError, match="Event 3 was changed"):
        draw()


def test_without_a_key_a_checkpoint_is_not_signed(app: Flask) -> None:
    drawn = draw(key="")
    assert (drawn.verifier, read_note(drawn.note).signature) == (None, b"")


def test_another_key_did_not_sign_it(app: Flask) -> None:
    note = draw().note
    with pytest.raises(InputError, match="not signed by this key"):
        checkpoints.read_given(note, verifier=verifier_for(new_key()))


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n13\n", "\n12\n"), ("head ", "head 0"), ("2026-11-21", "2026-11-22"), ("tally", "telly")],
    ids=["its size", "its head", "its day", "its origin"],
)
def test_a_changed_checkpoint_is_refused(app: Flask, old: str, new: str) -> None:
    note = draw().note.replace(old, new, 1)
    with pytest.raises(InputError):
        checkpoints.read_given(note, verifier=verifier_for(KEY))


def test_a_key_is_shown_as_one_line_that_others_read() -> None:
    assert verifier_for(KEY) == PUBLIC


def test_a_wrong_key_is_refused_with_the_way_to_a_right_one() -> None:
    with pytest.raises(InputError, match="tally3220 audit keys"):
        verifier_for("c2hvcnQ=")


def test_the_moment_of_a_checkpoint_is_told_in_utc() -> None:
    later = Checkpoint(1, b"\0" * 32, "0" * 64, NOON + timedelta(microseconds=5))
    assert later.body.splitlines()[4] == "at 2026-11-21T17:00:00.000005+00:00"
