"""Keep how far a scan of the recipients is, so that a stopped one goes on where it stood."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "recipient_scan",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("slices_done", NUMBER, nullable=False),
        sa.Column("new_pairs", NUMBER, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_recipient_scan"),
    )


def downgrade() -> None:
    """Take it away; the next scan begins anew."""
    op.drop_table("recipient_scan")
