"""The closed vocabulary of the trail, and how one event is sealed to the one before it."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring as quoted
from typing import NamedTuple

import orjson

# The first event is sealed to this instead of to an event before it.
GENESIS = "0" * 64
_CANONICAL = (
    orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
)


class Event(StrEnum):
    """What happened: `subject:act`."""

    PERSON_ADDED = "person:added"
    PERSON_CHANGED = "person:changed"
    PERSON_DEACTIVATED = "person:deactivated"
    PASSWORD_SET = "person:password-set"  # noqa: S105 - the name of an event
    SECOND_FACTOR_SET = "person:second-factor-set"
    SECOND_FACTOR_TAKEN = "person:second-factor-taken"
    RECOVERY_CODES_MADE = "person:recovery-codes-made"
    RECOVERY_CODE_USED = "person:recovery-code-used"
    SIGNED_IN = "session:signed-in"
    SIGNED_OUT = "session:signed-out"
    SESSION_REVOKED = "session:revoked"
    LOCKED_OUT = "session:locked-out"
    TOKEN_MADE = "token:made"  # noqa: S105 - the name of an event
    TOKEN_REVOKED = "token:revoked"  # noqa: S105 - the same
    EMPLOYER_ADDED = "employer:added"
    EMPLOYER_CHANGED = "employer:changed"
    EMPLOYER_CLASSIFIED = "employer:classified"
    EMPLOYER_HANDED_OVER = "employer:handed-over"
    NEGOTIATION_RECORDED = "employer:negotiation-recorded"
    NEGOTIATION_CHANGED = "employer:negotiation-changed"
    RECIPIENT_ADDED = "recipient:added"
    RECIPIENT_MERGED = "recipient:merged"
    RECIPIENT_UNMERGED = "recipient:unmerged"
    PAIR_SUSPECTED = "pair:suspected"
    PAIR_DECIDED = "pair:decided"
    FINDING_RAISED = "finding:raised"
    FINDING_SETTLED = "finding:settled"
    CRM_IMPORTED = "crm-import:made"
    CRM_IMPORT_UNDONE = "crm-import:undone"
    CRM_MAPPING_SAVED = "crm-mapping:saved"
    RECIPIENT_CHANGED = "recipient:changed"
    EMPLOYMENT_CHANGED = "recipient:employment-changed"
    RECIPIENT_DEPARTED = "recipient:departed"
    GIFT_DRAFTED = "gift:drafted"
    GIFT_DISCARDED = "gift:discarded"
    GIFT_SUBMITTED = "gift:submitted"
    GIFT_IMPORTED = "gift:imported"
    GIFT_AMENDED = "gift:amended"
    GIFT_WITHDRAWN = "gift:withdrawn"
    GIFT_DECIDED = "gift:decided"
    GIFT_REOPENED = "gift:reopened"
    GIFT_GIVEN = "gift:given"
    GIFT_CANCELLED = "gift:cancelled"
    GIFT_RECEIPT_ADDED = "gift:receipt-added"
    GIFT_COMMENTED = "gift:commented"
    GIFT_REFUSED = "gift:refused"
    GIFT_RETURNED = "gift:returned"
    GIFT_HANDED_OVER = "gift:handed-over"
    GIFT_EMPLOYER_CORRECTED = "gift:employer-corrected"
    ATTEMPT_REFUSED = "attempt:refused"
    POLICY_ADOPTED = "policy:adopted"
    SEARCH_KEPT = "search:kept"
    SEARCH_DROPPED = "search:dropped"
    REPORT_MADE = "report:made"
    REPORT_TAKEN = "report:taken"
    REPORT_ORDERED = "report:ordered"
    REPORT_CANCELED = "report:canceled"

    @property
    def words(self) -> str:
        """Return the event as people say it."""
        subject, act = self.value.split(":")
        return f"{subject.capitalize()} {act.replace('-', ' ')}"


class Damage(StrEnum):
    """What somebody did to the trail."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT_OFF = "cut off"


def canonical(document: Mapping[str, object] | Sequence[object]) -> str:
    """Return the one JSON text of a document: sorted keys, no spaces, UTF-8, no floats."""
    try:
        return orjson.dumps(document, option=_CANONICAL).decode()
    except orjson.JSONEncodeError:
        # Only the standard library writes whole numbers of any size, and refuses in its words.
        return json.dumps(
            document,
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
            allow_nan=False,
            default=_opened,
        )


def ready(text: str) -> orjson.Fragment:
    """Return a canonical text as a part of a document, which need not be written anew."""
    return orjson.Fragment(text)


def _opened(part: object) -> object:
    if not isinstance(part, orjson.Fragment):
        raise TypeError(f"{type(part).__name__} has no place in a canonical document.")
    return json.loads(orjson.dumps(part))


class RawEvent(NamedTuple):
    """One event as it is sealed and exported; `at` is the moment as RFC 3339 in UTC."""

    number: int
    at: str
    actor: str
    event: str
    subject: str
    body: str
    previous: str
    sha256: str


def moment(at: datetime) -> str:
    """Return the one text of a moment."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def seal(event: RawEvent) -> str:
    """Return the SHA-256 (hex) that binds an event's fields to the event before it.

    It is over the canonical document of the fields with the body's own SHA-256 in place of the
    body, so an event can be proved to somebody who may not read it.
    """
    return seal_as(event, event.number, event.previous, body_sha256(event.body))


def body_sha256(body: str) -> str:
    """Return the SHA-256 (hex) of a body."""
    return sha256(body.encode()).hexdigest()


def seal_as(event: RawEvent, number: int, previous: str, body: str) -> str:
    """Return the seal the event would carry as number `number` after the seal `previous`.

    `body` is the SHA-256 of its body.
    """
    return seal_of(number, event.at, event.actor, event.event, event.subject, body, previous)


# Few people act, and few things happen: their texts are quoted once.
_seen = lru_cache(1024)(quoted)


def seal_of(
    number: int, at: str, actor: str, event: str, subject: str, body: str, previous: str
) -> str:
    """Return the SHA-256 (hex) of what `canonical` makes of these fields of an event.

    The text is put together by hand, because a whole trail is sealed anew each time it is checked.
    """
    text = (
        f'{{"actor":{_seen(actor)},"at":{quoted(at)},"body_sha256":"{body}",'
        f'"event":{_seen(event)},"number":{number},'
        f'"previous":{quoted(previous)},"subject":{quoted(subject)}}}'
    )
    return sha256(text.encode()).hexdigest()
