"""What Alembic runs: it is handed a connection and migrates in its transaction."""

from alembic import context

from compliance_app.store import models  # noqa: F401 - registers the tables
from compliance_app.store.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
