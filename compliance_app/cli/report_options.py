"""What the commands that write reports have in common: which days, whose gifts, where to."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import NamedTuple

import click
from sqlalchemy.orm import Session

from compliance_app.cli.console import opened
from compliance_app.clock import today
from compliance_app.rules.periods import Period, range_of, year_of
from compliance_app.rules.scopes import WHOLE_FIRM, Scope, ScopeKind
from compliance_app.services.reporting.scopes import find_scope


class Day(click.DateTime):
    """A day, refused in words where it is none."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(
        self, value: object, param: click.Parameter | None, context: click.Context | None
    ) -> datetime:
        """Return the day."""
        try:
            day: datetime = super().convert(value, param, context)
        except click.BadParameter:
            self.fail(f"{value!r} is no day; write it as 2026-07-01.", param, context)
        return day


DAY = Day()
SCOPES = {
    ScopeKind.EMPLOYER: "Only gifts to people of this employer: its name or number.",
    ScopeKind.GIVER: "Only gifts of this associated person: e-mail address or number.",
    ScopeKind.OFFICE: "Only gifts of the people of this office.",
    ScopeKind.RECIPIENT: "Only gifts to this recipient: e-mail address, name or number.",
}


class Target(NamedTuple):
    """Where a report goes to, and the key that signs its PDF in place of the settings' one."""

    folder: Path
    as_zip: bool
    key: Path | None


def to_a_folder(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of where a report goes to, as `target`."""

    @wraps(command)
    def with_target(
        *given: object, folder: Path, as_zip: bool, key: Path | None, **rest: object
    ) -> None:
        command(*given, target=Target(folder, as_zip, key), **rest)

    out = click.option(
        "--out",
        "folder",
        required=True,
        type=click.Path(file_okay=False, path_type=Path),
        help="The folder to write to; it is made if it is not there.",
    )
    as_zip = click.option("--zip", "as_zip", is_flag=True, help="Write one zip into the folder.")
    sign = click.option(
        "--sign",
        "key",
        type=click.Path(path_type=Path),
        help="Sign the PDF with this PKCS#12 file in place of the one of the settings.",
    )
    return out(as_zip(sign(with_target)))


def of_some_days(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command a year, or any days, as `period`; without either, it is this year."""

    @wraps(command)
    def with_period(
        *given: object,
        year: int | None,
        since: datetime | None,
        until: datetime | None,
        **rest: object,
    ) -> None:
        command(*given, period=_period(year, since, until), **rest)

    by_year = click.option("--year", type=int, help="A calendar year; this one if not said.")
    first = click.option("--since", type=DAY, help="The first day, in place of a year.")
    last = click.option("--until", type=DAY, help="The last day.")
    return by_year(first(last(with_period)))


def of_a_part(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of whose gifts a report is about."""
    for kind, explained in reversed(SCOPES.items()):
        command = click.option(f"--{kind.value}", help=explained)(command)
    return command


def chosen_scope(session: Session, parts: Mapping[str, str | None]) -> Scope:
    """Return the one part of the firm that was given, the whole where none was."""
    named = {name: text for name, text in parts.items() if text is not None}
    if len(named) > 1:
        raise click.UsageError(
            f"A report is about one part of the firm; give one of: --{', --'.join(named)}."
        )
    for name, text in named.items():
        return find_scope(session, ScopeKind(name), text)
    return WHOLE_FIRM


def _period(year: int | None, since: datetime | None, until: datetime | None) -> Period:
    if since is not None and until is not None:
        if year is not None:
            raise click.UsageError("Give --year, or --since and --until, but not both.")
        return range_of(since.date(), until.date())
    if since is not None or until is not None:
        raise click.UsageError("Give both --since and --until, or --year alone.")
    if year is None:
        with opened(at_head=False):
            year = today().year
    return year_of(year)
