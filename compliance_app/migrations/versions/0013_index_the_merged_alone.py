"""Index the merged records alone, so that no list of all others is looked up there."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MERGED = sa.text("merged_into_id IS NOT NULL")


def upgrade() -> None:
    """Narrow the index."""
    op.drop_index("ix_recipient_merged_into_id", "recipient")
    op.create_index(
        "ix_recipient_merged_into_id",
        "recipient",
        ["merged_into_id"],
        sqlite_where=MERGED,
        postgresql_where=MERGED,
    )


def downgrade() -> None:
    """Widen it again."""
    op.drop_index("ix_recipient_merged_into_id", "recipient")
    op.create_index("ix_recipient_merged_into_id", "recipient", ["merged_into_id"])
