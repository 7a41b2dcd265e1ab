from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.predictors.mean import Mean
from backtrader_walkforward.predictors.naive import Naive

from backtrader_walkforward.features import FEATURE_NAMES
from backtrader_walkforward.features.scale_free import scale_free, units_of
from backtrader_walkforward.forecasting import WalkForward
from backtrader_walkforward.forecasting.fold_tasks import fold_tasks
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.forecasting.inputs import InputScale
from backtrader_walkforward.forecasting.windows import make_windows
from tests.forecasting.seen import Seen

History = tuple[pd.DataFrame, pd.DataFrame]
UNITS = units_of(FEATURE_NAMES)
WALK = WalkForward(first_test=60, lookback=5, retrain_every=25)


def rsi_rows(values: np.ndarray) -> np.ndarray:
    """Rows whose only indicator that moves is the RSI."""
    rows = np.ones((len(values), 31))
    rows[:, FEATURE_NAMES.index("rsi")] = values
    return rows


def test_the_range_leaves_out_the_outer_percents_and_clips_them() -> None:
    rsi = FEATURE_NAMES.index("rsi")
    scale = InputScale.of(make_windows(rsi_rows(np.arange(101.0)), 1), UNITS)
    assert (scale.low[rsi], scale.width[rsi]) == (1, 98)
    rows = rsi_rows(np.array([-50, 1, 50, 99, 100]))
    assert scale.inputs(rows, 1)[:, 0, rsi] == pytest.approx([0, 0, 0.5, 1, 1])
    assert scale.clipped(make_windows(rows, 1)) == pytest.approx(2 / 5 / 31)


def test_what_never_moves_is_one_number() -> None:
    scale = InputScale.of(np.ones((30, 4, 31)), UNITS)
    assert not scale.inputs(np.ones((30, 31)), 4).any()


def test_each_window_is_scaled_as_if_it_stood_alone(history: History) -> None:
    rows = history[1].dropna().to_numpy(dtype=float)
    windows = make_windows(rows, 5)
    scale = InputScale.of(windows[:50], UNITS)
    expected = np.clip((scale_free(windows, UNITS) - scale.low) / scale.width, 0, 1).astype(np.float32)
    np.testing.assert_array_equal(scale.inputs(rows, 5), expected)
    np.testing.assert_array_equal(scale.inputs(rows[40:45], 5), expected[[40]])


def test_a_fold_is_scaled_by_its_training_rows_alone(history: History) -> None:
    task = fold_tasks(*history, Seen(), WALK)[0]
    fitted = task.fit()
    task.predict(fitted)
    assert isinstance(fitted, Seen)
    for windows in (fitted.windows_, fitted.tested_):
        assert windows.dtype == np.float32
        assert (windows.min(), windows.max()) == (0, 1)
    wild = replace(task, rows=np.vstack([task.training_rows, 1e6 * task.rows[len(task.training_rows) :]]))
    np.testing.assert_array_equal(wild.fit().windows_, fitted.windows_)  # type: ignore[attr-defined]
    assert wild.out_of_range > task.out_of_range > 0


def test_who_needs_the_indicators_gets_them(history: History) -> None:
    tasks = {
        name: fold_tasks(*history, member, WALK, inputs=inputs)[0]
        for name, member, inputs in [
            ("naive", Naive(), "scale-free"),
            ("raw", Mean(), "raw"),
            ("mean", Mean(), "scale-free"),
        ]
    }
    assert [bool(task.units) for task in tasks.values()] == [False, False, True]
    raw = replace(tasks["raw"], predictor=Seen()).fit()
    np.testing.assert_array_equal(raw.windows_, tasks["raw"].training_windows)  # type: ignore[attr-defined]


def test_a_target_that_is_known_two_bars_later_leaves_out_two_rows(history: History) -> None:
    prices, _ = history
    opens = prices["Open"][-120:].to_numpy()
    first: FoldTask = fold_tasks(*history, Mean(target="traded"), WALK)[0]
    assert (len(first.target), len(first.test_windows)) == (54, 25)
    assert first.target[-1] == pytest.approx(opens[59] / opens[58] - 1)  # row 57; the first test row is 60
    assert fold_tasks(*history, Mean(), WALK)[0].test_windows.tolist() == first.test_windows.tolist()
