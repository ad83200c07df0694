"""`tally3220 people`: who is of the firm, in which role, their first password and tokens."""

import sys
from datetime import datetime

import click

from compliance_app.cli.console import counted, find_person, opened, print_json
from compliance_app.cli.report_options import DAY, chosen_scope, of_a_part
from compliance_app.clock import now
from compliance_app.rules.permissions import Role
from compliance_app.services import examiners, tokens
from compliance_app.services import people as service
from compliance_app.services import second_factor as factor
from compliance_app.services.people import NewPerson
from compliance_app.store import people as store
from compliance_app.store.base import db, unit_of_work


@click.group()
def people() -> None:
    """Add, list and deactivate people, set their passwords, make tokens for programs."""


@people.command()
@click.argument("email")
@click.option("--name", required=True, help="The person's full name.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--supervisor", metavar="EMAIL", help="Whom the person reports to.")
@click.option("--office", default="", help="Where the person works.")
def add(email: str, *, name: str, role: str, supervisor: str | None, office: str) -> None:
    """Add the person with this EMAIL, who cannot sign in before a password is set."""
    with opened(), unit_of_work() as session:
        above = find_person(session, supervisor) if supervisor else None
        new = NewPerson(email, name, Role(role), above.id if above else None, office)
        person = service.add(session, new, actor_id=None, at=now())
        click.echo(f"{person.name} ({person.email}) is now {person.role.words.lower()}.")


@people.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array for programs.")
def list_(*, as_json: bool) -> None:
    """List everybody of the firm, active people first."""
    with opened():
        everybody = store.list_people(db.session())
        rows = [
            {
                "email": person.email,
                "name": person.name,
                "role": person.role.value,
                "office": person.office,
                "supervisor": person.supervisor.email if person.supervisor else None,
                "active": person.active,
                "may_sign_in": person.active and person.password_hash is not None,
            }
            for person in everybody
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = "" if row["active"] else ", deactivated"
        click.echo(f"{row['email']}: {row['name']}, {row['role']}{state}")
    click.echo(counted(len(rows), "person", "people") + ".")


@people.command()
@click.argument("email")
def deactivate(email: str) -> None:
    """Close the access of the person with this EMAIL and end their sessions."""
    with opened(), unit_of_work() as session:
        person = find_person(session, email)
        service.deactivate(session, person.id, actor_id=None, at=now())
        click.echo(f"{person.name} ({person.email}) can no longer sign in.")


@people.command()
@click.argument("email")
@click.argument("office")
def office(email: str, office: str) -> None:
    """Say which OFFICE a person is in; a report can be about the gifts of one office."""
    with opened(), unit_of_work() as session:
        person = find_person(session, email)
        service.change(
            session,
            person.id,
            role=person.role,
            supervisor_id=person.supervisor_id,
            office=office,
            actor_id=None,
            at=now(),
        )
        click.echo(f"{person.name} is now in the office {person.office}.")


@people.command()
@click.argument("email")
@of_a_part
@click.option("--until", type=DAY, help="The last day of access; without it, there is no end.")
def examiner(email: str, *, until: datetime | None, **parts: str | None) -> None:
    """Narrow the account of the auditor with this EMAIL to reports about one part of the firm.

    Without a part it reads the whole register again.
    """
    with opened(), unit_of_work() as session:
        person = find_person(session, email)
        scope = chosen_scope(session, parts)
        last_day = until.date() if until else None
        examiners.limit_access(
            session, person.id, scope, last_day=last_day, actor_id=None, at=now()
        )
        end = f" until {last_day}" if last_day else ""
        click.echo(f"{person.name} ({person.email}) may read {examiners.readable(scope)}{end}.")


@people.command("second-factor")
@click.argument("email")
@click.option("--take", is_flag=True, required=True, help="Take it; the person sets up a new one.")
def second_factor(email: str, *, take: bool) -> None:
    """Take the second factor of the person with this EMAIL, who has lost phone and codes."""
    with opened(), unit_of_work() as session:
        person = find_person(session, email)
        factor.reset(session, person.id, actor_id=None, at=now())
        click.echo(f"{person.name} ({person.email}) signs in by password alone until a new one.")


@people.command()
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def password(email: str, *, password_stdin: bool) -> None:
    """Set the password of the person with this EMAIL and end their sessions."""
    with opened():
        find_person(db.session(), email)
        db.session.close()
        plain = _from_stdin() if password_stdin else _asked()
        with unit_of_work() as session:
            person = find_person(session, email)
            service.set_password(session, person.id, plain, actor_id=None, at=now())
            click.echo(f"{person.name} ({person.email}) can sign in with the new password.")


@people.command()
@click.argument("email")
@click.option("--name", required=True, help="The program that will use it.")
def token(email: str, *, name: str) -> None:
    """Make a token with which a program acts as the person with this EMAIL, and print it once."""
    with opened(), unit_of_work() as session:
        person = find_person(session, email)
        made = tokens.make(session, person, name, actor_id=None, at=now())
    click.echo(made)


def _from_stdin() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _asked() -> str:
    answer: str = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    return answer
