"""What stands in the cells of the tables: texts with their styles, said the same everywhere."""

from collections.abc import Iterable

from compliance_app.rules.regimes import RULE_3220
from compliance_app.rules.workflow import State
from reports.figures import is_over
from reports.source import DecisionLine, ShareLine
from reports.theme import CELL, CELL_ALERT, CELL_NOTE, CELL_STRONG, Style
from reports.wording import NOTHING, amount, decision_words, moment, percent_of, words

Text = tuple[str, Style]
Texts = list[Text]


def gift_texts(share: ShareLine) -> Texts:
    """Say which gift it is."""
    later = [(f"version {share.version}", CELL_NOTE)] if share.version > 1 else []
    return [(share.gift_reference, CELL), *later]


def day_texts(share: ShareLine) -> Texts:
    """Say when it was given, and when it was logged if that was late."""
    planned = [("planned", CELL_NOTE)] if share.planned else []
    late = [("logged late", CELL_NOTE)] if share.late else []
    return [(str(share.given_on), CELL), *planned, *late]


def giver_texts(share: ShareLine) -> Texts:
    """Say who gave, and who logged it if that was someone else."""
    other = share.logged_by != share.giver and share.logged_by
    return [(share.giver, CELL), *([(f"logged by {share.logged_by}", CELL_NOTE)] if other else [])]


def description_texts(share: ShareLine) -> Texts:
    """Say what was given, why, and what was noticed about it."""
    why = f"{words(share.category)}: {share.purpose}" if share.purpose else words(share.category)
    flags = [(f"Flag: {flag}", CELL_NOTE) for flag in share.flags]
    return [(share.description, CELL), (why, CELL_NOTE), *flags]


def value_texts(share: ShareLine) -> Texts:
    """Say what it counts for."""
    if share.counts:
        return [(amount(share.counted_cents), CELL)]
    return [(amount(share.counted_cents), CELL_NOTE), ("not counted", CELL_NOTE)]


def running_texts(share: ShareLine) -> Texts:
    """Say what the recipient's total was with it, and how much of the limit of its day."""
    if share.running_cents is None:
        return [(NOTHING, CELL_NOTE)]
    if share.limit_cents is None:
        return [(amount(share.running_cents), CELL), ("no limit", CELL_NOTE)]
    used = f"{percent_of(share.running_cents, share.limit_cents)} of {amount(share.limit_cents)}"
    style = CELL_ALERT if share.running_cents > share.limit_cents else CELL_NOTE
    return [(amount(share.running_cents), CELL), (used, style)]


def standing_texts(share: ShareLine) -> Texts:
    """Say where it stands and what the rules say of it."""
    state = CELL_ALERT if share.state == State.BREACH else CELL_STRONG
    verdict = CELL_ALERT if is_over(share) else CELL_NOTE
    other = share.regime != RULE_3220.code
    under = f" under {share.regime.replace('_', ' ')}" if other else ""
    return [(words(share.state), state), (f"{words(share.verdict)}{under}", verdict)]


def state_texts(share: ShareLine) -> Texts:
    """Say where it stands and who decided last."""
    last = [(_who_and_when(line), CELL_NOTE) for line in share.decisions[-1:]]
    return [*standing_texts(share), *last]


def decision_texts(decisions: Iterable[DecisionLine]) -> Texts:
    """Say what was decided, by whom, when and why."""
    texts: Texts = []
    for line in decisions:
        texts.append((decision_words(line.kind), CELL_STRONG))
        texts.append((_who_and_when(line), CELL_NOTE))
        if line.reason:
            texts.append((line.reason, CELL))
    return texts or [("No decision yet", CELL_NOTE)]


def recipient_texts(share: ShareLine) -> Texts:
    """Say who received it and where that person worked on the day."""
    return [(share.recipient, CELL_STRONG), (share.employer, CELL_NOTE)]


def _who_and_when(line: DecisionLine) -> str:
    return f"{line.decided_by}, {moment(line.decided_at)}"
