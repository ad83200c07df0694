"""What a person sees of the register: the one place that says whose gifts and how much of them."""

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from sqlalchemy.orm import Session

from compliance_app.rules.errors import NotFoundError, PermissionMissingError
from compliance_app.rules.permissions import Permission
from compliance_app.rules.workflow import NEXT, State
from compliance_app.store import gifts as gift_store
from compliance_app.store import people as people_store
from compliance_app.store.ledgers import LedgerRow
from compliance_app.store.models import Gift
from compliance_app.store.reviewed import ReviewedGift, find_reviewed
from compliance_app.web.guard import Actor

AnyGift = Gift | ReviewedGift
G = TypeVar("G", Gift, ReviewedGift)


class Act(NamedTuple):
    """Something the author may do with a gift in these states; `name` ends its address.

    What cannot be taken back carries a warning and asks once more.
    """

    name: str
    word: str
    states: frozenset[State]
    only_planned: bool = False
    warning: str = ""


FINAL = "This cannot be taken back; to give it after all, log it anew. Its room is free again."
ACTS = (
    Act("given", "Mark as given", frozenset({State.APPROVED})),
    Act(
        "withdraw",
        "Withdraw",
        frozenset({State.SUBMITTED, State.SENT_BACK}),
        only_planned=True,
        warning=FINAL,
    ),
    Act("cancel", "Cancel the gift", frozenset({State.APPROVED}), warning=FINAL),
    Act("refused", "The recipient refused it", frozenset({State.APPROVED}), warning=FINAL),
)


def readable_givers(session: Session, me: Actor) -> set[int] | None:
    """Return whose gifts the person may read besides their own, None for everybody's.

    Raises PermissionMissingError where they read nobody else's.
    """
    if me.may(Permission.GIFT_READ_ALL):
        return None
    if me.may(Permission.GIFT_READ_CHAIN):
        return people_store.chain_ids(session, me.person_id)
    raise PermissionMissingError(permission=Permission.GIFT_READ_CHAIN.value)


def get_readable_gift(session: Session, reference: str, me: Actor) -> Gift:
    """Return the gift; raises NotFoundError where it does not exist for this person."""
    gift = gift_store.find_by_reference(session, reference) if reference.isprintable() else None
    return _readable(session, gift, me)


def get_reviewed_gift(session: Session, reference: str, me: Actor) -> ReviewedGift:
    """Return the same as a card shows it."""
    gift = find_reviewed(session, reference) if reference.isprintable() else None
    return _readable(session, gift, me)


def is_author(gift: AnyGift, me: Actor) -> bool:
    """Say whether the person gave the gift, logged it or took it over with the account."""
    return me.person_id in {gift.giver_id, gift.logged_by_id, gift.handed_to_id}


def acts_of(gift: Gift, me: Actor) -> list[Act]:
    """Return what the author may do with the gift as it stands."""
    if not is_author(gift, me):
        return []
    return [
        act
        for act in ACTS
        if gift.state in act.states and not (act.only_planned and gift.already_given)
    ]


def may_amend(gift: Gift, me: Actor) -> bool:
    """Say whether the person may replace the gift by a new version."""
    return is_author(gift, me) and State.SUBMITTED in NEXT[gift.state]


def sees_whole_ledger(me: Actor) -> bool:
    """Say whether the person sees who gave what in everybody's ledger."""
    return me.may(Permission.LEDGER_READ)


def veiled(session: Session, rows: Iterable[LedgerRow], me: Actor) -> list[tuple[LedgerRow, bool]]:
    """Say of each ledger row whether its giver and description stay hidden from the person."""
    if sees_whole_ledger(me):
        return [(row, False) for row in rows]
    known = {me.person_id}
    if me.may(Permission.GIFT_READ_CHAIN):
        known |= people_store.chain_ids(session, me.person_id)
    return [(row, known.isdisjoint({row.giver_id, row.logged_by_id})) for row in rows]


def _readable(session: Session, gift: G | None, me: Actor) -> G:
    if gift is None or not _may_read(session, gift, me):
        raise NotFoundError(what="gift with this reference")
    return gift


def _may_read(session: Session, gift: AnyGift, me: Actor) -> bool:
    if is_author(gift, me) or me.may(Permission.GIFT_READ_ALL):
        return True
    return me.may(Permission.GIFT_READ_CHAIN) and gift.giver_id in people_store.chain_ids(
        session, me.person_id
    )
