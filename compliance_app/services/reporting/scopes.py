"""Finding the part of the register somebody names: an employer, a giver, an office, a person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from compliance_app.rules.errors import InputError
from compliance_app.rules.permissions import Permission
from compliance_app.rules.report_kinds import ReportKind
from compliance_app.rules.scopes import WHOLE_FIRM, Scope, ScopeKind
from compliance_app.services.reporting.errors import OutsideScopeError
from compliance_app.services.reporting.orders import Order
from compliance_app.store import report_scopes as store
from compliance_app.store.models import Employer, Person, Recipient

_HOW: Mapping[ScopeKind, str] = {
    ScopeKind.EMPLOYER: "Name an employer as the register has it, or by its number.",
    ScopeKind.GIVER: "Name an associated person by e-mail address.",
    ScopeKind.OFFICE: "Name one of the offices that people are in.",
    ScopeKind.RECIPIENT: "Name a recipient by e-mail address, or by the number on their page.",
}


def find_scope(session: Session, kind: ScopeKind, text: str) -> Scope:
    """Return the scope that is meant; raises InputError where there is none, or several."""
    if kind is ScopeKind.FIRM:
        return WHOLE_FIRM
    text = text.strip()
    if not text:
        raise InputError(problems={kind.value: f"The report is about nobody. {_HOW[kind]}"})
    if kind is ScopeKind.OFFICE:
        return _office(session, text)
    found = _CALLED[kind](session, text)
    if len(found) == 1:
        return Scope(kind, str(found[0].id), found[0].name)
    if not found:
        sentence = f"There is no {kind.value} {text[:80]!r}. {_HOW[kind]}"
    else:
        numbers = ", ".join(str(row.id) for row in found[:5])
        sentence = (
            f"{len(found)} {kind.value}s are called {text[:80]!r}. Choose one by its number: "
            f"{numbers}."
        )
    raise InputError(problems={kind.value: sentence})


def named(session: Session, scope: Scope) -> Scope:
    """Return a scope that was kept, with the name it has now."""
    return replace(scope, name=store.name_of(session, scope))


def check_within(session: Session, order: Order, own: Scope | None) -> None:
    """Raise OutsideScopeError where an account that is narrowed asks for more."""
    if own is not None and not is_within(order, own):
        raise OutsideScopeError(
            permission=Permission.REPORT_READ.value, scope=named(session, own).noun
        )


def is_within(order: Order, own: Scope | None) -> bool:
    """Say whether an account may read a report; the policy is everybody's."""
    return own is None or order.kind is ReportKind.POLICY or order.scope.is_same(own)


def _office(session: Session, text: str) -> Scope:
    known = store.offices(session)
    for office in known:
        if office.casefold() == text.casefold():
            return Scope(ScopeKind.OFFICE, office, office)
    there = f" They are: {', '.join(known[:8])}." if known else ""
    raise InputError(
        problems={
            "office": f"Nobody is in an office {text[:80]!r}. {_HOW[ScopeKind.OFFICE]}{there}"
        }
    )


_CALLED: Mapping[
    ScopeKind, Callable[[Session, str], Sequence[Employer] | Sequence[Person] | Sequence[Recipient]]
] = {
    ScopeKind.EMPLOYER: store.employers_called,
    ScopeKind.GIVER: store.givers_called,
    ScopeKind.RECIPIENT: store.recipients_called,
}
