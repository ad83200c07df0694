"""Say which records are one person: merges, suspected pairs, and what merges brought to light."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
LIVE = sa.text("undone_at IS NULL")


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "recipient_merge",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("recipient_id", NUMBER, nullable=False),
        sa.Column("into_id", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_by_id", NUMBER, nullable=True),
        sa.Column("merged_at", MOMENT, nullable=False),
        sa.Column("undone_reason", sa.Text(), nullable=False),
        sa.Column("undone_by_id", NUMBER, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "recipient_id <> into_id", name=op.f("ck_recipient_merge_not_into_itself")
        ),
        *_references("recipient_merge", recipient_id="recipient", into_id="recipient"),
        *_references("recipient_merge", merged_by_id="person", undone_by_id="person"),
        sa.PrimaryKeyConstraint("id", name="pk_recipient_merge"),
    )
    op.create_index(
        "uq_recipient_merge_live",
        "recipient_merge",
        ["recipient_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_table(
        "recipient_pair",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("first_id", NUMBER, nullable=False),
        sa.Column("second_id", NUMBER, nullable=False),
        sa.Column("score", NUMBER, nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("confirmed_new_by_id", NUMBER, nullable=True),
        sa.Column("decided_by_id", NUMBER, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_recipient_pair_in_order")),
        *_references("recipient_pair", first_id="recipient", second_id="recipient"),
        *_references("recipient_pair", confirmed_new_by_id="person", decided_by_id="person"),
        sa.PrimaryKeyConstraint("id", name="pk_recipient_pair"),
        sa.UniqueConstraint("first_id", "second_id", name="uq_recipient_pair_first_id_second_id"),
    )
    op.create_index("ix_recipient_pair_state_score_id", "recipient_pair", ["state", "score", "id"])
    op.create_table(
        "recipient_finding",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("merge_id", NUMBER, nullable=False),
        sa.Column("gift_id", NUMBER, nullable=False),
        sa.Column("recipient_id", NUMBER, nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("running_cents", NUMBER, nullable=False),
        sa.Column("limit_cents", NUMBER, nullable=True),
        sa.Column("excess_cents", NUMBER, nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by_id", NUMBER, nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=False),
        *_references("recipient_finding", merge_id="recipient_merge", gift_id="gift"),
        *_references("recipient_finding", recipient_id="recipient", closed_by_id="person"),
        sa.PrimaryKeyConstraint("id", name="pk_recipient_finding"),
    )
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])


INDEXES = (
    ("recipient_merge", "recipient_id"),
    ("recipient_merge", "into_id"),
    ("recipient_pair", "second_id"),
    ("recipient_finding", "merge_id"),
    ("recipient_finding", "gift_id"),
    ("recipient_finding", "recipient_id"),
)


def downgrade() -> None:
    """Take the tables away; who was merged with whom stays in the trail."""
    for table in ("recipient_finding", "recipient_pair", "recipient_merge"):
        op.drop_table(table)


def _references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")
        for column, other in columns.items()
    ]
