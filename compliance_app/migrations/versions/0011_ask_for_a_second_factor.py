"""Ask for a second factor: the last code that was used, and codes for a lost phone."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column("person", sa.Column("totp_step", NUMBER, nullable=True))
    op.create_table(
        "recovery_code",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_recovery_code_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_person_id", "recovery_code", ["person_id"], unique=False)


def downgrade() -> None:
    """Take both away; whoever has a second factor signs in by the app alone."""
    op.drop_index("ix_recovery_code_person_id", "recovery_code")
    op.drop_table("recovery_code")
    op.drop_column("person", "totp_step")
