"""The column sets of customer systems: which column of a file is what, and which set a file has.

What people export depends on their view, so a set lists the names each field goes by; any other
file is read by a mapping that somebody saved.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple

from compliance_app.services.import_file import FileError


class Kind(StrEnum):
    """What the rows of a file are."""

    CONTACTS = "contacts"
    ACCOUNTS = "accounts"
    DEALS = "deals"

    @property
    def words(self) -> str:
        """Return the kind as people say it."""
        return {
            Kind.CONTACTS: "Contacts",
            Kind.ACCOUNTS: "Accounts",
            Kind.DEALS: "Deals or opportunities",
        }[self]


# What each field is called on a page; a file has some of them.
FIELDS: Mapping[Kind, Mapping[str, str]] = {
    Kind.CONTACTS: {
        "external_id": "Id in the other system",
        "name": "Full name",
        "first_name": "First name",
        "last_name": "Last name",
        "email": "E-mail",
        "phone": "Telephone",
        "mobile": "Mobile telephone, where there is no other",
        "title": "Title",
        "employer": "Employer's name",
        "employer_external_id": "Employer's id",
        "owner": "Account owner's name or e-mail",
    },
    Kind.ACCOUNTS: {
        "external_id": "Id in the other system",
        "name": "Name",
        "parent": "Parent's name",
        "parent_external_id": "Parent's id",
        "segment": "Segment",
        "region": "Region",
        "owner": "Owner's name or e-mail",
    },
    Kind.DEALS: {
        "external_id": "Id in the other system",
        "opportunity": "Name of the opportunity",
        "stage": "Stage",
        "employer": "Employer's name",
        "employer_external_id": "Employer's id",
        "started_on": "Begun on",
        "ended_on": "Expected to close on",
    },
}
# Of each of these one is needed.
NEEDED: Mapping[Kind, Sequence[Sequence[str]]] = {
    Kind.CONTACTS: (("name", "last_name"),),
    Kind.ACCOUNTS: (("name",),),
    Kind.DEALS: (("external_id",), ("stage",), ("employer", "employer_external_id")),
}


class ColumnSet(NamedTuple):
    """The columns a system exports of one kind; each field lists the names it goes by."""

    source: str
    kind: Kind
    columns: Mapping[str, Sequence[str]]
    # Columns that only this set has, by which it is known.
    signs: Sequence[str]


SALESFORCE, HUBSPOT = "salesforce", "hubspot"

COLUMN_SETS: Sequence[ColumnSet] = (
    ColumnSet(
        SALESFORCE,
        Kind.DEALS,
        {
            "external_id": ("Opportunity ID", "Id"),
            "opportunity": ("Opportunity Name", "Name"),
            "stage": ("Stage", "StageName"),
            "employer": ("Account Name",),
            "employer_external_id": ("Account ID", "AccountId"),
            "started_on": ("Created Date", "CreatedDate"),
            "ended_on": ("Close Date", "CloseDate"),
        },
        ("Opportunity Name", "StageName"),
    ),
    ColumnSet(
        SALESFORCE,
        Kind.CONTACTS,
        {
            "external_id": ("Contact ID", "Id"),
            "first_name": ("First Name", "FirstName"),
            "last_name": ("Last Name", "LastName"),
            "name": ("Full Name", "Name"),
            "email": ("Email",),
            "phone": ("Phone",),
            "mobile": ("Mobile", "MobilePhone"),
            "title": ("Title",),
            "employer": ("Account Name",),
            "employer_external_id": ("Account ID", "AccountId"),
            "owner": ("Account Owner",),
        },
        ("Contact ID", "LastName", "Salutation", "Mailing Street", "Email Opt Out", "Title"),
    ),
    ColumnSet(
        SALESFORCE,
        Kind.ACCOUNTS,
        {
            "external_id": ("Account ID", "Id"),
            "name": ("Account Name", "Name"),
            "parent": ("Parent Account",),
            "parent_external_id": ("Parent Account ID", "ParentId"),
            "segment": ("Industry",),
            "region": ("Billing State/Province", "BillingState"),
            "owner": ("Account Owner",),
        },
        # Not "Name" alone, by which any list of people calls its column.
        ("Account Name", "ParentId", "BillingState", "Industry"),
    ),
    ColumnSet(
        HUBSPOT,
        Kind.DEALS,
        {
            "external_id": ("Record ID",),
            "opportunity": ("Deal Name",),
            "stage": ("Deal Stage",),
            "employer": ("Associated Company",),
            "employer_external_id": ("Associated Company IDs",),
            "started_on": ("Create Date",),
            "ended_on": ("Close Date",),
        },
        ("Deal Name", "Deal Stage"),
    ),
    ColumnSet(
        HUBSPOT,
        Kind.CONTACTS,
        {
            "external_id": ("Record ID",),
            "first_name": ("First Name",),
            "last_name": ("Last Name",),
            "email": ("Email",),
            "phone": ("Phone Number",),
            "mobile": ("Mobile Phone Number",),
            "title": ("Job Title",),
            "employer": ("Company Name", "Associated Company"),
            "employer_external_id": ("Associated Company IDs",),
        },
        ("Record ID", "Job Title", "Contact owner", "Lifecycle Stage"),
    ),
    ColumnSet(
        HUBSPOT,
        Kind.ACCOUNTS,
        {
            "external_id": ("Record ID",),
            "name": ("Company name",),
            "segment": ("Industry",),
            "region": ("State/Region",),
            "owner": ("Company owner",),
        },
        ("Company owner", "Website URL", "Company Domain Name"),
    ),
)
# The sources whose sets are known, and how they are written.
KNOWN_SOURCES: Mapping[str, str] = {SALESFORCE: "Salesforce", HUBSPOT: "HubSpot"}


class Layout(NamedTuple):
    """Which column of one file, by its number, holds each field."""

    source: str
    kind: Kind
    columns: Mapping[str, int]


def recognize(headers: Sequence[str], source: str | None = None) -> Layout:
    """Return the layout of a known set (of one source where it is named). Raises FileError."""
    sets = [one for one in COLUMN_SETS if source in {None, one.source}]
    seen = {_key(header) for header in headers}
    fitting = [one for one in sets if _fits(one, seen)]
    if not fitting:
        raise FileError(_unknown(headers, sets, source))
    best = max(fitting, key=lambda one: (_signs(one, seen), _recognized(one, seen)))
    return Layout(best.source, best.kind, _numbers(headers, best.columns, FIELDS[best.kind]))


def mapped(headers: Sequence[str], name: str, kind: Kind, columns: Mapping[str, str]) -> Layout:
    """Return the layout that a saved mapping gives a file. Raises FileError."""
    check_mapping(kind, columns)
    missing = [
        f'"{column}" ({FIELDS[kind][field].lower()})'
        for field, column in columns.items()
        if _key(column) not in {_key(header) for header in headers}
    ]
    if missing:
        raise FileError(
            f"The mapping {name} needs columns this file does not have: {', '.join(missing)}."
        )
    names = {field: (column,) for field, column in columns.items()}
    return Layout(name, kind, _numbers(headers, names, FIELDS[kind]))


def guessed(headers: Sequence[str], kind: Kind) -> dict[str, str]:
    """Return which column may hold each field, by the names the known sets give it."""
    found: dict[str, str] = {}
    for one in COLUMN_SETS:
        for field, names in one.columns.items() if one.kind is kind else ():
            keys = {_key(name) for name in names} | {_key(FIELDS[kind][field])}
            header = next((header for header in headers if _key(header) in keys), None)
            if header is not None and header not in found.values():
                found.setdefault(field, header)
    return found


def check_mapping(kind: Kind, columns: Mapping[str, str]) -> None:
    """Raise FileError unless the mapping names known fields, each once, and all that are needed."""
    unknown = sorted(columns.keys() - FIELDS[kind].keys())
    if unknown:
        known = ", ".join(FIELDS[kind])
        raise FileError(f"There is no field {unknown[0]!r} of {kind.value}; there are {known}.")
    for choice in NEEDED[kind]:
        if columns.keys().isdisjoint(choice):
            words = " or ".join(FIELDS[kind][field].lower() for field in choice)
            raise FileError(f"Say which column holds the {words} of {kind.value}.")
    used: dict[str, str] = {}
    for field, column in columns.items():
        other = used.setdefault(_key(column), field)
        if other != field:
            raise FileError(
                f'The column "{column}" cannot be both {FIELDS[kind][other].lower()} and '
                f"{FIELDS[kind][field].lower()}."
            )


def _numbers(
    headers: Sequence[str], columns: Mapping[str, Sequence[str]], words: Mapping[str, str]
) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for field, names in columns.items():
        keys = {_key(name) for name in names}
        found = [number for number, header in enumerate(headers) if _key(header) in keys]
        if len(found) > 1:
            both = " and ".join(f'"{headers[number]}"' for number in found[:2])
            raise FileError(
                f"Two columns say the {words[field].lower()}: {both}. Take one of them out."
            )
        if found:
            numbers[field] = found[0]
    return numbers


def _fits(one: ColumnSet, seen: set[str]) -> bool:
    return bool(_signs(one, seen)) and all(
        any(_has(one.columns.get(field, ()), seen) for field in choice)
        for choice in NEEDED[one.kind]
    )


def _signs(one: ColumnSet, seen: set[str]) -> int:
    return sum(_key(sign) in seen for sign in one.signs)


def _recognized(one: ColumnSet, seen: set[str]) -> int:
    return sum(_has(names, seen) for names in one.columns.values())


def _has(names: Sequence[str], seen: set[str]) -> bool:
    return any(_key(name) in seen for name in names)


def _key(header: str) -> str:
    return " ".join(header.casefold().split())


def _unknown(headers: Sequence[str], sets: Sequence[ColumnSet], source: str | None) -> str:
    if len(headers) == 1:
        return (
            f'The file has one column, "{headers[0][:60]}": divide its columns by commas, '
            "semicolons, tabs or bars."
        )
    near = [
        (missing, one)
        for one in sets
        if _signs(one, {_key(header) for header in headers})
        for choice in NEEDED[one.kind]
        if (missing := _missing(one, choice, headers))
    ]
    if near:
        missing, one = near[0]
        return (
            f"These look like {KNOWN_SOURCES[one.source]} {one.kind.value}, but no column is "
            f"called {missing}. Export it too, or map the columns."
        )
    whose = f"a set of {KNOWN_SOURCES[source]}" if source else "a set of Salesforce or HubSpot"
    names = ", ".join(header[:30] for header in headers[:6])
    return (
        f"The columns ({names}) are not {whose} that this register knows. "
        "Say which column is what, and save that as a mapping."
    )


def _missing(one: ColumnSet, choice: Sequence[str], headers: Sequence[str]) -> str:
    seen = {_key(header) for header in headers}
    names = [name for field in choice for name in one.columns.get(field, ())]
    if _has(names, seen):
        return ""
    close = get_close_matches(names[0], headers, n=1)
    hint = f' (is it "{close[0]}"?)' if close else ""
    return f'"{names[0]}"{hint}'
