"""The closed vocabulary of the trail, and how one event is sealed to the one before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

# The first event is sealed to this instead of to an event before it.
GENESIS = "0" * 64


class Event(StrEnum):
    """What happened: `subject:act`."""

    PERSON_ADDED = "person:added"
    PERSON_CHANGED = "person:changed"
    PERSON_DEACTIVATED = "person:deactivated"
    PASSWORD_SET = "person:password-set"  # noqa: S105 - the name of an event
    SIGNED_IN = "session:signed-in"
    SIGNED_OUT = "session:signed-out"
    SESSION_REVOKED = "session:revoked"
    LOCKED_OUT = "session:locked-out"
    EMPLOYER_ADDED = "employer:added"
    RECIPIENT_ADDED = "recipient:added"
    GIFT_DRAFTED = "gift:drafted"
    GIFT_DISCARDED = "gift:discarded"
    GIFT_SUBMITTED = "gift:submitted"
    GIFT_IMPORTED = "gift:imported"
    GIFT_AMENDED = "gift:amended"
    GIFT_WITHDRAWN = "gift:withdrawn"
    GIFT_DECIDED = "gift:decided"
    GIFT_GIVEN = "gift:given"
    GIFT_CANCELLED = "gift:cancelled"
    GIFT_REFUSED = "gift:refused"
    GIFT_RETURNED = "gift:returned"
    ATTEMPT_REFUSED = "attempt:refused"
    POLICY_ADOPTED = "policy:adopted"
    REPORT_MADE = "report:made"

    @property
    def words(self) -> str:
        """Return the event as people say it."""
        subject, act = self.value.split(":")
        return f"{subject.capitalize()} {act.replace('-', ' ')}"


def canonical(document: Mapping[str, object]) -> str:
    """Return the one JSON text of a document: sorted keys, no spaces, UTF-8, no floats."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def seal(
    *,
    number: int,
    happened_at: datetime,
    actor: str,
    event: str,
    subject: str,
    body: str,
    previous_sha256: str,
) -> str:
    """Return the SHA-256 (hex) that binds an event's fields to the event before it."""
    sealed = canonical(
        {
            "actor": actor,
            "at": happened_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "body": body,
            "event": event,
            "number": number,
            "previous": previous_sha256,
            "subject": subject,
        }
    )
    return hashlib.sha256(sealed.encode()).hexdigest()
