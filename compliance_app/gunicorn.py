"""gunicorn's settings: `gunicorn -c python:compliance_app.gunicorn`, for many users on PostgreSQL.

Every process stands alone, so any number of them, on any number of machines, may serve.
"""

import os
import sys
from typing import Any

from compliance_app.app import ConfigurationError, create_app
from compliance_app.cli.console import check_at_head
from compliance_app.cli.report_worker import ReportWorker
from compliance_app.cli.serve import keep_what_is_there
from compliance_app.store.base import db

wsgi_app = "compliance_app.app:create_app()"
bind = "127.0.0.1:8000"
worker_class = "gthread"
workers = os.cpu_count() or 1
# Each thread may hold two connections to the database: one that reads, one that writes.
threads = 8
# Each process connects for itself: a connection must not be shared across a fork.
preload_app = False
# A package of a quarter takes a while; whoever takes longer than this is stuck.
timeout = 120
graceful_timeout = 30
max_requests = 20_000
max_requests_jitter = 2_000
# Receipts and packages hold names: only the server's own account reads what it writes.
umask = 0o077
# The application itself reads what proxies say, from as many as it trusts.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""


def post_worker_init(worker: Any) -> None:  # noqa: ANN401 - gunicorn has no types
    """Let each process make reports that were ordered, beside serving."""
    keep_what_is_there()
    ReportWorker(worker.wsgi).__enter__()


def on_starting(_server: Any) -> None:  # noqa: ANN401 - gunicorn has no types
    """Refuse to start without a secret key or with a database that is not at head."""
    try:
        with create_app().app_context():
            check_at_head()
            db.engine.dispose()
    except ConfigurationError as error:
        sys.exit(str(error))
