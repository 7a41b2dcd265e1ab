"""Learning curves as small pictures, one for each fold, all on one scale."""

from collections.abc import Sequence

import numpy as np

from backtrader_walkforward.evaluation import FoldSummary, LearningCurve
from backtrader_walkforward.reports.formatting import number
from backtrader_walkforward.reports.pages import html

WIDTH, HEIGHT, MARGIN = 160, 64, 4

MOST_PICTURES = 48
"""Folds that have a picture, the latest. A table has all of them."""

Scale = tuple[int, float, float]
"""Largest number of epochs, lowest and highest error."""


def learning_curves(folds: Sequence[FoldSummary]) -> html.Html:
    """Return the pictures of the folds that were trained in passes, and what their lines are; nothing if none was."""
    trained = [fold for fold in folds if fold.learning_curves]
    shown = trained[-MOST_PICTURES:]
    if not shown:
        return html.Html()
    scale = scale_of([curve for fold in shown for curve in fold.learning_curves])
    which = f" The latest {MOST_PICTURES} folds of {len(trained)} are shown." if len(trained) > MOST_PICTURES else ""
    legend = (
        f"Dashed: error on the training rows; solid: on the validation rows, in fits that have any; dot: the lowest."
        f" All pictures go from {number(scale[1], 3)} to {number(scale[2], 3)}, over {scale[0]} epochs.{which}"
    )
    pictures = html.lines(html.element("figure", picture(fold, scale), caption(fold)) for fold in shown)
    return html.lines([html.element("p", legend, kind="says"), html.element("div", pictures, kind="curves")])


def caption(fold: FoldSummary) -> html.Html:
    """Return the number of a fold and its first day."""
    return html.element("figcaption", f"Fold {fold.fold}, {fold.first_date}")


def scale_of(curves: Sequence[LearningCurve]) -> Scale:
    """Return the scale that holds every finite error of the curves."""
    errors = np.array([error for curve in curves for error in (*curve.training, *curve.validation)])
    finite = errors[np.isfinite(errors)] if np.isfinite(errors).any() else np.zeros(1)
    return max(curve.epochs for curve in curves), float(finite.min()), float(finite.max())


def picture(fold: FoldSummary, scale: Scale) -> html.Html:
    """Return the curves of a fold as a picture, with the same in words for readers who do not see it."""
    words = "; ".join(map(described, fold.learning_curves))
    parts = [html.element("title", f"Fold {fold.fold}: {words}")]
    for curve in fold.learning_curves:
        parts += [polyline(curve.training, scale, "training"), polyline(curve.validation, scale, "validation")]
        if curve.best_epoch is not None:
            x, y = place(curve.best_epoch - 1, curve.validation[curve.best_epoch - 1], scale)
            parts.append(html.Html(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>'))
    return html.Html(f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(parts)}</svg>')


def described(curve: LearningCurve) -> str:
    """Return a learning curve in words."""
    trained = f"training error {number(curve.training[0], 3)} to {number(curve.training[-1], 3)}"
    if (best := curve.best_epoch) is None:
        return trained
    return (
        f"{trained}, validation error {number(curve.validation[0], 3)} to {number(curve.validation[-1], 3)},"
        f" lowest {number(curve.validation[best - 1], 3)} in epoch {best} of {curve.epochs}"
    )


def polyline(errors: Sequence[float], scale: Scale, kind: str) -> html.Html:
    """Return errors as a line; those that are not finite are left out."""
    points = [place(epoch, error, scale) for epoch, error in enumerate(errors) if np.isfinite(error)]
    return html.Html(f'<polyline class="{kind}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>')


def place(epoch: int, error: float, scale: Scale) -> tuple[float, float]:
    """Return where an error stands in its picture: right and down from the corner."""
    epochs, low, high = scale
    right = epoch / max(1, epochs - 1)
    up = (error - low) / (high - low or 1.0)
    return MARGIN + right * (WIDTH - 2 * MARGIN), MARGIN + (1 - up) * (HEIGHT - 2 * MARGIN)
