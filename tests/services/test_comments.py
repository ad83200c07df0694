import pytest
from flask import Flask

from compliance_app.rules.errors import InputError, PermissionMissingError
from compliance_app.services import comments, gifts
from compliance_app.services.replay import replay
from compliance_app.store.base import unit_of_work
from compliance_app.store.gifts import find_by_reference
from tests.conftest import NOON, Cast
from tests.factories import make_claim

REFERENCE = "G-2026-000001"


@pytest.fixture
def gift(app: Flask, cast: Cast) -> str:
    with unit_of_work() as session:
        claim = make_claim(250_00)
        return gifts.submit(session, claim, giver_id=cast.rep, actor_id=cast.rep, at=NOON).reference


def say(text: str, *, by: int) -> None:
    with unit_of_work() as session:
        comments.add(session, REFERENCE, text, actor_id=by, at=NOON)


def test_a_question_and_its_answer_stay_beside_the_gift_and_in_the_trail(
    gift: str, cast: Cast
) -> None:
    say("Who else was at the table?", by=cast.officer)
    say("  Only Morgan.  ", by=cast.rep)
    with unit_of_work() as session:
        found = find_by_reference(session, gift)
        assert found is not None
        assert [(one.written_by_id, one.text) for one in found.comments] == [
            (cast.officer, "Who else was at the table?"),
            (cast.rep, "Only Morgan."),
        ]
        assert replay(session).differences == []


def test_a_comment_that_was_changed_behind_the_back_of_the_trail_is_named(
    gift: str, cast: Cast
) -> None:
    say("Who else was at the table?", by=cast.officer)
    with unit_of_work() as session:
        found = find_by_reference(session, gift)
        assert found is not None
        found.comments[0].text = "All is well"
    with unit_of_work() as session:
        assert replay(session).differences == [
            (
                'Comment 1: text is "All is well" in the register, but event 15 says '
                '"Who else was at the table?".'
            )
        ]


@pytest.mark.parametrize("who", ["auditor", "other_rep", "admin"])
def test_whoever_only_reads_says_nothing(gift: str, cast: Cast, who: str) -> None:
    with pytest.raises(PermissionMissingError):
        say("Hello", by=getattr(cast, who))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("  \n ", "Write what you want to ask or to say."),
        ("x" * 4_001, "This has 4,001 characters; shorten it to 4,000 or fewer."),
        ("a\x00b", "This text holds an invisible control character; type it again."),
    ],
    ids=["nothing", "too long", "control"],
)
def test_what_cannot_be_kept_is_refused_with_its_sentence(
    gift: str, cast: Cast, text: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        say(text, by=cast.officer)
