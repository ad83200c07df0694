"""Which firm each way of writing a name stands for, looked up once for a whole file."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from compliance_app.rules.matching.firms import firm_key
from compliance_app.store.employers import same_firms
from compliance_app.store.recipients import employer_ids, key_of


class FirmNames:
    """Spellings and the keys of the firms they stand for.

    A firm in the register of exactly this name comes first, then one that differs by its legal
    form or an abbreviation alone, then the first spelling of a firm that is new.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._keys: dict[str, str] = {"": ""}
        self._names: dict[str, str] = {"": ""}
        self._new: dict[str, str] = {}

    def learn(self, written: Iterable[str]) -> None:
        """Look up the names that are not known yet."""
        plain = {key_of(one): " ".join(one.split()) for one in written}
        asked = {key: name for key, name in plain.items() if key not in self._keys}
        there = employer_ids(self._session, asked)
        spelled = {key: name for key, name in asked.items() if key not in there}
        same = same_firms(self._session, spelled)
        for key, name in asked.items():
            if (firm := same.get(key)) is not None:
                self._keys[key], self._names[firm.name_key] = firm.name_key, firm.name
            elif key in there:
                self._keys[key], self._names[key] = key, name
            else:
                first = self._keys[key] = self._new.setdefault(firm_key(name), key)
                self._names.setdefault(first, name)

    def key(self, written: str) -> str:
        """Return the key of the firm that a name stands for."""
        key = key_of(written)
        return self._keys.get(key, key)

    def name(self, written: str) -> str:
        """Return the name the firm goes by here."""
        return self._names.get(self.key(written), written)
