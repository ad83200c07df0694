"""Keep what reads ask for: sums of months and years, flags, and the words of firms' names."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
YEAR = "CAST(extract(year FROM given_on) AS INTEGER)"
MONTH = "CAST(extract(year FROM given_on) * 100 + extract(month FROM given_on) AS INTEGER)"
SQLITE_YEAR = "CAST(substr(given_on, 1, 4) AS INTEGER)"
SQLITE_MONTH = f"{SQLITE_YEAR} * 100 + CAST(substr(given_on, 6, 2) AS INTEGER)"

MONTHS = """
INSERT INTO giver_month (month, giver_id, gifts, counted_cents, late)
SELECT month, giver_id, sum(gifts), sum(counted_cents), sum(late) FROM (
    SELECT {month} AS month, gift.giver_id, count(DISTINCT gift.id) AS gifts,
        sum(share.counted_cents) AS counted_cents, 0 AS late
    FROM share JOIN gift ON gift.id = share.gift_id WHERE share.holds_room GROUP BY 1, 2
    UNION ALL
    SELECT {month}, gift.giver_id, 0, 0, count(*)
    FROM gift_version JOIN gift ON gift.id = gift_version.gift_id
    WHERE gift_version.number = gift.version_number AND gift.state NOT IN ('draft', 'discarded')
        AND CAST(flags AS TEXT) LIKE '%"late_entry"%' GROUP BY 1, 2
) AS both_kinds GROUP BY month, giver_id
"""
YEARS = """
INSERT INTO recipient_year (giver_id, year, recipient_id, gifts, counted_cents)
SELECT gift.giver_id, {year}, share.recipient_id, count(DISTINCT gift.id), sum(share.counted_cents)
FROM share JOIN gift ON gift.id = share.gift_id WHERE share.holds_room GROUP BY 1, 2, 3
UNION ALL
SELECT 0, {year}, recipient_id, count(DISTINCT gift_id), sum(counted_cents)
FROM share WHERE holds_room GROUP BY 1, 2, 3
"""
CODES = (
    "late_entry",
    "splitting",
    "several_givers",
    "just_under",
    "names_added_after_refusal",
    "below_invoice",
    "ticket_without_host",
    "cash_equivalent",
    "open_negotiation",
    "possible_duplicate",
    "left_employer",
    "departed",
    "employer_rules_vary",
    "report_due",
    "value_matters",
)
FLAGS = """
INSERT INTO flagged_gift (flag, giver_id, gift_id, bears)
SELECT codes.flag, {giver}, gift.id, 1
FROM gift_version JOIN gift ON gift.id = gift_version.gift_id
JOIN ({codes}) AS codes
    ON CAST(flags AS TEXT) LIKE '%"' || codes.flag || '"%'
WHERE gift_version.number = gift.version_number AND gift.state NOT IN ('draft', 'discarded')
"""


def upgrade() -> None:
    """Make the tables and fill them with what the register holds, and index what is asked for."""
    _make()
    connection = op.get_bind()
    on_sqlite = connection.dialect.name == "sqlite"
    month, year = (SQLITE_MONTH, SQLITE_YEAR) if on_sqlite else (MONTH, YEAR)
    codes = " UNION ALL ".join(f"SELECT '{code}' AS flag" for code in CODES)
    statements = [
        MONTHS.format(month=month),
        YEARS.format(year=year),
        *(FLAGS.format(giver=giver, codes=codes) for giver in ("gift.giver_id", "0")),
    ]
    for statement in statements:
        # The driver of PostgreSQL takes a percent sign for a place to fill.
        connection.exec_driver_sql(statement if on_sqlite else statement.replace("%", "%%"))
    _fill_words(connection)
    most = ["giver_id", "year", "counted_cents", "recipient_id"]
    op.create_index("ix_recipient_year_most", "recipient_year", most)
    op.create_index("ix_gift_version_kind", "gift_version", ["category", "given_on", "gift_id"])
    op.create_index("ix_trail_event_event_number", "trail_event", ["event", "number"])


def downgrade() -> None:
    """Take them away; they can be made again from the gifts and firms."""
    op.drop_index("ix_trail_event_event_number", "trail_event")
    op.drop_index("ix_gift_version_kind", "gift_version")
    for table in ("employer_word", "flagged_gift", "recipient_year", "giver_month"):
        op.drop_table(table)


def _fill_words(connection: sa.Connection) -> None:
    """Put down each firm's name from each of its words on."""
    rows = [
        {"text": " ".join(words[place:]), "employer_id": number}
        for number, name in connection.exec_driver_sql("SELECT id, name_key FROM employer").all()
        for words in [name.split(" ")]
        for place in range(len(words))
    ]
    table = sa.table("employer_word", sa.column("text"), sa.column("employer_id"))
    if rows:
        connection.execute(sa.insert(table), rows)


def _make() -> None:
    op.create_table(
        "giver_month",
        sa.Column("month", NUMBER, autoincrement=False, nullable=False),
        sa.Column("giver_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("gifts", NUMBER, nullable=False),
        sa.Column("counted_cents", NUMBER, nullable=False),
        sa.Column("late", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("month", "giver_id", name="pk_giver_month"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recipient_year",
        sa.Column("giver_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("year", NUMBER, autoincrement=False, nullable=False),
        sa.Column("recipient_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("gifts", NUMBER, nullable=False),
        sa.Column("counted_cents", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("giver_id", "year", "recipient_id", name="pk_recipient_year"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "flagged_gift",
        sa.Column("flag", sa.String(40), nullable=False),
        sa.Column("giver_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("gift_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("bears", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("flag", "giver_id", "gift_id", name="pk_flagged_gift"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "employer_word",
        sa.Column(
            "text", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("employer_id", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("text", "employer_id", name="pk_employer_word"),
        sqlite_with_rowid=False,
    )
