"""Forms of an import: the file, which column is what, and the word to go ahead."""

from collections.abc import Sequence

from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import InputRequired

from compliance_app.services.crm_deals import USUAL_STAGES
from compliance_app.services.crm_sources import FIELDS, Kind
from compliance_app.web.forms.base import Form
from compliance_app.web.forms.employers import ClientForm
from compliance_app.web.forms.fields import Line

SOURCE, STAGES, NAME = "source", "stages", "name"
DIVIDER = ";"
# What a saved mapping's fields are called in the form.
COLUMN = "column-"


class UploadForm(ClientForm):
    """A file of a customer system."""

    file = FileField("File", description="CSV or XLSX, up to 12 MB; larger ones by the console.")


class ImportForm(Form):
    """The word to go ahead."""


class MappingForm(ClientForm):
    """The name under which a mapping is kept; its columns are read from the form itself."""

    name = StringField(
        "Name of this mapping",
        validators=[InputRequired("Give the mapping a name."), Line(100)],
        render_kw={"autocomplete": "off"},
    )


def columns_of(form: MultiDict[str, str], kind: Kind) -> dict[str, str]:
    """Return which column was chosen for each field."""
    chosen = {field: form.get(COLUMN + field, "") for field in FIELDS[kind]}
    return {field: column for field, column in chosen.items() if column}


def stages_of(text: str | None) -> tuple[str, ...]:
    """Return the stages that were typed, divided by semicolons; the usual ones where none was."""
    typed = tuple(one.strip() for one in (text or "").split(DIVIDER) if one.strip())
    return typed or USUAL_STAGES


def joined(stages: Sequence[str]) -> str:
    """Return stages as they are typed."""
    return f"{DIVIDER} ".join(stages)
