"""Several files as one zip; the same files make the same bytes."""

import io
import zipfile
from collections.abc import Iterable

# A zip holds a date for each file; with a fixed one, the same files make the same package.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the files, by name, as one zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()
