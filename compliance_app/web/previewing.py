"""The live answer while a gift is typed: what each recipient has left, and what would come next."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Assessment
from compliance_app.rules.errors import InputError
from compliance_app.rules.money import format_dollars
from compliance_app.rules.policy import Route
from compliance_app.rules.verdicts import EXEMPT, Verdict
from compliance_app.services import gifts
from compliance_app.services.assessing import Judgement
from compliance_app.services.recipients import room_on
from compliance_app.store.models import Gift, Recipient
from compliance_app.web.forms.gifts import GiftFields, claim_of
from compliance_app.web.forms.whom import Whom

NEXT_STEP = {
    Route.CLEARED: "Cleared at once by the firm's policy.",
    Route.SUPERVISOR: "Goes to the supervisor for approval.",
    Route.COMPLIANCE: "Goes to Compliance for approval.",
    Route.SUPERVISOR_AND_COMPLIANCE: "Goes to the supervisor and then to Compliance.",
}
SEND = {
    Route.CLEARED: "Log this gift",
    Route.SUPERVISOR: "Send for approval",
    Route.COMPLIANCE: "Send for approval",
    Route.SUPERVISOR_AND_COMPLIANCE: "Send for approval",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One recipient's answer; `kind` is how the verdict is drawn."""

    name: str
    assessment: Assessment
    kind: str = ""
    conclusion: str = ""
    next_step: str = ""

    @property
    def later_cents(self) -> int:
        """Return what gifts on later days take of the room that seems to be left."""
        found = self.assessment
        if found.limit_cents is None or found.left_after_cents is None or found.excess_cents:
            return 0
        return max(found.limit_cents - found.running_cents - found.left_after_cents, 0)


@dataclass(frozen=True, slots=True)
class Preview:
    """What the aside shows: a line for each recipient, the flags, and what the button says."""

    lines: tuple[Line, ...] = ()
    judgement: Judgement | None = None
    send: str = "Send for approval"
    problems: tuple[str, ...] = ()


def preview(
    session: Session,
    form: GiftFields,
    whom: Whom,
    *,
    giver_id: int,
    today: date,
    amended: Gift | None = None,
) -> Preview:
    """Judge what is on the form as if it were sent now; without a value, show what is left."""
    people = {person.id: session.get_one(Recipient, person.id) for person in whom.chosen}
    if whom.newcomer is not None:
        people[0] = _stranger(whom)
    if not people or form.given_on.data is None:
        return Preview()
    if form.cost.data is None or _has_errors(form):
        return Preview(
            tuple(_room(person, session, form.given_on.data) for person in people.values())
        )
    # The answer comes while the description is still to be written.
    claim = claim_of(form, tuple(people), described="not described yet")
    try:
        judgement = gifts.preview(
            session,
            claim,
            giver_id=giver_id,
            today=today,
            newcomers={0: people[0]} if 0 in people else None,
            amended=amended,
        )
    except InputError as error:
        return Preview(problems=tuple(error.problems.values()))
    lines = tuple(
        conclude(share.recipient.name, share.assessment, judgement, planned=claim.given_on >= today)
        for share in judgement.shares
    )
    return Preview(lines, judgement, _send(judgement, planned=claim.given_on >= today))


def conclude(name: str, found: Assessment, judgement: Judgement, *, planned: bool) -> Line:
    """Say what the verdict on one share means, and what comes next."""
    following = NEXT_STEP[judgement.route]
    if found.verdict is Verdict.PROHIBITED:
        return Line(name, found, "over", "This may not be given to this person", "")
    if found.verdict is Verdict.EXCEEDS_LIMIT:
        left = format_dollars(found.left_before_cents or 0)
        if planned:
            conclusion = "This gift can't be given as entered"
            following = f"No more than {left} is left for {name}. Lower the value"
            following += " or ask for an exception." if found.is_within_rule else "."
        else:
            conclusion = "Over the limit"
            following = f"{left} was left for {name}. It is recorded, and Compliance decides."
        return Line(name, found, "over", conclusion, following)
    if found.verdict in EXEMPT:
        return Line(name, found, "exempt", "Not counted toward the limit", following)
    if found.verdict is Verdict.NEEDS_COMPLIANCE_JUDGEMENT:
        return Line(name, found, "info", "Compliance has to judge this one", following)
    if found.near:
        return Line(name, found, "near", "Within the limit, with little room", following)
    return Line(name, found, "ok", "Within the limit", following)


def _has_errors(form: GiftFields) -> bool:
    return any(form[name].errors for name in ("cost", "quantity", "given_on", "category", "payer"))


def _room(person: Recipient, session: Session, day: date) -> Line:
    return Line(person.name, room_on(session, person, day))


def _send(judgement: Judgement, *, planned: bool) -> str:
    if not judgement.over_limit:
        return SEND[judgement.route]
    over = [
        share.assessment
        for share in judgement.shares
        if share.assessment.verdict in {Verdict.EXCEEDS_LIMIT, Verdict.PROHIBITED}
    ]
    if not planned:
        return "Record it over the limit"
    return (
        "Ask for an exception" if all(one.is_within_rule for one in over) else "Record the attempt"
    )


def _stranger(whom: Whom) -> Recipient:
    """Return the new person as the engine sees them: nobody has given them anything."""
    named = whom.newcomer
    if named is None:
        raise ValueError("There is no new person to judge for.")
    return Recipient(id=0, name=named.name, recipient_class=named.recipient_class, employments=[])
