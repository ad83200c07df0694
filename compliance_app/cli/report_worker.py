"""The worker that makes large reports behind the pages, one at a time in each process.

It claims a job under a lock, says every few seconds that it lives, and delivers a package whole
or not at all. What a killed process leaves is taken over by any other.
"""

import os
import secrets
import socket
import threading
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from flask import Flask
from sqlalchemy.exc import DatabaseError, OperationalError

from compliance_app.clock import now
from compliance_app.rules.errors import RuleError
from compliance_app.services.reporting import jobs, producing
from compliance_app.services.reporting.errors import CanceledError
from compliance_app.services.reporting.jobs import Claimed
from compliance_app.services.reporting.keys import open_signer
from compliance_app.store import report_jobs as store
from compliance_app.store.base import db, frozen_reading, unit_of_work

# How long an idle worker waits before it looks again.
PAUSE = timedelta(seconds=2)
UNEXPECTED = "Something unexpected happened; the server's log holds the details."


class ReportWorker:
    """One thread that makes the reports of a server as long as it runs."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reports", daemon=True)
        # Unlike any other worker, of this machine and process and of all others.
        host = socket.gethostname()[:40]
        self.name = f"{host}:{os.getpid()}:{secrets.token_hex(4)}"

    def __enter__(self) -> Self:
        """Begin to work."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop; a report that is being made is left to whoever comes next."""
        self._stopped.set()
        self._thread.join(timeout=PAUSE.total_seconds())

    def _run(self) -> None:
        while not self._stopped.wait(PAUSE.total_seconds()):
            with self._app.app_context():
                try:
                    while not self._stopped.is_set() and self.work_once():
                        pass
                except (OperationalError, DatabaseError) as error:
                    # It is there again later, or the pages say so too.
                    self._app.logger.warning("reports: the database does not answer (%s)", error)

    def work_once(self) -> bool:
        """Make the next report that was ordered; False where there is none."""
        with frozen_reading() as reading:
            if not jobs.has_work(reading, at=now()):
                return False
        with unit_of_work() as work:
            claimed = jobs.claim(work, worker=self.name, at=now())
        if claimed is not None:
            self._make(claimed)
        return True

    def _make(self, claimed: Claimed) -> None:
        try:
            with _Pulse(self._app, claimed.id, self.name) as pulse:
                self._deliver(claimed, pulse)
        except CanceledError:
            self._app.logger.info("reports: job %s was canceled", claimed.id)
        except RuleError as error:
            self._fail(claimed, str(error))
        except (OperationalError, MemoryError):
            raise
        except Exception:
            self._app.logger.exception("reports: job %s failed", claimed.id)
            self._fail(claimed, UNEXPECTED)

    def _deliver(self, claimed: Claimed, pulse: "_Pulse") -> None:
        folder = Path(self._app.config["DATA_DIR"])
        prefix = f".job-{claimed.id}-"
        producing.sweep(folder / producing.STAGING, prefix)
        with producing.staged(folder / producing.STAGING, prefix=prefix) as place:
            with frozen_reading() as reading:
                package = producing.produce(
                    reading,
                    claimed.order,
                    place,
                    firm=str(self._app.config["FIRM_NAME"]),
                    signing_key=str(self._app.config["SIGNING_KEY"]),
                    signer=open_signer(self._app.config, now=now()),
                    progress=pulse.tell,
                )
            producing.keep_files(package, folder)
            pulse.check()
            with unit_of_work() as work:
                if not jobs.complete(work, claimed, package, worker=self.name, at=now()):
                    raise CanceledError

    def _fail(self, claimed: Claimed, problem: str) -> None:
        with unit_of_work() as work:
            jobs.fail(work, claimed.id, problem, worker=self.name, at=now())


class _Pulse:
    """Says every few seconds that a report is still being made, and learns if it need not be."""

    def __init__(self, app: Flask, job_id: int, worker: str) -> None:
        self._app, self._job_id, self._worker = app, job_id, worker
        self._step, self._percent = "", 0
        self._over, self._unwanted = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="reports-pulse", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def tell(self, step: str, done: int, total: int) -> None:
        """Take how far the report is. Raises CanceledError where nobody wants it any more."""
        self._step, self._percent = step, 100 * done // total
        self._beat()
        self.check()

    def check(self) -> None:
        """Raise CanceledError where the report was canceled, or somebody else makes it."""
        if self._unwanted.is_set():
            raise CanceledError

    def _run(self) -> None:
        with self._app.app_context():
            while not self._over.wait(jobs.BEAT.total_seconds()):
                try:
                    self._beat()
                except OperationalError as error:
                    self._app.logger.warning("reports: no heartbeat was kept (%s)", error)
            db.session.remove()

    def _beat(self) -> None:
        with unit_of_work() as work:
            wanted = store.beat(
                work,
                self._job_id,
                worker=self._worker,
                at=now(),
                step=self._step,
                percent=self._percent,
            )
        if not wanted:
            self._unwanted.set()
