"""Two ways of writing a firm's name are one name, or may belong together."""

import pytest

from compliance_app.rules.matching.firms import firm_key, may_be_one


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Acme Corp", "ACME Corporation", True),
        ("Acme Corp", "Acme, Inc.", True),
        ("The Acme Company", "Acme", True),
        ("Acme Capital Mgmt LLC", "Acme Capital Management, L.L.C.", True),
        ("Smith & Wesson", "Smith and Wesson Co.", True),
        ("Natl Bank, N.A.", "National Bank", True),
        ("Acme Group", "Acme", False),
        ("Acme Capital", "Acme Corporation", False),
        ("Security Trust", "Securities Trust", False),
        ("Inc", "LLC", False),
    ],
)
def test_legal_forms_and_abbreviations_alone_are_looked_past(
    one: str, other: str, same: bool
) -> None:
    assert (firm_key(one) == firm_key(other)) is same


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Acme", "Acme LLC", "The same name but for the legal form or abbreviations."),
        ("Acme Group", "Acme", "Nearly the same name."),
        ("Acme Corp", "Acme Asset Management", "One may be a part of the other."),
        ("First Co", "First National Bank", ""),
        ("Acme", "Acmeville", ""),
    ],
)
def test_firms_that_may_belong_together_are_said(one: str, other: str, why: str) -> None:
    assert may_be_one(one, other) == may_be_one(other, one) == why
