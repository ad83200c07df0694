"""What every command shares: the register it opens, and how refusals become exit codes.

0 is done, 1 the answer is no, 2 wrong use; an error is one sentence on the standard error.
"""

import json
import logging
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NoReturn

import click
from flask import Flask
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.orm import Session

from compliance_app.app import ConfigurationError, create_app
from compliance_app.rules.errors import InputError, RuleError
from compliance_app.store import people as people_store
from compliance_app.store.base import db
from compliance_app.store.maintenance import MaintenanceError, schema_state
from compliance_app.store.models import Person

ANSWER_IS_NO = 1
WRONG_USE = 2
STOPPED = 130
BAD_ADDRESS = (
    "TALLY3220_DATABASE_URL is not the address of a database; write it as "
    "sqlite:////var/lib/tally3220/tally3220.db or postgresql://user@host/name."
)

DAMAGED = "The database cannot be read ({why}); check TALLY3220_DATABASE_URL, or restore a backup."


class Console(click.Group):
    """The root of all commands: it alone turns an error into a sentence and an exit code."""

    def main(  # type: ignore[override] # noqa: D102 - click's own, whose result is never used
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,  # noqa: ANN401
    ) -> NoReturn:
        extra["standalone_mode"] = False
        try:
            code = super().main(args, prog_name, **extra)
        except (click.Abort, KeyboardInterrupt):
            _leave("Stopped.", STOPPED)
        except BrokenPipeError:
            # Whoever read the output went away; there is nobody to tell.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(ANSWER_IS_NO)
        except Exception as error:  # noqa: BLE001 - no traceback ever reaches the operator
            _leave(*_told(error))
        sys.exit(code if isinstance(code, int) else 0)


def _told(error: Exception) -> tuple[str, int]:
    """Return the sentence and the exit code of an error."""
    if isinstance(error, click.ClickException):
        return error.format_message(), WRONG_USE
    if isinstance(error, InputError | ConfigurationError):
        return str(error), WRONG_USE
    if isinstance(error, RuleError | MaintenanceError):
        return str(error), ANSWER_IS_NO
    return _told_of_machine(error)


def _told_of_machine(error: Exception) -> tuple[str, int]:
    """Return the sentence and the exit code of an error of disk, database or program."""
    if isinstance(error, ArgumentError):
        return BAD_ADDRESS, WRONG_USE
    if isinstance(error, OperationalError):
        why = str(error.orig).strip().splitlines() or ["no reason given"]
        return f"The database does not answer ({why[0]}); check it and try again.", ANSWER_IS_NO
    # Exactly this class: its children are mistakes of the program.
    if type(error) is DatabaseError:
        return DAMAGED.format(why=error.orig), ANSWER_IS_NO
    if isinstance(error, OSError) and error.filename:
        reason = os.strerror(error.errno) if error.errno else error.strerror
        return f"{error.filename}: {reason}; name a path you may use.", WRONG_USE
    log = _log(error)
    sentence = f"Something unexpected happened; {log} holds the details for whoever helps."
    return sentence, ANSWER_IS_NO


def _leave(sentence: str, code: int) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)


def _log(error: Exception) -> Path:
    """Write the whole error to a file that only its owner reads, and return its path."""
    folder = Path(os.environ.get("TALLY3220_DATA_DIR") or "instance")
    if not os.access(folder, os.W_OK):
        folder = Path(tempfile.gettempdir())
    path = folder / "tally3220-errors.log"
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(number, "a", encoding="utf-8") as log:
        log.write(f"{datetime.now(UTC).isoformat()}\n")
        traceback.print_exception(error, file=log)
    return path


@contextmanager
def opened(*, at_head: bool = True) -> Iterator[Flask]:
    """Open the configured register; unless told otherwise its schema must be at head."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    app = create_app(console=True)
    with app.app_context():
        if at_head:
            check_at_head()
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def check_at_head() -> None:
    """Raise ConfigurationError, naming the command that mends it, unless the schema is at head."""
    sentence = schema_state(db.engine).sentence
    if sentence:
        raise ConfigurationError(sentence)


@contextmanager
def written_whole(file: Path) -> Iterator[IO[str]]:
    """Open a text file that takes its name only when all of it is written and on disk.

    What stood under the name before stays until then, and for good where the block raises.
    """
    if not file.parent.is_dir():
        raise click.UsageError(f"There is no folder {file.parent}; make it, or name another one.")
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=file.parent, prefix=f".{file.name}.", delete=False
    ) as out:
        try:
            yield out
            out.flush()
            os.fsync(out.fileno())
        except BaseException:
            Path(out.name).unlink()
            raise
    Path(out.name).replace(file)


def find_person(session: Session, email: str) -> Person:
    """Return the person of the firm with this address. Raises a usage error."""
    person = people_store.find_by_email(session, email)
    if person is None:
        raise click.UsageError(f"Nobody of the firm has the address {email}.")
    return person


def print_json(document: Mapping[str, object] | Sequence[object]) -> None:
    """Print one JSON document for a program."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def counted(number: int, one: str, several: str = "") -> str:
    """Return a number with its noun: `1 gift`, `3,616 gifts`."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def write_secret(file: Path, secret: bytes) -> None:
    """Write a file that only its owner reads, and never over one that is there."""
    number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "wb") as out:
        out.write(secret)
