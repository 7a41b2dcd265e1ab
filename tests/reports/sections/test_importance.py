"""The section on the features that a forecast uses."""

from dataclasses import replace

import pandas as pd

from backtrader_walkforward.evaluation import Diagnostics, Importance
from backtrader_walkforward.reports.sections.importance import section
from tests.reports.rendered import json_of, page_of, printed_of


def with_importance(summary, rises):
    """Return the run with the rises of each feature, fold by fold."""
    parts = [
        pd.DataFrame({"fold": range(len(rise)), "feature": name, "days": 21, "error_rise": rise, "knowledge_lost": 0.5})
        for name, rise in rises.items()
    ]
    by_fold = pd.concat(parts, ignore_index=True)
    return replace(summary, diagnostics=Diagnostics(importance=Importance(by_fold, 5)))


NOISE = {"rsi": [0.001, -0.001, 0.002], "close": [-0.001, 0.001, -0.002]}


def test_it_is_there_on_request_alone(summary):
    assert not section(summary).is_shown
    assert json_of(summary)["importance"] is None
    assert "The features that the forecast uses" not in page_of(summary)


def test_noise_is_called_noise(summary):
    sentence = (
        "Importance: within noise. No feature that is permuted both raises the squared error and takes knowledge from"
        " the forecast beyond chance; the largest rise is that of rsi, 0.067% (standard error 0.088%)."
    )
    run = with_importance(summary, NOISE)
    assert sentence in page_of(run)
    assert sentence in printed_of(run)


def test_what_matters_is_named_first_with_its_figures(summary):
    run = with_importance(summary, NOISE | {"used": [0.1, 0.11, 0.09]})
    [sentence] = section(run).sentences
    assert sentence == (
        "Importance: where it is permuted, 1 feature of 3 raises the squared error beyond chance: used 10.000%"
        " (standard error 0.577%)."
    )
    [table] = section(run).tables
    assert table.rows[0] == ("used", "10.000%", "0.577%", "3 of 3", "50.000%", "0.000%", "yes")
    assert [row[0] for row in table.rows] == ["used", "rsi", "close"]
    entry = json_of(run)["importance"]
    assert (entry["repetitions"], entry["folds"]) == (5, 3)
    assert [feature["feature"] for feature in entry["features"]] == ["used", "rsi", "close"]
    assert entry["features"][0]["beyond_noise"] is True
    assert len(section(run).files["importance.csv"]) == 9


def test_many_are_counted(summary):
    names = {f"used_{number}": [0.1, 0.11, 0.09] for number in range(7)}
    [sentence] = section(with_importance(summary, names)).sentences
    assert "7 features of 7 raise" in sentence
    assert sentence.endswith(", and 2 more features.")


def test_one_fold_is_too_few(summary):
    [sentence] = section(with_importance(summary, {"rsi": [0.1]})).sentences
    assert sentence.startswith("Importance: not known. It needs two folds of 5 days or more")
