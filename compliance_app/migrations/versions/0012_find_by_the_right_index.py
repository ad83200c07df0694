"""Find by the right index: lists by state, day, employer and name go through no whole table."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("state IN ('draft', 'submitted', 'sent_back', 'approved')")
NOT_MERGED = sa.text("merged_into_id IS NULL")


def upgrade() -> None:
    """Make the indexes, and take away those that they serve for."""
    op.create_index("ix_gift_state_id", "gift", ["state", "id"])
    for name, column in (
        ("ix_gift_open_giver", "giver_id"),
        ("ix_gift_open_logger", "logged_by_id"),
    ):
        op.create_index(
            name,
            "gift",
            [column, "state", "id"],
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        )
    op.drop_index("ix_gift_waiting", "gift")
    op.create_index("ix_gift_version_given_on_gift_id", "gift_version", ["given_on", "gift_id"])
    op.drop_index("ix_gift_version_given_on", "gift_version")
    op.create_index("ix_share_employer_id_given_on_id", "share", ["employer_id", "given_on", "id"])
    op.drop_index("ix_share_employer_id", "share")
    op.create_index(
        "ix_recipient_listed",
        "recipient",
        ["name_key", "id"],
        sqlite_where=NOT_MERGED,
        postgresql_where=NOT_MERGED,
    )


def downgrade() -> None:
    """Go back to the indexes before."""
    op.drop_index("ix_recipient_listed", "recipient")
    op.create_index("ix_share_employer_id", "share", ["employer_id"])
    op.drop_index("ix_share_employer_id_given_on_id", "share")
    op.create_index("ix_gift_version_given_on", "gift_version", ["given_on"])
    op.drop_index("ix_gift_version_given_on_gift_id", "gift_version")
    waiting = sa.text("state = 'submitted'")
    op.create_index(
        "ix_gift_waiting", "gift", ["id"], sqlite_where=waiting, postgresql_where=waiting
    )
    for name in ("ix_gift_open_logger", "ix_gift_open_giver", "ix_gift_state_id"):
        op.drop_index(name, "gift")
