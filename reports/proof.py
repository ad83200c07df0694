"""The parts that tie a report to what was said before it, and to the trail."""

from collections.abc import Sequence
from typing import Final

from reports.figures import Figures
from reports.listing import Listing, Section, Texts, columns_of
from reports.lists import write_rows
from reports.source import ChangeLine, EarlierPackage, EventLine, ReportMeta
from reports.theme import CELL, CELL_NOTE, CELL_STRONG
from reports.wording import amount, count, moment

FIGURES: Final = columns_of(
    [("Figure", 220, "left"), ("Then", 90, "right"), ("Now", 90, "right"), ("Change", 90, "right")]
)
CHANGES: Final = columns_of(
    [
        ("At (UTC)", 70, "left"),
        ("Event", 50, "right"),
        ("Gift", 90, "left"),
        ("What happened", 170, "left"),
        ("Who", 200, "left"),
        ("In this report", 92, "left"),
    ]
)
EVENTS: Final = columns_of(
    [
        ("Event", 44, "right"),
        ("At (UTC)", 66, "left"),
        ("What happened", 106, "left"),
        ("About", 78, "left"),
        ("Who", 138, "left"),
        ("Seal", 248, "left"),
    ]
)
PROOF: Final = columns_of([("What", 128, "left"), ("What it is", 584, "left")])
TOLD: Final = (
    ("gifts", "Gifts"),
    ("shares", "Shares"),
    ("recipients", "Recipients"),
    ("counted_cents", "Counted value, USD"),
    ("over", "Over a limit"),
    ("pending", "Waiting for a decision"),
    ("late", "Logged late"),
)

THE_EVENTS: Final = (
    "audit-{label}.jsonl holds every event about these gifts, their recipients and the firm's"
    " policy, each with the proof that it is one of the leaves of the tree above."
)
HOW_TO_CHECK: Final = (
    "tally3220 verify with the folder of this package checks every byte of every file, each proof,"
    " the signature, and that all files say the same. It needs neither the register nor a network."
)


def write_changes(listing: Listing, earlier: EarlierPackage | None, figures: Figures) -> None:
    """Say what has changed since the package of the same days and scope that was read last."""
    if earlier is None:
        listing.say(
            "No earlier package of these days and this scope was produced from an earlier state of"
            " the register."
        )
        return
    read = f"read {moment(earlier.read_at)} UTC, at event {earlier.trail_events:,}"
    listing.begin_section(Section("Figures then and now", read))
    listing.begin_table(FIGURES)
    for name, title in TOLD:
        listing.add_row(_figure_row(name, title, earlier, figures))
    acts = count(len(earlier.changes), "act")
    listing.begin_section(Section("What happened to the gifts since", acts))
    write_rows(
        listing,
        CHANGES,
        earlier.changes,
        _change_row,
        "Nothing happened to these gifts since.",
    )


def write_events(listing: Listing, events: Sequence[EventLine]) -> None:
    """List events of the trail with their seals."""
    none = "No event of the trail is about these gifts."
    write_rows(listing, EVENTS, events, _event_row, none)


def _event_row(line: EventLine) -> Sequence[Texts]:
    return [
        [(f"{line.number:,}", CELL)],
        [(moment(line.happened_at), CELL)],
        [(line.what, CELL_STRONG)],
        [(line.subject, CELL)],
        [(line.who, CELL)],
        [(line.sha256, CELL_NOTE)],
    ]


def write_proof(listing: Listing, meta: ReportMeta) -> None:
    """Say which state of the trail the report was read from, and how to check that."""
    listing.begin_table(PROOF)
    for name, text in _facts(meta):
        listing.add_row([[(name, CELL_STRONG)], [(line, CELL) for line in text]])


def _facts(meta: ReportMeta) -> Sequence[tuple[str, Sequence[str]]]:
    facts: list[tuple[str, Sequence[str]]] = [
        ("Events", [f"{meta.trail_events:,} in the whole trail up to this reading"]),
        ("Last seal", [meta.trail_head]),
    ]
    sealed = meta.checkpoint
    if sealed is not None:
        signed = (
            f"By the key {sealed.verifier}; compare it with the key that the firm gave out."
            if sealed.verifier
            else "Not signed: the firm has set up no signing key."
        )
        facts += [
            ("Root of the tree", [sealed.root]),
            ("Checkpoint", sealed.note.rstrip("\n").split("\n")),
            ("Signature", [signed]),
        ]
    label = meta.stem.removeprefix(f"{meta.kind.value}-")
    return [
        *facts,
        (
            "The events themselves",
            [THE_EVENTS.format(label=label)],
        ),
        (
            "How to check",
            [HOW_TO_CHECK],
        ),
    ]


def _figure_row(
    name: str, title: str, earlier: EarlierPackage, figures: Figures
) -> Sequence[Texts]:
    then, now = earlier.figures.get(name), getattr(figures, name)
    show = amount if name.endswith("cents") else "{:,}".format
    if then is None:
        return [[(title, CELL)], [("not kept", CELL_NOTE)], [(show(now), CELL)], [("", CELL)]]
    sign = "+" if now > then else ""
    changed = f"{sign}{show(now - then)}" if now != then else "none"
    return [
        [(title, CELL)],
        [(show(then), CELL)],
        [(show(now), CELL)],
        [(changed, CELL_STRONG if now != then else CELL_NOTE)],
    ]


def _change_row(line: ChangeLine) -> Sequence[Texts]:
    return [
        [(moment(line.happened_at), CELL)],
        [(f"{line.number:,}", CELL)],
        [(line.gift_reference, CELL)],
        [(line.what, CELL)],
        [(line.who, CELL)],
        [("yes", CELL) if line.is_listed else ("no longer", CELL_STRONG)],
    ]
