"""`tally3220 policy what-if`: what another policy would have said of the same gifts."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

import click

from compliance_app.cli.console import WRONG_USE, counted, opened
from compliance_app.cli.policy_adopt import DAY, FILE, problems_by_line, read
from compliance_app.rules.money import format_dollars
from compliance_app.rules.policy import Policy, parse_policy
from compliance_app.services.what_if import (
    Change,
    Summary,
    Sums,
    UnreadableRowsError,
    what_if,
    what_if_file,
)
from compliance_app.services.what_if_list import csv_lines
from compliance_app.store.base import db


@click.command("what-if")
@click.argument("file", type=FILE)
@click.option("--since", type=DAY, help="The first day of the gifts that are told.")
@click.option("--until", type=DAY, help="The last day of the gifts that are told.")
@click.option("--csv", "gifts", type=FILE, help="Take the gifts of this file, as for an import.")
@click.option("--list", "target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def what_if_command(
    file: Path,
    *,
    since: datetime | None,
    until: datetime | None,
    gifts: Path | None,
    target: Path | None,
    as_json: bool,
) -> None:
    """Judge the register's gifts again under a policy FILE, and list what would change.

    Nothing is written to the register. --list writes the whole list as CSV to a file.
    """
    days = since.date() if since else None, until.date() if until else None
    with problems_by_line(file):
        policy = parse_policy(read(file))
    with opened():
        summary = Summary()
        changes = _changes(policy, summary, gifts, *days)
        if target is not None:
            with target.open("w", encoding="utf-8", newline="") as out:
                out.writelines(csv_lines(changes))
            changes = iter(())
        lines = _json_lines(changes, summary) if as_json else _lines(changes, summary)
        for line in lines:
            click.echo(line)


def _changes(
    policy: Policy, summary: Summary, gifts: Path | None, since: date | None, until: date | None
) -> Iterator[Change]:
    session = db.session()
    if gifts is None:
        return what_if(session, policy, summary, since=since, until=until)
    try:
        return what_if_file(session, policy, summary, gifts.read_bytes(), since=since, until=until)
    except UnreadableRowsError as refusal:
        for problem in refusal.rows:
            click.echo(str(problem), err=True)
        click.echo(str(refusal), err=True)
        sys.exit(WRONG_USE)


def _lines(changes: Iterable[Change], summary: Summary) -> Iterator[str]:
    for change in changes:
        yield (
            f"{change.reference}, {change.given_on.isoformat()}, {change.recipient}: "
            f"was {change.then.words}; would be {change.now.words}."
        )
    for month, sums in summary.by_month:
        if sums.changed:
            yield f"{month}: {_sums(sums)}"
    yield f"In all: {_sums(summary.whole)}"


def _sums(sums: Sums) -> str:
    return (
        f"{sums.changed:,} of {counted(sums.shares, 'assessment')} would change; "
        f"over the limit or not allowed {sums.over_now:,} instead of {sums.over_then:,}, "
        f"in excess {format_dollars(sums.excess_now_cents)} instead of "
        f"{format_dollars(sums.excess_then_cents)}."
    )


def _json_lines(changes: Iterable[Change], summary: Summary) -> Iterator[str]:
    """Yield one JSON object, a line for each change, so that any number of them fits."""
    comma = ""
    yield '{"changes": ['
    for change in changes:
        yield comma + json.dumps(change.as_document(), ensure_ascii=False)
        comma = ", "
    months = [{"month": month, **sums.as_document()} for month, sums in summary.by_month]
    yield f'], "months": {json.dumps(months)}, "total": {json.dumps(summary.whole.as_document())}}}'
