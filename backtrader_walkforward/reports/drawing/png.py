"""A figure as a PNG."""

import io

from matplotlib.figure import Figure

from backtrader_walkforward.reports.drawing.style import chart_style


def png_of(figure: Figure) -> bytes:
    """Return a figure as a PNG in the style of all charts; the same figure gives the same bytes."""
    content = io.BytesIO()
    with chart_style():
        figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()
