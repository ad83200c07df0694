"""Find whoever is meant: blocking keys and begun names of every recipient, made by the program."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make both tables; `tally3220 database upgrade` fills them for the records there are."""
    op.create_table(
        "recipient_key",
        sa.Column("key", NUMBER, autoincrement=False, nullable=False),
        sa.Column("recipient_id", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "recipient_id", name="pk_recipient_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recipient_word",
        sa.Column(
            "text", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("recipient_id", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("text", "recipient_id", name="pk_recipient_word"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take both tables away; they can be made again from the records."""
    op.drop_table("recipient_word")
    op.drop_table("recipient_key")
