"""Gifts of people whose work changes: each is filed under the employer of its own day.

What was judged keeps its verdict; what must be looked at by the right employer comes to light.
"""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.spans import covers
from compliance_app.services.gifts import locked
from compliance_app.services.noticing import Watch
from compliance_app.services.recording import record
from compliance_app.store import employments as store
from compliance_app.store import recipients as recipient_store
from compliance_app.store.bulk import chunks
from compliance_app.store.models import Employment, Recipient
from compliance_app.store.recipient_facts import hold_merges_off


class Refiling:
    """The gifts since a day of people whose work is about to change.

    Made before anything is locked: nobody writes gifts from then on until the commit. `watch` is
    for when nothing has changed yet, `finish` for when all is written.
    """

    def __init__(self, session: Session, first_days: Mapping[int, date]) -> None:
        self._session = session
        if first_days:
            hold_merges_off(session, merging=True)
        self._first_days = {
            person_id: first_days[person_id]
            for some in chunks(sorted(first_days))
            for person_id in store.who_was_given(session, some)
        }
        self._watch: Watch | None = None

    def watch(self) -> None:
        """Look at the gifts as they are judged by what was known so far."""
        self._watch = Watch.over(self._session, self._first_days)

    def finish(self, *, actor_id: int | None, at: datetime) -> None:
        """File the gifts under the right employer, and tell what comes to light."""
        for person_id in self._first_days:
            self._refile(self._session.get_one(Recipient, person_id), actor_id, at)
        if self._watch is not None:
            self._watch.tell(actor_id=actor_id, at=at)

    def _refile(self, person: Recipient, actor_id: int | None, at: datetime) -> None:
        records = recipient_store.same_person_ids(self._session, person.id)
        first_day = self._first_days[person.id]
        for reference in store.gifts_since(self._session, records, first_day):
            gift = locked(self._session, reference)
            moved = False
            for share in gift.version.shares:
                job = _job_on(person, share.given_on)
                if share.recipient_id in records and job and job.employer_id != share.employer_id:
                    share.employer_id = job.employer_id
                    moved = True
            if moved:
                event = Event.GIFT_EMPLOYER_CORRECTED
                record(self._session, gift, event, actor_id=actor_id, at=at)


def _job_on(person: Recipient, day: date) -> Employment | None:
    covering = [job for job in person.employments if covers(job, day)]
    return max(covering, key=lambda job: (job.started_on or date.min, job.id), default=None)
