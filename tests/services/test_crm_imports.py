"""Contacts, accounts and deals of customer systems: read, compared, written once, undone."""

import io
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from openpyxl import Workbook

from compliance_app.rules.client_errors import AlreadyUndoneError
from compliance_app.services import (
    coverage,
    crm_imports,
    crm_undo,
    employments,
    gifts,
    recipients,
)
from compliance_app.services.crm_imports import Choice, Compared, RowsRefusedError
from compliance_app.services.crm_rows import BadCellError, whole_salesforce_id
from compliance_app.services.crm_sources import Kind
from compliance_app.services.crm_undo import Undone
from compliance_app.services.import_file import FileError
from compliance_app.services.replay import replay
from compliance_app.store.base import frozen_reading, unit_of_work
from compliance_app.store.models import (
    CrmImport,
    Employer,
    Gift,
    Negotiation,
    Recipient,
    RecipientPair,
)
from tests.conftest import CAST, NOON
from tests.factories import make_claim

LATER = NOON + timedelta(days=1)
HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Phone Number,Job Title,Company Name,Contact owner\r\n"
)
KEN = "Ken,Ito,ken@acme.example,,Analyst,Acme"
TWO = HUBSPOT + (
    "101,Zoë,Quill,zoe@acme.example,,Trustee,Acme Pension,Rita\r\n"
    "102,Ken,Ito,ken@acme.example,,Analyst,Acme Pension,Rita\r\n"
)


def bring(
    content: str | bytes, source: str | None = None, *, partial: bool = False, days: int = 0
) -> tuple[int, Compared]:
    data = content.encode() if isinstance(content, str) else content
    with unit_of_work() as session:
        made, compared = crm_imports.import_file(
            session,
            data,
            "contacts.csv",
            Choice(source),
            partial=partial,
            actor_id=CAST.officer,
            at=NOON + timedelta(days=days),
        )
        return made.id, compared


def undo(number: int) -> Undone:
    with unit_of_work() as session:
        return crm_undo.undo(session, number, actor_id=CAST.officer, at=LATER)


def people() -> list[tuple[str, str | None, str]]:
    with unit_of_work() as session:
        return [
            (one.name, one.email, one.employments[-1].employer.name if one.employments else "")
            for one in session.query(Recipient)
            .filter(Recipient.id > CAST.ravi, Recipient.retired_at.is_(None))
            .order_by(Recipient.id)
        ]


def counts(compared: Compared) -> dict[str, int]:
    return {name: number for name, number in compared.counts.items() if number}


def replays() -> None:
    with frozen_reading() as session:
        assert replay(session).differences == []


def test_contacts_are_added_once_and_brought_up_to_date_by_their_id(app: Flask) -> None:
    _, first = bring(TWO)
    assert counts(first) == {"rows": 2, "added": 2}
    assert people() == [
        ("Zoë Quill", "zoe@acme.example", "Acme Pension"),
        ("Ken Ito", "ken@acme.example", "Acme Pension"),
    ]
    _, again = bring(TWO, days=1)
    assert counts(again) == {"rows": 2, "unchanged": 2}
    moved = TWO.replace(
        "Ken,Ito,ken@acme.example,,Analyst,Acme", "Kenji,Ito,ken@h.example,,CIO,Harbor"
    )
    _, changed = bring(moved, days=2)
    assert counts(changed) == {"rows": 2, "updated": 1, "unchanged": 1}
    assert people()[1] == ("Kenji Ito", "ken@h.example", "Harbor Pension")
    replays()


def test_nobody_is_merged_and_a_namesake_is_suspected(app: Flask) -> None:
    same_mail = HUBSPOT + "7,Morgan,Ellery,morgan@northgate.example,,CIO,Northgate Pension Trust,\n"
    _, linked = bring(same_mail)
    assert counts(linked) == {"rows": 1, "updated": 1}
    namesake = HUBSPOT + "8,MORGAN,ellery,m.ellery@northgate.example,,,Northgate Pension Trust,\n"
    _, suspected = bring(namesake)
    assert counts(suspected) == {"rows": 1, "suspected": 1}
    assert suspected.planned[0].sentence == (
        "Somebody of this name and employer is there already (recipient 1)."
    )
    with unit_of_work() as session:
        pair = session.query(RecipientPair).one()
        assert (pair.first_id, pair.second.name) == (CAST.morgan, "MORGAN ellery")


def test_an_address_of_somebody_of_another_name_is_for_a_person_to_look_at(app: Flask) -> None:
    married = HUBSPOT + "9,Ana,Lee,ravi@harbor.example,,,Harbor Capital,\n"
    _, first = bring(married)
    assert counts(first) == {"rows": 1, "suspected": 1}
    assert first.planned[0].sentence == (
        "ravi@harbor.example belongs to Ravi Shankaran in the register: Ana Lee is added without "
        "it, and the two are to be looked at."
    )
    assert people() == [("Ana Lee", None, "Harbor Capital")]
    with unit_of_work() as session:
        pair = session.query(RecipientPair).one()
        assert (pair.first_id, pair.second.name) == (CAST.ravi, "Ana Lee")
        assert (
            pair.sentence == "Both have the address ravi@harbor.example, under quite other names."
        )
    _, again = bring(married, days=1)
    assert counts(again) == {"rows": 1, "unchanged": 1}
    without_id = married.replace("9,Ana", ",Ana")
    assert counts(bring(without_id)[1]) == {"rows": 1, "unchanged": 1}
    replays()


def test_another_spelling_at_a_known_address_is_that_person(app: Flask) -> None:
    _, done = bring(
        HUBSPOT + "3,Morgan,Elery,morgan@northgate.example,,,Northgate Pension Trust,\n"
    )
    assert counts(done) == {"rows": 1, "updated": 1}
    assert done.planned[0].target_id == CAST.morgan


def test_an_id_under_quite_another_name_is_said(app: Flask) -> None:
    bring(TWO)
    _, done = bring(TWO.replace("Zoë,Quill", "Brenda,Moss"), days=1)
    assert counts(done) == {"rows": 2, "updated": 1, "unchanged": 1}
    assert done.planned[0].sentence == (
        "Until now Zoë Quill had this id: check that it is one person. name: Brenda Moss"
    )


def test_who_may_be_somebody_under_another_spelling_goes_to_the_review_list(app: Flask) -> None:
    made = HUBSPOT + "1,Jon,Smith,,,CIO,ACME Corp,\n2,Jonathan,Smith,,,CIO,Acme Corporation,\n"
    number, compared = bring(made)
    assert counts(compared) == {"rows": 2, "added": 2}
    with unit_of_work() as session:
        pair = session.query(RecipientPair).one()
        names = [session.get_one(Recipient, one).name for one in (pair.first_id, pair.second_id)]
        assert names == ["Jon Smith", "Jonathan Smith"]
        assert session.get_one(CrmImport, number).counts["pairs"] == 1
    replays()


def test_an_old_employer_in_the_file_does_not_undo_what_somebody_recorded(app: Flask) -> None:
    row = HUBSPOT + "7,Morgan,Ellery,morgan@northgate.example,,Manager,Northgate Pension Trust,\n"
    bring(row)
    with unit_of_work() as session:
        employments.change_employer(
            session,
            CAST.morgan,
            "Harbor Capital",
            "",
            since=NOON.date() - timedelta(days=30),
            actor_id=CAST.rep,
            at=LATER,
        )
    _, again = bring(row, days=2)
    assert counts(again) == {"rows": 1, "unchanged": 1}


def test_a_whole_import_is_undone_but_what_has_gifts_stays(app: Flask) -> None:
    number, _ = bring(TWO)
    with unit_of_work() as session:
        zoe = session.query(Recipient).filter_by(name="Zoë Quill").one()
        gifts.submit(
            session, make_claim(to=(zoe.id,)), giver_id=CAST.rep, actor_id=CAST.rep, at=NOON
        )
    done = undo(number)
    assert (done.retired, done.set_back, done.kept_rows) == (1, 0, 2)
    assert done.kept == [
        "Zoë Quill has gifts or was merged, so the record stays.",
        "Acme Pension has gifts, people, an owner or a subsidiary, so it stays.",
    ]
    assert [name for name, _, _ in people()] == ["Zoë Quill"]
    with pytest.raises(AlreadyUndoneError):
        undo(number)
    replays()
    _, again = bring(TWO, days=2)
    assert counts(again) == {"rows": 2, "updated": 1, "unchanged": 1}
    assert [name for name, _, _ in people()] == ["Zoë Quill", "Ken Ito"]
    replays()


def test_a_firm_that_went_out_of_use_comes_back_with_its_people(app: Flask) -> None:
    number, _ = bring(TWO)
    assert undo(number).retired == 3
    with unit_of_work() as session:
        assert session.query(Employer).filter_by(name="Acme Pension").one().retired_at is not None
    bring(TWO, days=2)
    with unit_of_work() as session:
        assert session.query(Employer).filter_by(name="Acme Pension").one().retired_at is None
    replays()


def test_undoing_an_update_sets_back_what_nobody_changed_since(app: Flask) -> None:
    bring(TWO)
    moved = TWO.replace(
        "Ken,Ito,ken@acme.example,,Analyst,Acme", "Kenji,Ito,k@h.example,,CIO,Harbor"
    )
    number, _ = bring(moved, days=1)
    done = undo(number)
    assert (done.retired, done.set_back, done.kept) == (1, 1, [])
    assert people()[1] == ("Ken Ito", "ken@acme.example", "Acme Pension")
    replays()


def test_salesforce_accounts_bring_parents_and_refuse_circles(app: Flask) -> None:
    head = "Account ID,Account Name,Parent Account,Industry,Billing State/Province\n"
    _, compared = bring(
        head + "001000000000001,Acme,Acme Group,Banking,NY\n"
        "001000000000002,Acme Group,Acme,,\n"
        "001000000000003,Harbor Capital,Acme Group,Funds,MA\n"
    )
    assert counts(compared) == {"rows": 3, "added": 2, "updated": 1, "refused": 1}
    assert str(compared.problems[0]) == (
        "Line 3, parent: The parent was left out: its own parents in salesforce lead back to it."
    )
    with unit_of_work() as session:
        acme = session.query(Employer).filter_by(name="Acme").one()
        assert (acme.parent and acme.parent.name, acme.segment, acme.region) == (
            "Acme Group",
            "Banking",
            "NY",
        )
    replays()


def test_deals_in_negotiation_open_one_and_others_end_it(app: Flask) -> None:
    head = "Opportunity ID,Opportunity Name,Stage,Account Name,Close Date\n"
    deal = "006000000000001,Mandate,{},Harbor Capital,2027-01-31\n"
    number, compared = bring(head + deal.format("Negotiation/Review"))
    assert counts(compared) == {"rows": 1, "added": 1}
    bring(head + deal.format("Closed Won"), days=3)
    with unit_of_work() as session:
        row = session.query(Negotiation).filter(Negotiation.superseded_at.is_(None)).one()
        assert (row.opportunity, row.started_on, row.ended_on) == (
            "Mandate",
            NOON.date(),
            NOON.date() + timedelta(days=3),
        )
    assert undo(number).kept == ["The negotiation Mandate was changed since, so it stays as it is."]
    replays()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TWO.encode("utf-8-sig"), id="byte-order mark"),
        pytest.param(TWO.encode("utf-16"), id="UTF-16"),
        pytest.param(TWO.encode("cp1252"), id="Windows-1252"),
        pytest.param(TWO.replace(",", ";").encode(), id="semicolons"),
        pytest.param(TWO.replace(",", "\t").encode(), id="tabs"),
        pytest.param(b"\r\n" + TWO.encode(), id="a blank line first"),
        pytest.param(
            TWO.encode()
            + b'\r\n"All Contacts"\r\n"Copyright (c) 2000-2026 salesforce.com, inc."\r\n',
            id="a footer",
        ),
    ],
)
def test_the_same_contacts_are_read_however_the_file_is_written(app: Flask, content: bytes) -> None:
    _, compared = bring(content)
    assert counts(compared) == {"rows": 2, "added": 2}
    assert people()[0] == ("Zoë Quill", "zoe@acme.example", "Acme Pension")


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def test_a_workbook_is_read_by_a_saved_mapping(app: Flask) -> None:
    with unit_of_work() as session:
        crm_imports.save_mapping(
            session,
            "Old list",
            Kind.CONTACTS,
            {"name": "Who", "email": "Mail", "employer": "Firm"},
            actor_id=CAST.officer,
            at=NOON,
        )
    _, compared = bring(
        workbook(("Who", "Mail", "Firm"), ("Zoe Quill", "zoe@acme.example", "Acme")), "Old list"
    )
    assert counts(compared) == {"rows": 1, "added": 1}
    assert people() == [("Zoe Quill", "zoe@acme.example", "Acme")]
    replays()


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"\0" * 60_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", "The file is empty", id="empty"),
        pytest.param(b"Who,What\nA,B\n", "are not a set of Salesforce or HubSpot", id="unknown"),
        pytest.param(
            b"Name,Employer\nAda Vance,Acme\n",
            "The columns (Name, Employer) are not a set of Salesforce or HubSpot",
            id="a list of people",
        ),
        pytest.param(b"Just one\nA\n", 'The file has one column, "Just one"', id="one column"),
        pytest.param(
            b"Record ID,First Name,Surname,Job Title\n1,A,B,C\n",
            'no column is called "Last Name" (is it "First Name"?)',
            id="a missing column",
        ),
        pytest.param(
            b"Contact ID,Last Name,LastName,Email\n003000000000001,A,B,\n",
            'Two columns say the last name: "Last Name" and "LastName"',
            id="two columns for one field",
        ),
        pytest.param(b"PK\x03\x04 not a workbook", "This is no workbook", id="no workbook"),
        pytest.param(bomb(), "unpacks to far more than it holds", id="a zip bomb"),
        pytest.param(b"%PDF-1.7", "export it as CSV or as XLSX", id="a PDF"),
        pytest.param(b"Record ID,Last Name\n\x81\x8d\n", "Line 2 holds bytes", id="no text"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(app: Flask, content: bytes, sentence: str) -> None:
    with pytest.raises(FileError) as refused:
        bring(content)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        pytest.param("1,A,B,not-mail,,,,", "email: 'not-mail' is not an e-mail", id="an address"),
        pytest.param("1,=1+1,B,,,,,", 'first_name: "=1+1" begins like a formula', id="a formula"),
        pytest.param(f"1,A,{'x' * 30_000},,,,,", "last_name: This has 30,000", id="a long cell"),
        pytest.param("1,A,B", "row: This row has 3 cells, but there are 8", id="a short row"),
        pytest.param("101,A,B,,,,,", "Line 2 has the id 101 already", id="an id twice"),
        pytest.param("1,,,,,,,", "name: Give the person's name.", id="no name"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_the_others_can_be(
    app: Flask, row: str, problem: str
) -> None:
    with pytest.raises(RowsRefusedError) as refused:
        bring(f"{TWO}{row}\r\n")
    (only,) = refused.value.compared.problems
    assert only.line == 4
    assert problem in str(only)
    _, compared = bring(f"{TWO}{row}\r\n", partial=True)
    assert counts(compared) == {"rows": 3, "added": 2, "refused": 1}


def test_a_formula_in_a_workbook_is_named_by_its_cell(app: Flask) -> None:
    content = workbook(("Record ID", "First Name", "Last Name", "Job Title"), (1, "A", "=B1", "x"))
    with pytest.raises(RowsRefusedError) as refused:
        bring(content)
    assert str(refused.value.compared.problems[0]) == (
        "Line 2, row: The cell C2 holds a formula; copy the sheet and paste its values."
    )


def test_an_id_of_15_signs_is_the_one_of_18_and_lost_capitals_come_back() -> None:
    assert whole_salesforce_id("001A0000006Vm9r") == "001A0000006Vm9rIAC"
    assert whole_salesforce_id("001A0000006Vm9rIAC") == "001A0000006Vm9rIAC"
    assert whole_salesforce_id("001a0000006vm9riac") == "001A0000006Vm9rIAC"
    with pytest.raises(BadCellError, match="15 or 18"):
        whole_salesforce_id("12345")


def owned(*rows: str) -> str:
    return "Record ID,Company name,Company owner\n" + "".join(f"{row}\n" for row in rows)


def owners(name: str) -> list[tuple[str, str, str]]:
    with unit_of_work() as session:
        firm = session.query(Employer).filter_by(name=name).one()
        return [(one.person.name, str(one.started_on), str(one.ended_on)) for one in firm.coverages]


def test_an_account_owner_covers_the_firm_and_hands_it_over_when_the_file_has_news(
    app: Flask,
) -> None:
    with unit_of_work() as session:
        plan = make_claim(20_00, to=(CAST.ravi,))
        gift = gifts.submit(session, plan, giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
    first = owned("1,Harbor Capital,Rita Rep", "2,Acme,rita@firm.example", "3,Other,Pat Gone")
    _, compared = bring(first)
    assert [one.sentence for one in compared.planned] == [
        "owner: Rita Rep; id: 1",
        "owner: Rita Rep",
        "Nobody here who logs gifts is called Pat Gone, so nobody takes the account over.",
    ]
    assert owners("Harbor Capital") == owners("Acme") == [("Rita Rep", "2026-11-21", "None")]
    assert owners("Other") == []
    _, again = bring(first, days=1)
    assert counts(again) == {"rows": 3, "unchanged": 3}

    number, compared = bring(owned("1,Harbor Capital,Theo Marsh"), days=3)
    assert compared.planned[0].changes == {"owner": "Theo Marsh, after Rita Rep"}
    handed = [("Rita Rep", "2026-11-21", "2026-11-23"), ("Theo Marsh", "2026-11-24", "None")]
    assert owners("Harbor Capital") == handed
    with unit_of_work() as session:
        assert session.get_one(Gift, gift.id).handed_to_id == CAST.other_rep
    _, old = bring(first, days=4)
    assert old.planned[0].sentence == (
        "Rita Rep covered it before, and Theo Marsh covers it now; that stays."
    )
    assert owners("Harbor Capital") == handed

    assert undo(number).kept == []
    assert [one[0] for one in owners("Harbor Capital")] == ["Rita Rep", "Rita Rep"]
    with unit_of_work() as session:
        assert session.get_one(Gift, gift.id).handed_to_id is None
    replays()


def test_an_undone_import_takes_a_firm_away_with_the_owner_it_brought(app: Flask) -> None:
    number, _ = bring(owned("2,Acme,Rita Rep"))
    assert undo(number).retired == 1
    assert owners("Acme") == []
    replays()


def test_a_telephone_comes_with_a_contact_and_goes_back_with_the_import(app: Flask) -> None:
    def phone() -> str | None:
        with unit_of_work() as session:
            return session.query(Recipient).filter_by(name="Zoë Quill").one().phone

    row = "101,Zoë,Quill,zoe@acme.example,{},Trustee,Acme Pension,Rita\r\n"
    bring(HUBSPOT + row.format("+1 212 555 0142"))
    assert phone() == "+1 212 555 0142"
    _, silent = bring(HUBSPOT + row.format("n/a"), days=1)
    assert counts(silent) == {"rows": 1, "unchanged": 1}
    number, changed = bring(HUBSPOT + row.format("(646) 555-0177"), days=2)
    assert changed.planned[0].sentence == "phone: (646) 555-0177"
    assert phone() == "(646) 555-0177"
    assert undo(number).set_back == 1
    assert phone() == "+1 212 555 0142"
    mobile = "Record ID,Last Name,Job Title,Phone Number,Mobile Phone Number\r\n"
    bring(mobile + "103,Quill,Clerk,-,646 555 0100\r\n", days=3)
    with unit_of_work() as session:
        assert session.query(Recipient).filter_by(name="Quill").one().phone == "646 555 0100"
    with pytest.raises(RowsRefusedError) as refused:
        bring(HUBSPOT + row.format("ext 12"))
    assert str(refused.value.compared.problems[0]) == (
        "Line 2, phone: 'ext 12' is not a telephone number such as +1 212 555 0100."
    )
    replays()


def test_a_row_that_is_not_one_person_is_said_to_be_so(app: Flask) -> None:
    rows = (
        "Mr. and Mrs.,Doe",
        "John Smith;,Mary Jones",
        ",Office of the Treasurer",
        "Ann,Sandland",
    )
    _, compared = bring(HUBSPOT + "".join(f"{n},{row},,,,Elm,\n" for n, row in enumerate(rows)))
    several = "This names several people; the limit is one person's, so give each a row."
    office = "This names an office; a limit is a person's, so name who holds it."
    assert [one.sentence for one in compared.planned] == [several, several, office, ""]


def test_an_address_that_is_somebody_else_s_by_now_does_not_go_back(app: Flask) -> None:
    bring(HUBSPOT + f"102,{KEN},\n")
    number, _ = bring(HUBSPOT + "102,Ken,Ito,ken@new.example,,Analyst,Acme,\n", days=1)
    with unit_of_work() as session:
        new = recipients.NewRecipient("Kenneth Burke", "ken@acme.example")
        recipients.add(session, new, actor_id=CAST.rep, at=NOON, confirmed_new=True)
    assert undo(number).kept == ["Ken Ito stays: ken@acme.example belongs to Kenneth Burke by now."]
    replays()


def test_the_account_owner_in_a_report_of_contacts_covers_the_account(app: Flask) -> None:
    head = "First Name,Last Name,Title,Account Name,Email,Account Owner\n"
    with unit_of_work() as session:
        coverage.hand_over(session, 1, CAST.rep, on=NOON.date(), actor_id=CAST.officer, at=NOON)
    rows = (
        "Ida,Rask,CIO,New Mill,ida@mill.example,Theo Marsh\n"
        "Bo,Dahl,CIO,Northgate Pension Trust,bo@gate.example,theo@firm.example\n"
        "Jo,Lund,CIO,Harbor Capital,jo@harbor.example,Theo Marsh\n"
        "Al,Berg,CFO,Harbor Capital,al@harbor.example,Rita Rep\n"
    )
    number, done = bring(head + rows, "salesforce")
    assert [one.sentence for one in done.planned] == [
        "account owner: Theo Marsh",
        "account owner: Theo Marsh, after Rita Rep",
        "The file names Rita Rep and Theo Marsh as its owner, so nobody takes the account over.",
        "",
    ]
    assert covered() == {"New Mill": ["Theo Marsh"], "Northgate Pension Trust": ["Theo Marsh"]}
    replays()
    undo(number)
    assert covered() == {"Northgate Pension Trust": ["Rita Rep"]}
    replays()


def covered() -> dict[str, list[str]]:
    with unit_of_work() as session:
        firms = {
            firm.name: coverage.owners_on(firm, LATER.date()) for firm in session.query(Employer)
        }
        return {name: [one.name for one in people] for name, people in firms.items() if people}
