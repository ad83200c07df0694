"""`tally3220 recipients import` and its kin: customer systems, and taking an import back."""

import sys
from pathlib import Path

import click

from compliance_app.cli.console import WRONG_USE, counted, find_person, opened, print_json
from compliance_app.clock import now
from compliance_app.services import crm_imports, crm_undo
from compliance_app.services.crm_deals import USUAL_STAGES
from compliance_app.services.crm_imports import Choice, Compared, RowsRefusedError
from compliance_app.services.crm_plans import Act
from compliance_app.services.crm_sources import KNOWN_SOURCES, Kind
from compliance_app.services.crm_suspects import MANY
from compliance_app.store import crm
from compliance_app.store.base import db, unit_of_work

LARGEST_BYTES = 500_000_000
SHOWN = 200


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--source",
    "--preset",
    "source",
    metavar="SOURCE",
    help="salesforce, hubspot or a saved mapping; else the columns are recognized.",
)
@click.option("--stage", "stages", multiple=True, help="A stage that means negotiation (deals).")
@click.option("--dry-run", is_flag=True, help="Say what would become of each row; keep nothing.")
@click.option("--partial", is_flag=True, help="Take the good rows even if others are bad.")
@click.option("--as", "email", metavar="EMAIL", help="The compliance officer who imports.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def import_(
    file: Path,
    *,
    source: str | None,
    stages: tuple[str, ...],
    dry_run: bool,
    partial: bool,
    email: str | None,
    as_json: bool,
) -> None:
    """Bring a CSV or XLSX FILE of contacts, accounts or deals in.

    A row whose id or e-mail the register knows brings that record up to date; the same file again
    changes nothing. Whoever only looks like somebody is added and goes to the review list.
    """
    if file.stat().st_size > LARGEST_BYTES:
        raise click.UsageError(f"{file} is larger than 500 MB; split it into several files.")
    choice, content = Choice(source, stages or USUAL_STAGES), file.read_bytes()
    if dry_run:
        with opened():
            at = now()
            compared = crm_imports.compare(db.session(), content, choice, today=at.date())
        _report(file, compared, None, as_json=as_json, dry_run=True)
        sys.exit(WRONG_USE if compared.problems and not partial else 0)
    try:
        with opened(), unit_of_work() as session:
            made, compared = crm_imports.import_file(
                session,
                content,
                file.name,
                choice,
                partial=partial,
                actor_id=find_person(session, email).id if email else None,
                at=now(),
            )
    except RowsRefusedError as refusal:
        _report(file, refusal.compared, None, as_json=as_json, dry_run=False)
        click.echo(str(refusal), err=True)
        sys.exit(WRONG_USE)
    _report(file, compared, made.id, as_json=as_json, dry_run=False, on_list=made.counts["pairs"])


@click.command("import-undo")
@click.argument("number", type=click.IntRange(1))
@click.option("--as", "email", metavar="EMAIL", help="The compliance officer who undoes it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def import_undo(number: int, *, email: str | None, as_json: bool) -> None:
    """Take import NUMBER back: what it added goes out of use, what it changed is set back.

    What has gifts or was changed since is kept, and it is said why.
    """
    with opened(), unit_of_work() as session:
        actor_id = find_person(session, email).id if email else None
        done = crm_undo.undo(session, number, actor_id=actor_id, at=now())
    if as_json:
        print_json(
            {
                "import": number,
                "retired": done.retired,
                "set_back": done.set_back,
                "kept": done.kept_rows,
                "why": done.kept,
            }
        )
        return
    for sentence in done.kept:
        click.echo(sentence)
    click.echo(
        f"Import {number} is undone: {done.retired:,} out of use, {done.set_back:,} set back, "
        f"{done.kept_rows:,} kept."
    )


@click.command("imports")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array for programs.")
def imports(*, as_json: bool) -> None:
    """List the imports, newest first."""
    with opened():
        rows = [
            {
                "number": one.id,
                "at": one.made_at.isoformat(),
                "by": one.made_by.email if one.made_by else None,
                "source": one.source,
                "kind": one.kind,
                "file": one.file_name,
                "counts": one.counts,
                "undone": one.undone_at is not None,
            }
            for one in crm.list_imports(db.session(), count=SHOWN)
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        undone = ", undone" if row["undone"] else ""
        click.echo(f"{row['number']}: {row['file']}, {row['source']} {row['kind']}{undone}")
    click.echo(counted(len(rows), "import") + ".")


@click.command("mapping")
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice([kind.value for kind in Kind]))
@click.option(
    "--column",
    "columns",
    multiple=True,
    required=True,
    metavar="FIELD=COLUMN",
    help="Which column of the file a field is in, such as email=Mail.",
)
@click.option("--as", "email", metavar="EMAIL", help="The compliance officer who saves it.")
def mapping(name: str, *, kind: str, columns: tuple[str, ...], email: str | None) -> None:
    """Save as NAME which column is what, for files that are of no known set."""
    pairs = [one.partition("=") for one in columns]
    if any(not field or not column for field, _, column in pairs):
        raise click.UsageError("Write each --column as FIELD=COLUMN, such as email=Mail.")
    fields = [field.strip() for field, _, _ in pairs]
    doubled = sorted({field for field in fields if fields.count(field) > 1})
    if doubled:
        raise click.UsageError(f"Two columns are given for {doubled[0]}; keep one of them.")
    with opened(), unit_of_work() as session:
        saved = crm_imports.save_mapping(
            session,
            name,
            Kind(kind),
            {field.strip(): column for field, _, column in pairs},
            actor_id=find_person(session, email).id if email else None,
            at=now(),
        )
    click.echo(f"{saved.name} maps {counted(len(saved.columns), 'column')} of {kind}.")


def _report(
    file: Path,
    compared: Compared,
    number: int | None,
    *,
    as_json: bool,
    dry_run: bool,
    on_list: int = 0,
) -> None:
    if as_json:
        print_json(_document(file, compared, number, dry_run=dry_run) | {"pairs": on_list})
        return
    for problem in compared.problems:
        click.echo(str(problem), err=True)
    if dry_run:
        for one in compared.planned:
            if one.act is not Act.UNCHANGED or one.sentence:
                said = f" ({one.sentence})" if one.sentence else ""
                click.echo(f"Line {one.row.line}: {one.row.name}: {one.act.words}{said}")
    counts = compared.counts
    layout = compared.layout
    click.echo(
        f"{KNOWN_SOURCES.get(layout.source, layout.source)} {layout.kind.value}: "
        f"{counts['added']:,} added, "
        f"{counts['suspected']:,} added that may be there already, {counts['updated']:,} updated, "
        f"{counts['unchanged']:,} unchanged, {counts['refused']:,} left out "
        f"of {counted(counts['rows'], 'row')}."
    )
    if dry_run:
        click.echo("Nothing was kept: this was a dry run.")
    elif number is not None:
        if counts["added"] > MANY:
            click.echo("So many are new that the scan weighs them: tally3220 recipients scan.")
        if on_list:
            click.echo(f"{counted(on_list, 'pair')} may be one person: see the review list.")
        click.echo(f"This is import {number}; tally3220 recipients import-undo {number} undoes it.")


def _document(
    file: Path, compared: Compared, number: int | None, *, dry_run: bool
) -> dict[str, object]:
    return {
        "file": str(file),
        "dry_run": dry_run,
        "import": number,
        "source": compared.layout.source,
        "kind": compared.layout.kind.value,
        **compared.counts,
        "verdicts": [
            {
                "line": one.row.line,
                "name": one.row.name,
                "verdict": one.act.value,
                "why": one.sentence,
            }
            for one in compared.planned
        ],
        "problems": [
            {"line": one.line, "field": one.field, "problem": one.sentence}
            for one in compared.problems
        ],
    }


COMMANDS = (import_, import_undo, imports, mapping)
