"""Training: the errors on training and validation rows, epoch by epoch, of every fit."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from backtrader_walkforward.evaluation import FoldSummary, LearningCurve
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.figures import hover, legend_above, plain_figure
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.sections.fits import fits_table, training_text

PLACE = 14

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
            f"{text} Dots mark the lowest validation error of a fit. Where the solid lines rise while the dashed ones"
            " fall, more training only learns the training days by heart."
        ),
        description=f"Errors on the training and on the validation rows after each epoch. {text}",
        table=fits_table(folds),
    )


def draw(folds: Sequence[FoldSummary]) -> figure:
    """Draw two lines and a dot for each fit."""
    curves = [(fold.fold, curve) for fold in folds for curve in fold.learning_curves]
    plot = plain_figure("training", height=300, x_axis_label="epoch", y_axis_label="error (loss)")
    alpha = max(0.25, min(0.9, 6 / len(curves)))
    kinds = {"training": ("dashed", palette.MUTED), "validation": ("solid", palette.CURVES[0])}
    for kind, (dash, colour) in kinds.items():
        lines = [line_of(fold, curve, kind) for fold, curve in curves]
        source = ColumnDataSource({name: [line[name] for line in lines] for name in ("x", "y", "fold", "member")})
        drawn = plot.multi_line(
            "x",
            "y",
            source=source,
            line_color=colour,
            line_dash=dash,
            line_alpha=alpha,
            line_width=1.6,
            legend_label=f"{kind} rows",
        )
        tips = [("Fit", "@fold"), ("Member", "@member"), ("Epoch", "$x{0}"), (f"Error, {kind}", "$y{0.000}")]
        hover(plot, drawn, tips)
    columns = {name: list(values) for name, values in zip(("x", "y"), zip(*lowest(curves), strict=True), strict=True)}
    plot.scatter("x", "y", source=ColumnDataSource(columns), size=6, fill_color=palette.CURVES[0], line_color=None)
    legend_above(plot)
    return plot


def line_of(fold: int, curve: LearningCurve, kind: str) -> dict[str, Any]:
    """Return one line; an error that is not finite leaves a gap."""
    errors = [float(f"{error:.{DIGITS}g}") for error in getattr(curve, kind)]
    return {"x": list(range(1, len(errors) + 1)), "y": errors, "fold": fold, "member": curve.member}


def lowest(curves: Sequence[tuple[int, LearningCurve]]) -> Iterator[tuple[int, float]]:
    """Yield the epoch with the lowest validation error of each curve that has one, and that error."""
    for _, curve in curves:
        if curve.best_epoch is not None:
            yield curve.best_epoch, float(np.nanmin(curve.validation))
