"""matplotlib's SVG canvas for figures that are saved once and closed: it draws each of them once.

`pyplot.savefig` draws a figure to nowhere to lay it out, saves it, and draws it again for a screen that is not there.
"""

from typing import Any

from matplotlib.backends.backend_svg import FigureCanvasSVG


class FigureCanvas(FigureCanvasSVG):
    """Used by `pyplot.switch_backend("module://backtrader_walkforward.reports.tear_sheets.svg_canvas")`."""

    def print_figure(self, *args: Any, **kwargs: Any) -> Any:
        """Save a figure that has been laid out, by `Figure.tight_layout` say."""
        self.figure.set_layout_engine(None)
        return super().print_figure(*args, **kwargs)

    def draw_idle(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: there is no screen."""
