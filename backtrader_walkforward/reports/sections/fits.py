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
    """Return when the fits had their smallest validation error, how long they took, and how many never improved."""
    curves = [curve for fold in folds for curve in fold.learning_curves]
    best = [curve.best_epoch for curve in curves if curve.best_epoch is not None]
    if not best:
        return "Training: no fit has a validation error."
    fits, at_once = pluralize(len(best), "fit"), sum(epoch == 1 for epoch in best)
    first = f" In {at_once} of {fits} this error was never lower than after the first." if at_once else ""
    on_all = median(fold.epochs_on_all / len(fold.learning_curves) for fold in folds if fold.learning_curves)
    took = f"; the fit on all training rows took {number(on_all, 0)}" if on_all else ""
    return (
        f"Training: the validation error was lowest after {number(median(best), 0)} of"
        f" {number(median(curve.epochs for curve in curves), 0)} epochs{took} (medians of {fits}).{first}"
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
