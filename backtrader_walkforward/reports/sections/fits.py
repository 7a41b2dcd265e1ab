"""Fits: how each fold was trained, how far its forecasts move, and how new its test rows were."""

from collections.abc import Sequence
from statistics import median

from backtrader_walkforward.evaluation import FoldSummary
from backtrader_walkforward.reports.formatting import UNDEFINED, count, number, percent
from backtrader_walkforward.reports.pages.curves import learning_curves
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section, Table
from backtrader_walkforward.system.text import pluralize

PLACE = 22


def section(summary: RunSummary) -> Section:
    """Return the section; its figures are part of the entry `forecast` in `results.json`."""
    folds = summary.forecast_summary.by_fold
    return Section(
        title="The fits, one by one",
        sentences=[training_text(folds)] if any(fold.learning_curves for fold in folds) else [],
        picture=learning_curves(folds),
        tables=[fits_table(folds)],
    )


def training_text(folds: Sequence[FoldSummary]) -> str:
    """Return how many fits have a validation error, when it was lowest, and how long all fits took."""
    curves = [curve for fold in folds for curve in fold.learning_curves]
    searches = [(curve.best_epoch, curve.epochs) for curve in curves if curve.best_epoch is not None]
    if not searches:
        return "Training: no fit has a validation error."
    best, epochs = (number(median(counts), 0) for counts in zip(*searches, strict=True))
    at_once, some = sum(lowest == 1 for lowest, _ in searches), len(searches) > 1
    first = f" In {at_once} of them it was never lower than after the first epoch." if at_once and some else ""
    on_all = median(fold.epochs_on_all / len(fold.learning_curves) for fold in folds if fold.learning_curves)
    middle = " (median)" if len(curves) > 1 else ""
    took = f" The fits on all training rows took {number(on_all, 0)} epochs{middle}." if on_all else ""
    return (
        f"Training: {len(searches)} of {pluralize(len(curves), 'fit')} have a validation error. It was lowest after"
        f" {best} of {epochs} epochs{' (medians)' if some else ''}.{first}{took}"
    )


def fits_table(folds: Sequence[FoldSummary]) -> Table:
    """Return a row for each fold."""
    has_curves = any(fold.learning_curves for fold in folds)
    searched = "Lowest validation\nerror in epoch", "Validation error\nfirst / lowest", "Epochs\non all rows"
    rows = [
        (
            str(fold.fold),
            str(fold.first_date),
            count(fold.days),
            count(fold.epochs),
            *((*validation_cells(fold), count(fold.epochs_on_all)) if has_curves else ()),
            percent(fold.spread, 1),
            percent(fold.out_of_range, 1),
        )
        for fold in folds
    ]
    headings = (
        *("Fold", "First\nforecast", "Forecasts", "Epochs\ntrained"),
        *(searched if has_curves else ()),
        *("Movement / that\nof the returns", "Inputs outside\nthe training range"),
    )
    return Table(headings=headings, rows=rows, title="All fits", on_terminal=False)


def validation_cells(fold: FoldSummary) -> tuple[str, str]:
    """Return the epoch with the lowest validation error, and the first and the lowest error, of each member."""
    known = [(curve, curve.best_epoch) for curve in fold.learning_curves if curve.best_epoch is not None]
    epochs = ", ".join(f"{best} of {curve.epochs}" for curve, best in known)
    errors = ", ".join(f"{number(one.validation[0], 3)} / {number(one.validation[best - 1], 3)}" for one, best in known)
    return epochs or UNDEFINED, errors or UNDEFINED
