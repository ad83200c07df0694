"""Receipts: files that prove a version of a gift, kept under the SHA-256 of their bytes."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.receipts import Receipt, checked_kind, plain_name
from compliance_app.store import audit, files
from compliance_app.store.gifts import document_of, row_document
from compliance_app.store.models import Attachment, Gift


def keep(folder: Path, name: str, content: bytes) -> Receipt:
    """Write a file's bytes into the data folder before any gift is linked to it.

    Raises InputError for what is no receipt.
    """
    kind = checked_kind(name, content)
    sha256 = hashlib.sha256(content).hexdigest()
    files.keep(folder, content)
    return Receipt(plain_name(name), kind.media_type, len(content), sha256)


def attach(
    session: Session, gift: Gift, receipts: Iterable[Receipt], *, actor_id: int, at: datetime
) -> None:
    """Link receipts to the version of a gift that is in force, each once."""
    known = {
        (one.version_number, one.sha256)
        for one in gift.attachments
        if one.version_number == gift.version_number
    }
    for receipt in receipts:
        if (gift.version_number, receipt.sha256) in known:
            continue
        known.add((gift.version_number, receipt.sha256))
        row = Attachment(
            version_number=gift.version_number,
            uploaded_by_id=actor_id,
            uploaded_at=at,
            **receipt._asdict(),
        )
        gift.attachments.append(row)
        session.flush()
        audit.append(
            session,
            Event.GIFT_RECEIPT_ADDED,
            actor_id=actor_id,
            at=at,
            subject=f"gift:{gift.id}",
            body={**document_of(gift), "attachments": [row_document(row)]},
        )
