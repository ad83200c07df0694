"""Who a gift is for: what was chosen, typed or newly entered, resolved against the register.

Works the same with and without a script: chosen people travel as hidden numbers, a typed
name or e-mail is looked up, and several people of that name become a choice.
"""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from compliance_app.clock import today
from compliance_app.services.recipients import NewRecipient
from compliance_app.services.recipients import alike as likely_people
from compliance_app.store import finding
from compliance_app.store import gifts as gift_store
from compliance_app.store import recipients as store
from compliance_app.store.recipients import Found
from compliance_app.web.forms.fields import read_id
from compliance_app.web.forms.gifts import GiftFields

MOST_CHOICES = 10
# What the choice "somebody else, who is new" sends instead of a number.
NEWCOMER = "new"
UNKNOWN = (
    "This recipient is not in the register. Choose a person from the list, "
    "or add them as a new recipient."
)


@dataclass(frozen=True, slots=True)
class Whom:
    """Who the gift is for, as far as the form says it; `problem` is what is still in the way."""

    chosen: tuple[Found, ...] = ()
    choices: tuple[Found, ...] = ()
    newcomer: NewRecipient | None = None
    confirmed_new: bool = False
    asks_newcomer: bool = False
    problem: str = ""

    @property
    def ids(self) -> tuple[int, ...]:
        """Return the numbers of those who are in the register."""
        return tuple(person.id for person in self.chosen)

    @property
    def is_nobody(self) -> bool:
        """Say whether nobody is named yet."""
        return not self.chosen and self.newcomer is None


def find_whom(session: Session, form: GiftFields, *, removed: str | None = None) -> Whom:
    """Read who the form names; a person who was picked moves from the text to the chosen."""
    whom = _read(session, form, removed)
    if whom.chosen:
        form.who.label.text = "Who else is it for?"
    return whom


def _read(session: Session, form: GiftFields, removed: str | None) -> Whom:
    whom = _find_chosen(session, form, removed)
    picked = form.pick.data or ""
    if picked and picked != NEWCOMER:
        form.who.data = ""
        return _choose(whom, _find(session, picked))
    if picked == NEWCOMER or (form.new_name.data or "").strip():
        return _welcome(session, form, whom, is_confirmed=picked == NEWCOMER)
    if (form.who.data or "").strip() and not form.who.errors:
        return _look_up(session, form, whom)
    return whom


def _find_chosen(session: Session, form: GiftFields, removed: str | None) -> Whom:
    whom = Whom()
    for number in form.recipients.data or ():
        if str(number) != removed:
            whom = _choose(whom, store.found(session, number))
    return whom


def _choose(whom: Whom, person: Found | None) -> Whom:
    if person is None:
        return replace(whom, problem=UNKNOWN)
    if person in whom.chosen:
        problem = f"{person.name} is named twice. Name each recipient once."
        return replace(whom, problem=problem)
    return replace(whom, chosen=(*whom.chosen, person))


def _find(session: Session, number: str) -> Found | None:
    known = read_id(number)
    return store.found(session, known) if known is not None else None


def _welcome(session: Session, form: GiftFields, whom: Whom, *, is_confirmed: bool) -> Whom:
    """Take a new person; where one of that name works there already, ask which is meant."""
    if not (form.new_name.data or "").strip():
        form.new_name.data = (form.who.data or "").strip()
    form.who.data = ""
    named = NewRecipient(
        name=form.new_name.data,
        email=(form.new_email.data or "").strip(),
        employer=(form.new_employer.data or "").strip(),
        title=(form.new_title.data or "").strip(),
    )
    added = _added_before(session, form, named.name)
    if added is not None:
        return _choose(whom, added)
    whom = replace(whom, asks_newcomer=True)
    if not named.name:
        return replace(whom, problem="Give the name of the new recipient.")
    alike = (
        () if is_confirmed else tuple(one.found for one in likely_people(session, named, today()))
    )
    if alike:
        problem = f"{named.name} may be in the register already. Choose who is meant."
        return replace(whom, choices=alike, problem=problem)
    return replace(whom, newcomer=named, confirmed_new=is_confirmed)


def _added_before(session: Session, form: GiftFields, name: str) -> Found | None:
    """Return the person whom this same form added when it was sent the first time."""
    earlier = None
    if form.key and form.key.isprintable():
        earlier = gift_store.find_by_submission(session, form.key)
    for share in earlier.versions[0].shares if earlier else ():
        if store.key_of(share.recipient_name) == store.key_of(name):
            return store.found(session, share.recipient_id)
    return None


def _look_up(session: Session, form: GiftFields, whom: Whom) -> Whom:
    """Find the one person the text names, or the people to choose from."""
    text = form.who.data.strip()
    name, _, employer = text.partition(" at ")
    fitting = [
        person
        for person in finding.search(session, name, count=MOST_CHOICES)
        if store.key_of(employer) in store.key_of(person.employer or "")
    ]
    exact = [
        person
        for person in fitting
        if store.key_of(name) in {store.key_of(person.name), person.email}
    ]
    if len(exact) == 1:
        form.who.data = ""
        return _choose(whom, exact[0])
    if not fitting:
        problem = (
            f"Nobody in the register fits \u201c{text}\u201d. Check it, or add the person as new."
        )
        return replace(whom, choices=(), asks_newcomer=True, problem=problem)
    return replace(whom, choices=tuple(exact or fitting), problem="Choose who is meant.")
