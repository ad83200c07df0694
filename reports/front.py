"""The cover and the summary: one page each, written last and placed first."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from compliance_app.rules.report_kinds import ReportKind
from reports import theme
from reports.charts import draw_months, draw_use
from reports.figures import Figures, key_figures
from reports.fontset import get_face
from reports.paper import Book, fit
from reports.source import QuarterReport, RecipientTotal, ReportMeta
from reports.theme import Span, Style, grid
from reports.wording import (
    NOTHING,
    amount,
    count,
    limit_words,
    long_day,
    moment,
    percent_of,
    period_words,
    words,
)

STATEMENT: Final = (
    "This report is the firm's own record of gifts and gratuities, kept for its supervision and"
    " for examination. It is not a filing. That it was made does not mean that any regulator has"
    " received, reviewed or approved it."
)
FOR_THE_CLIENT: Final = (
    "This statement is what the firm's register has as given to people of this employer, for the"
    " employer's own records. It is not a filing. That it was made does not mean that any regulator"
    " has received, reviewed or approved it."
)
ROW: Final = 14.0
LINES_OF_A_FACT: Final = 2
FACT_LABEL: Final = 96.0
NOT_ENDED: Final = "Not a whole period: it had not ended when the register was read"
RECIPIENTS_SHOWN: Final = 8


def write_cover(book: Book, report: QuarterReport, figures: Figures, *, volume: str = "") -> None:
    """Write the cover: whose record it is, of what, read when, and the key figures."""
    meta = report.meta
    top = theme.PAGE_HEIGHT - 8
    book.panel(0, top, theme.PAGE_WIDTH, 8, color=theme.ACCENT)
    firm = Style(theme.SEMI, 10.5, theme.ACCENT)
    book.lines(theme.LEFT, 556, _keep_lines(meta.firm, firm, theme.LIVE.width), firm, leading=13)
    title = _fitting(meta.title, theme.TITLE, theme.LIVE.width)
    book.text(theme.LEFT, 508, meta.title, title)
    period = f"{meta.rule}, {period_words(meta.period)}"
    book.text(theme.LEFT, 482, f"{period}, {volume}" if volume else period, theme.SUBTITLE)
    if not meta.has_ended:
        book.text(theme.RIGHT, 482, NOT_ENDED, theme.WARNING, align="right")
    _write_key_figures(book, report, figures)
    _write_facts(book, report)
    _write_statement(book, meta)


def _write_key_figures(book: Book, report: QuarterReport, figures: Figures) -> None:
    book.rule(460, weight=0.75, color=theme.INK)
    shown = key_figures(
        report.meta.kind,
        gifts=figures.gifts,
        recipients=figures.recipients,
        counted_cents=figures.counted_cents,
        pending=figures.pending,
        over=figures.over,
        policies=len(report.evidence.policies),
    )
    for i, (number, caption, alarming) in enumerate(shown):
        span = grid(i * 3, 3)
        style = _fitting(number, theme.FIGURE_ALERT if alarming else theme.FIGURE, span.width)
        # The space parts the number from its caption where the text is copied.
        book.text(span.left, 428, f"{number} ", style)
        book.text(span.left, 414, caption, theme.CAPTION)
    book.rule(401, weight=0.5)


def _write_facts(book: Book, report: QuarterReport) -> None:
    meta = report.meta
    # How the firm limits itself is its own business.
    is_own = not meta.kind.is_for_the_client
    covers = (
        ("Period", f"{long_day(meta.first_day)} to {long_day(meta.last_day)}"),
        ("Scope", meta.scope),
        ("Register read at", f"{moment(meta.made_at)} UTC"),
        *([("Year for the limit", words(meta.year_basis))] if is_own else []),
        ("Made by", meta.software),
    )
    rests_on = (
        ("Rule", meta.rule),
        *(_limits(report) if is_own else []),
        ("Audit trail", f"{count(meta.trail_events, 'event')} up to this reading"),
        ("Checkpoint root", _grouped(meta.checkpoint.root) if meta.checkpoint else NOTHING),
        ("Checkpoint key", _key(meta)),
    )
    _write_pairs(book, grid(0, 6), "What this report covers", covers)
    _write_pairs(book, grid(6, 6), "What it rests on", rests_on)


def _limits(report: QuarterReport) -> list[tuple[str, str]]:
    return [
        ("Limit per year", limit_words(report.meta.limits)),
        ("Policy", _policies(report)),
        ("Policy SHA-256", _grouped(report.meta.policy_sha256)),
    ]


def _policies(report: QuarterReport) -> str:
    """Name the policy of the last day, and how many were in force before it in the period."""
    before = len(report.evidence.policies) - 1
    more = f"; {count(before, 'version')} before it in this period" if before > 0 else ""
    return f"{report.meta.policy_label}{more}"


def _key(meta: ReportMeta) -> str:
    """Say by whose key the checkpoint is signed; the trail's proof holds it whole."""
    verifier = meta.checkpoint.verifier if meta.checkpoint else None
    return "+".join(verifier.split("+")[:2]) if verifier else "not signed: no key is set up"


def _write_pairs(book: Book, span: Span, title: str, pairs: Iterable[tuple[str, str]]) -> None:
    y = 378.0
    book.text(span.left, y, title, theme.HEADING)
    y -= 19
    for label, value in pairs:
        book.text(span.left, y, label, theme.FACT_NOTE)
        kept = _keep_lines(value, theme.FACT, span.width - FACT_LABEL)
        book.lines(span.left + FACT_LABEL, y, kept, theme.FACT, leading=12)
        y -= 12 * len(kept) + 11
        book.rule(y + 15, span=span)


def _keep_lines(text: str, style: Style, width: float) -> Sequence[str]:
    """Wrap a text into as many lines as the cover has room for."""
    lines = get_face(style.face).wrap(text, style.size, width) or [NOTHING]
    if len(lines) <= LINES_OF_A_FACT:
        return lines
    rest = "".join(lines[LINES_OF_A_FACT - 1 :])
    return [*lines[: LINES_OF_A_FACT - 1], fit(rest, style, width)]


def _fitting(text: str, style: Style, width: float) -> Style:
    """Return the style, smaller where the text would be wider than its place."""
    wide = get_face(style.face).width(text, style.size)
    return replace(style, size=style.size * min(1, width / wide))


def _write_statement(book: Book, meta: ReportMeta) -> None:
    book.panel(theme.LIVE.left, 58, theme.LIVE.width, 66, color=theme.PANEL)
    x = theme.LIVE.left + 12
    book.text(x, 106, f"Content hash: SHA-256 of {meta.stem}.csv", theme.HEAD)
    for i, half in enumerate((book.digest[:32], book.digest[32:])):
        book.text(x, 89 - i * 15, _grouped(half), Style(theme.SANS, 10))
    span = Span(grid(6, 6).left, grid(6, 6).width - 12)
    book.text(span.left, 106, "What this report is", theme.HEAD)
    told = FOR_THE_CLIENT if meta.kind.is_for_the_client else STATEMENT
    book.paragraph(span, 92, told, theme.BODY)


def write_summary(book: Book, report: QuarterReport, figures: Figures) -> None:
    """Write the summary: the ways into the report, and its numbers at a glance."""
    book.text(theme.LIVE.left, 536, "A. Summary", theme.PART)
    span = grid(0, 4)
    y = _write_contents(book, span, 506)
    if report.meta.kind is ReportKind.POLICY:
        return
    _write_categories(book, span, y - 26, figures)
    if report.shares and report.meta.kind.is_for_the_client:
        _write_months(book, grid(5, 7), figures)
    elif report.shares:
        _write_charts(book, grid(5, 7), figures)
        _write_recipients(book, grid(5, 7), 202, report.totals)
    else:
        book.text(grid(5, 7).left, 506, "No gift was recorded for this period.", theme.HEADING)


def _write_months(book: Book, span: Span, figures: Figures) -> None:
    months = draw_months(figures.months, width=span.width, height=140)
    book.text(span.left, 506, months.title, theme.HEADING)
    book.draw(months, span.left, 356)


def _write_charts(book: Book, span: Span, figures: Figures) -> None:
    _write_months(book, span, figures)
    use = draw_use(figures.bands, width=span.width, height=92)
    book.text(span.left, 330, use.title, theme.HEADING)
    book.draw(use, span.left, 228)


def _write_contents(book: Book, span: Span, y: float) -> float:
    book.text(span.left, y, "Contents", theme.HEADING)
    y -= 18
    for entry in book.outline:
        if entry.level == 0:
            book.text(span.left, y, entry.title, theme.BODY_LINK)
            book.text(span.right, y, f"{entry.page:,}", theme.BODY, align="right")
            book.link((span.left, y - 4, span.right, y + 9), entry, f"Go to {entry.title}")
            book.rule(y - 5, span=span)
            y -= 16.5
    return y


def _write_categories(book: Book, span: Span, y: float, figures: Figures) -> None:
    book.text(span.left, y, "Gifts by category", theme.HEADING)
    # The head, the rest and the sum take three rows, of what is left above the foot.
    room = int((y - 8 - theme.BOTTOM) // ROW) - 3
    shown, rest = figures.categories[:room], figures.categories[room:]
    rows = [(words(each.category), f"{each.gifts:,}", amount(each.cents)) for each in shown]
    if rest:
        gifts = sum(each.gifts for each in rest)
        cents = sum(each.cents for each in rest)
        rows.append((f"{len(rest):,} more categories", f"{gifts:,}", amount(cents)))
    rows.append(("All", f"{figures.gifts:,}", amount(figures.counted_cents)))
    widths = (span.width - 130, 50, 80)
    _write_small_table(book, span, y - 8, widths, [("Category", "Gifts", "Counted, USD"), *rows])


def _write_recipients(book: Book, span: Span, y: float, totals: Sequence[RecipientTotal]) -> None:
    book.text(span.left, y, "Recipients with the highest running totals", theme.HEADING)
    highest = highest_of(totals)
    rows = [
        (total.recipient, total.employer, amount(total.running_cents), _use(total))
        for total in highest
    ]
    head = ("Recipient", "Employer", "Total, USD", "Of limit")
    widths = (155, span.width - 265, 66, 44)
    _write_small_table(book, span, y - 8, widths, [head, *rows])
    for i, total in enumerate(highest, 1):
        entry = book.places.get(total.recipient_id)
        if entry:
            low = y - 8 - ROW * (i + 1)
            title = f"Go to the gifts to {total.recipient}, page {entry.page:,}"
            book.link((span.left, low, span.right, low + ROW), entry, title)


def highest_of(totals: Sequence[RecipientTotal]) -> Sequence[RecipientTotal]:
    """Return the totals that the summary shows."""
    return sorted(totals, key=lambda total: -total.running_cents)[:RECIPIENTS_SHOWN]


def _use(total: RecipientTotal) -> str:
    if total.limit_cents is None:
        return "no limit"
    return percent_of(total.running_cents, total.limit_cents)


def _write_small_table(
    book: Book, span: Span, y: float, widths: Sequence[float], rows: Sequence[Sequence[str]]
) -> None:
    """Write a table whose last two columns are numbers, its head first."""
    book.rule(y, weight=0.75, color=theme.INK, span=span)
    with book.element("Table"):
        for i, row in enumerate(rows):
            with book.element("TR"):
                _write_small_row(book, span.left, y - ROW + 4.4, widths, row, head=not i)
            y -= ROW
            book.rule(y, color=theme.HAIRLINE if i else theme.INK, span=span)


def _write_small_row(
    book: Book, left: float, y: float, widths: Sequence[float], row: Sequence[str], *, head: bool
) -> None:
    style, kind = (theme.HEAD, "TH") if head else (theme.CELL, "TD")
    for i, (text, wide) in enumerate(zip(row, widths, strict=True)):
        if i >= len(widths) - 2:
            book.text(left + wide, y, text, style, align="right", kind=kind)
        else:
            book.text(left, y, fit(text, style, wide - 8), style, kind=kind)
        left += wide


def _grouped(digest: str) -> str:
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))
