"""Learning curves as pictures."""

import re
from dataclasses import replace

import numpy as np

from backtrader_walkforward.evaluation import LearningCurve
from backtrader_walkforward.reports.pages.curves import MOST_PICTURES, learning_curves
from tests.reports.rendered import json_of, page_of


def test_each_fold_has_a_picture_and_the_same_in_words(summary):
    drawn = learning_curves(summary.forecast_summary.by_fold)
    assert drawn.count("<svg") == drawn.count('role="img"') == drawn.count("<title>") == 7
    assert "<figcaption>Fold 0, 2015-06-01</figcaption>" in drawn
    assert (
        "<title>Fold 1: training error 1.000 to 0.083, validation error 1.040 to 1.810, lowest 1.000 in epoch 3 of 12"
    ) in drawn
    places = [float(place) for points in re.findall('points="([^"]*)"', drawn) for place in re.split("[ ,]", points)]
    assert 0 <= min(places) <= max(places) <= 160


def test_all_are_on_one_scale(summary):
    """The longest fit has the highest error, in the corner at the top and the right."""
    drawn = learning_curves(summary.forecast_summary.by_fold)
    assert "All pictures go from 0.037 to 6.760, over 27 epochs." in drawn
    assert drawn.count(' 156.0,4.0"') == 1


def test_errors_that_are_not_numbers_are_left_out(summary):
    fold = summary.forecast_summary.by_fold[0]
    curves = LearningCurve.of_members([np.array([[1.0, np.nan], [np.inf, np.nan]])])
    drawn = learning_curves([replace(fold, learning_curves=curves)])
    assert "<title>Fold 0: training error 1.000 to n/a</title>" in drawn
    assert "nan," not in drawn
    assert "<circle" not in drawn
    assert drawn.count("<svg") == 1


def test_a_long_run_shows_the_latest(summary):
    folds = summary.forecast_summary.by_fold * 7
    drawn, all_drawn = learning_curves(folds), learning_curves(folds[:MOST_PICTURES])
    assert drawn.count("<svg") == all_drawn.count("<svg") == MOST_PICTURES
    assert "The latest 48 folds of 49 are shown." in drawn
    assert "The latest" not in all_drawn


def test_what_is_not_trained_in_passes_has_no_picture(summary):
    forecast = summary.forecast_summary
    still = [replace(fold, learning_curves=(), epochs=0) for fold in forecast.by_fold]
    assert learning_curves(still) == ""
    other = replace(summary, forecast_summary=replace(forecast, by_fold=tuple(still)))
    page = page_of(other)
    assert "The fits, one by one" in page
    assert 'class="curves"' not in page


def test_page_and_results_have_the_curves_and_the_figures_of_each_fit(summary):
    page, found = page_of(summary), json_of(summary)["forecast"]
    assert page.count('class="validation"') == 7
    assert "<td>3 of 17</td><td>1.040 / 1.000</td><td>0</td><td>10.0%</td><td>11.7%</td>" in page
    assert [fold["epochs"] for fold in found["by_fold"]] == found["epochs"] == [17, 12, 19, 16, 27, 12, 13]
    assert found["by_fold"][1]["spread"] == 0.11
    assert found["by_fold"][1]["learning_curves"][0]["validation"][:3] == [1.04, 1.01, 1.0]
