"""Style of all charts: palette, settings, and labels at the ends of curves."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

PAPER, INK, MUTED, GRID = "#fff9f3", "#33302e", "#66605c", "#e6d9ce"
BEST, PARENT, BENCHMARK = "#990f3d", "#0d7680", "#7a736d"
LONG, SHORT = "#0f5499", "#d9682b"

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
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
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "ytick.left": False,
    "svg.hashsalt": "walk-forward",
}

SHEET_STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana"],
    "font.size": 11,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "axes.edgecolor": "#cccccc",
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.linewidth": 1.0,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.5,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "svg.fonttype": "none",
    "svg.hashsalt": "walk-forward",
}


@contextmanager
def chart_style(style: dict[Any, Any] = STYLE) -> Iterator[None]:
    """Draw with matplotlib's defaults and `style`, whatever else changed its settings before; put them back after."""
    fonts = logging.getLogger("matplotlib.font_manager")
    level = fonts.level
    with mpl.rc_context(), warnings.catch_warnings():
        # QuantStats and seaborn change the settings of the whole process when they are imported.
        mpl.rcdefaults()
        mpl.rcParams.update(style)
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        fonts.setLevel(logging.ERROR)
        try:
            yield
        finally:
            fonts.setLevel(level)


def label_ends(axes: Axes, heights: Sequence[float], labels: Sequence[str], colours: Sequence[str]) -> None:
    """Write each label right of the plot beside the end of its curve, moved apart where they would touch."""
    low, high = axes.get_ylim()
    axes.set_ylim(low, high)
    two_lines = 28 * mpl.rcParams["figure.dpi"] / 72 / axes.get_window_extent().height
    places = spread([(height - low) / (high - low) for height in np.nan_to_num(heights)], two_lines)
    for place, label, colour in zip(places, labels, colours, strict=True):
        axes.text(1.015, place, label, color=colour, size=9, weight="bold", va="center", transform=axes.transAxes)


def spread(positions: Sequence[float], gap: float) -> list[float]:
    """Return positions in [0, 1] kept in order and at least `gap` apart, moved as little as a sweep each way needs.

    >>> spread([0.5, 0.5, 0.1], 0.25)
    [0.5, 0.75, 0.1]
    """
    order = np.argsort(positions, kind="stable")
    placed = np.clip(np.asarray(positions, float)[order], 0, 1)
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    placed[-1] = min(placed[-1], 1.0)
    for i in range(len(placed) - 2, -1, -1):
        placed[i] = min(placed[i], placed[i + 1] - gap)
    result = np.empty_like(placed)
    result[order] = placed
    return [float(value) for value in result]


def date_axis(axes: Axes) -> None:
    """Mark dates in as few characters as they need."""
    locator = AutoDateLocator(minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
