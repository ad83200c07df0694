"""One event has one text and one seal, so that anybody can compute it again."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_app.rules.audit import GENESIS, RawEvent, canonical, moment, ready, seal

EVENT = RawEvent(
    number=1,
    at="2026-11-21T17:00:00.000000+00:00",
    actor="rita@firm.example",
    event="gift:submitted",
    subject="gift:1",
    body='{"gift":{"reference":"G-2026-000001"}}',
    previous=GENESIS,
    sha256="",
)
# sha256sum of the body, and of the text that docs/trail.md describes.
BODY_SHA256 = "99bee7b38d8ce45865ee68811b7e3175289fd27042c5599e7e490754a77c93e3"
SEAL = "2df3198fd322170e06b68603cdb9c2848bc5443742e96121f13e3be3e97676ca"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def test_a_seal_is_the_hash_of_the_text_the_documents_describe() -> None:
    text = (
        '{"actor":"rita@firm.example","at":"2026-11-21T17:00:00.000000+00:00",'
        f'"body_sha256":"{BODY_SHA256}","event":"gift:submitted","number":1,'
        f'"previous":"{"0" * 64}","subject":"gift:1"}}'
    )
    assert hashlib.sha256(text.encode()).hexdigest() == SEAL
    assert seal(EVENT) == SEAL


@pytest.mark.parametrize(
    "changed",
    [
        EVENT._replace(number=2),
        EVENT._replace(at="2026-11-21T17:00:00.000001+00:00"),
        EVENT._replace(actor="mallory@firm.example"),
        EVENT._replace(event="gift:given"),
        EVENT._replace(subject="gift:2"),
        EVENT._replace(body="{}"),
        EVENT._replace(previous="1" * 64),
    ],
    ids=["number", "moment", "actor", "event", "subject", "body", "link"],
)
def test_a_seal_binds_every_field(changed: RawEvent) -> None:
    assert seal(changed) != SEAL


@given(actor=TEXTS, subject=TEXTS, body=TEXTS)
def test_a_seal_is_over_canonical_json_whatever_it_holds(
    actor: str, subject: str, body: str
) -> None:
    event = EVENT._replace(actor=actor, subject=subject, body=body)
    document = canonical(
        {
            "actor": actor,
            "at": event.at,
            "body_sha256": hashlib.sha256(body.encode()).hexdigest(),
            "event": event.event,
            "number": 1,
            "previous": event.previous,
            "subject": subject,
        }
    )
    assert seal(event) == hashlib.sha256(document.encode()).hexdigest()


def test_a_moment_has_one_text_whatever_zone_it_is_told_in() -> None:
    noon = datetime(2026, 11, 21, 12, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert moment(noon) == "2026-11-21T17:00:00.000000+00:00"
    assert moment(datetime(2026, 11, 21, 17, 0, tzinfo=UTC)) == "2026-11-21T17:00:00.000000+00:00"


def test_canonical_json_is_sorted_tight_and_not_escaped() -> None:
    assert canonical({"b": [1, None], "a": "é\n"}) == '{"a":"é\\n","b":[1,null]}'


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@given(document=st.dictionaries(TEXTS, JSON, max_size=4))
def test_canonical_text_is_that_of_the_standard_library(document: dict[str, object]) -> None:
    plain = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(document) == plain


@given(document=st.dictionaries(TEXTS, JSON, max_size=4))
def test_a_part_that_is_canonical_already_is_taken_as_it_is(document: dict[str, object]) -> None:
    part = ready(canonical(document))
    assert canonical({"z": part, "a": 2**70}) == canonical({"a": 2**70, "z": document})
    assert canonical({"z": part}) == canonical({"z": document})
