"""The second factor: six digits from an app (RFC 6238), or one of ten codes for a lost phone.

The app's secret is kept sealed with a key derived from the application's secret key, the codes
only as their hashes. A code opens once.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import InputError, SignInRefusedError
from compliance_app.services import people
from compliance_app.store import people as store
from compliance_app.store.models import Person, RecoveryCode

SECRET_BYTES = 20
NONCE_BYTES = 12
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
# One step of thirty seconds before and after, for a phone whose clock is a little off.
STEPS = (-1, 0, 1)
WRONG = (
    "This code is wrong, or it was used already. Wait until the app shows the next one; "
    "or type one of the codes you kept for a lost phone."
)


def new_secret() -> str:
    """Return a new secret as an app reads it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def address_of(secret: str, *, email: str, firm: str) -> str:
    """Return what the picture for the app says."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=f"Tally 3220 {firm}")


def seal(secret: str, person_id: int, *, secret_key: str) -> str:
    """Return the secret so that only this application reads it, and only for this person."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher(secret_key).encrypt(nonce, base64.b32decode(secret), _whose(person_id))
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, person_id: int, *, secret_key: str) -> str | None:
    """Return a sealed secret; None where another key or another person's seal was used."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        opened = _cipher(secret_key).decrypt(
            raw[:NONCE_BYTES], raw[NONCE_BYTES:], _whose(person_id)
        )
    except (ValueError, InvalidTag):
        return None
    return base64.b32encode(opened).decode()


def turn_on(
    session: Session, person_id: int, secret: str, code: str, *, secret_key: str, at: datetime
) -> list[str]:
    """Ask the person for a code from now on; return the codes for a lost phone, this one time.

    Raises InputError unless the code shows that their app has the secret.
    """
    person = store.lock_person(session, person_id)
    step = _step_of(secret, code, at=at)
    if step is None:
        raise InputError(problems={"code": WRONG.partition(";")[0] + "."})
    person.totp_secret = seal(secret, person_id, secret_key=secret_key)
    person.totp_step = step
    codes = _new_codes(session, person, at=at)
    people.record(session, person, Event.SECOND_FACTOR_SET, actor_id=person_id, at=at)
    return codes


def renew_codes(
    session: Session, person_id: int, code: str, *, secret_key: str, at: datetime
) -> list[str]:
    """Return ten new codes for a lost phone; the old ones open nothing any more."""
    person = store.lock_person(session, person_id)
    if not _fits(session, person, code, secret_key=secret_key, at=at):
        raise InputError(problems={"code": WRONG})
    codes = _new_codes(session, person, at=at)
    people.record(session, person, Event.RECOVERY_CODES_MADE, actor_id=person_id, at=at)
    return codes


def turn_off(session: Session, person_id: int, code: str, *, secret_key: str, at: datetime) -> None:
    """Ask for no code any more. Raises InputError unless one more is given."""
    person = store.lock_person(session, person_id)
    if not _fits(session, person, code, secret_key=secret_key, at=at):
        raise InputError(problems={"code": WRONG})
    reset(session, person_id, actor_id=person_id, at=at)


def reset(session: Session, person_id: int, *, actor_id: int | None, at: datetime) -> Person:
    """Take the second factor of somebody who has lost phone and codes, and end their sessions."""
    person = store.lock_person(session, person_id)
    person.totp_secret = person.totp_step = None
    _spend(store.open_recovery_codes(session, person_id), at=at)
    if actor_id != person_id:
        store.end_sessions(session, person_id, at=at)
    return people.record(session, person, Event.SECOND_FACTOR_TAKEN, actor_id=actor_id, at=at)


def check(
    session: Session, person_id: int, code: str, *, secret_key: str, at: datetime
) -> Person | None:
    """Return the person whose password was right, if the code is too.

    A failure is kept and counts like a wrong password, so the caller must let it be committed.
    Raises LockedOutError after too many; SignInRefusedError where their access was closed.
    """
    person = store.lock_person(session, person_id)
    failures = people.check_not_locked(session, person.email, at=at)
    if not people.may_enter(person, at):
        raise SignInRefusedError
    good = _fits(session, person, code, secret_key=secret_key, at=at)
    people.note_attempt(session, person.email, person, failures, succeeded=good, at=at)
    return person if good else None


def _fits(session: Session, person: Person, code: str, *, secret_key: str, at: datetime) -> bool:
    """Say whether the code opens, and use it up."""
    plain = "".join(code.split()).replace("-", "").upper()
    secret = unseal(person.totp_secret or "", person.id, secret_key=secret_key)
    step = _step_of(secret, plain, at=at) if secret else None
    if step is not None and step > (person.totp_step or 0):
        person.totp_step = step
        return True
    wanted = _sha256(plain)
    fitting = [
        one
        for one in store.open_recovery_codes(session, person.id)
        if hmac.compare_digest(one.code_sha256, wanted)
    ]
    if not fitting:
        return False
    _spend(fitting, at=at)
    people.record(session, person, Event.RECOVERY_CODE_USED, actor_id=person.id, at=at)
    return True


def _step_of(secret: str, code: str, *, at: datetime) -> int | None:
    """Return the step of time whose code this is; a later one only after all earlier ones."""
    app = pyotp.TOTP(secret)
    plain = "".join(code.split()).encode()
    steps = [app.timecode(at) + offset for offset in STEPS]
    fitting = [
        step for step in steps if hmac.compare_digest(app.generate_otp(step).encode(), plain)
    ]
    return fitting[-1] if fitting else None


def _new_codes(session: Session, person: Person, *, at: datetime) -> list[str]:
    _spend(store.open_recovery_codes(session, person.id), at=at)
    codes = [
        base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode()
        for _ in range(RECOVERY_CODES)
    ]
    session.add_all(RecoveryCode(person_id=person.id, code_sha256=_sha256(code)) for code in codes)
    return ["-".join(code[i : i + 4] for i in range(0, len(code), 4)) for code in codes]


def _spend(codes: Iterable[RecoveryCode], *, at: datetime) -> None:
    for one in codes:
        one.spent_at = at


def _cipher(secret_key: str) -> AESGCM:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"tally3220 second factor")
    return AESGCM(derive.derive(secret_key.encode()))


def _whose(person_id: int) -> bytes:
    return f"person:{person_id}".encode()


def _sha256(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
