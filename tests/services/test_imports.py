import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from compliance_app.rules.audit import canonical
from compliance_app.rules.errors import PermissionMissingError
from compliance_app.rules.routing import Route
from compliance_app.rules.workflow import DecisionKind, State
from compliance_app.services import audit, merging
from compliance_app.services.gifts import submit
from compliance_app.services.import_file import FileError
from compliance_app.services.imports import Imported, ImportRefusedError, Options, import_gifts
from compliance_app.services.replay import replay
from compliance_app.store.audit import events_of
from compliance_app.store.gifts import document_of
from compliance_app.store.identity import open_findings
from compliance_app.store.models import Gift, Person, Recipient, Share, TrailEvent
from tests.conftest import CAST, EMAILS, NOON
from tests.factories import make_claim

COLUMNS = (  # noqa: SIM905 - the header as a file has it
    "reference,given_on,giver_email,logged_by_email,recipient_name,recipient_email,employer,"
    "category,description,purpose,cost,market_value,face_value,tax,delivery,quantity,payer,"
    "host_present,state,counted_value"
).split(",")
PLAIN = {
    "given_on": "2025-05-06",
    "giver_email": EMAILS["rep"],
    "recipient_name": "Lena Fischer",
    "employer": "Quarry Endowment",
    "category": "merchandise",
    "description": "Book on lighthouses",
    "cost": "40.00",
    "state": "given",
}
Work = AbstractContextManager[Session]


def csv_of(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows({**PLAIN, **row} for row in rows)
    return text.getvalue().encode()


def take(
    session: Session,
    content: bytes,
    *,
    actor_id: int | None = None,
    add_people: bool = False,
    partial: bool = False,
) -> Imported:
    return import_gifts(session, content, Options(add_people, partial), actor_id=actor_id, at=NOON)


def told(session: Session, content: bytes) -> list[str]:
    """Return what an import that is refused says of its rows."""
    with pytest.raises(ImportRefusedError) as refusal:
        take(session, content)
    return [str(problem) for problem in refusal.value.rows]


def only_gift(session: Session) -> Gift:
    return session.scalars(select(Gift)).one()


def test_a_given_gift_within_the_limit_is_recorded_as_given(work: Work) -> None:
    with work as session:
        done = take(session, csv_of({}))
        gift = only_gift(session)
        decision = gift.decisions[0]
        assert (done.gifts_added, done.breaches, gift.state) == (1, 0, State.GIVEN)
        assert (decision.kind, decision.decided_by_id) == (DecisionKind.RECORD_GIVEN, None)
        assert gift.version.shares[0].holds_room


def test_a_given_gift_over_the_limit_of_its_day_is_a_breach(work: Work) -> None:
    with work as session:
        done = take(session, csv_of({"cost": "150.00"}), actor_id=CAST.officer)
        gift = only_gift(session)
        decision = gift.decisions[0]
        assert (done.breaches, gift.state) == (1, State.BREACH)
        assert (decision.kind, decision.decided_by_id) == (
            DecisionKind.RECORD_BREACH,
            CAST.officer,
        )
        assert "$150.00" in decision.reason
        assert "came with an import" in decision.reason


def test_nobody_decides_on_an_imported_gift_of_their_own(work: Work) -> None:
    with work as session:
        take(session, csv_of({"giver_email": EMAILS["officer"]}), actor_id=CAST.officer)
        assert only_gift(session).decisions[0].decided_by_id is None


def test_only_who_may_record_breaches_imports(work: Work) -> None:
    with work as session, pytest.raises(PermissionMissingError):
        take(session, csv_of({}), actor_id=CAST.rep)


def test_gifts_are_added_up_in_the_order_they_were_given(work: Work) -> None:
    later = {"given_on": "2025-11-03", "cost": "70.00"}
    earlier = {"given_on": "2025-02-03", "cost": "60.00"}
    with work as session:
        take(session, csv_of(later, earlier))
        states = session.execute(
            select(Share.given_on, Gift.state).join(Gift).order_by(Share.given_on)
        ).all()
        assert [tuple(row) for row in states] == [
            (date(2025, 2, 3), State.GIVEN),
            (date(2025, 11, 3), State.BREACH),
        ]


def test_gifts_already_in_the_register_count_for_imported_ones(work: Work) -> None:
    with work as session:
        take(session, csv_of({"cost": "60.00"}))
        take(session, csv_of({"given_on": "2025-08-01", "cost": "60.00"}))
        states = session.scalars(select(Gift.state).order_by(Gift.id)).all()
        assert states == [State.GIVEN, State.BREACH]


def test_the_same_file_again_adds_nothing(work: Work) -> None:
    content = csv_of({}, {"given_on": "2025-07-01"})
    with work as session:
        take(session, content)
        events = session.scalar(select(func.count()).select_from(TrailEvent))
        again = take(session, content)
        assert (again.gifts_added, again.gifts_already_there) == (0, 2)
        assert session.scalar(select(func.count()).select_from(TrailEvent)) == events


def test_equal_rows_of_one_file_are_gifts_of_their_own(work: Work) -> None:
    with work as session:
        assert take(session, csv_of({}, {}, {})).gifts_added == 3
        assert take(session, csv_of({}, {}, {})).gifts_already_there == 3


def test_an_amount_written_in_another_way_is_the_same_row(work: Work) -> None:
    with work as session:
        take(session, csv_of({"cost": "40.00"}))
        assert take(session, csv_of({"cost": "$40", "tax": "0"})).gifts_already_there == 1


def test_rows_of_one_reference_are_one_gift_to_several_people(work: Work) -> None:
    rows = (
        {"reference": "OLD-7", "recipient_name": "Lena Fischer", "cost": "100.00"},
        {"reference": "OLD-7", "recipient_name": "Paul Okoro", "cost": "100.00"},
        {"reference": "OLD-7", "recipient_name": "Mia Chen", "cost": "100.00"},
    )
    with work as session:
        assert take(session, csv_of(*rows)).gifts_added == 1
        gift = only_gift(session)
        assert gift.reference == "OLD-7"
        assert [share.counted_cents for share in gift.version.shares] == [33_34, 33_34, 33_34]


def test_rows_of_one_reference_must_say_the_same_gift(work: Work) -> None:
    rows = (
        {"reference": "OLD-7", "cost": "90.00"},
        {"reference": "OLD-7", "recipient_name": "Paul Okoro", "cost": "91.00"},
    )
    with work as session:
        assert told(session, csv_of(*rows)) == [
            "Line 2, reference: Another row of this gift cannot be taken; mend that row first.",
            (
                "Line 3, cost: Gift OLD-7 has another cost on line 2; write it alike, or give this "
                "row a reference of its own."
            ),
        ]


def test_a_person_is_named_once_in_a_gift(work: Work) -> None:
    with work as session:
        problems = told(session, csv_of({"reference": "OLD-7"}, {"reference": "OLD-7"}))
        assert problems[0] == (
            "Line 2, recipient_name: The same person is named twice. Name each recipient once."
        )


def test_two_records_of_one_person_are_that_person_named_twice(work: Work) -> None:
    both = (
        {"reference": "Box-1", "recipient_email": "morgan@northgate.example"},
        {"reference": "Box-1", "recipient_email": "ravi@harbor.example"},
    )
    with work as session:
        merge_ravi_into_morgan(session)
        assert told(session, csv_of(*both)) == [
            "Line 2, recipient_name: The same person is named twice. Name each recipient once.",
            "Line 3, reference: Another row of this gift cannot be taken; mend that row first.",
        ]


def test_a_share_stays_with_the_record_its_row_names(work: Work) -> None:
    with work as session:
        merge_ravi_into_morgan(session)
        take(session, csv_of({"recipient_email": "ravi@harbor.example"}))
        share = only_gift(session).version.shares[0]
        assert (share.recipient_id, share.recipient_name) == (CAST.ravi, "Ravi Shankaran")


def merge_ravi_into_morgan(session: Session) -> None:
    merging.merge(
        session, CAST.ravi, CAST.morgan, reason="One person", actor_id=CAST.officer, at=NOON
    )


def test_a_reference_of_another_gift_is_explained(work: Work) -> None:
    with work as session:
        take(session, csv_of({"reference": "OLD-7"}))
        assert told(session, csv_of({"reference": "OLD-7", "cost": "41.00"})) == [
            (
                "Line 2, reference: The register holds another gift OLD-7; correct that one by an "
                "amendment, or give this one a reference of its own."
            )
        ]


def test_a_reference_of_the_register_s_own_form_is_never_given_again(work: Work) -> None:
    with work as session:
        take(session, csv_of({"reference": "G-2026-000041"}))
        gift = submit(session, make_claim(), giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
        assert int(gift.reference.removeprefix("G-2026-")) > 41


def test_an_unknown_giver_is_explained(work: Work) -> None:
    with work as session:
        assert told(session, csv_of({"giver_email": "new.person@firm.example"})) == [
            (
                "Line 2, giver_email: Nobody of the firm has the address new.person@firm.example; "
                "add the person first, or import with --add-people."
            )
        ]


def test_an_unknown_giver_can_be_added_and_cannot_sign_in(work: Work) -> None:
    with work as session:
        done = take(session, csv_of({"giver_email": "New.Person@firm.example"}), add_people=True)
        person = session.scalars(select(Person).order_by(Person.id.desc())).first()
        assert person is not None
        assert done.people_added == 1
        assert (person.email, person.name) == ("new.person@firm.example", "New Person")
        assert (person.role.value, person.password_hash) == ("ae", None)


def test_a_recipient_is_found_by_e_mail_whatever_the_name(work: Work) -> None:
    row = {"recipient_email": "MORGAN@northgate.example", "recipient_name": "M. Ellery"}
    with work as session:
        done = take(session, csv_of(row))
        assert done.recipients_added == 0
        assert only_gift(session).version.shares[0].recipient_id == CAST.morgan


def test_an_address_of_somebody_of_quite_another_name_comes_to_light(work: Work) -> None:
    row = {"recipient_email": "ravi@harbor.example", "recipient_name": "Ana Lee"}
    planned = {"given_on": "2026-12-01", "state": "submitted", "reference": "P-1"}
    with work as session:
        done = take(session, csv_of(row, {**row, **planned}))
        said = "ravi@harbor.example belongs to Ravi Shankaran in the register"
        assert [str(note) for note in done.notes] == [
            f"Line {line}, recipient_email: {said}, but the row names Ana Lee. The gift counts "
            "for Ravi Shankaran, and compliance is asked to look at it."
            for line in (2, 3)
        ]
        sentence = (
            "The gift was entered for Ana Lee, but ravi@harbor.example belongs to Ravi Shankaran."
        )
        (finding,) = open_findings(session)
        assert (finding.recipient_id, finding.sentence) == (CAST.ravi, sentence)
        gift = session.scalars(select(Gift).where(Gift.reference == "P-1")).one()
        assert gift.route is Route.COMPLIANCE
        assert [one["sentence"] for one in gift.version.flags] == [sentence]
        assert replay(session).differences == []


def test_a_recipient_is_found_by_exact_name_and_employer(work: Work) -> None:
    same = {"recipient_name": "Ravi  Shankaran", "employer": "HARBOR CAPITAL"}
    elsewhere = {"recipient_name": "Ravi Shankaran", "employer": "Quarry Endowment"}
    with work as session:
        done = take(session, csv_of(same, elsewhere))
        shares = session.scalars(select(Share.recipient_id).order_by(Share.id)).all()
        assert done.recipients_added == 1
        assert shares[0] == CAST.ravi
        assert shares[1] != CAST.ravi


def test_a_name_of_two_thousand_characters_is_kept_whole(work: Work) -> None:
    name = "Ministry " * 220
    with work as session:
        take(session, csv_of({"recipient_name": name}))
        kept = session.scalars(select(Recipient).order_by(Recipient.id.desc())).first()
        assert kept is not None
        assert kept.name == name.strip()


def test_what_the_file_says_a_share_counts_for_is_checked(work: Work) -> None:
    with work as session:
        take(session, csv_of({"counted_value": "40.00"}))
        row = {"given_on": "2025-06-01", "quantity": "2", "counted_value": "85.00"}
        assert told(session, csv_of(row)) == [
            (
                "Line 2, counted_value: The file says $85.00, but by its amounts, quantity and 1 "
                "recipient this share counts $80.00; correct the row, or leave the cell empty."
            )
        ]


def test_one_bad_row_stops_all_and_nothing_is_left(work: Work) -> None:
    with work as session:
        told(session, csv_of({}, {"cost": "12,50"}))
        assert session.scalar(select(func.count()).select_from(Gift)) == 0
        assert session.scalar(select(func.count()).select_from(Recipient)) == 2


def test_a_partial_import_takes_the_good_rows_and_explains_the_others(work: Work) -> None:
    with work as session:
        done = take(session, csv_of({"cost": "1e9"}, {}), partial=True)
        assert done.gifts_added == 1
        assert [str(problem) for problem in done.problems] == [
            (
                'Line 2, cost: "1e9" is not an amount. Write it as dollars and cents, for example '
                '"1,234.50".'
            )
        ]


def test_a_partial_import_leaves_out_a_gift_of_which_a_row_is_bad(work: Work) -> None:
    rows: tuple[dict[str, str], ...] = (
        {"reference": "OLD-7", "quantity": "two"},
        {"reference": "OLD-7", "recipient_name": "Paul Okoro"},
        {},
    )
    with work as session:
        done = take(session, csv_of(*rows), partial=True)
        assert (done.gifts_added, done.recipients_added) == (1, 1)
        assert [problem.line for problem in done.problems] == [2, 3]


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("given_on", "6/30/2025", '"6/30/2025" is not a day; write it as year-month-day'),
        ("given_on", "2025-02-30", "There is no day 2025-02-30; check the month and the day."),
        ("given_on", "1899-01-01", "1899-01-01 cannot be the day of this gift."),
        ("given_on", "2199-01-01", "2199-01-01 cannot be the day of this gift."),
        ("given_on", "", '"" is not a day'),
        ("cost", "-5", '"-5" is not an amount.'),
        ("cost", "NaN", '"NaN" is not an amount.'),
        ("cost", "99999999999", "is more than the largest amount accepted here"),
        ("quantity", "0", "Give a whole number from 1 to 10,000."),
        ("quantity", "1.5", '"1.5" is not a number of units'),
        ("category", "bribe", '"bribe" is not one of: merchandise, ticket'),
        ("payer", "nobody", '"nobody" is not one of: member'),
        ("host_present", "maybe", '"maybe" is neither yes nor no'),
        ("state", "draft", '"draft" is not one of: submitted'),
        ("giver_email", "rita", "'rita' is not an e-mail address"),
        ("recipient_name", "  ", "Give a name of 1 to 2,000 characters."),
        ("description", " ", "Describe the gift in a few words"),
        ("description", "a\0b", "The cell holds a NUL byte; type its text again."),
        ("description", "a\x07b", "holds an invisible control character"),
        ("reference", "a/b", '"a/b" is not a reference'),
    ],
)
def test_a_bad_cell_is_explained_by_line_and_column(
    work: Work, column: str, value: str, sentence: str
) -> None:
    with work as session:
        problems = told(
            session,
            csv_of(
                {},
                {column: value, "recipient_name": "Other"}
                | ({column: value} if column == "recipient_name" else {}),
            ),
        )
        assert any(
            problem.startswith(f"Line 3, {column}: ") and sentence in problem
            for problem in problems
        ), problems


def test_a_gift_cannot_be_given_on_a_day_that_has_not_come(work: Work) -> None:
    with work as session:
        assert told(session, csv_of({"given_on": "2026-11-30"})) == [
            (
                "Line 2, state: 2026-11-30 has not come yet, so the gift cannot be given; write "
                "submitted to have it cleared in advance."
            )
        ]


def test_a_planned_gift_is_submitted_like_any_other(work: Work) -> None:
    row = {"given_on": "2026-12-01", "state": "approved", "reference": "OLD-9", "cost": "250.00"}
    with work as session:
        done = take(session, csv_of(row), actor_id=CAST.officer)
        gift = only_gift(session)
        events = [event.actor for event in events_of(session, f"gift:{gift.id}")]
        assert (done.submitted, gift.state, gift.reference) == (1, State.SUBMITTED, "OLD-9")
        assert events == [EMAILS["rep"], EMAILS["officer"]]
        assert take(session, csv_of(row)).gifts_already_there == 1


@pytest.mark.parametrize("state", ["declined", "withdrawn", "cancelled", "refused"])
def test_a_gift_that_was_never_given_holds_no_room(work: Work, state: str) -> None:
    with work as session:
        take(session, csv_of({"state": state, "cost": "90.00"}, {"cost": "80.00"}))
        states = dict(session.execute(select(Gift.state, Share.holds_room).join(Share)).all())
        assert states == {State(state): False, State.GIVEN: True}


def test_a_given_gift_of_unknown_cost_is_kept_for_judgement(work: Work) -> None:
    with work as session:
        take(session, csv_of({"cost": ""}))
        share = only_gift(session).version.shares[0]
        assert share.assessment is not None
        assert share.assessment.verdict.value == "needs_compliance_judgement"
        assert only_gift(session).state is State.GIVEN


def test_the_trail_keeps_of_an_imported_gift_what_the_tables_hold(work: Work) -> None:
    with work as session:
        take(session, csv_of({"cost": "150.00", "tax": "9.00"}), actor_id=CAST.officer)
        gift = only_gift(session)
        kept = events_of(session, f"gift:{gift.id}")
        assert [event.event for event in kept] == ["gift:imported"]
        assert kept[0].body == canonical(document_of(gift))
        assert audit.verify(session).problem is None


def test_a_long_text_with_quotes_and_lines_is_read_whole(work: Work) -> None:
    text = 'A "silver" bowl, 12"\nengraved; ' + "x" * 25_000
    with work as session:
        take(session, csv_of({"description": text}))
        assert only_gift(session).version.description == text


def test_a_row_is_found_by_the_line_it_begins_on(work: Work) -> None:
    first = {"description": "one\ntwo\nthree"}
    with work as session:
        problems = told(session, csv_of(first, {"cost": "x"}))
        assert problems[0].startswith("Line 5, cost: ")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda content: b"\xef\xbb\xbf" + content, id="a byte-order mark"),
        pytest.param(lambda content: content.replace(b"\r\n", b"\n"), id="Unix line ends"),
        pytest.param(lambda content: content + b"\r\n\r\n,,,,,,,,,,,,,,,,,,,\r\n", id="blank rows"),
        pytest.param(lambda content: content.rstrip(), id="no end of line"),
    ],
)
def test_a_file_is_read_however_it_was_saved(work: Work, change: Callable[[bytes], bytes]) -> None:
    with work as session:
        assert take(session, change(csv_of({}))).gifts_added == 1


def test_columns_that_may_be_left_out_are_not_needed(work: Work) -> None:
    content = (
        b"cost,description,category,recipient_name,giver_email,given_on\n"
        b"12.00,Tea,merchandise,Lena Fischer,rita@firm.example,2025-05-06\n"
    )
    with work as session:
        assert take(session, content).gifts_added == 1


HEADER = ",".join(COLUMNS).encode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty; its first row must name the columns."),
        (HEADER, "holds no gift; add a row for each gift."),
        (csv_of({"description": "x"}).replace(b"Lena", b"L\xe9na"), "not UTF-8: line 2 holds"),
        ("given_on".encode("utf-16"), "The file is written in UTF-16"),
        (HEADER.replace(b",cost", b""), "Missing column: cost."),
        (HEADER.replace(b"cost", b"costs"), "'costs' in a file of gifts; do you mean cost?"),
        (HEADER + b",cost", "Column named twice: cost."),
        (HEADER.replace(b",", b";"), "divided by semicolons"),
    ],
)
def test_a_file_that_is_none_of_gifts_is_refused(work: Work, content: bytes, sentence: str) -> None:
    with work as session, pytest.raises(FileError) as refusal:
        take(session, content)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (b'"never closed', "Line 2, row: The file cannot be read from here on"),
        (b'"closed"early,x', "Line 2, row: The file cannot be read from here on"),
        (b"too,few", "Line 2, row: This row has 2 cells, but there are 20 columns"),
    ],
)
def test_a_broken_row_is_explained(work: Work, row: bytes, sentence: str) -> None:
    with work as session:
        assert told(session, HEADER + b"\n" + row)[0].startswith(sentence)
