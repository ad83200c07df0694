"""The firm's policy: which version is in force on a day, and adopting the next one.

A version is only ever added; what was judged before keeps the version it was judged by.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy.orm import Session

from compliance_app import assets
from compliance_app.rules.audit import Event
from compliance_app.rules.errors import InputError, PermissionMissingError
from compliance_app.rules.permissions import Permission, may
from compliance_app.rules.policy import Policy, PolicyError, Problem, carry_over, parse_policy
from compliance_app.services.claims import FURTHEST_AHEAD
from compliance_app.services.people import may_enter
from compliance_app.services.policy_words import Change, difference, since_words
from compliance_app.store import audit
from compliance_app.store import policies as store
from compliance_app.store.gifts import row_document
from compliance_app.store.models import Person
from compliance_app.store.models import Policy as Version

LONGEST_DOCUMENT = 200_000
LONGEST_REASON = 4_000
# What the versions up to a day come to, by their hashes: a version is never edited.
_KNOWN: dict[tuple[str, ...], Policy] = {}


def policy_on(session: Session, day: date) -> Policy:
    """Return the policy in force on the day; before a firm adopts one, the shipped template."""
    return policy_of(session, store.hashes_by(session, day), day)


def policy_of(session: Session, hashes: tuple[str, ...], day: date) -> Policy:
    """Return what the versions with these hashes, which had taken effect by the day, come to."""
    if not hashes:
        return default_policy()
    if hashes not in _KNOWN:
        # One that was adopted since the hashes were read is not among them.
        versions = [one for one in store.in_force_by(session, day) if one.sha256 in hashes]
        _KNOWN[hashes] = _carried(_documents(versions))
    return _KNOWN[hashes]


class PolicyBook:
    """The policies by day, all versions read once: for judging many gifts."""

    def __init__(self, session: Session) -> None:
        self._adopted = store.in_force_by(session, date.max)
        self._days = [version.effective_on for version in self._adopted]
        self._known: dict[int, Policy] = {0: default_policy()}

    def on(self, day: date) -> Policy:
        """Return the policy in force on the day."""
        adopted = bisect_right(self._days, day)
        if adopted not in self._known:
            self._known[adopted] = _carried(_documents(self._adopted[:adopted]))
        return self._known[adopted]


def default_policy() -> Policy:
    """Return the policy of the template that ships with the program."""
    return _parsed(template())


@lru_cache(maxsize=1)
def template() -> str:
    """Return the document that ships with the program, with a comment on every setting."""
    return assets.POLICY_TEMPLATE.read_text(encoding="utf-8")


def find_policy(session: Session, sha256: str) -> Policy | None:
    """Return the policy whose document has this hash, as it was when it took effect."""
    version = store.find_by_sha256(session, sha256)
    if version is not None:
        return policy_on(session, version.effective_on)
    return default_policy() if default_policy().sha256 == sha256 else None


def policies_since(session: Session, day: date) -> list[Policy]:
    """Return the policy in force on the day and every one that followed it."""
    later = [row.effective_on for row in store.list_policies(session) if row.effective_on > day]
    return [policy_on(session, one) for one in (day, *later)]


def changes_of(session: Session, version: Version) -> tuple[Change, ...]:
    """Return what a version changed; the first one, against the shipped template."""
    before = store.find_before(session, version.effective_on)
    return difference(
        _parsed(before.document) if before else default_policy(), _parsed(version.document)
    )


def changes_to(session: Session, policy: Policy, *, today: date) -> tuple[Change, ...]:
    """Return what a policy would change against the version it follows."""
    latest = store.find_latest(session)
    return difference(_parsed(latest.document) if latest else policy_on(session, today), policy)


def read_document(content: bytes) -> str:
    """Return a file's text as it is parsed, hashed and kept. Raises PolicyError."""
    try:
        return tidy(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PolicyError([Problem(line, "", "this is not UTF-8; save it that way.")]) from error


def tidy(text: str) -> str:
    """Return a text whose lines end alike, so that a form and a file give the same hash."""
    return text.replace("\r\n", "\n")


def check_document(session: Session, text: str, *, today: date) -> Policy:
    """Return the policy of a document that could be adopted today. Raises PolicyError."""
    if len(text) > LONGEST_DOCUMENT:
        sentence = f"this has {len(text):,} characters; {LONGEST_DOCUMENT:,} is the most."
        raise PolicyError([Problem(1, "", sentence)])
    policy = parse_policy(text)
    sentence = _untimely(store.find_latest(session), policy, today)
    if sentence:
        raise PolicyError([Problem(_line_of_day(text), "effective_on", sentence)])
    return policy


def adopt(session: Session, text: str, *, reason: str, actor_id: int, at: datetime) -> Version:
    """Adopt a document as the firm's policy from its first day on.

    Raises PermissionMissingError, InputError for the reason, PolicyError for the document.
    """
    actor = session.get_one(Person, actor_id)
    if not (may_enter(actor, at) and may(actor.role, Permission.POLICY_ADOPT)):
        raise PermissionMissingError(permission=Permission.POLICY_ADOPT.value)
    _check_reason(reason)
    store.lock_versions(session)
    policy = check_document(session, text, today=at.date())
    version = Version(
        effective_on=policy.effective_on,
        document=text,
        sha256=policy.sha256,
        adopted_by_id=actor_id,
        adopted_at=at,
        reason=reason.strip(),
    )
    session.add(version)
    session.flush()
    audit.append(
        session,
        Event.POLICY_ADOPTED,
        actor_id=actor_id,
        at=at,
        subject=f"policy:{version.id}",
        body=row_document(version),
    )
    return version


def _check_reason(reason: str) -> None:
    problem = ""
    if not reason.strip():
        problem = "Say why the firm adopts this version; the reason is kept with it."
    elif len(reason) > LONGEST_REASON:
        problem = (
            f"The reason has {len(reason):,} characters; shorten it to {LONGEST_REASON:,} or fewer."
        )
    elif not all(sign.isprintable() or sign in "\t\r\n" for sign in reason):
        problem = "The reason holds an invisible control character; type it again."
    if problem:
        raise InputError(problems={"reason": problem})


def _untimely(latest: Version | None, policy: Policy, today: date) -> str:
    """Return why the first day cannot be: the first version alone may reach into the past.

    What was judged was judged by the version of its day; a version put before another, or
    into the past, would say that some other one had been in force.
    """
    day, furthest = policy.effective_on, today + FURTHEST_AHEAD
    if day > furthest:
        return f"{since_words(day)} is too far ahead; name a day up to {furthest.isoformat()}."
    return "" if latest is None else _out_of_turn(latest.effective_on, day, today)


def _out_of_turn(last: date, day: date, today: date) -> str:
    """Return why a version cannot follow the last one from the day on."""
    if day == date.min:
        example = max(today, last + timedelta(days=1)).isoformat()
        return (
            "this key is missing: a version that follows another needs its first day, for "
            f"example effective_on = {example}."
        )
    if day == last:
        return f"a version takes effect on {since_words(day)} already; name a later day."
    if day < last:
        return (
            f"{since_words(day)} is before {since_words(last)}, when the latest version takes "
            "effect; name a later day."
        )
    if day < today:
        return f"{since_words(day)} has passed; name today, {today.isoformat()}, or a later day."
    return ""


def _line_of_day(text: str) -> int:
    lines = enumerate(text.splitlines(), start=1)
    return next((number for number, line in lines if line.lstrip().startswith("effective_on")), 1)


def _documents(adopted: Sequence[Version]) -> tuple[str, ...]:
    """Return the documents in the order they took effect, with what held before the first."""
    held_before = () if adopted[0].effective_on == date.min else (template(),)
    return (*held_before, *(row.document for row in adopted))


def _carried(documents: tuple[str, ...]) -> Policy:
    return carry_over(_parsed(document) for document in documents)


@lru_cache(maxsize=64)
def _parsed(document: str) -> Policy:
    return parse_policy(document)
