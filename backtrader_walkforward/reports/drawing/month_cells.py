"""QuantStats' heat map of months: blue gains, orange losses, and nothing in the months outside the record."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_rgb

from backtrader_walkforward.reports.drawing.style import INK, LONG, SHORT
from backtrader_walkforward.reports.formatting import MINUS

GAIN, LOSS = to_rgb(LONG), to_rgb(SHORT)
DARKEST = 0.5
"""Share of the colour in the month of the largest return; a figure can be read on it in both schemes."""

MONTHS = 12


def colour_months(axes: Axes, days: pd.DatetimeIndex) -> str:
    """Colour the cells of the months from the first to the last day, empty the others; return the months in words."""
    [cells] = [part for part in axes.collections if isinstance(part, QuadMesh)]
    values: np.ndarray = np.ma.filled(np.ma.asarray(cells.get_array()).ravel(), np.nan)
    inside = in_record(values.size, days)
    shares = np.where(inside, np.abs(values), 0.0) / max(np.abs(values[inside]).max(), 1e-9)
    colours = [(*(GAIN if value > 0 else LOSS), DARKEST * share) for value, share in zip(values, shares, strict=True)]
    axes.grid(False)
    cells.set_array(None)
    cells.set_facecolor(colours)
    cells.set_edgecolor("none")
    for label, value, shown in zip(axes.texts, values, inside, strict=True):
        label.set(text=f"{value:z.2f}".replace("-", MINUS) if shown else "", color=INK)
    known = values[inside]
    return f"Months from {known.min():z.2f}% to {known.max():z.2f}%, {(known > 0).sum()} of {known.size} above 0."


def in_record(cells: int, days: pd.DatetimeIndex) -> np.ndarray:
    """Return which cells, month after month from January of the first year, lie between the first and the last day.

    >>> in_record(12, pd.DatetimeIndex(["2020-03-31", "2020-05-04"])).nonzero()[0].tolist()
    [2, 3, 4]
    """
    first, last = (MONTHS * (day.year - days[0].year) + day.month - 1 for day in days[[0, -1]])
    places = np.arange(cells)
    return (first <= places) & (places <= last)
