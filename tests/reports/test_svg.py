from datetime import date
from xml.etree import ElementTree as ET

from compliance_app.services.reporting.charts import months_svg, running_svg, use_svg
from reports.charts import draw_running

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
LIMITS = [(date(2026, 1, 1), 100_00), (date(2026, 3, 30), 300_00)]


def drawn(svg: str) -> tuple[list[ET.Element], list[str]]:
    root = ET.fromstring(svg)  # noqa: S314  # our own markup
    shapes = list(root.iter())
    return shapes, [shape.text or "" for shape in shapes if shape.tag.endswith("text")]


def test_a_chart_on_a_page_says_what_it_shows_and_styles_nothing() -> None:
    svg = months_svg("spend", [("May <2026>", 2, 120_00), ("June 2026", 0, 0)])
    shapes, texts = drawn(svg)
    assert "$120" in texts
    assert "May <2026>" in texts
    assert svg.count("spend-title") == 2
    assert "Bars: May &lt;2026&gt;: $120; June 2026: $0." in svg
    assert all("style" not in shape.attrib for shape in shapes)


def test_two_charts_on_a_page_share_no_id() -> None:
    ids = [
        shape.get("id")
        for svg in (use_svg("left", [1, 0, 2, 0, 1]), use_svg("right", [0, 0, 0, 0, 0]))
        for shape in drawn(svg)[0]
        if shape.get("id")
    ]
    assert ids == ["left-title", "left-words", "right-title", "right-words"]


def test_a_running_total_is_held_to_the_limit_of_each_day() -> None:
    before, after = (
        draw_running([(day, 150_00)], LIMITS, width=300, height=120, first_day=FIRST, last_day=LAST)
        for day in (date(2026, 3, 1), date(2026, 4, 1))
    )
    assert before.description == "1 gift, $150.00 in all, limit $300.00, over the limit."
    assert after.description == "1 gift, $150.00 in all, limit $300.00."


def test_a_running_total_of_nothing_without_a_limit_is_drawn_too() -> None:
    shapes, texts = drawn(running_svg("none", [], [], first_day=FIRST, last_day=LAST))
    assert "2026-12-31" in texts
    assert "$0" in texts
    assert sum(shape.tag.endswith("line") for shape in shapes) > 1
