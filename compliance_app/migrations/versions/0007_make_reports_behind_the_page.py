"""Make reports behind the page, of any days and any part of the firm, and compare them later."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Packages made before hold none of these, as the events that tell of them do not.
COLUMNS = (
    sa.Column("kind", sa.String(length=40), nullable=True),
    sa.Column("scope_kind", sa.String(length=20), nullable=True),
    sa.Column("scope_key", sa.String(length=200), nullable=True),
    sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("figures", sa.JSON(), nullable=True),
)


def upgrade() -> None:
    """Add what a package was ordered as, and the table of reports that are being made."""
    with op.batch_alter_table("report_run") as batch:
        for column in COLUMNS:
            batch.add_column(sa.Column(column.name, column.type, nullable=True))
    op.create_table(
        "report_job",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("order", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("ordered_by_id", NUMBER, nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("percent", NUMBER, nullable=False),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("run_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"], ["person.id"], name="fk_report_job_ordered_by_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["report_run.id"], name="fk_report_job_run_id_report_run"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_report_job"),
    )
    op.create_index("ix_report_job_state_id", "report_job", ["state", "id"], unique=False)


def downgrade() -> None:
    """Take both away; packages that were produced stay."""
    op.drop_index("ix_report_job_state_id", "report_job")
    op.drop_table("report_job")
    with op.batch_alter_table("report_run") as batch:
        for column in COLUMNS:
            batch.drop_column(column.name)
