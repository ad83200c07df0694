"""Names that are not one person's: of several people, or of an office."""

import re

from compliance_app.rules.matching.names import parse_name

_SEVERAL = re.compile(r"[;/&+]|\band\b", re.IGNORECASE)


def what_is_odd(name: str) -> str:
    """Say why a name may not be one person's; nothing where it seems to be."""
    if _SEVERAL.search(name):
        return "This names several people; the limit is one person's, so give each a row."
    if parse_name(name).office:
        return "This names an office; a limit is a person's, so name who holds it."
    return ""
