"""The form every form is made from, with the types its library does not ship."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm


class Form(FlaskForm):
    """A form with its session's token; it keeps what was typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever fields take
        super().__init__(*args, **kwargs)

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Say whether every field has the right shape; its `errors` say what is wrong."""
        return bool(super().validate(extra_validators))
