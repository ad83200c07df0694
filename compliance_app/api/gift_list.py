"""The list of gifts: whole gifts, newest first, each with what its shares count for."""

from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy.orm import Session

from compliance_app.api.answers import Flag, Person
from compliance_app.api.fields import Document, Dollars, Moment, dollars
from compliance_app.api.schemas import GiftQuery
from compliance_app.rules.facts import Category
from compliance_app.rules.money import format_decimal
from compliance_app.rules.permissions import Permission
from compliance_app.rules.verdicts import Verdict
from compliance_app.rules.workflow import State
from compliance_app.store import gift_lists as store
from compliance_app.store.gift_lists import ListedShare, Wanted
from compliance_app.web.guard import Actor
from compliance_app.web.visibility import readable_givers


class ListedPart(Document):
    """One recipient's part of a listed gift."""

    recipient_id: int
    recipient: str
    employer: str | None
    counted: Dollars
    holds_room: bool
    verdict: Verdict
    running: Dollars
    limit: Dollars | None
    excess: Dollars


class ListedGift(Document):
    """A gift as a list shows it; its own address says more."""

    reference: str
    state: State
    already_given: bool
    giver: Person
    logged_by: Person
    logged_at: Moment
    given_on: date
    category: Category
    description: str
    flags: list[Flag]
    shares: list[ListedPart]


class GiftPage(Document):
    """A page of gifts; `next` is the cursor of the next page, null on the last."""

    gifts: list[ListedGift]
    next: str | None


def list_gifts(session: Session, query: GiftQuery, me: Actor) -> str:
    """Return a page of the gifts that are wanted and that the person may read: a `GiftPage`.

    It is written straight from the rows; making the objects first takes longer than reading them.
    """
    wanted = Wanted(
        givers=_givers(session, me),
        reader_id=me.person_id,
        state=query.state,
        giver_email=query.giver.strip().lower() if query.giver else None,
        recipient_id=query.recipient,
        since=query.since,
        until=query.until,
    )
    before_id = int(query.cursor) if query.cursor else None
    ids = store.find_gifts(session, wanted, before_id=before_id, count=query.limit + 1)
    shown = ids[: query.limit]
    rows = store.shares_of(session, shown)
    page = {
        "gifts": [_listed(list(shares)) for _, shares in groupby(rows, key=attrgetter("gift_id"))],
        "next": str(shown[-1]) if len(ids) > query.limit else None,
    }
    return orjson.dumps(page, option=orjson.OPT_UTC_Z).decode()


def _givers(session: Session, me: Actor) -> set[int] | None:
    """Return whose gifts the person reads besides their own, None for everybody's."""
    if me.may(Permission.GIFT_READ_ALL) or me.may(Permission.GIFT_READ_CHAIN):
        return readable_givers(session, me)
    return set()


def _listed(shares: list[ListedShare]) -> dict[str, Any]:
    """Return what a `ListedGift` says."""
    gift = shares[0]
    return {
        "reference": gift.reference,
        "state": gift.state,
        "already_given": gift.already_given,
        "giver": {"name": gift.giver, "email": gift.giver_email},
        "logged_by": {"name": gift.logged_by, "email": gift.logged_by_email},
        "logged_at": gift.logged_at,
        "given_on": gift.given_on,
        "category": gift.category,
        "description": gift.description,
        "flags": [{"code": flag["code"], "sentence": flag["sentence"]} for flag in gift.flags],
        "shares": [_part(share) for share in shares],
    }


def _part(share: ListedShare) -> dict[str, Any]:
    """Return what a `ListedPart` says."""
    return {
        "recipient_id": share.recipient_id,
        "recipient": share.recipient,
        "employer": share.employer,
        "counted": format_decimal(share.counted_cents),
        "holds_room": share.holds_room,
        "verdict": share.verdict,
        "running": format_decimal(share.running_cents),
        "limit": dollars(share.limit_cents),
        "excess": format_decimal(share.excess_cents),
    }
