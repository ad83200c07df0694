"""A chart as SVG for a page: attributes only, as a strict content security policy wants it.

Each color has a class too, such as "chart-accent", so that a style sheet can set it otherwise.
"""

from typing import Final
from xml.sax.saxutils import escape, quoteattr

from reportlab.graphics.shapes import Line, Rect, String
from reportlab.lib.colors import Color as DrawnColor

from reports import theme
from reports.charts import Chart

_NAMES: Final = {
    theme.INK: "ink",
    theme.GREY: "grey",
    theme.HAIRLINE: "hairline",
    theme.ACCENT: "accent",
    theme.ALERT: "alert",
    theme.WHITE: "ground",
}


def web_svg(chart: Chart, name: str) -> str:
    """Return a chart as markup; `name` must be its own on the page, as ids begin with it."""
    wide, high = chart.drawing.width, chart.drawing.height
    shapes = "".join(_shape(shape, high) for shape in chart.drawing.contents)
    title, words = f"{name}-title", f"{name}-words"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img"'
        f" aria-labelledby={quoteattr(f'{title} {words}')}"
        f' width="{wide:g}" height="{high:g}" viewBox="0 0 {wide:g} {high:g}">'
        f"<title id={quoteattr(title)}>{escape(chart.title)}</title>"
        f"<desc id={quoteattr(words)}>{escape(chart.description)}</desc>{shapes}</svg>"
    )


def _shape(shape: object, high: float) -> str:
    """Return one shape; a drawing counts from below, a page from above."""
    match shape:
        case Rect():
            place = _attributes(
                x=shape.x, y=high - shape.y - shape.height, width=shape.width, height=shape.height
            )
            return f"<rect{place}{_painted('fill', shape.fillColor)}/>"
        case Line():
            place = _attributes(x1=shape.x1, y1=high - shape.y1, x2=shape.x2, y2=high - shape.y2)
            pen = f' stroke-width="{shape.strokeWidth:g}"'
            return f"<line{place}{_painted('stroke', shape.strokeColor)}{pen}/>"
        case String():
            place = _attributes(x=shape.x, y=high - shape.y)
            weight = ' font-weight="600"' if shape.fontName == theme.SEMI else ""
            look = f' font-size="{shape.fontSize:g}"{weight} text-anchor="{shape.textAnchor}"'
            painted = _painted("fill", shape.fillColor)
            return f"<text{place}{look}{painted}>{escape(shape.text)}</text>"
    raise TypeError(f"A chart is made of rectangles, lines and strings, not {shape}.")


def _attributes(**values: float) -> str:
    return "".join(f' {name}="{round(value, 2):g}"' for name, value in values.items())


def _painted(what: str, drawn: DrawnColor | None) -> str:
    if drawn is None:
        raise TypeError("Every shape of a chart needs a color.")
    color = theme.Color(drawn.red, drawn.green, drawn.blue)
    digits = "".join(f"{round(part * 255):02x}" for part in color)
    return f' {what}="#{digits}" class="chart-{_NAMES[color]}"'
