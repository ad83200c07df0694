"""What somebody asks a report for: which kind, of which days, about whose gifts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from compliance_app.rules.periods import Period
from compliance_app.rules.report_kinds import ReportKind
from compliance_app.rules.scopes import WHOLE_FIRM, Scope, ScopeKind, kept_scope
from compliance_app.store.models import ReportRun


@dataclass(frozen=True, slots=True)
class Order:
    """One report to be made; the same order of the same register makes the same bytes."""

    period: Period
    scope: Scope = WHOLE_FIRM
    kind: ReportKind = ReportKind.REGISTER

    @property
    def label(self) -> str:
        """Return the days and the scope as file names have them: `2026Q3-employer-12`."""
        return f"{self.period.label}{self.scope.suffix}"

    @property
    def stem(self) -> str:
        """Return how the names of its files begin: `register-2026Q3`."""
        return f"{self.kind.value}-{self.label}"

    @property
    def zip_name(self) -> str:
        """Return the name of the whole as one zip."""
        return f"{self.stem}.zip"

    def document(self) -> dict[str, Any]:
        """Return the order as it is kept."""
        return {
            "kind": self.kind.value,
            "period": self.period.label,
            "first_day": self.period.first_day.isoformat(),
            "last_day": self.period.last_day.isoformat(),
            "scope_kind": self.scope.kind.value,
            "scope_key": self.scope.key,
            "scope_name": self.scope.name,
        }


def ordered(run: ReportRun) -> Order:
    """Return what a package that was produced is of; an old one says less of itself."""
    scope = kept_scope(run.scope_kind, run.scope_key) or WHOLE_FIRM
    kind = ReportKind(run.kind or ReportKind.REGISTER.value)
    return Order(Period(run.period, run.first_day, run.last_day), scope, kind)


def order_of(document: dict[str, Any]) -> Order:
    """Return the order that was kept."""
    first, last = (date.fromisoformat(document[name]) for name in ("first_day", "last_day"))
    scope = Scope(ScopeKind(document["scope_kind"]), document["scope_key"], document["scope_name"])
    return Order(Period(document["period"], first, last), scope, ReportKind(document["kind"]))
