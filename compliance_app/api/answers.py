"""What a program is answered: the same numbers and sentences as on the pages."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from compliance_app.api.fields import Document, Dollars, Moment, dollars
from compliance_app.api.rooms import Room, room_answer
from compliance_app.rules.facts import Category, Payer, RecipientClass
from compliance_app.rules.flags import FlagCode
from compliance_app.rules.money import format_decimal
from compliance_app.rules.reasons import Reason, ReasonCode
from compliance_app.rules.results import Assessment as Verdicts
from compliance_app.rules.routing import Route
from compliance_app.rules.verdicts import Verdict
from compliance_app.rules.workflow import DecisionKind, State
from compliance_app.services.assessing import JudgedShare, Judgement
from compliance_app.services.recording import assessment_document
from compliance_app.store import models
from compliance_app.store.recipients import Found


class Person(Document):
    """An associated person."""

    name: str
    email: str


class Party(Document):
    """A recipient as a gift names them; `id` is null for somebody who is not in the register."""

    id: int | None
    name: str
    email: str | None
    employer: str | None


class Step(Document):
    """One reason of an assessment, in plain words."""

    code: ReasonCode
    sentence: str
    authority: str


class Assessment(Document):
    """The verdict on one share, and what it rests on."""

    verdict: Verdict
    regime: str
    authority: str
    counted: Dollars
    prior: Dollars
    pending: Dollars
    running: Dollars
    limit: Dollars | None
    left_before: Dollars | None
    left_after: Dollars | None
    excess: Dollars
    window_start: date | None
    window_end: date | None
    near: bool
    record_required: bool
    policy_sha256: str
    reasons: list[Step]


class Flag(Document):
    """Something a reviewer should know."""

    code: FlagCode
    sentence: str


class Share(Document):
    """One recipient's part of a gift; `holds_room` says whether it is in their sum now."""

    recipient: Party
    counted: Dollars
    holds_room: bool
    assessment: Assessment


class Decision(Document):
    """What was decided on a version of the gift; nobody means the firm's policy did."""

    decision: DecisionKind
    version: int
    decided_by: Person | None
    decided_at: Moment
    reason: str
    remedy: str


class Gift(Document):
    """A gift in the version in force, with its shares, their assessments and every decision."""

    reference: str
    state: State
    already_given: bool
    route: Route | None
    version: int
    giver: Person
    logged_by: Person
    logged_at: Moment
    submitted_at: Moment | None
    given_on: date
    category: Category
    description: str
    purpose: str
    cost: Dollars | None
    market_value: Dollars | None
    face_value: Dollars | None
    tax: Dollars
    delivery: Dollars
    quantity: int
    payer: Payer
    host_present: bool | None
    facts: dict[str, str]
    flags: list[Flag]
    shares: list[Share]
    decisions: list[Decision]


class PreviewShare(Document):
    """The verdict one recipient's part would get."""

    recipient: Party
    assessment: Assessment


class Preview(Document):
    """What would become of a gift if it were logged now; nothing was written."""

    route: Route
    over_limit: bool
    flags: list[Flag]
    shares: list[PreviewShare]


class Record(Document):
    """A record of a person, under the name it was made with."""

    id: int
    name: str


class Recipient(Document):
    """A person at a client, with what is left for them today; `merged` are their other records."""

    id: int
    name: str
    email: str | None
    phone: str | None
    employer: str | None
    title: str | None
    recipient_class: RecipientClass
    merged: list[Record]
    room: Room


def gift_answer(gift: models.Gift) -> Gift:
    """Return a gift as it stands."""
    version = gift.version
    return Gift(
        reference=gift.reference,
        state=gift.state,
        already_given=gift.already_given,
        route=gift.route,
        version=version.number,
        giver=person_answer(gift.giver),
        logged_by=person_answer(gift.logged_by),
        logged_at=gift.logged_at,
        submitted_at=gift.submitted_at,
        given_on=version.given_on,
        category=version.category,
        description=version.description,
        purpose=version.purpose,
        cost=dollars(version.cost_cents),
        market_value=dollars(version.market_value_cents),
        face_value=dollars(version.face_value_cents),
        tax=format_decimal(version.tax_cents),
        delivery=format_decimal(version.delivery_cents),
        quantity=version.quantity,
        payer=version.payer,
        host_present=version.host_present,
        facts=version.evidence,
        flags=flags_answer(version.flags),
        shares=[_share(share) for share in version.shares],
        decisions=[_decision(decision) for decision in gift.decisions],
    )


def preview_answer(judgement: Judgement) -> Preview:
    """Return what would become of a claim."""
    return Preview(
        route=judgement.route,
        over_limit=judgement.over_limit,
        flags=[Flag(code=flag.code, sentence=flag.sentence) for flag in judgement.flags],
        shares=[_previewed(share) for share in judgement.shares],
    )


def recipient_answer(
    found: Found,
    class_and_phone: tuple[RecipientClass, str | None],
    day: date,
    room: Verdicts,
    merged: Sequence[tuple[int, str]] = (),
) -> dict[str, Any]:
    """Return what a `Recipient` says: a person with what is left for them on the day."""
    recipient_class, phone = class_and_phone
    return {
        "id": found.id,
        "name": found.name,
        "email": found.email,
        "phone": phone,
        "employer": found.employer,
        "title": found.title,
        "recipient_class": recipient_class,
        "merged": [{"id": number, "name": name} for number, name in merged],
        "room": room_answer(room, day),
    }


def person_answer(person: models.Person) -> Person:
    """Return an associated person."""
    return Person(name=person.name, email=person.email)


def flags_answer(flags: Sequence[Mapping[str, Any]]) -> list[Flag]:
    """Return the flags a version keeps."""
    return [Flag(code=FlagCode(flag["code"]), sentence=flag["sentence"]) for flag in flags]


def _share(share: models.Share) -> Share:
    if share.assessment is None:
        raise ValueError(f"Share {share.id} was handed in without an assessment.")
    return Share(
        recipient=Party(
            id=share.recipient_id,
            name=share.recipient_name,
            email=share.recipient.email,
            employer=share.employer.name if share.employer else None,
        ),
        counted=format_decimal(share.counted_cents),
        holds_room=share.holds_room,
        assessment=_assessment(assessment_document(share.assessment)),
    )


def _previewed(share: JudgedShare) -> PreviewShare:
    person = share.recipient
    return PreviewShare(
        recipient=Party(
            # Strangers have numbers below one.
            id=person.id if person.id > 0 else None,
            name=person.name,
            email=person.email,
            employer=share.employment.employer.name if share.employment else None,
        ),
        assessment=_assessment(share.assessment.as_document()),
    )


def _assessment(document: Mapping[str, Any]) -> Assessment:
    reasons = [Reason.from_document(reason) for reason in document["reasons"]]
    steps = [Step(code=one.code, sentence=one.sentence, authority=one.authority) for one in reasons]
    return Assessment.model_validate({**document, "reasons": steps})


def _decision(decision: models.Decision) -> Decision:
    return Decision(
        decision=decision.kind,
        version=decision.version_number,
        decided_by=person_answer(decision.decided_by) if decision.decided_by else None,
        decided_at=decision.decided_at,
        reason=decision.reason,
        remedy=decision.remedy,
    )
