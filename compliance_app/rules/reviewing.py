"""Who may decide on a gift: first independence (FINRA Rule 3110(b)(6)), then whose turn it is."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from compliance_app.rules.errors import (
    NotYourDecisionError,
    OwnDecisionError,
    PermissionMissingError,
    SubordinateDecisionError,
)
from compliance_app.rules.permissions import Permission, Role, may
from compliance_app.rules.routing import Route
from compliance_app.rules.workflow import DecisionKind, State, standing

# Whose approval each route asks for, in any order; an officer may stand in for a supervisor
# where the supervisor alone is asked.
AWAITED: dict[Route, frozenset[Role]] = {
    Route.CLEARED: frozenset(),
    Route.SUPERVISOR: frozenset({Role.SUPERVISOR}),
    Route.COMPLIANCE: frozenset({Role.COMPLIANCE}),
    Route.SUPERVISOR_AND_COMPLIANCE: frozenset({Role.SUPERVISOR, Role.COMPLIANCE}),
}


class Decider(Protocol):
    """Who decided."""

    @property
    def role(self) -> Role:
        """Return what they are."""


class Colleague(Decider, Protocol):
    """Somebody of the firm, as far as independence goes."""

    @property
    def id(self) -> int:
        """Return their number."""

    @property
    def name(self) -> str:
        """Return what they are called."""

    @property
    def active(self) -> bool:
        """Say whether they are still there."""

    @property
    def supervisor_id(self) -> int | None:
        """Return whom they report to."""


class Decided(Protocol):
    """What somebody decided on a version of a gift."""

    @property
    def kind(self) -> DecisionKind:
        """Return what was decided."""

    @property
    def version_number(self) -> int:
        """Return on which version."""

    @property
    def decided_by(self) -> Decider | None:
        """Return who decided, None for the policy."""


class Reviewed(Protocol):
    """A gift that somebody may have to decide on."""

    @property
    def reference(self) -> str:
        """Return what people call it by."""

    @property
    def state(self) -> State:
        """Return where it stands."""

    @property
    def route(self) -> Route | None:
        """Return whose approval its way asks for."""

    @property
    def version_number(self) -> int:
        """Return the version in force."""

    @property
    def giver_id(self) -> int:
        """Return who gave it."""

    @property
    def logged_by_id(self) -> int:
        """Return who logged it."""

    @property
    def handed_to_id(self) -> int | None:
        """Return who took over the account."""

    @property
    def decisions(self) -> Sequence[Decided]:
        """Return what was decided, in its order."""


C = TypeVar("C", bound=Colleague)


def superiors(person: C, colleagues: Mapping[int, C]) -> list[C]:
    """Return the reporting line above a person, nearest first; a loop ends it."""
    line: list[C] = []
    seen = {person.id}
    above = colleagues.get(person.supervisor_id or 0)
    while above is not None and above.id not in seen:
        line.append(above)
        seen.add(above.id)
        above = colleagues.get(above.supervisor_id or 0)
    return line


def awaited_roles(gift: Reviewed, colleagues: Mapping[int, Colleague]) -> frozenset[Role]:
    """Return the roles whose approval the gift waits for now; none where it waits for nobody.

    `colleagues` are the giver and everybody above them. A giver whom nobody supervises is
    reviewed by compliance.
    """
    if gift.state is not State.SUBMITTED or gift.route is None:
        return frozenset()
    needed = set(AWAITED[gift.route]) or {Role.COMPLIANCE}
    if Role.SUPERVISOR in needed and not _supervisors(gift, colleagues):
        needed = {Role.COMPLIANCE}
    return frozenset(needed - _approved_by(gift))


def check_may_decide(
    gift: Reviewed,
    actor: Colleague,
    colleagues: Mapping[int, Colleague],
    *,
    is_recipient: bool,
) -> None:
    """Raise unless the actor is independent of the gift and it waits for their role.

    FINRA Rule 3110(b)(6): nobody supervises themselves or a person they report to. `colleagues`
    are the actor, the giver and everybody above these two.
    """
    if not may(actor.role, Permission.GIFT_DECIDE):
        raise PermissionMissingError(permission=Permission.GIFT_DECIDE.value)
    for part, own in (
        ("gave", gift.giver_id),
        ("logged", gift.logged_by_id),
        ("took over", gift.handed_to_id),
    ):
        if actor.id == own:
            raise OwnDecisionError(reference=gift.reference, part=part)
    if is_recipient:
        raise OwnDecisionError(reference=gift.reference, part="received")
    for above in superiors(actor, colleagues):
        if above.id == gift.giver_id:
            raise SubordinateDecisionError(reference=gift.reference, giver=above.name)
        if above.id == gift.handed_to_id:
            raise SubordinateDecisionError(
                reference=gift.reference, giver=above.name, part="took over"
            )
    _check_turn(gift, actor, colleagues)


def _check_turn(gift: Reviewed, actor: Colleague, colleagues: Mapping[int, Colleague]) -> None:
    awaited = awaited_roles(gift, colleagues)
    if not awaited:
        return
    if actor.role is Role.COMPLIANCE:
        mine = Role.COMPLIANCE in awaited or gift.route is Route.SUPERVISOR
    else:
        mine = Role.SUPERVISOR in awaited and actor.id in _supervisors(gift, colleagues)
    if not mine:
        supervisor = f"a supervisor of {colleagues[gift.giver_id].name}"
        waits_for = supervisor if Role.SUPERVISOR in awaited else "a compliance officer"
        raise NotYourDecisionError(reference=gift.reference, awaited=waits_for)


def _supervisors(gift: Reviewed, colleagues: Mapping[int, Colleague]) -> list[int]:
    return [
        above.id
        for above in superiors(colleagues[gift.giver_id], colleagues)
        if above.active and above.role is Role.SUPERVISOR
    ]


def _approved_by(gift: Reviewed) -> set[Role]:
    """Return the roles that have approved the version in force."""
    return {
        decision.decided_by.role
        for decision in standing(gift.decisions)
        if decision.version_number == gift.version_number
        and decision.kind is DecisionKind.APPROVE
        and decision.decided_by is not None
    }
