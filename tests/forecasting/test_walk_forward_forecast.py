from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.predictors.mean import Mean
from backtrader_walkforward.predictors.naive import Naive

from backtrader_walkforward.errors import DataError, UserError
from backtrader_walkforward.forecasting import Predictor, WalkForward, forecast, make_predictor
from backtrader_walkforward.forecasting.fold_tasks import fold_seed, fold_tasks
from backtrader_walkforward.forecasting.folds import fit_and_forecast
from tests.forecasting.walks import WARM_WALK, History


def test_forecasts_stand_at_the_date_they_were_made(history: History) -> None:
    prices, features = history
    result = forecast(prices, features, Naive(), WARM_WALK)
    assert list(result.table) == ["predicted_return", "predicted_close", "fold", "training_mean"]
    assert result.table.index.equals(prices.index[-60:])
    assert result.table["predicted_close"].equals(prices["Close"][-60:].rename("predicted_close"))
    assert result.table["fold"].value_counts(sort=False).to_dict() == {0: 25, 1: 25, 2: 10}
    assert (result.train_sequences[0], len(result.table), result.epochs) == (55, 60, (0, 0, 0))
    assert all(0 < share < 1 for share in result.out_of_range)
    assert len(result.out_of_range) == len(result.epochs)


def test_each_fold_learns_from_all_that_was_known(history: History) -> None:
    prices, features = history
    table = forecast(prices, features, Mean(), WARM_WALK).table
    returns = prices["Close"].pct_change()[-120:].to_numpy()
    assert table["predicted_return"].iloc[[0, 25]].to_numpy() == pytest.approx(
        [returns[5:60].mean(), returns[5:85].mean()]  # targets of rows 4..58 and 4..83 are the returns of the next rows
    )


@pytest.mark.parametrize("target", ["return", "price"])
def test_the_training_mean_is_that_of_the_returns_each_fold_learns_from(history: History, target: str) -> None:
    prices, features = history
    table = forecast(prices, features, [Mean(target=target), Naive(target=target)], WARM_WALK).table
    returns = prices["Close"].pct_change()[-120:].to_numpy()
    assert table["training_mean"].iloc[[0, 24, 25, 59]].to_numpy() == pytest.approx(
        [returns[5:60].mean()] * 2 + [returns[5:85].mean(), returns[5:110].mean()]
    )
    alone = forecast(prices, features, Mean(), WARM_WALK).table
    assert alone["training_mean"].equals(alone["predicted_return"].rename("training_mean"))


@pytest.mark.parametrize("walk", [WARM_WALK, replace(WARM_WALK, train_window=30), replace(WARM_WALK, first_fold=1)])
def test_the_training_mean_is_known_at_the_start_of_its_fold(history: History, walk: WalkForward) -> None:
    """Prices that come later, even in the fold, change none that stands already; what came before changes it."""
    prices, features = history
    before = forecast(prices, features, Naive(), walk).table["training_mean"]
    for day in before.index:
        later = prices.mul(np.where(prices.index <= day, 1, 2), axis=0)
        assert forecast(later, features, Naive(), walk).table["training_mean"].loc[:day].equals(before.loc[:day])
    fold = forecast(prices, features, Naive(), walk).table["fold"]
    first = prices.index.get_loc(before.index[fold == 2][0])
    changed = prices.mul(np.where(np.arange(len(prices)) != first - 1, 1, 2), axis=0)
    assert (forecast(changed, features, Naive(), walk).table["training_mean"] != before).tolist() == (
        fold == 2
    ).tolist()


def test_a_price_comes_back_as_a_return(history: History) -> None:
    prices, features = history
    table = forecast(prices, features, Mean(target="price"), WARM_WALK).table
    known = prices["Close"][-120:].to_numpy()
    assert table["predicted_close"].iloc[0] == pytest.approx(known[5:60].mean())
    assert table["predicted_return"].iloc[0] == pytest.approx(known[5:60].mean() / known[60] - 1)


def test_a_task_holds_nothing_from_after_its_last_test_row(history: History) -> None:
    prices, features = history
    usable = features.dropna().to_numpy()
    tasks = fold_tasks(prices, features, Mean(), WARM_WALK)
    np.testing.assert_array_equal(tasks[1].rows, usable[:110])
    assert [len(task.target) for task in tasks] == [55, 80, 105]
    assert [task.predictor.seed for task in tasks] == [fold_seed(7, fold) for fold in (0, 1, 2)]


def test_progress_is_told_fold_by_fold(history: History) -> None:
    told: list[tuple[int, int]] = []
    forecast(*history, Mean(), WARM_WALK, on_fold=lambda fit_id, total: told.append((fit_id[1], total)))
    assert told == [(0, 3), (1, 3), (2, 3)]


def test_too_few_days_are_an_error(history: History) -> None:
    with pytest.raises(DataError, match="120 with all features"):
        forecast(*history, Mean(), WalkForward(lookback=100))


def test_any_executor_gives_the_same_forecasts(history: History) -> None:
    here = forecast(*history, make_predictor("ridge"), WARM_WALK)
    with ThreadPoolExecutor(2) as executor:
        there = forecast(*history, make_predictor("ridge"), WARM_WALK, executor)
    pd.testing.assert_frame_equal(there.table, here.table, check_exact=True)


@pytest.mark.parametrize("most_bytes", [1, 100_000])
def test_an_executor_has_no_more_than_so_many_bytes_of_tasks(
    history: History, monkeypatch: pytest.MonkeyPatch, most_bytes: int
) -> None:
    class Counting(ThreadPoolExecutor):
        futures: ClassVar = []

        def submit(self, function, task):  # type: ignore[no-untyped-def, override]
            assert sum(size for future, size in self.futures if not future.done()) < most_bytes
            self.futures.append((super().submit(function, task), task.n_bytes))
            return self.futures[-1][0]

    monkeypatch.setattr("backtrader_walkforward.forecasting.fits.MOST_BYTES", most_bytes)
    here = forecast(*history, Mean(), replace(WARM_WALK, retrain_every=1))
    with Counting(2) as executor:
        there = forecast(*history, Mean(), replace(WARM_WALK, retrain_every=1), executor)
    assert len(executor.futures) == 60
    pd.testing.assert_frame_equal(there.table, here.table, check_exact=True)


def test_folds_between_two_cold_starts_start_from_the_weights_of_the_first(history: History) -> None:
    lstm = make_predictor("lstm", units=(4, 3, 2), dense=3, epochs=2)
    walk = WalkForward(first_test=60, lookback=5, retrain_every=15, cold_start_every=2)
    tasks = fold_tasks(*history, lstm, walk)
    assert [task.follows for task in tasks] == [None, 0, None, 2]
    np.testing.assert_array_equal(
        chained(history, lstm, walk), forecast(*history, lstm, walk).table["predicted_return"]
    )


def chained(history: History, lstm: Predictor, walk: WalkForward) -> np.ndarray:
    """Return the forecasts of four folds, of which the second and the last take over from the one before."""
    tasks = fold_tasks(*history, lstm, walk)
    made = [fit_and_forecast(tasks[0]), fit_and_forecast(tasks[2])]
    assert fit_and_forecast(tasks[1].following(made[0].handed_over)).handed_over == ()
    return np.concatenate(
        [
            made[0].predicted,
            fit_and_forecast(tasks[1].following(made[0].handed_over)).predicted,
            made[1].predicted,
            fit_and_forecast(tasks[3].following(made[1].handed_over)).predicted,
        ]
    )


def test_folds_between_two_searches_train_for_as_many_epochs_as_the_first(history: History) -> None:
    lstm = make_predictor("lstm", units=(4, 3, 2), dense=3, epochs=9)
    walk = WalkForward(first_test=60, lookback=5, retrain_every=15, search_every=2)
    made = forecast(*history, lstm, walk)
    np.testing.assert_array_equal(chained(history, lstm, walk), made.table["predicted_return"])
    first, second, third, fourth = (curve for [curve] in made.learning_curves)
    assert made.epochs[0] == len(first) + len(second)
    assert made.epochs[1::2] == (len(second), len(fourth))
    assert made.epochs[2] == len(third) + len(fourth)
    assert np.isfinite(first).all()
    assert np.isfinite(second[:, 0]).all()
    assert np.isnan(second[:, 1]).all()
    every = forecast(*history, lstm, replace(walk, search_every=1))
    np.testing.assert_array_equal(every.table["predicted_return"][:15], made.table["predicted_return"][:15])
    assert min(every.epochs[1], every.epochs[3]) > 5


def test_a_predictor_that_cannot_continue_begins_every_fold_from_scratch(history: History) -> None:
    tasks = fold_tasks(*history, Mean(), WARM_WALK)
    assert [(task.follows, task.leaves) for task in tasks] == [(None, "")] * 3


class Odd(Naive):
    """Answers with whatever its `answer` makes of the windows."""

    def __init__(self, answer: str = "zeros", target: str = "return", seed: int = 7) -> None:
        super().__init__(target, seed)
        self.answer = answer

    def predict(self, windows: np.ndarray) -> np.ndarray:
        answers = {
            "one more": lambda: np.zeros(len(windows) + 1),
            "one less": lambda: np.zeros(len(windows) - 1),
            "column": lambda: np.zeros((len(windows), 1)),
            "number": lambda: 0.0,
            "none": lambda: None,
            "nan": lambda: np.full(len(windows), np.nan),
            "inf": lambda: np.full(len(windows), np.inf),
            "error": lambda: 1 / 0,
        }
        return answers[self.answer]()  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("one more", r"^Odd.predict\(\) in fold 0 must return the shape \(25,\): \(26,\)$"),
        ("one less", r"must return the shape \(25,\): \(24,\)$"),
        ("column", r"must return the shape \(25,\): \(25, 1\)$"),
        ("number", r"must return the shape \(25,\): \(\)$"),
        ("none", r"must return real numbers: object None$"),
        ("nan", r"^Odd.predict\(\) in fold 0 must return finite numbers: nan$"),
        ("inf", r"must return finite numbers: inf$"),
        ("error", r"^Odd.predict\(\) in fold 0 failed: ZeroDivisionError: division by zero$"),
    ],
)
def test_what_is_no_forecast_is_refused(history: History, answer: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        forecast(*history, Odd(answer), WARM_WALK)
