"""What the trail tells of an assessment is its whole row, in the form of today and of the first."""

import json

from flask import Flask
from sqlalchemy import select

from compliance_app.rules.audit import canonical
from compliance_app.services import gifts
from compliance_app.store.base import unit_of_work
from compliance_app.store.gifts import row_document
from compliance_app.store.models import Assessment
from compliance_app.store.told import assessment_row, assessment_told
from tests.conftest import NOON
from tests.factories import make_claim


def test_the_columns_of_an_assessment_follow_from_its_document(app: Flask) -> None:
    with unit_of_work() as session:
        gifts.submit(session, make_claim(48_00), giver_id=1, actor_id=1, at=NOON)
        gifts.submit(session, make_claim(380_00), giver_id=1, actor_id=1, at=NOON)
        for row in session.scalars(select(Assessment)):
            whole = row_document(row)
            told = json.loads(canonical(assessment_told(whole)))
            assert sorted(told) == ["document", "id", "made_at", "recipient_id", "version_id"]
            assert assessment_row(told) == whole


def test_the_first_events_held_the_document_as_text_beside_its_columns(app: Flask) -> None:
    with unit_of_work() as session:
        gifts.submit(session, make_claim(48_00), giver_id=1, actor_id=1, at=NOON)
        whole = row_document(session.scalars(select(Assessment)).one())
        assert assessment_row(whole) == whole
