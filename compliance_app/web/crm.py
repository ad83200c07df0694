"""Importing from customer systems: the file, what becomes of each row, and taking it back."""

from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance_app.clock import now, today
from compliance_app.rules.errors import NotFoundError, RuleError
from compliance_app.rules.permissions import Permission
from compliance_app.services import crm_files, crm_imports, crm_undo
from compliance_app.services.crm_imports import Choice, Compared
from compliance_app.services.crm_plans import Act
from compliance_app.services.crm_sources import FIELDS, KNOWN_SOURCES, Kind, guessed
from compliance_app.services.import_file import FileError
from compliance_app.store import crm as store
from compliance_app.store import files
from compliance_app.store.base import db, unit_of_work
from compliance_app.web.errors import note_refusal, status_of
from compliance_app.web.filters import count_of
from compliance_app.web.forms.crm import (
    COLUMN,
    ImportForm,
    MappingForm,
    UploadForm,
    columns_of,
    joined,
    stages_of,
)
from compliance_app.web.forms.fields import read_id
from compliance_app.web.guard import actor, requires
from compliance_app.web.paging import PAGE

bp = Blueprint("crm", __name__)

# Rows of a file that a page shows; the console says all.
SHOWN = 200


class Kept(NamedTuple):
    """A file that was sent, and how it is to be read."""

    sha256: str
    name: str
    source: str
    stages: tuple[str, ...]

    @property
    def choice(self) -> Choice:
        """Return the choice as the service takes it."""
        return Choice(self.source or None, self.stages)

    @property
    def arguments(self) -> dict[str, str]:
        """Return what every address of the file carries."""
        return {
            "sha256": self.sha256,
            "name": self.name,
            "source": self.source,
            "stages": joined(self.stages),
        }


@bp.get("/imports")
@requires(Permission.CRM_IMPORT)
def index() -> ResponseReturnValue:
    """List the imports, newest first, with the form for another file."""
    return _list(UploadForm())


@bp.post("/imports/files")
@requires(Permission.CRM_IMPORT)
def upload() -> ResponseReturnValue:
    """Keep a file and compare it."""
    form = UploadForm()
    sent = form.file.data
    content = sent.read() if sent else b""
    if not form.validate() or not content:
        form.file.errors = ("Choose a file that is not empty.",)
        return _list(form), 422
    sha256 = files.keep(_folder(), content)
    name = Path((sent.filename or "file").replace("\\", "/")).name
    return redirect(url_for(".compare", sha256=sha256, name=name[-255:]))


@bp.get("/imports/files/<sha256>")
@requires(Permission.CRM_IMPORT)
def compare(sha256: str) -> ResponseReturnValue:
    """Say what would become of each row; nothing is written."""
    kept = _kept(sha256)
    content = files.read(_folder(), sha256, name=kept.name)
    try:
        compared = crm_imports.compare(db.session(), content, kept.choice, today=today())
    except FileError as error:
        return _mapping_page(kept, content, MappingForm(formdata=None), problem=str(error)), 422
    if "map" in request.args:
        return _mapping_page(kept, content, MappingForm(formdata=None), problem="")
    return _compared(kept, compared)


@bp.post("/imports/files/<sha256>/mapping")
@requires(Permission.CRM_IMPORT)
def save_mapping(sha256: str) -> ResponseReturnValue:
    """Keep which column is what, and compare the file by it."""
    kept, form = _kept(sha256), MappingForm()
    content = files.read(_folder(), sha256, name=kept.name)
    if not form.validate():
        return _mapping_page(kept, content, form, problem=""), 422
    try:
        with unit_of_work() as work:
            saved = crm_imports.save_mapping(
                work,
                form.name.data or "",
                _kind(),
                columns_of(request.form, _kind()),
                actor_id=actor().person_id,
                at=now(),
            )
    except RuleError as error:
        form.refuse(error)
        return _mapping_page(kept, content, form, problem=""), status_of(error)
    flash(f"The mapping {saved.name} is saved.")
    return redirect(_address(kept._replace(source=saved.name)))


@bp.post("/imports/files/<sha256>")
@requires(Permission.CRM_IMPORT)
def create(sha256: str) -> ResponseReturnValue:
    """Bring the file in, but for the rows that cannot be taken."""
    kept = _kept(sha256)
    content = files.read(_folder(), sha256, name=kept.name)
    try:
        with unit_of_work() as work:
            made, compared = crm_imports.import_file(
                work,
                content,
                kept.name,
                kept.choice,
                partial=True,
                actor_id=actor().person_id,
                at=now(),
            )
            number, on_list = made.id, made.counts["pairs"]
    except RuleError as error:
        note_refusal(error)
        flash(str(error))
        return redirect(_address(kept))
    left_out = len(compared.problems)
    flash(
        f"{kept.name} is import {number}: {compared.counts[Act.ADDED.value]:,} added, "
        f"{compared.counts[Act.UPDATED.value]:,} updated, "
        f"{compared.counts[Act.SUSPECTED.value]:,} added that may be there already, "
        f"{left_out:,} left out; {count_of(on_list, 'new pair')} on the review list."
    )
    return redirect(url_for(".index"))


@bp.post("/imports/<int:import_id>/undo")
@requires(Permission.CRM_IMPORT)
def undo(import_id: int) -> ResponseReturnValue:
    """Take a whole import back."""
    try:
        with unit_of_work() as work:
            done = crm_undo.undo(work, import_id, actor_id=actor().person_id, at=now())
    except NotFoundError:
        raise
    except RuleError as error:
        note_refusal(error)
        flash(str(error))
        return redirect(url_for(".index"))
    flash(
        f"Import {import_id} is undone: {done.retired:,} out of use, {done.set_back:,} set back, "
        f"{done.kept_rows:,} kept."
    )
    for sentence in done.kept[:10]:
        flash(sentence)
    return redirect(url_for(".index"))


def _list(form: UploadForm) -> str:
    before = read_id(request.args.get("before"))
    imports = store.list_imports(db.session(), before_id=before, count=PAGE + 1)
    return render_template(
        "crm/index.html",
        form=form,
        go=ImportForm(formdata=None),
        imports=imports[:PAGE],
        known=KNOWN_SOURCES,
        older=imports[PAGE - 1].id if len(imports) > PAGE else None,
        is_first=before is None,
    )


def _compared(kept: Kept, compared: Compared) -> str:
    told = [one for one in compared.planned if one.act is not Act.UNCHANGED or one.sentence]
    return render_template(
        "crm/show.html",
        kept=kept,
        compared=compared,
        counts=compared.counts,
        read_as=KNOWN_SOURCES.get(compared.layout.source, compared.layout.source),
        problems=compared.problems[:SHOWN],
        told=told[:SHOWN],
        more=max(len(told) - SHOWN, 0) + max(len(compared.problems) - SHOWN, 0),
        sources=_sources(),
        stages=joined(kept.stages),
        is_deals=compared.layout.kind is Kind.DEALS,
        fields=FIELDS[compared.layout.kind],
        changes_nothing=not told,
    )


def _mapping_page(kept: Kept, content: bytes, form: MappingForm, *, problem: str) -> str:
    headers: list[str] = []
    try:
        headers = crm_files.read(content).headers
    except FileError as error:
        problem = str(error)
    kind = _kind()
    return render_template(
        "crm/mapping.html",
        kept=kept,
        form=form,
        problem=problem,
        headers=[header for header in dict.fromkeys(headers) if header],
        kind=kind,
        kinds=list(Kind),
        fields=FIELDS[kind],
        prefix=COLUMN,
        chosen=columns_of(request.form, kind) or guessed(headers, kind),
        sources=_sources(),
    )


def _kept(sha256: str) -> Kept:
    if not files.is_sha256(sha256) or not files.is_kept(_folder(), sha256):
        raise NotFoundError(what="file of this name")
    said = request.values
    # The form that saves a mapping has a name of its own.
    typed = said.get("file_name") or said.get("name", "file")
    name = "".join(sign for sign in typed if sign.isprintable())
    source = said.get("source", "") if said.get("source", "").isprintable() else ""
    return Kept(sha256, name[-255:] or "file", source, stages_of(said.get("stages")))


def _sources() -> list[tuple[str, str]]:
    """Return what a file may be read as, and how that is written."""
    saved = [(one.name, one.name) for one in store.mappings(db.session())]
    return [*KNOWN_SOURCES.items(), *saved]


def _address(kept: Kept) -> str:
    return url_for(
        ".compare",
        sha256=kept.sha256,
        name=kept.name,
        source=kept.source,
        stages=joined(kept.stages),
    )


def _kind() -> Kind:
    wanted = request.values.get("kind", "")
    return Kind(wanted) if wanted in set(Kind) else Kind.CONTACTS


def _folder() -> Path:
    return Path(current_app.config["DATA_DIR"])
