"""Perturbations change every later row and no earlier one; the dates of an audit, and its histories."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.audit.perturbed_history import (
    FEWEST_DATES,
    PERTURBATIONS,
    PerturbedHistory,
    audit_dates,
    perturb,
    splice,
)

DAYS = pd.bdate_range("2024-01-01", periods=6)
TABLE = pd.DataFrame({"Close": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "Volume": [10.0, 20.0, 30.0, 40.0, 50.0, 60.0]}, DAYS)
DATE = DAYS[2]


@pytest.mark.parametrize("future", PERTURBATIONS)
def test_no_earlier_row_changes(future):
    pd.testing.assert_frame_equal(perturb(TABLE, DATE, future).loc[:DATE], TABLE.loc[:DATE])


@pytest.mark.parametrize("future", PERTURBATIONS)
def test_every_later_row_changes_and_the_given_table_does_not(future):
    before = TABLE.copy()
    later = perturb(TABLE, DATE, future).loc[DAYS[3] :]
    assert not (later == TABLE.loc[later.index]).any(axis=None)
    pd.testing.assert_frame_equal(TABLE, before)


def test_each_perturbation():
    assert list(perturb(TABLE, DATE, "cut off")["Close"]) == [1, 2, 3]
    assert list(perturb(TABLE, DATE, "scaled")["Close"]) == [1, 2, 3, 4000, 5000, 6000]
    assert perturb(TABLE, DATE, "masked").loc[DAYS[3] :].isna().all(axis=None)
    assert sorted(perturb(TABLE, DATE, "shuffled")["Close"]) == [1, 2, 3, 4, 5, 6]


def test_a_shuffle_moves_whole_rows_and_is_the_same_every_time():
    other = perturb(TABLE, DATE, "shuffled")
    assert (other["Volume"] == 10 * other["Close"]).all()
    pd.testing.assert_frame_equal(other, perturb(TABLE, DATE, "shuffled"))


def test_a_splice_has_the_true_past_and_the_other_future():
    wrong = pd.DataFrame(-1.0, DAYS, TABLE.columns)
    assert list(splice(TABLE, wrong, DATE)["Close"]) == [1, 2, 3, -1, -1, -1]
    assert list(splice(TABLE, wrong.loc[:DATE], DATE)["Close"]) == [1, 2, 3]
    assert np.array_equal(splice(TABLE, TABLE, DATE), TABLE)


def test_the_dates_lie_in_the_test_in_several_folds_with_two_later_days(run):
    dates = audit_dates(run)
    assert len(dates) > FEWEST_DATES
    assert dates == sorted(dates) == audit_dates(run)
    assert set(dates) <= set(run.table.index[:-2])
    folds = run.table["fold"].loc[dates]
    assert folds.iloc[0] == 0
    assert folds.nunique() == len(dates)
    assert dates[0] < run.days_of(0)[-1]


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_a_perturbed_history_has_the_true_past_and_no_true_later_row(run, name):
    date = audit_dates(run)[1]
    history = PerturbedHistory.of(run, date, name)
    pd.testing.assert_frame_equal(history.prices.loc[:date], run.prices.loc[:date])
    pd.testing.assert_frame_equal(history.forecasts.loc[:date], run.table.loc[:date], check_dtype=False)
    assert history.past_features.index[-1] == date
    later = history.prices.loc[history.prices.index > date]
    assert not (later == run.prices.loc[later.index]).all(axis=1).any()
    assert (name == "cut off") == later.empty
