"""Make the keys by which people are found anew, since they are fewer now and numbered otherwise.

They follow from the records: the end of the upgrade makes them again.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the old keys away."""
    op.execute("DELETE FROM recipient_key")
    op.execute("DELETE FROM recipient_word")


def downgrade() -> None:
    """Take the new keys away; the older program makes its own as it starts a scan."""
    upgrade()
