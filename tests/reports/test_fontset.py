import pytest

from reports.fontset import get_face
from reports.theme import SANS, SEMI, SERIF, SERIF_SEMI

FACE = get_face(SANS)


@pytest.mark.parametrize("name", [SANS, SEMI, SERIF, SERIF_SEMI])
@pytest.mark.parametrize(
    "text",
    [
        "The quick brown fox, “quoted” 12.50 € § ½",
        "Čeština, Română, Ðorđe, Žižek, Łódź, Ångström",
        "Αλφάβητο Ωμέγα ΐ ΰ ώ",
        "Съешь ещё этих мягких французских булок Ґґ Єє Її Ђђ",
        "Nguyễn Thị Phượng ưỡn ẵm Ợ Đặng",
    ],
    ids=["english", "european", "greek", "cyrillic", "vietnamese"],
)
def test_every_face_holds_the_letters_of_names(name: str, text: str) -> None:
    assert "".join(map(get_face(name).shown, text)) == text


@pytest.mark.parametrize("hidden", ["\u200d", "\u00ad", "\u202e", "\ufe0f", "\ufeff"])
def test_a_character_without_ink_is_not_printed(hidden: str) -> None:
    assert FACE.shown(hidden) == ""


@pytest.mark.parametrize("foreign", ["中", "ع", "🎁", "\x00", "\x07"])
def test_a_character_without_a_glyph_is_printed_as_a_square(foreign: str) -> None:
    assert FACE.shown(foreign) == "■"
    assert FACE.width(foreign, 10) == FACE.width("■", 10)


def test_composed_and_decomposed_letters_print_alike() -> None:
    assert FACE.wrap("Nguye\u0302\u0303n", 8, 100) == ["Nguyễn"]


def test_a_text_that_fits_stays_on_its_line() -> None:
    assert FACE.wrap("Two tickets", 10, 100) == ["Two tickets"]


def test_a_line_that_goes_on_ends_in_a_space_and_is_no_wider_than_its_column() -> None:
    lines = FACE.wrap("Two tickets to the opera on Tuesday evening", 10, 60)
    assert "".join(lines) == "Two tickets to the opera on Tuesday evening"
    assert len(lines) > 2
    assert all(line.endswith(" ") for line in lines[:-1])
    assert all(FACE.width(line.rstrip(), 10) <= 60 for line in lines)


def test_a_long_word_is_broken_between_its_letters() -> None:
    lines = FACE.wrap("a " + "m" * 30 + " b", 10, 60)
    assert "".join(lines) == "a " + "m" * 30 + " b"
    assert all(FACE.width(line.rstrip(), 10) <= 60 for line in lines)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028"])
def test_a_line_end_in_a_text_is_a_line_end_on_paper(newline: str) -> None:
    assert FACE.wrap(f"first{newline}second", 10, 200) == ["first", "second"]


@pytest.mark.parametrize("empty", ["", " ", "\n", " \n\t"])
def test_an_empty_text_has_no_lines(empty: str) -> None:
    assert list(FACE.wrap(empty, 10, 100)) == []


def test_a_text_that_is_cut_shows_that_it_was_cut() -> None:
    assert FACE.fit("short", 10, 100) == "short"
    cut = FACE.fit("A firm whose name is very long indeed", 10, 60)
    assert cut.endswith("…")
    assert FACE.width(cut, 10) <= 60
