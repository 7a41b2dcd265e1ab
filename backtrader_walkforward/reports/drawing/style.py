"""Style of all charts: palette, settings, and labels at the ends of curves."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.text import Text
from numpy.typing import ArrayLike
from scipy.optimize import isotonic_regression

PAPER, INK, MUTED, GRID = "#fff9f3", "#33302e", "#66605c", "#e6d9ce"
BEST, PARENT, BENCHMARK = "#990f3d", "#0d7680", "#7a736d"
LONG, SHORT = "#0f5499", "#c8591b"

LINE_OF_LABEL = 14
"""Points of height that a line of a label takes."""

RIGHT_EDGE = 0.99
"""Share of the width of a figure where its texts end."""

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "figure.dpi": 160,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titlecolor": INK,
    "axes.titlepad": 8,
    "grid.color": GRID,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "ytick.left": False,
    "svg.hashsalt": "walk-forward",
}

SHEET_STYLE: dict[Any, Any] = {
    "font.sans-serif": ["DejaVu Sans", "Verdana"],
    "font.size": 11,
    "axes.edgecolor": "#cccccc",
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.linewidth": 1.0,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.5,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "svg.fonttype": "none",
    "svg.hashsalt": "walk-forward",
}


@contextmanager
def chart_style(style: dict[Any, Any] = STYLE) -> Iterator[None]:
    """Draw with matplotlib's defaults and `style`, whatever else changed its settings before; put them back after.

    QuantStats and seaborn change the settings of the whole process when they are imported.
    """
    fonts = logging.getLogger("matplotlib.font_manager")
    level = fonts.level
    with mpl.style.context(style, after_reset=True), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        fonts.setLevel(logging.ERROR)
        try:
            yield
        finally:
            fonts.setLevel(level)


def label_ends(axes: Axes, labels: Sequence[tuple[float, str, str]]) -> None:
    """Write labels (height, text, colour) right of the plot, moved apart where they would touch."""
    heights, texts, colours = zip(*labels, strict=True)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high)
    most_lines = 1 + max(text.count("\n") for text in texts)
    room = LINE_OF_LABEL * most_lines * mpl.rcParams["figure.dpi"] / 72 / axes.get_window_extent().height
    places = spread((np.nan_to_num(heights) - low) / (high - low), room)
    look: dict[str, Any] = {"size": 9, "weight": "bold", "va": "center", "transform": axes.transAxes}
    for place, text, colour in zip(places, texts, colours, strict=True):
        fit(axes.text(1.015, place, text, color=colour, **look))


def fit(text: Text) -> None:
    """Make a text smaller where it would reach beyond the right edge of its figure."""
    figure, extent = text.get_figure(root=True), text.get_window_extent()
    room = RIGHT_EDGE * (figure.bbox.width if figure else extent.x1) - extent.x0
    if extent.width > room:
        text.set_fontsize(0.97 * float(text.get_fontsize()) * room / extent.width)  # widths come in whole pixels


def spread(positions: ArrayLike, gap: float) -> list[float]:
    """Return positions in [0, 1] kept in order and at least `gap` apart, moved as little as possible (least squares).

    >>> spread([0.5, 0.5, 0.1], 0.25)
    [0.375, 0.625, 0.1]
    """
    order = np.argsort(positions, kind="stable")
    steps = gap * np.arange(len(order))
    closest = isotonic_regression(np.asarray(positions, float)[order] - steps).x
    placed = np.empty_like(closest)
    placed[order] = np.clip(closest, 0, 1 - steps[-1]) + steps
    return placed.tolist()


def date_axis(axes: Axes) -> None:
    """Mark dates in as few characters as they need."""
    locator = AutoDateLocator(minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
