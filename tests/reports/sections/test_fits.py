"""Fits: the epochs of the search and those of the fit itself are told apart."""

from dataclasses import replace

import numpy as np

from backtrader_walkforward.evaluation import LearningCurve
from backtrader_walkforward.reports.sections.fits import fits_table, training_text


def test_the_epochs_that_the_fit_took_stand_beside_the_search(summary):
    """A search of 17 epochs that is best after 3, of which the first 4 cannot be chosen: the fit takes 5."""
    folds = [replace(fold, epochs=fold.epochs + 5) for fold in summary.forecast_summary.by_fold]
    assert training_text(folds) == (
        "Training: 7 of 7 fits have a validation error. It was lowest after 3 of 16 epochs (medians)."
        " The fits on all training rows took 5 epochs (median)."
    )
    table = fits_table(folds)
    assert table.headings[3:7] == (
        "Epochs\ntrained",
        "Lowest validation\nerror in epoch",
        "Validation error\nfirst / lowest",
        "Epochs\non all rows",
    )
    assert table.rows[0][3:7] == ("22", "3 of 17", "1.040 / 1.000", "5")


def test_members_of_an_ensemble_are_counted_together_in_a_row_and_each_by_itself_in_the_sentence(summary):
    fold = summary.forecast_summary.by_fold[0]
    two = replace(fold, epochs=2 * (17 + 5), learning_curves=fold.learning_curves * 2)
    assert fits_table([two]).rows[0][6] == "10"
    assert training_text([two]) == (
        "Training: 2 of 2 fits have a validation error. It was lowest after 3 of 17 epochs (medians)."
        " The fits on all training rows took 5 epochs (median)."
    )


def test_fits_that_took_over_the_epochs_of_the_first_are_counted_apart(summary):
    """The second trained for 5 epochs on all rows: it has no validation error."""
    first, second, *_ = summary.forecast_summary.by_fold
    curve = LearningCurve.of_members([np.column_stack([np.ones(5), np.full(5, np.nan)])])
    folds = [replace(first, epochs=17 + 5), replace(second, epochs=5, learning_curves=curve)]
    assert training_text(folds) == (
        "Training: 1 of 2 fits have a validation error. It was lowest after 3 of 17 epochs."
        " The fits on all training rows took 5 epochs (median)."
    )
    assert [row[3:7] for row in fits_table(folds).rows] == [
        ("22", "3 of 17", "1.040 / 1.000", "5"),
        ("5", "n/a", "n/a", "5"),
    ]
