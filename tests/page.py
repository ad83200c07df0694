"""A browser for tests that judges every page it is given, so that no page can be wrong quietly.

`Page(app)` keeps cookies and follows nothing; `get` and `post` answer with the page itself.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Self
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.conftest import PASSWORD

CONTROLS = frozenset({"input", "select", "textarea"})
# What a browser or an assistive tool looks up by id.
REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list", "form")
HEADING = re.compile(r"h([1-6])")
SIMPLE = re.compile(r"([a-z0-9]*)((?:#[\w-]+|\.[\w-]+|\[[\w-]+(?:=[^\]]*)?\])*)")
PIECE = re.compile(r"#([\w-]+)|\.([\w-]+)|\[([\w-]+)(?:=\"?([^\]\"]*)\"?)?\]")


class Page:
    """One browser on one application, and the page it shows."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.address = "/"
        self.response: TestResponse
        self.tree = Element("html")

    @property
    def text(self) -> str:
        """The page as it was sent."""
        return self.response.text

    @property
    def said(self) -> str:
        """The words of the page's main part, with single spaces."""
        parts = self.find("main") or [self.tree]
        return words_of(parts[0])

    @property
    def location(self) -> str:
        """Where the answer leads."""
        return self.response.headers.get("Location", "")

    def sign_in(self, email: str, password: str = PASSWORD) -> Self:
        """Sign in through the form, as a person would."""
        form = {"email": email, "password": password}
        return self.post("/sign-in", form, on="/sign-in", status=302)

    def open(
        self, method: str, path: str, data: Mapping[str, object] | None = None
    ) -> TestResponse:
        """Send a request as it is and return the answer, unjudged.

        Each request has an application context of its own, as in service; in a test's own
        context it would find the person and the rows of the request before.
        """
        with self.app.app_context():
            return self.client.open(path, method=method, data=data, buffered=True)

    def get(self, path: str, status: int = 200) -> Self:
        """Open an address and judge what it answers."""
        return self.take(path, self.open("GET", path), status)

    def post(
        self,
        path: str,
        data: Mapping[str, object] | None = None,
        *,
        on: str | None = None,
        status: int = 302,
    ) -> Self:
        """Send a form with the token it really carries.

        `on` is the page that holds the form, which must lead to `path`; without it the
        token is the one that every page of this browser carries.
        """
        token = self._token_for(path, on) if on else self.token()
        sent = {"csrf_token": token, **(data or {})}
        return self.take(path, self.open("POST", path, sent), status)

    def follow(self) -> Self:
        """Go where the answer leads."""
        return self.get(urlsplit(self.location)._replace(scheme="", netloc="").geturl())

    def find(self, selector: str) -> list[Element]:
        """Return the elements that fit `tag#id.class[name=value]`, steps down by spaces."""
        found = [self.tree]
        for step in selector.split():
            found = [one for above in found for one in above.iter() if _fits(one, step)]
        return list(dict.fromkeys(found))

    def words(self, selector: str) -> list[str]:
        """Return the words of each element that fits."""
        return [words_of(one) for one in self.find(selector)]

    def token(self) -> str:
        """Return the token that every page of this browser carries."""
        response = self.open("GET", "/account")
        if response.status_code != 200:
            response = self.open("GET", "/sign-in")
        tree = html5lib.parse(response.text, namespaceHTMLElements=False)
        return next(_token_in(form) for form in tree.iter("form"))

    def _token_for(self, path: str, on: str) -> str:
        self.get(on)
        forms = [
            form
            for form in self.find("form[method=post]")
            if _same_page(urljoin(on, form.get("action", "")), path)
        ]
        assert forms, f"{on} holds no form that leads to {path}"
        return _token_in(forms[0])

    def take(self, path: str, response: TestResponse, status: int) -> Self:
        """Show an answer as this browser would, and judge it."""
        self.address, self.response = path, response
        self.tree = Element("html")
        assert response.status_code == status, (
            f"{path} answered {response.status_code}, not {status}: {_short(response)}"
        )
        if response.mimetype == "text/html" and response.status_code not in (301, 302, 303):
            self.tree = judge(self.app, path, response.text)
        return self


def judge(app: Flask, path: str, text: str) -> Element:
    """Return the page's tree; fail with everything that is wrong with the page."""
    whole = text.lstrip().lower().startswith("<!doctype html>")
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(text) if whole else parser.parseFragment(text)
    rules = [_nothing_inline, _unique_ids, _references, _labels, _tokens]
    complaints = [said for rule in rules for said in rule(tree)]
    complaints += _links(app, path, tree, whole=whole)
    if whole:
        complaints += [*_titles(tree), *_headings(tree)]
    assert not complaints, f"{path}:\n" + "\n".join(complaints)
    return tree


def words_of(element: Element) -> str:
    """Return the words inside an element, with single spaces."""
    return " ".join(" ".join(element.itertext()).split())


def _titles(tree: Element) -> Iterator[str]:
    if not tree.get("lang"):
        yield "the page names no language"
    headings = [words_of(one) for one in tree.iter("h1")]
    titles = [words_of(one) for one in tree.iter("title")]
    if len(headings) != 1:
        yield f"there must be one h1, not {headings}"
    elif titles != [f"{headings[0]} · Tally 3220"]:
        yield f"the title {titles} does not say what the h1 {headings[0]!r} says"
    if len(list(tree.iter("main"))) != 1:
        yield "there must be one main"


def _headings(tree: Element) -> Iterator[str]:
    last = 0
    for element in tree.iter():
        match = HEADING.fullmatch(_tag(element))
        if match and int(match[1]) > last + 1:
            yield f"h{match[1]} {words_of(element)!r} follows h{last}"
        last = int(match[1]) if match else last


def _nothing_inline(tree: Element) -> Iterator[str]:
    for element in tree.iter():
        if _tag(element) == "style" or (_tag(element) == "script" and not element.get("src")):
            yield f"an inline {_tag(element)}"
        for name in element.attrib:
            if name == "style" or name.startswith("on"):
                yield f"an inline {name} on {_tag(element)}"


def _unique_ids(tree: Element) -> Iterator[str]:
    for name, times in Counter(_ids(tree)).items():
        if times > 1:
            yield f"{times} elements have the id {name!r}"


def _references(tree: Element) -> Iterator[str]:
    known = set(_ids(tree))
    for element in tree.iter():
        for attribute in REFERENCES:
            for name in (element.get(attribute) or "").split():
                if name not in known:
                    yield f"{attribute}={name!r} on {_tag(element)} leads nowhere"


def _labels(tree: Element) -> Iterator[str]:
    named = {label.get("for") for label in tree.iter("label")}
    wrapped = {id(inner) for label in tree.iter("label") for inner in label.iter()}
    for element in tree.iter():
        label = element.get("aria-label") or element.get("aria-labelledby")
        if _tag(element) == "button" and not (words_of(element) or label):
            yield "a button without words"
        if _tag(element) not in CONTROLS or element.get("type") == "hidden" or label:
            continue
        if element.get("id") not in named and id(element) not in wrapped:
            yield f"{_tag(element)} {element.get('name')!r} has no label"


def _tokens(tree: Element) -> Iterator[str]:
    for form in tree.iter("form"):
        if form.get("method", "get").lower() == "post" and not _token_in(form):
            yield f"the form to {form.get('action')!r} carries no token"


def _links(app: Flask, path: str, tree: Element, *, whole: bool) -> Iterator[str]:
    known = set(_ids(tree))
    for element in tree.iter():
        for attribute in ("href", "src", "action", "formaction"):
            target = element.get(attribute)
            if target is None or not isinstance(element.tag, str):
                continue
            if target.startswith("#"):
                if whole and target[1:] not in known:
                    yield f"{target} leads nowhere on this page"
            elif not _leads_somewhere(app, urljoin(path, target), _method(element, attribute)):
                yield f"{target!r} leads to no page"


def _leads_somewhere(app: Flask, target: str, method: str) -> bool:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return parts.scheme in {"https", "mailto", "data"}
    try:
        app.url_map.bind("localhost").match(parts.path, method=method)
    except HTTPException:
        return False
    return True


def _method(element: Element, attribute: str) -> str:
    if attribute == "formaction":
        return "POST"
    return element.get("method", "get").upper() if attribute == "action" else "GET"


def _token_in(form: Element) -> str:
    inputs = [one for one in form.iter("input") if one.get("name") == "csrf_token"]
    return (inputs[0].get("value") or "") if inputs else ""


def _same_page(first: str, second: str) -> bool:
    return urlsplit(first).path == urlsplit(second).path


def _ids(tree: Element) -> list[str]:
    return [str(one.get("id")) for one in tree.iter() if one.get("id") is not None]


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _fits(element: Element, step: str) -> bool:
    match = SIMPLE.fullmatch(step)
    assert match, f"{step!r} is not tag#id.class[name=value]"
    if match[1] and _tag(element) != match[1]:
        return False
    return all(_fits_piece(element, piece) for piece in PIECE.finditer(match[2]))


def _fits_piece(element: Element, piece: re.Match[str]) -> bool:
    name, class_name, attribute, value = piece.groups()
    if name:
        return element.get("id") == name
    if class_name:
        return class_name in (element.get("class") or "").split()
    held = element.get(attribute)
    return held is not None if value is None else held == value


def _short(response: TestResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())[:300]
