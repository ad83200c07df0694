"""Make the keys by which people are found anew, since names and firms are read better now.

They follow from the records: the end of the upgrade makes them again.
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the old keys away."""
    op.execute("DELETE FROM recipient_key")
    op.execute("DELETE FROM recipient_word")


def downgrade() -> None:
    """Take the new keys away; the older program makes its own as it starts a scan."""
    upgrade()
