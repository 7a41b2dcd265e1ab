from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.errors import ArgumentError, DataError
from backtrader_walkforward.forecasting import WalkForward, required_rows


def ends(walk_forward: WalkForward, days: pd.Index | int) -> list[tuple[int, int, int, int]]:
    """First and last train row, first and last test row, fold by fold."""
    return [(train[0], train[-1], test[0], test[-1]) for train, test in walk_forward.split(days)]


def test_480_rows_give_276_windows_144_forecasts_and_7_folds() -> None:
    folds = list(WalkForward().split(480))
    assert len(folds) == 7
    assert len(folds[0][0]) == 276
    assert sum(len(test) for _, test in folds) == 144
    assert ends(WalkForward(), 480) == [
        (59, 334, 336, 356),
        (59, 355, 357, 377),
        (59, 376, 378, 398),
        (59, 397, 399, 419),
        (59, 418, 420, 440),
        (59, 439, 441, 461),
        (59, 460, 462, 479),
    ]


def test_a_train_window_keeps_the_latest() -> None:
    walk_forward = WalkForward(first_test=30, lookback=3, retrain_every=4, train_window=10)
    assert ends(walk_forward, 37) == [(19, 28, 30, 33), (23, 32, 34, 36)]


def test_a_train_window_longer_than_the_past_changes_nothing() -> None:
    assert ends(WalkForward(train_window=402), 480) == ends(WalkForward(), 480)


def test_rows_are_whole_runs_in_time_order() -> None:
    for train, test in WalkForward(first_test=30, lookback=3, retrain_every=4).split(37):
        assert (np.diff(train) == 1).all()
        assert (np.diff(test) == 1).all()


def test_every_row_from_the_first_test_row_on_is_forecast_once() -> None:
    tested = np.concatenate([test for _, test in WalkForward(first_test=100).split(163)])
    assert tested.tolist() == list(range(100, 163))


@pytest.mark.parametrize("retrain_every", [1, 21, 1000])
def test_no_fold_trains_on_a_target_that_is_not_yet_known(retrain_every: int) -> None:
    for train, test in WalkForward(retrain_every=retrain_every).split(300):
        target_known_at = train + 1
        fit_made_at = test[0] - 1
        assert (target_known_at <= fit_made_at).all()


def test_more_rows_leave_the_earlier_folds_as_they_were() -> None:
    walk_forward = WalkForward(first_test=100)
    assert ends(walk_forward, 200)[:4] == ends(walk_forward, 184)


@pytest.mark.parametrize("lookback", [1, 7, 60, 250])
def test_required_rows_is_the_fewest(lookback: int) -> None:
    needed = required_rows(lookback)
    folds = list(WalkForward(lookback=lookback).split(needed))
    assert len(folds[0][0]) == 20
    with pytest.raises(DataError):
        list(WalkForward(lookback=lookback).split(needed - 1))


def test_too_few_rows_say_how_many_are_needed_and_what_helps() -> None:
    with pytest.raises(DataError, match=r"114 with all features.*so 115 days - ask for a longer --period or a shorter"):
        list(WalkForward().split(114))


def test_nothing_to_forecast_is_an_error() -> None:
    with pytest.raises(DataError, match="Too few"):
        list(WalkForward(first_test=200).split(200))


def test_folds_before_the_first_are_left_out_and_the_others_stay_as_they_are() -> None:
    whole = WalkForward(first_test=30, lookback=3, retrain_every=2, train_window=20)
    assert ends(replace(whole, first_fold=2), 37) == ends(whole, 37)[2:] == [(13, 32, 34, 35), (15, 34, 36, 36)]


DAYS = pd.bdate_range("2020-01-01", periods=200)


def test_the_test_begins_on_a_day():
    walk = WalkForward(lookback=10, retrain_every=30, test_from=DAYS[150].date())
    weekend = (DAYS[154] + pd.Timedelta(days=1)).date()
    assert ends(walk, DAYS) == [(9, 148, 150, 179), (9, 178, 180, 199)]
    assert ends(replace(walk, test_from=weekend), DAYS)[0] == (9, 153, 155, 184)
    assert walk.first_test_of(DAYS) == 150
    with pytest.raises(
        DataError,
        match=r"--test-from 2030-01-01 is after the last day with all .*: 2020-10-06 - choose an earlier day$",
    ):
        ends(replace(walk, test_from=date(2030, 1, 1)), DAYS)
    with pytest.raises(DataError, match="leaves 12 days with all features to learn from, and 30 are needed"):
        ends(replace(walk, test_from=DAYS[12].date()), DAYS)


@pytest.mark.parametrize(("horizon", "first"), [(1, 80), (2, 81)])
def test_a_day_to_begin_on_needs_the_20_windows_of_its_horizon(horizon, first):
    folds = WalkForward(test_from=DAYS[first].date()).split(DAYS, horizon)
    train, test = next(folds)
    assert (len(train), test[0]) == (20, first)
    with pytest.raises(DataError, match=f"leaves {first - 1} days .*, and {first} are needed"):
        next(WalkForward(test_from=DAYS[first - 1].date()).split(DAYS, horizon))


def test_a_day_to_begin_on_is_not_found_among_a_number_of_rows():
    with pytest.raises(ArgumentError, match="test_from is a day: give the days of the rows, and not their number"):
        ends(WalkForward(test_from=DAYS[100].date()), 200)
