"""Create the register.

Everything design and law ask to be kept: people, recipients, gifts in versions, shares with
their assessments, decisions, policies, the trail, receipts and the reports that were made.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only where the key is a plain integer.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# What depends on others first.
TABLES = (
    "share",
    "assessment",
    "gift_version",
    "employment",
    "decision",
    "attachment",
    "sign_in_session",
    "report_run",
    "recipient",
    "policy",
    "gift",
    "trail_head",
    "trail_event",
    "sign_in_attempt",
    "person",
    "employer",
)


def upgrade() -> None:
    """Make the tables, and the head of a trail that is still empty."""
    op.create_table(
        "employer",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("in_negotiation", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_employer"),
        sa.UniqueConstraint("name_key", name="uq_employer_name_key"),
    )
    op.create_table(
        "person",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("supervisor_id", NUMBER, nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_secret", sa.String(length=64), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("access_ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["person.id"], name="fk_person_supervisor_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("email", name="uq_person_email"),
    )
    op.create_index("ix_person_supervisor_id", "person", ["supervisor_id"], unique=False)

    op.create_table(
        "sign_in_attempt",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_attempt"),
    )
    op.create_index(
        "ix_sign_in_attempt_email_attempted_at",
        "sign_in_attempt",
        ["email", "attempted_at"],
        unique=False,
    )

    op.create_table(
        "trail_event",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=254), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_trail_event"),
    )
    op.create_index(
        "ix_trail_event_subject_number", "trail_event", ["subject", "number"], unique=False
    )

    op.create_table(
        "trail_head",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_trail_head_only_one")),
        sa.PrimaryKeyConstraint("id", name="pk_trail_head"),
    )
    op.create_table(
        "gift",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version_number", NUMBER, nullable=False),
        sa.Column("giver_id", NUMBER, nullable=False),
        sa.Column("logged_by_id", NUMBER, nullable=False),
        sa.Column("already_given", sa.Boolean(), nullable=False),
        sa.Column("route", sa.String(length=40), nullable=True),
        sa.Column("submission_key", sa.String(length=64), nullable=True),
        sa.Column("row_sha256", sa.String(length=64), nullable=True),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["giver_id"], ["person.id"], name="fk_gift_giver_id_person"),
        sa.ForeignKeyConstraint(
            ["logged_by_id"], ["person.id"], name="fk_gift_logged_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_gift"),
        sa.UniqueConstraint("reference", name="uq_gift_reference"),
        sa.UniqueConstraint("row_sha256", name="uq_gift_row_sha256"),
        sa.UniqueConstraint("submission_key", name="uq_gift_submission_key"),
    )
    op.create_index("ix_gift_giver_id_id", "gift", ["giver_id", "id"], unique=False)
    op.create_index("ix_gift_logged_by_id_id", "gift", ["logged_by_id", "id"], unique=False)
    op.create_index(
        "ix_gift_waiting",
        "gift",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )

    op.create_table(
        "policy",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("adopted_by_id", NUMBER, nullable=True),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["adopted_by_id"], ["person.id"], name="fk_policy_adopted_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_policy"),
        sa.UniqueConstraint("effective_on", name="uq_policy_effective_on"),
        sa.UniqueConstraint("sha256", name="uq_policy_sha256"),
    )
    op.create_table(
        "recipient",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.String(length=2000), nullable=False),
        sa.Column("name_key", sa.String(length=2000), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("recipient_class", sa.String(length=40), nullable=False),
        sa.Column("merged_into_id", NUMBER, nullable=True),
        sa.Column("created_by_id", NUMBER, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_recipient_not_into_itself")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name="fk_recipient_created_by_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["recipient.id"], name="fk_recipient_merged_into_id_recipient"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recipient"),
        sa.UniqueConstraint("email", name="uq_recipient_email"),
    )
    op.create_index("ix_recipient_merged_into_id", "recipient", ["merged_into_id"], unique=False)
    op.create_index("ix_recipient_name_key_id", "recipient", ["name_key", "id"], unique=False)

    op.create_table(
        "report_run",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("made_by_id", NUMBER, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shares", NUMBER, nullable=False),
        sa.Column("trail_number", NUMBER, nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name="fk_report_run_made_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_report_run"),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_agent", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_sign_in_session_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_session"),
        sa.UniqueConstraint("token_sha256", name="uq_sign_in_session_token_sha256"),
    )
    op.create_index("ix_sign_in_session_person_id", "sign_in_session", ["person_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("gift_id", NUMBER, nullable=False),
        sa.Column("version_number", NUMBER, nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", NUMBER, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by_id", NUMBER, nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name="fk_attachment_gift_id_gift"),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["person.id"], name="fk_attachment_uploaded_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    op.create_index("ix_attachment_gift_id", "attachment", ["gift_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("gift_id", NUMBER, nullable=False),
        sa.Column("version_number", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("decided_by_id", NUMBER, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name="fk_decision_decided_by_id_person"
        ),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name="fk_decision_gift_id_gift"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index("ix_decision_gift_id", "decision", ["gift_id"], unique=False)

    op.create_table(
        "employment",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("recipient_id", NUMBER, nullable=False),
        sa.Column("employer_id", NUMBER, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employer.id"], name="fk_employment_employer_id_employer"
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipient.id"], name="fk_employment_recipient_id_recipient"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_employment"),
    )
    op.create_index("ix_employment_employer_id", "employment", ["employer_id"], unique=False)
    op.create_index("ix_employment_recipient_id", "employment", ["recipient_id"], unique=False)

    op.create_table(
        "gift_version",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("gift_id", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("cost_cents", NUMBER, nullable=True),
        sa.Column("market_value_cents", NUMBER, nullable=True),
        sa.Column("face_value_cents", NUMBER, nullable=True),
        sa.Column("tax_cents", NUMBER, nullable=False),
        sa.Column("delivery_cents", NUMBER, nullable=False),
        sa.Column("quantity", NUMBER, nullable=False),
        sa.Column("payer", sa.String(length=40), nullable=False),
        sa.Column("host_present", sa.Boolean(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by_id", NUMBER, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_gift_version_quantity_positive")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name="fk_gift_version_gift_id_gift"),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name="fk_gift_version_made_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_gift_version"),
        sa.UniqueConstraint("gift_id", "number", name="uq_gift_version_gift_id_number"),
    )
    op.create_index("ix_gift_version_given_on", "gift_version", ["given_on"], unique=False)

    op.create_table(
        "assessment",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("version_id", NUMBER, nullable=False),
        sa.Column("recipient_id", NUMBER, nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("regime", sa.String(length=60), nullable=False),
        sa.Column("counted_cents", NUMBER, nullable=False),
        sa.Column("prior_cents", NUMBER, nullable=False),
        sa.Column("pending_cents", NUMBER, nullable=False),
        sa.Column("running_cents", NUMBER, nullable=False),
        sa.Column("limit_cents", NUMBER, nullable=True),
        sa.Column("excess_cents", NUMBER, nullable=False),
        sa.Column("window_start", sa.Date(), nullable=True),
        sa.Column("window_end", sa.Date(), nullable=True),
        sa.Column("policy_sha256", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipient.id"], name="fk_assessment_recipient_id_recipient"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["gift_version.id"], name="fk_assessment_version_id_gift_version"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
    )
    op.create_index(
        "ix_assessment_version_id_recipient_id",
        "assessment",
        ["version_id", "recipient_id"],
        unique=False,
    )

    op.create_table(
        "share",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("gift_id", NUMBER, nullable=False),
        sa.Column("version_id", NUMBER, nullable=False),
        sa.Column("recipient_id", NUMBER, nullable=False),
        sa.Column("recipient_name", sa.String(length=2000), nullable=False),
        sa.Column("employer_id", NUMBER, nullable=True),
        sa.Column("assessment_id", NUMBER, nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("counted_cents", NUMBER, nullable=False),
        sa.Column("regime_cents", sa.JSON(), nullable=False),
        sa.Column("holds_room", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name="fk_share_assessment_id_assessment"
        ),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employer.id"], name="fk_share_employer_id_employer"
        ),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name="fk_share_gift_id_gift"),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipient.id"], name="fk_share_recipient_id_recipient"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["gift_version.id"], name="fk_share_version_id_gift_version"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_share"),
        sa.UniqueConstraint("version_id", "recipient_id", name="uq_share_version_id_recipient_id"),
    )
    op.create_index("ix_share_employer_id", "share", ["employer_id"], unique=False)
    op.create_index("ix_share_gift_id", "share", ["gift_id"], unique=False)
    op.create_index("ix_share_given_on_id", "share", ["given_on", "id"], unique=False)
    op.create_index(
        "ix_share_recipient_id_given_on_id",
        "share",
        ["recipient_id", "given_on", "id"],
        unique=False,
    )
    op.create_index(
        "ix_share_window",
        "share",
        ["recipient_id", "given_on", "counted_cents"],
        unique=False,
        sqlite_where=sa.text("holds_room"),
        postgresql_where=sa.text("holds_room"),
    )
    op.execute(
        sa.text("INSERT INTO trail_head (id, number, sha256) VALUES (1, 0, :empty)").bindparams(
            empty="0" * 64
        )
    )


def downgrade() -> None:
    """Take the tables away; everything in them is lost."""
    for table in TABLES:
        op.drop_table(table)
