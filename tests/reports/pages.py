"""Reading a made report back, page by page."""

from io import BytesIO
from typing import Any

from pypdf import PdfReader


def read(pdf: bytes) -> Any:  # noqa: ANN401  # its objects are known by their keys alone
    return PdfReader(BytesIO(pdf), strict=True)


def texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in read(pdf).pages]


def part(pdf: bytes, title: str, following: str) -> str:
    body = "\n".join(texts(pdf)[2:])
    return body.split(title, 1)[1].split(following, 1)[0]
