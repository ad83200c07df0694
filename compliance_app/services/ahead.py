"""Making things ready in a process of its own, while those before them are put to use.

The process is a copy of this one as it was, so nothing is sent to it. It must not use what it
shares with the original: its connections, and the places in its open files.
"""

import gc
import pickle
import signal
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from os import cpu_count
from threading import active_count
from typing import ClassVar, NamedTuple, TypeVar

from compliance_app.rules.errors import RuleError

T = TypeVar("T")


@dataclass(eq=False)
class CopyEndedError(RuleError):
    """The process that made things ready was ended from outside."""

    code: ClassVar[str] = "interrupted"

    def __str__(self) -> str:
        return (
            "A process of this work was ended from outside, as where memory runs out, so nothing "
            "of it was kept; begin it again."
        )


class _Failed(NamedTuple):
    """What went wrong with the making."""

    error: Exception


class _Done(NamedTuple):
    """Says that there are no more."""


@contextmanager
def made_ahead(items: Iterable[T], *, when: bool = True) -> Iterator[Iterator[T]]:
    """Yield the items, made by a copy of this process `when` that pays and there is room for one.

    Only a process of one thread can be copied. Elsewhere each is made when it is asked for.
    """
    if not (when and _can_copy()):
        yield iter(items)
        return
    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    copy = context.Process(target=_make, args=(items, ours, theirs), name="ahead", daemon=True)
    # What is frozen is not touched by the collector of garbage, so that both share it.
    gc.freeze()
    try:
        copy.start()
    finally:
        gc.unfreeze()
    theirs.close()
    try:
        yield _received(ours, copy)
    finally:
        # With nobody to take what it makes, it ends.
        ours.close()
        copy.join()


def _can_copy() -> bool:
    has_room = (cpu_count() or 1) > 1
    return has_room and "fork" in get_all_start_methods() and active_count() == 1


def _received(ours: Connection, copy: BaseProcess) -> Iterator[T]:
    while True:
        try:
            item = ours.recv()
        except (EOFError, OSError) as error:
            copy.join()
            raise CopyEndedError from error
        if isinstance(item, _Done):
            return
        if isinstance(item, _Failed):
            raise item.error
        yield item


def _make(items: Iterable[T], ours: Connection, theirs: Connection) -> None:
    """Send the items, as the copy; if the original is gone, or is done with them, end."""
    # Whoever stops the work at a terminal stops both; the original tells of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ours.close()
    try:
        _send_all(items, theirs)
    except BrokenPipeError:
        return


def _send_all(items: Iterable[T], theirs: Connection) -> None:
    try:
        for item in items:
            theirs.send(item)
        theirs.send(_Done())
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - it is raised again by the original
        theirs.send(_Failed(_sendable(error, traceback.format_exc())))


def _sendable(error: Exception, trace: str) -> Exception:
    """Return the error with where it came from; in other words where it cannot be sent."""
    error.add_note(trace)
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - what was just made here
    except Exception:  # noqa: BLE001 - errors take what they like to be made of
        return RuntimeError(trace)
    return error
