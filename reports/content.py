"""The content hash that all volumes of a report name, though only the first has the data inside."""

from multiprocessing.context import BaseContext
from typing import Final

_DIGITS: Final = 64


class FirstVolumeError(Exception):
    """The first volume could not be written, so the others have no content hash to name."""


class Content:
    """The digest of the data of a report, within one process: the first volume comes first."""

    def __init__(self) -> None:
        self._digest = ""

    def tell(self, digest: str) -> None:
        """Say what the digest is, to be called once."""
        self._digest = digest

    def wait(self) -> str:
        """Return the digest once it was told."""
        return self._digest


class SharedContent(Content):
    """The same among processes that are forked after it was made."""

    def __init__(self, context: BaseContext) -> None:
        super().__init__()
        self._told = context.Event()
        self._digits = context.RawArray("c", _DIGITS)

    def tell(self, digest: str) -> None:
        """Say what the digest is; an empty one says that there will be none."""
        self._digits.raw = digest.encode().ljust(_DIGITS)
        self._told.set()

    def wait(self) -> str:
        """Return the digest once it was told. Raises FirstVolumeError where there is none."""
        self._told.wait()
        digest: str = self._digits.raw.decode().strip()
        if not digest:
            raise FirstVolumeError
        return digest
