"""Training: the errors on training and validation rows, epoch by epoch, of every fit."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from bokeh.models import BasicTicker, ColumnDataSource
from bokeh.plotting import figure

from backtrader_walkforward.evaluation import FoldSummary, LearningCurve
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.figures import hover, legend_above, plain_figure
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.sections.fits import fits_table, training_text

PLACE = 14

KINDS = {"training": ("dashed", palette.MUTED), "validation": ("solid", palette.CURVES[0])}
"""Dash and colour of the errors on the rows of each kind."""

DIGITS = 4
"""Significant digits of an error that is drawn."""


def chart(summary: RunSummary) -> Chart | None:
    """Return the chart; None for a predictor without epochs."""
    folds = summary.forecast_summary.by_fold
    if not any(fold.learning_curves for fold in folds):
        return None
    text = training_text(folds)
    return Chart(
        title="Training, fit by fit",
        model=draw(folds),
        says=(
            f"{text} Dots mark the lowest validation error of a fit. A fit that took over the number of its epochs was"
            " trained on all rows, and has no such error. The lines of the fit that you point at are thick."
            " Where the solid lines rise while the dashed ones fall, more training only learns the training days by"
            " heart."
        ),
        description=f"Errors on the training and on the validation rows after each epoch. {text}",
        table=fits_table(folds),
    )


def draw(folds: Sequence[FoldSummary]) -> figure:
    """Draw two lines and a dot for each fit; the pointer on one of the lines makes both of them thick."""
    curves = [(fold.fold, curve) for fold in folds for curve in fold.learning_curves]
    plot = plain_figure("training", height=300, x_axis_label="epoch", y_axis_label="error (loss)")
    plot.xaxis.ticker = BasicTicker(min_interval=1)
    alpha = max(0.25, min(0.9, 6 / len(curves)))
    source = ColumnDataSource(pd.DataFrame([lines_of(fold, curve) for fold, curve in curves]).to_dict("list"))
    for kind, (dash, colour) in KINDS.items():
        drawn = plot.multi_line(
            "epochs",
            kind,
            source=source,
            line_color=colour,
            line_dash=dash,
            line_alpha=alpha,
            line_width=1.6,
            hover_line_alpha=1,
            hover_line_width=3.5,
            legend_label=f"{kind} rows",
        )
        tips = [("Fit", "@fold"), ("Member", "@member"), ("Epoch", "$x{0}"), (f"Error, {kind}", "$y{0.000}")]
        hover(plot, drawn, tips)
    dots = ColumnDataSource(pd.DataFrame(lowest(curves), columns=["x", "y"]).to_dict("list"))
    plot.scatter("x", "y", source=dots, size=6, fill_color=palette.CURVES[0], line_color=None)
    legend_above(plot)
    return plot


def lines_of(fold: int, curve: LearningCurve) -> dict[str, Any]:
    """Return the two lines of a fit; an error that is not finite leaves a gap."""
    lines = {kind: [float(f"{error:.{DIGITS}g}") for error in getattr(curve, kind)] for kind in KINDS}
    return {"epochs": list(range(1, len(curve.training) + 1)), **lines, "fold": fold, "member": curve.member}


def lowest(curves: Sequence[tuple[int, LearningCurve]]) -> Iterator[tuple[int, float]]:
    """Yield the epoch with the lowest validation error of each curve that has one, and that error."""
    for _, curve in curves:
        if curve.best_epoch is not None:
            yield curve.best_epoch, float(np.nanmin(curve.validation))
