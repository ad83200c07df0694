"""`tally3220 recipients`: who is one person with whom."""

import gc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import cpu_count, get_all_start_methods, get_context

import click

from compliance_app.cli.console import counted, find_person, opened, print_json
from compliance_app.cli.progress import progress_bar
from compliance_app.clock import now
from compliance_app.rules.identity import PairState
from compliance_app.rules.money import format_decimal, format_dollars
from compliance_app.services import merging, scanning
from compliance_app.services.merging import Merged
from compliance_app.services.pairs import Suspicion
from compliance_app.services.scanning import Register
from compliance_app.store import identity
from compliance_app.store.base import db, frozen_reading, unit_of_work

MOST_PAIRS = 1_000
MOST_PROCESSES = 8
_AS = click.option("--as", "email", metavar="EMAIL", help="The compliance officer who does it.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")


@click.group()
def recipients() -> None:
    """Import people; find records that may be one person, merge them, and take that back."""


@recipients.command()
@click.argument("record_id", type=int)
@click.argument("into_id", type=int)
@click.option("--reason", required=True, help="Why the two are one person.")
@_AS
@_JSON
def merge(record_id: int, into_id: int, *, reason: str, email: str | None, as_json: bool) -> None:
    """Make the record RECORD_ID one person with INTO_ID; its sums follow at once."""
    with opened(), unit_of_work() as work:
        actor_id = find_person(work, email).id if email else None
        done = merging.merge(work, record_id, into_id, reason=reason, actor_id=actor_id, at=now())
        _report(done, "goes on for", as_json=as_json)


@recipients.command()
@click.argument("record_id", type=int)
@click.option("--reason", required=True, help="Why the two are not one person.")
@_AS
@_JSON
def unmerge(record_id: int, *, reason: str, email: str | None, as_json: bool) -> None:
    """Take the merge of the record RECORD_ID back; both have their own sums again."""
    with opened(), unit_of_work() as work:
        actor_id = find_person(work, email).id if email else None
        done = merging.unmerge(work, record_id, reason=reason, actor_id=actor_id, at=now())
        _report(done, "stands apart from", as_json=as_json)


@recipients.command()
@click.option(
    "--state",
    type=click.Choice([PairState.SUSPECTED.value, PairState.LATER.value]),
    default=PairState.SUSPECTED.value,
    help="Those to be looked at, or those put off.",
)
@_JSON
def pairs(*, state: str, as_json: bool) -> None:
    """List the pairs that may be one person, the likeliest first."""
    with opened(), unit_of_work() as work:
        found = identity.open_pairs(work, state=PairState(state), after=None, count=MOST_PAIRS)
        rows = [
            {
                "id": pair.id,
                "score": pair.score,
                "first": {"id": pair.first_id, "name": pair.first.name},
                "second": {"id": pair.second_id, "name": pair.second.name},
                "sentence": pair.sentence,
            }
            for pair in found
        ]
        lines = [
            f"{pair.score:3}  {pair.first_id} {pair.first.name} = {pair.second_id} "
            f"{pair.second.name}: {pair.sentence}"
            for pair in found
        ]
    if as_json:
        print_json(rows)
        return
    for line in lines:
        click.echo(line)
    click.echo(f"{counted(len(lines), 'pair')} to look at.")


@recipients.command()
@_AS
@_JSON
def scan(*, email: str | None, as_json: bool) -> None:
    """Look through the whole register for records that may be one person.

    What it finds goes to the review list. One that was stopped goes on where it stood: nothing is
    suspected twice, and what was said to be two people is never asked again.
    """
    with opened():
        with unit_of_work() as work:
            actor_id = find_person(work, email).id if email else None
            register = scanning.prepare(work)
            least = scanning.least_on(work, now().date())
            running = scanning.begin(work, at=now())
        scan_id, since = running.id, running.slices_done
        if since:
            click.echo(f"Goes on after {since} of {scanning.SLICES} parts.", err=True)
        with progress_bar("Scanning") as progress:
            progress(since, scanning.SLICES)
            with looking_through(register, least, since) as slices:
                for number, likely in enumerate(slices, since):
                    with unit_of_work() as work:
                        running = scanning.keep_slice(
                            work, register, scan_id, number, likely, actor_id=actor_id, at=now()
                        )
                    progress(1, scanning.SLICES)
        total, new = len(register.contacts), running.new_pairs
    if as_json:
        print_json({"recipients": total, "new_pairs": new})
    else:
        click.echo(
            f"{counted(total, 'recipient')} compared; {counted(new, 'pair')} new on the list."
        )


@contextmanager
def looking_through(
    register: Register, least: int, since: int = 0
) -> Iterator[Iterable[list[Suspicion]]]:
    """Return what each slice holds, looked through by as many processes as there are cores."""
    look, numbers = partial(_look_through, register, least), range(since, scanning.SLICES)
    if "fork" not in get_all_start_methods():
        yield map(look, numbers)
        return
    # No connection is shared: those of this process are closed before it is copied.
    db.engine.dispose()
    _Copied.look = look
    # What stays as it is, the copies share; their collectors would touch, and so copy, all of it.
    gc.freeze()
    processes = min(cpu_count(), MOST_PROCESSES)
    with ProcessPoolExecutor(processes, get_context("fork"), initializer=gc.disable) as pool:
        yield pool.map(_copied_look, numbers)
    gc.unfreeze()


class _Copied:
    """What the copies of this process find in their memory, so that nothing is sent to them."""

    look: Callable[[int], list[Suspicion]]


def _copied_look(number: int) -> list[Suspicion]:
    return _Copied.look(number)


def _look_through(register: Register, least: int, number: int) -> list[Suspicion]:
    with frozen_reading() as session:
        return scanning.look_through(session, register, number, least=least)


@recipients.command()
@_JSON
def findings(*, as_json: bool) -> None:
    """List the gifts that came to light and that no officer has acted on, the newest first."""
    with opened(), frozen_reading() as reading:
        rows = [
            {
                "gift": one.gift.reference,
                "state": one.gift.state.value,
                "recipient": {"id": one.recipient_id, "name": one.recipient.name},
                "excess": format_decimal(one.excess_cents),
                "sentence": one.sentence,
            }
            for one in identity.open_findings(reading)
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['gift']}, {row['state']}: {row['sentence']}")
    click.echo(f"{counted(len(rows), 'gift')} to act on.")


def _report(done: Merged, words: str, *, as_json: bool) -> None:
    row = done.merge
    if as_json:
        print_json(
            {
                "record": row.recipient_id,
                "into": row.into_id,
                "person": done.person.id,
                "findings": [one.gift.reference for one in done.findings],
            }
        )
        return
    for one in done.findings:
        state = "settled" if one.closed_at else f"over by {format_dollars(one.excess_cents)}"
        click.echo(f"{one.gift.reference}: {state}. {one.sentence}")
    if row.undone_at:
        click.echo(f"{row.recipient.name} {words} {row.into.name}.")
    else:
        click.echo(f"{done.person.name} {words} {row.recipient.name}.")
