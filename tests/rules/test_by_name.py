"""Two ways of writing a name fit, or are hardly one person's."""

import pytest

from compliance_app.rules.matching.by_name import names_fit


@pytest.mark.parametrize(
    ("one", "other", "fit"),
    [
        ("Smith, John", "Jon Smyth", True),
        ("J. Smith", "Jonathan Smith", True),
        ("Morgan", "Morgan Ellery", True),
        ("Dick Cheney and Lynne Cheney", "Lynne Cheney", True),
        ("Mary Jones", "Mary Smith", False),
        ("John Smith", "Mary Smith", False),
        ("Ana", "Robert Brown", False),
        ("The Treasurer", "Robert Brown", False),
    ],
)
def test_names_fit_by_themselves(one: str, other: str, fit: bool) -> None:
    assert names_fit(one, other, least=45) is fit
