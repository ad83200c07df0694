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
from compliance_app.services.assessing import JudgedShare, Judgement
from compliance_app.services.claims import Claim
from compliance_app.services.recipients import room_on
from compliance_app.services.workplaces import workplace_on
from compliance_app.store.models import Gift
from compliance_app.store.recipient_facts import RecipientFacts, people_behind
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


# More than is ever left for anybody: where nothing is summed nothing is tight.
UNLIMITED = 2**62


@dataclass(frozen=True, slots=True)
class Line:
    """One recipient's answer; `kind` is how the verdict is drawn."""

    name: str
    assessment: Assessment
    kind: str = ""
    conclusion: str = ""
    next_step: str = ""
    employer: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the aside shows: a line for each recipient, the flags, and what the button says."""

    lines: tuple[Line, ...] = ()
    judgement: Judgement | None = None
    send: str = "Send for approval"
    problems: tuple[str, ...] = ()

    @property
    def tightest(self) -> Line:
        """Return the recipient for whom the least is left, or the most is too much."""
        return max(self.lines, key=_tightness)

    @property
    def split(self) -> str:
        """Say how the value falls on several recipients; empty for one."""
        if self.judgement is None or len(self.lines) == 1:
            return ""
        parts = [line.assessment.counted_cents for line in self.lines]
        least, most = format_dollars(min(parts)), format_dollars(max(parts))
        each = f"{least} each" if least == most else f"{least} or {most} each"
        return f"The value is split: {each}."

    @property
    def send_short(self) -> str:
        """Return what the button says where it is small."""
        return self.send.split()[0]


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
    people = people_behind(session, [person.id for person in whom.chosen])
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
    planned = claim.given_on >= today
    lines = tuple(conclude(share, judgement, claim, planned=planned) for share in judgement.shares)
    return Preview(lines, judgement, _send(judgement, planned=planned))


def conclude(share: JudgedShare, judgement: Judgement, claim: Claim, *, planned: bool) -> Line:
    """Say what the verdict on one share means, and what comes next."""
    found = share.assessment
    kind, conclusion, following = _verdict_on(share, judgement, claim, planned=planned)
    employer = share.employment.employer.name if share.employment else ""
    return Line(share.recipient.name, found, kind, conclusion, following, employer)


def _verdict_on(
    share: JudgedShare, judgement: Judgement, claim: Claim, *, planned: bool
) -> tuple[str, str, str]:
    found, following = share.assessment, NEXT_STEP[judgement.route]
    if found.verdict is Verdict.PROHIBITED:
        return "over", "This may not be given to this person", ""
    if found.verdict is Verdict.EXCEEDS_LIMIT:
        return _over(share, claim, planned=planned)
    if found.verdict in EXEMPT:
        if judgement.route is Route.COMPLIANCE:
            following = "Compliance checks the exemption."
        return "exempt", "Not counted toward the limit", following
    if found.verdict is Verdict.NEEDS_COMPLIANCE_JUDGEMENT:
        return "info", "Compliance has to judge this one", following
    if found.near:
        return "near", "Within the limit, with little room", following
    return "ok", "Within the limit", following


def _over(share: JudgedShare, claim: Claim, *, planned: bool) -> tuple[str, str, str]:
    if planned:
        return "over", "This gift can't be given as entered", _way_out(share, claim)
    left, name = format_dollars(share.assessment.left_before_cents or 0), share.recipient.name
    said = f"{left} was left for {name}. It is recorded, and Compliance decides."
    return "over", "Over the limit", said


def _way_out(share: JudgedShare, claim: Claim) -> str:
    """Say to what the value would have to be lowered, as far as that is a single number."""
    found, name = share.assessment, share.recipient.name
    left = found.left_before_cents or 0
    asks = " or ask for an exception." if found.is_within_rule else ""
    is_plain = len(claim.recipient_ids) == 1 and found.counted_cents == claim.cost_cents
    if not left:
        return f"Nothing is left for {name} in this period" + (f";{asks[3:]}" if asks else ".")
    if is_plain:
        return f"Lower the value to {format_dollars(left)} or less" + (f",{asks}" if asks else ".")
    said = f"No more than {format_dollars(left)} is left for {name}. Lower the value"
    return said + (asks or ".")


def _tightness(line: Line) -> tuple[int, int]:
    found = line.assessment
    return found.excess_cents, -(found.left_after_cents or 0) if found.counts else -UNLIMITED


def _has_errors(form: GiftFields) -> bool:
    return any(form[name].errors for name in ("cost", "quantity", "given_on", "category", "payer"))


def _room(person: RecipientFacts, session: Session, day: date) -> Line:
    working = workplace_on(person, day).employment
    employer = working.employer.name if working else ""
    return Line(person.name, room_on(session, person, day), employer=employer)


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


def _stranger(whom: Whom) -> RecipientFacts:
    """Return the new person as the engine sees them: nobody has given them anything."""
    named = whom.newcomer
    if named is None:
        raise ValueError("There is no new person to judge for.")
    return RecipientFacts(0, named.name, None, named.recipient_class)
