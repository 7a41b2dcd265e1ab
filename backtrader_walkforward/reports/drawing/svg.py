"""Pictures of matplotlib as a part of a page: in the page's own colours, light or dark, and with words beside them."""

import io
import re

from matplotlib.figure import Figure

from backtrader_walkforward.reports.pages import html

VARIABLES = {
    "#348dc1": "var(--accent)",
    "#fedd78": "var(--muted)",
    "#ff0000": "var(--c3)",
    "#000000": "var(--ink)",
    "#808080": "var(--muted)",
    "#dddddd": "var(--line)",
    "#cccccc": "var(--line)",
    "#33302e": "var(--ink)",
    "#66605c": "var(--muted)",
    "#262626": "var(--ink)",
    "#494949": "var(--ink)",
    "#ffffff": "var(--paper)",
    "#0f5499": "rgb(var(--up))",
    "#c8591b": "rgb(var(--down))",
}
"""Colours of the drawing and of QuantStats, and the variables of the page that stand for them."""

COLOUR = re.compile(r"(?<=: )#[0-9a-f]{6}\b")
NAMED = re.compile(r' id="[a-z]\w*_\d+"')
"""Names that matplotlib gives to parts, the same in each picture of a page."""


def svg_of(figure: Figure, words: str) -> html.Html:
    """Return a figure without a background as SVG; `words` say it to readers who do not see it."""
    figure.set_layout_engine(None)  # it has been laid out
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawn = NAMED.sub("", html.inline_svg(file.getvalue()))
    coloured = COLOUR.sub(lambda found: VARIABLES.get(found[0], found[0]), drawn)
    return html.Html(coloured.replace("<svg ", f'<svg role="img" aria-label="{html.escaped(words)}" ', 1))
