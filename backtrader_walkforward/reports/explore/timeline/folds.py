"""Folds and regimes as shades behind a chart."""

from itertools import groupby

import numpy as np
import pandas as pd
from bokeh.models import ColumnDataSource, GlyphRenderer
from bokeh.plotting import figure

from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.settings.choices import REGIMES, regime_line


def draw_folds(plot: figure, summary: RunSummary) -> None:
    """Shade every second fold. The tag of a shade is what the legend says of it."""
    days = pd.DatetimeIndex(summary.comparison.benchmark.equity.index)
    folds = summary.forecasts["fold"].reindex(days)
    strips = runs_of(days, folds)
    strip(plot, strips[strips["value"] % 2 == 1], "folds", palette.SHADE).tags = ["every second fold"]


def draw_regimes(plot: figure, summary: RunSummary) -> list[str]:
    """Shade the regimes that the run knows, hidden at first; return their kinds."""
    days = pd.DatetimeIndex(summary.comparison.benchmark.equity.index)
    kinds = [kind for kind in REGIMES if regime_line(kind) in summary.signals]
    for kind in kinds:
        strips = runs_of(days, summary.signals[regime_line(kind)].reindex(days))
        for code, (regime, colour) in enumerate(zip(REGIMES[kind], palette.REGIMES, strict=False)):
            shade = strip(plot, strips[strips["value"] == code], f"regime:{kind}", colour)
            shade.visible, shade.tags = False, [regime.replace("_", " ")]
    return kinds


def runs_of(days: pd.DatetimeIndex, values: pd.Series) -> pd.DataFrame:
    """Return the runs of equal values: `first`, `last` (the day after, or the last one) and `value`; none where NaN.

    >>> days = pd.date_range("2024-01-01", periods=4)
    >>> runs_of(days, pd.Series([0.0, 0.0, 1.0, np.nan], days))["value"].tolist()
    [0.0, 1.0]
    """
    rows, start = [], 0
    for value, run in groupby(values.fillna(-1.0)):
        end = start + len(list(run))
        if value >= 0:
            rows.append((days[start], days[min(end, len(days) - 1)], value))
        start = end
    return pd.DataFrame(rows, columns=["first", "last", "value"])


def strip(plot: figure, strips: pd.DataFrame, name: str, colour: str) -> GlyphRenderer:
    """Draw strips of the height of the chart."""
    source = ColumnDataSource(
        {"first": np.array(strips["first"], "datetime64[ms]"), "last": np.array(strips["last"], "datetime64[ms]")}
    )
    return plot.vstrip(
        x0="first", x1="last", source=source, name=name, fill_color=colour, fill_alpha=1, line_color=None
    )
