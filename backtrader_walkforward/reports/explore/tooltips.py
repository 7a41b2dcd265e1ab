"""What stands under the pointer, in colours that are read on a light and on a dark page."""

from collections.abc import Iterable
from html import escape

ROW = "display: table-row"
TERM = "display: table-cell; padding-right: .7em; opacity: .8"
VALUE = "display: table-cell; text-align: right; font-variant-numeric: tabular-nums"


def tooltip(lines: Iterable[tuple[str, str]]) -> str:
    """Return lines of a term and a value as Bokeh's template; the terms are text, the values name columns.

    >>> "<b>" in tooltip([("<b>", "@close")])
    False
    """
    rows = (
        f'<div style="{ROW}"><span style="{TERM}">{escape(term)}</span><span style="{VALUE}">{value}</span></div>'
        for term, value in lines
    )
    return "".join(rows)
