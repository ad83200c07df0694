"""Keep a recipient's telephone number, which speaks for two records being one person."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of nobody is a number known yet."""
    op.add_column("recipient", sa.Column("phone", sa.String(60), nullable=True))


def downgrade() -> None:
    """Take it away; the numbers stay in the trail."""
    op.drop_column("recipient", "phone")
