"""The register, rebuilt from the trail alone and compared with the tables it stands in.

The tables are what people work with, the trail is what was sealed: where they differ, somebody
changed the tables without an act.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain, groupby
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from compliance_app.rules.audit import RawEvent, canonical
from compliance_app.services import audit
from compliance_app.services.checkpoints import TrailDamagedError
from compliance_app.services.people import SECRET_COLUMNS
from compliance_app.services.tokens import SECRET as TOKEN_SECRET
from compliance_app.store import derived, guards, nodes, trail
from compliance_app.store.base import Base
from compliance_app.store.bulk import chunks
from compliance_app.store.models import (
    ApiToken,
    Assessment,
    Attachment,
    Classification,
    Comment,
    Coverage,
    CrmChange,
    CrmImport,
    CrmMapping,
    Decision,
    Draft,
    Employer,
    Employment,
    ExternalId,
    Gift,
    GiftVersion,
    Negotiation,
    Person,
    Policy,
    Recipient,
    RecipientFinding,
    RecipientMerge,
    RecipientPair,
    ReportRun,
    SavedSearch,
    Share,
)
from compliance_app.store.replay import Kept, Scratch, Told, kept_rows
from compliance_app.store.stored import any_text, misfits, sentence_of
from compliance_app.store.told import assessment_row

# The body of an event on one of these is the row itself.
ROWS: dict[str, type[Base]] = {
    "person": Person,
    "employer": Employer,
    "policy": Policy,
    "report": ReportRun,
    "draft": Draft,
    "pair": RecipientPair,
    "finding": RecipientFinding,
    "search": SavedSearch,
    "token": ApiToken,
    "crm-import": CrmImport,
    "crm-mapping": CrmMapping,
}
# The body of an event on a gift, a recipient or a firm holds rows of several tables so named.
PARTS: dict[str, type[Base]] = {
    "employer": Employer,
    "classifications": Classification,
    "coverages": Coverage,
    "negotiations": Negotiation,
    "recipient": Recipient,
    "external_ids": ExternalId,
    "changes": CrmChange,
    "employments": Employment,
    "gift": Gift,
    "version": GiftVersion,
    "assessments": Assessment,
    "shares": Share,
    "earlier_shares": Share,
    "decisions": Decision,
    "comments": Comment,
    "attachments": Attachment,
    "recipients": Recipient,
    "merge": RecipientMerge,
    "findings": RecipientFinding,
}
TABLES = tuple(dict.fromkeys((*ROWS.values(), *PARTS.values())))
# What the trail does not tell, since whoever reads it could act with it.
UNTOLD = SECRET_COLUMNS | TOKEN_SECRET
LONGEST_VALUE = 80


@dataclass(slots=True)
class Replay:
    """What a replay compared, and a sentence for every difference."""

    events: int = 0
    rows: int = 0
    differences: list[str] = field(default_factory=list)


def replay(session: Session) -> Replay:
    """Rebuild the register from the trail and compare every row. Raises TrailDamagedError."""
    found = audit.check_events(session)
    if found.problem:
        raise TrailDamagedError(problem=found.problem)
    done = Replay(events=found.events)
    others = (table for table in Base.metadata.sorted_tables if table.name != "trail_event")
    with any_text(session), Scratch() as scratch:
        done.differences += map(sentence_of, misfits(session, others))
        for events in chunks(trail.raw_events(session)):
            scratch.take(chain.from_iterable(map(rows_told, events)))
        for model in TABLES:
            _compare(session, scratch, model, done)
        # What is kept follows from the rows, so it says nothing of rows that are wrong.
        if not done.differences:
            done.differences += map(_unlike_derived, derived.differences(session))
            done.differences += (
                f"Trail node {place} of height {height} does not follow from the trail."
                for height, place in nodes.differences(session, found.events)
            )
    done.differences += guards.faults(session.connection())
    return done


def rows_told(event: RawEvent) -> Iterator[Told]:
    """Yield the rows whose full state after it an event tells."""
    kind = event.subject.partition(":")[0]
    body = json.loads(event.body)
    # A firm's first event is its row; later ones hold it among what is dated about it.
    if kind in ROWS and kind not in body:
        yield _told(ROWS[kind], event, body)
        return
    for name, model in PARTS.items() if kind in PARTS else ():
        part = body.get(name, [])
        for row in part if isinstance(part, list) else [part]:
            yield _told(model, event, assessment_row(row) if model is Assessment else row)


def _told(model: type[Base], event: RawEvent, row: Mapping[str, Any]) -> Told:
    return Told(model.__tablename__, row["id"], event.number, canonical(row))


def _compare(session: Session, scratch: Scratch, model: type[Base], done: Replay) -> None:
    """Go through the rows of the trail and of the table side by side, by id."""
    noun = model.__tablename__.replace("_", " ").capitalize()
    told = scratch.rows(model.__tablename__)
    kept = kept_rows(session, model, without=UNTOLD)
    both = merge(told, kept, key=attrgetter("id"))
    for number, rows in groupby(both, key=attrgetter("id")):
        done.rows += 1
        match list(rows):
            case [Told() as said, Kept() as have]:
                done.differences += _unlike(noun, said, have)
            case [Told() as said]:
                done.differences.append(
                    f"{noun} {number} is missing from the register; event {said.event} tells of it."
                )
            case _:
                done.differences.append(
                    f"{noun} {number} is in the register, but no event tells of it."
                )


def _unlike(noun: str, said: Told, have: Kept) -> Iterator[str]:
    """Yield a sentence for each column in which a row differs."""
    if said.document == have.document:
        return
    told, kept = json.loads(said.document), json.loads(have.document)
    # A column the register no longer has cannot differ; one it did not have yet holds nothing.
    for name in sorted(kept):
        if told.get(name) != kept.get(name):
            yield (
                f"{noun} {said.id}: {name} is {_short(kept.get(name))} in the register, "
                f"but event {said.event} says {_short(told.get(name))}."
            )


def _unlike_derived(one: derived.Difference) -> str:
    """Return the sentence for what is kept for reads, and does not follow from the gifts."""
    return (
        f"{one.table.replace('_', ' ').capitalize()} {one.key} holds {one.kept}, but the gifts "
        f"add up to {one.true}."
    )


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."
