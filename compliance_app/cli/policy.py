"""`tally3220 policy`: check worked cases against the engine, or a policy before it is adopted."""

import json
import sys
from pathlib import Path

import click

from compliance_app.cli.policy_adopt import adopt, show
from compliance_app.cli.policy_what_if import what_if_command
from compliance_app.rules.cases import Case, Difference, Kind, parse_cases, run_case
from compliance_app.rules.policy import parse_policy
from compliance_app.rules.problems import DocumentError

WRONG_USE = 2
_LARGEST_BYTES = 200_000_000


@click.group()
def policy() -> None:
    """Check, show, adopt and try out the firm's policy."""


for command in (show, adopt, what_if_command):
    policy.add_command(command)


@policy.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def check(file: Path, *, as_json: bool) -> None:
    """Run a file of worked cases through the engine, or check a policy (.toml).

    Prints one line for each case that differs. Exit 0: all agree; 1: some differ; 2: the
    file cannot be read.
    """
    try:
        text = _read(file)
        if file.suffix == ".toml":
            title = parse_policy(text).title
            click.echo(json.dumps({"title": title}) if as_json else f"{title}: can be adopted.")
            return
        failed = _run(text, as_json=as_json)
    except DocumentError as error:
        for problem in error.problems:
            click.echo(f"{file}, {problem}", err=True)
        sys.exit(WRONG_USE)
    if failed:
        sys.exit(1)


def _read(file: Path) -> str:
    """Return the text of a file, whatever wrote it; a byte-order mark is no part of it."""
    if file.stat().st_size > _LARGEST_BYTES:
        raise click.UsageError(f"{file} is larger than 200 MB; split it into several files.")
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file} is not UTF-8; save it in that encoding.") from error


def _run(text: str, *, as_json: bool) -> bool:
    """Run the cases and print the result; say whether any differs."""
    cases = parse_cases(text)
    runnable = [case for case in cases if case.kind is not Kind.CONTROL]
    results = [(case, run_case(case)) for case in runnable]
    failed = [(case, differences) for case, differences in results if differences]
    skipped = len(cases) - len(runnable)
    passed = len(runnable) - len(failed)
    if as_json:
        summary = {
            "total": len(cases),
            "passed": passed,
            "failed": [_as_document(case, differences) for case, differences in failed],
            "skipped": skipped,
        }
        click.echo(json.dumps(summary, ensure_ascii=False, indent=2))
        return bool(failed)
    for case, differences in failed:
        told = "; ".join(map(_tell, differences))
        click.echo(f"{case.id} (line {case.line}): {told}")
    click.echo(
        f"{len(cases)} cases: {passed} passed, {len(failed)} failed, {skipped} skipped "
        "(workflow, not judged by the engine)."
    )
    return bool(failed)


def _tell(difference: Difference) -> str:
    field, expected, actual = difference
    return f"{field} should be {json.dumps(expected)} but is {json.dumps(actual)}"


def _as_document(case: Case, differences: tuple[Difference, ...]) -> dict[str, object]:
    """Return a failed case by its first differing field, with the others beside it."""
    first, *more = [difference._asdict() for difference in differences]
    return {"id": case.id, **first, "more": more}
