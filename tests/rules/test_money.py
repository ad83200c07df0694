import pytest

from compliance_app.rules.money import (
    MoneyError,
    divide_half_up,
    divide_up,
    format_decimal,
    format_dollars,
    parse_cents,
)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1,234.50", 123450),
        ("$12", 1200),
        ("$ 12.00", 1200),
        ("12.5", 1250),
        (" 0.05 ", 5),
        ("0", 0),
        ("1,000,000.00", 100000000),
        ("00012.00", 1200),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, cents: int) -> None:
    assert parse_cents(text) == cents


@pytest.mark.parametrize(
    "text",
    [
        "12,50",
        "1,23.00",
        "12,3456.00",
        "1e9",
        "-5",
        "+5",
        "NaN",
        "Infinity",
        "12.345",
        "12.",
        ".50",
        "12 50",
        "1_000",
        "12\x00",
        "\uff11\uff12",
        "\u0661\u0662",
        "12.50 EUR",
        "$$5",
        "0x10",
        "12\n",
        "9" * 10_000,
    ],
)
def test_what_is_no_amount_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(MoneyError, match=r'is not an amount\. Write it as .*"1,234\.50"'):
        parse_cents(text)


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_amount_is_called_empty(text: str) -> None:
    with pytest.raises(MoneyError, match="The amount is empty"):
        parse_cents(text)


def test_a_refused_amount_is_shown_shortened_and_printable() -> None:
    with pytest.raises(MoneyError) as refusal:
        parse_cents("\x00" + "9" * 10_000)
    assert str(refusal.value).startswith('"?999')
    assert len(str(refusal.value)) < 150


def test_forty_characters_are_read_and_shown_whole_and_no_more() -> None:
    assert parse_cents("0" * 38 + "12") == 12_00
    with pytest.raises(MoneyError, match=f'^"{"x" * 40}" is not'):
        parse_cents("x" * 40)
    with pytest.raises(MoneyError, match=f'^"{"0" * 40}[.]{{3}}" is not'):
        parse_cents("0" * 41)


def test_only_blanks_are_taken_off_an_amount() -> None:
    assert parse_cents("  12 ") == 12_00
    with pytest.raises(MoneyError):
        parse_cents("X12")


def test_an_amount_above_the_ceiling_is_refused() -> None:
    assert parse_cents("100.00", ceiling_cents=100_00) == 100_00
    with pytest.raises(MoneyError) as refusal:
        parse_cents("100.01", ceiling_cents=100_00)
    assert str(refusal.value) == (
        "$100.01 is more than the largest amount accepted here, $100.00. Check the decimal point."
    )


@pytest.mark.parametrize(
    ("cents", "dollars", "decimal"),
    [
        (0, "$0.00", "0.00"),
        (5, "$0.05", "0.05"),
        (123450, "$1,234.50", "1234.50"),
        (-500, "-$5.00", "-5.00"),
        (-5, "-$0.05", "-0.05"),
    ],
)
def test_cents_are_written_for_people_and_for_programs(
    cents: int, dollars: str, decimal: str
) -> None:
    assert format_dollars(cents) == dollars
    assert format_decimal(cents) == decimal


def test_half_a_cent_is_rounded_up_by_both_ways() -> None:
    assert divide_up(25001, 2) == 12501
    assert divide_half_up(25001, 2) == 12501


def test_a_third_of_a_cent_is_rounded_up_or_to_the_nearer() -> None:
    assert divide_up(10000, 3) == 3334
    assert divide_half_up(10000, 3) == 3333
