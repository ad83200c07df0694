"""`tally3220 employers`: client firms, their class, their owner, and what is negotiated."""

from datetime import datetime

import click
from sqlalchemy.orm import Session

from compliance_app.cli.console import counted, find_person, opened, print_json
from compliance_app.clock import now, today
from compliance_app.rules.employers import EmployerClass
from compliance_app.services import coverage, firm_doubles
from compliance_app.services import employers as service
from compliance_app.services.employers import EmployerFacts
from compliance_app.services.workplaces import class_on
from compliance_app.store import employer_pages, identity
from compliance_app.store import recipients as recipient_store
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Employer

DAY = click.DateTime(["%Y-%m-%d"])
PAGE = 500


@click.group()
def employers() -> None:
    """List client firms, say what they are, hand accounts over, record negotiations."""


@employers.command("list")
@click.option("--beginning", default="", help="Only firms with a word that begins so.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array for programs.")
def list_(*, beginning: str, as_json: bool) -> None:
    """List the client firms by name, with their class and who covers them today."""
    with opened():
        rows = [_row(firm) for firm in _all(beginning)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        facts = [row["class"], row["parent"] and f"of {row['parent']}", row["segment"]]
        owners = row["covered_by"]
        said = ", ".join(str(one) for one in facts if one)
        click.echo(
            f"{row['name']}{': ' + said if said else ''}{'; ' + str(owners) if owners else ''}"
        )
    click.echo(counted(len(rows), "employer") + ".")


@employers.command("add")
@click.argument("name")
@click.option("--segment", default="")
@click.option("--region", default="")
@click.option("--parent", default="", metavar="NAME", help="The firm it belongs to.")
def add(name: str, *, segment: str, region: str, parent: str) -> None:
    """Add a client firm called NAME."""
    with opened(), unit_of_work() as session:
        above = _find(session, parent).id if parent else None
        facts = EmployerFacts(name, segment, region, above)
        firm = service.add(session, facts, actor_id=None, at=now())
        click.echo(f"{firm.name} is added.")


@employers.command("doubles")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array for programs.")
def doubles(*, as_json: bool) -> None:
    """List the firms whose names are alike: they may be one, or belong together."""
    with opened():
        found = firm_doubles.doubles(db.session())
        if as_json:
            print_json([{"one": x.one.name, "other": x.other.name, "why": x.why} for x in found])
            return
        for double in found:
            click.echo(f"{double.one.name} · {double.other.name}: {double.why}")
        click.echo(f"{counted(len(found), 'pair')} of firms may be one.")


@employers.command("change")
@click.argument("name")
@click.option("--name", "new_name", help="Another name.")
@click.option("--segment")
@click.option("--region")
@click.option("--parent", metavar="NAME", help="The firm it belongs to; empty for none.")
def change(
    name: str,
    *,
    new_name: str | None,
    segment: str | None,
    region: str | None,
    parent: str | None,
) -> None:
    """Change the plain facts of the firm called NAME; what is not given stays."""
    with opened(), unit_of_work() as session:
        firm = _find(session, name)
        parent_id = firm.parent_id
        if parent is not None:
            parent_id = _find(session, parent).id if parent else None
        facts = EmployerFacts(
            new_name or firm.name,
            (firm.segment or "") if segment is None else segment,
            (firm.region or "") if region is None else region,
            parent_id,
        )
        firm = service.change(session, firm.id, facts, actor_id=None, at=now())
        click.echo(f"{firm.name} is changed.")


@employers.command("classify")
@click.argument("name")
@click.argument("kind", metavar="CLASS", type=click.Choice([kind.value for kind in EmployerClass]))
@click.option("--since", type=DAY, help="From this day on; else it always was.")
def classify(name: str, kind: str, *, since: datetime | None) -> None:
    """Say what the firm called NAME is; the laws that follow join those of its people."""
    with opened(), unit_of_work() as session:
        wanted = EmployerClass(kind)
        day = since.date() if since else None
        known = identity.count_open_findings(session)
        firm = service.classify(
            session, _find(session, name).id, wanted, since=day, actor_id=None, at=now()
        )
        when = f" from {day.isoformat()} on" if day else ""
        click.echo(f"{firm.name} is: {wanted.words}{when}.")
        _say_found(session, known)


@employers.command("hand-over")
@click.argument("name")
@click.argument("email")
@click.option("--on", type=DAY, help="The first day; today unless given.")
def hand_over(name: str, email: str, *, on: datetime | None) -> None:
    """Give the account NAME, with its open requests, to the person with this EMAIL."""
    with opened(), unit_of_work() as session:
        owner = find_person(session, email)
        done = coverage.hand_over(
            session,
            _find(session, name).id,
            owner.id,
            on=on.date() if on else today(),
            actor_id=None,
            at=now(),
        )
        moved = counted(len(done.requests), "open request")
        click.echo(f"{owner.name} covers {done.employer.name}; {moved} moved along.")


@employers.command("negotiation")
@click.argument("name")
@click.argument("opportunity")
@click.option("--from", "started", type=DAY, help="The first day; today unless given.")
@click.option("--to", "ended", type=DAY, help="The last day; open unless given.")
def negotiation(
    name: str, opportunity: str, *, started: datetime | None, ended: datetime | None
) -> None:
    """Record, or end, the negotiation about OPPORTUNITY with the firm called NAME.

    One of this name that is open gets the days given here; else it is a new one.
    """
    with opened(), unit_of_work() as session:
        firm = _find(session, name)
        known = next(
            (
                one
                for one in firm.negotiations
                if one.opportunity == opportunity and one.ended_on is None
            ),
            None,
        )
        first = started.date() if started else known.started_on if known else today()
        last, open_before = ended.date() if ended else None, identity.count_open_findings(session)
        if known is None:
            service.negotiate(
                session,
                firm.id,
                opportunity,
                started_on=first,
                ended_on=last,
                actor_id=None,
                at=now(),
            )
        else:
            service.change_negotiation(
                session,
                known.id,
                opportunity,
                started_on=first,
                ended_on=last,
                actor_id=None,
                at=now(),
            )
        until = f"until {last.isoformat()}" if last else "still open"
        click.echo(f"{opportunity} with {firm.name}: from {first.isoformat()}, {until}.")
        _say_found(session, open_before)


def _say_found(session: Session, known: int) -> None:
    """Say how many gifts came to light since so many were open."""
    if (new := identity.count_open_findings(session) - known) > 0:
        click.echo(f"{counted(new, 'gift')} came to light: see tally3220 recipients findings.")


def _all(beginning: str) -> list[Employer]:
    firms: list[Employer] = []
    while True:
        after = firms[-1] if firms else None
        page = employer_pages.list_employers(db.session(), beginning, after=after, count=PAGE)
        firms += page
        if len(page) < PAGE:
            return firms


def _row(firm: Employer) -> dict[str, object]:
    kind, day = class_on(firm, today()), today()
    return {
        "name": firm.name,
        "class": kind.value if kind else None,
        "parent": firm.parent.name if firm.parent else None,
        "segment": firm.segment,
        "region": firm.region,
        "covered_by": ", ".join(owner.email for owner in coverage.owners_on(firm, day)),
    }


def _find(session: Session, name: str) -> Employer:
    firm = recipient_store.find_employer(session, name)
    if firm is None:
        raise click.UsageError(f"No firm in the register is called {name}.")
    return firm
