"""The form every form is made from, with the types its library does not ship."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms.i18n import DummyTranslations

# What the library says where a person would not know what to do next.
SENTENCES = {"Not a valid choice.": "Choose one of the answers offered."}


class Sentences(DummyTranslations):
    """The library's messages in our words."""

    def gettext(self, string: str) -> str:
        """Return our sentence for the library's."""
        return SENTENCES.get(string, string)


class Form(FlaskForm):
    """A form with its session's token; it keeps what was typed."""

    class Meta(FlaskForm.Meta):
        """What every form shares."""

        def get_translations(self, _form: FlaskForm) -> Sentences:
            """Let the library speak in our words."""
            return Sentences()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever fields take
        super().__init__(*args, **kwargs)

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Say whether every field has the right shape; its `errors` say what is wrong."""
        return bool(super().validate(extra_validators))
