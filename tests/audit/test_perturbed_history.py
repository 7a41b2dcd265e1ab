"""The dates of an audit, and the perturbed histories."""

import pandas as pd

from backtrader_walkforward.audit.perturbed_history import FEWEST_DATES, PERTURBATIONS, audit_dates, perturbed_histories


def test_the_dates_lie_in_the_test_in_several_folds_with_two_later_days(run):
    dates = audit_dates(run)
    assert len(dates) > FEWEST_DATES
    assert dates == sorted(dates) == audit_dates(run)
    assert set(dates) <= set(run.table.index[:-2])
    folds = run.table["fold"].loc[dates]
    assert folds.iloc[0] == 0
    assert folds.nunique() >= 3
    assert dates[0] < run.days_of(0)[-1]


def test_a_perturbed_history_has_the_true_past_and_its_own_future(run):
    date = audit_dates(run)[1]
    for history in perturbed_histories(run, [date]):
        pd.testing.assert_frame_equal(history.prices.loc[:date], run.prices.loc[:date])
        pd.testing.assert_frame_equal(history.true_features.loc[:date], run.features.loc[:date])
        later = history.true_features.loc[history.true_features.index > date]
        pd.testing.assert_frame_equal(later, history.features.loc[later.index])
        assert (history.name == "cut off") == later.empty


def test_every_date_has_every_perturbation(run):
    dates = audit_dates(run)
    found = [(history.date, history.name) for history in perturbed_histories(run, dates)]
    assert found == [(date, future) for date in dates for future in PERTURBATIONS]
