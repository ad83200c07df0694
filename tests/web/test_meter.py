import pytest

from compliance_app.web.meter import Part, gauge


def test_below_the_limit_the_bar_is_as_long_as_the_limit() -> None:
    drawn = gauge(150_00, 30_00, 60_00, 300_00)

    assert drawn.parts == (
        Part("used", 0.0, 50.0),
        Part("waiting", 50.0, 10.0),
        Part("this", 60.0, 20.0),
    )
    assert (drawn.limit_at, drawn.left_cents, drawn.over_cents) == (100.0, 60_00, 0)


def test_over_the_limit_the_bar_grows_and_shows_what_is_beyond() -> None:
    drawn = gauge(200_00, 0, 200_00, 300_00)

    assert drawn.parts == (
        Part("used", 0.0, 50.0),
        Part("this", 50.0, 25.0),
        Part("beyond", 75.0, 25.0),
    )
    assert (drawn.limit_at, drawn.left_cents, drawn.over_cents) == (75.0, 0, 100_00)


def test_what_is_planned_for_later_days_is_no_longer_left() -> None:
    drawn = gauge(150_00, 0, 30_00, 300_00, 60_00)

    assert drawn.parts == (
        Part("used", 0.0, 50.0),
        Part("this", 50.0, 10.0),
        Part("waiting", 60.0, 20.0),
    )
    assert (drawn.total_cents, drawn.left_cents) == (240_00, 60_00)


def test_a_cent_over_the_limit_is_still_seen() -> None:
    drawn = gauge(0, 0, 300_01, 300_00)

    assert drawn.limit_at == 89.29
    assert drawn.state == "over"


def test_without_a_limit_there_is_no_line() -> None:
    drawn = gauge(0, 0, 85_00, None)

    assert drawn.limit_at is None
    assert drawn.state == "exempt"
    assert drawn.sentence == "$0.00 approved, $85.00 for this gift; no limit applies."


def test_a_person_without_gifts_has_an_empty_bar() -> None:
    assert gauge(0, 0, 0, 300_00).parts == ()


@pytest.mark.parametrize(
    ("cents", "state"),
    [
        pytest.param(239_99, "ok", id="a cent below four fifths"),
        pytest.param(240_00, "near", id="four fifths"),
        pytest.param(300_00, "near", id="exactly the limit"),
        pytest.param(300_01, "over", id="a cent over"),
    ],
)
def test_the_color_follows_the_limit(cents: int, state: str) -> None:
    assert gauge(0, 0, cents, 300_00).state == state


def test_the_sentence_says_all_that_the_bar_shows() -> None:
    assert gauge(185_45, 54_00, 75_00, 300_00).sentence == (
        "$185.45 approved, $54.00 waiting, $75.00 for this gift: "
        "$314.45 of the $300.00 limit, $14.45 over it."
    )
