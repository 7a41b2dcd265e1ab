"""Laws of the pooled forecast, on drawn tickers with other days, first days, last days and volatilities."""

import pickle
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.predictors.mean import Mean
from backtrader_walkforward.predictors.naive import Naive
from backtrader_walkforward.predictors.ridge import Ridge

from backtrader_walkforward.errors import ArgumentError, DataError
from backtrader_walkforward.features import WARM_UP, compute_features
from backtrader_walkforward.forecasting import Forecasts, History, Predictor, WalkForward, forecast
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.forecasting.pooled.folds import CompleteRows, models_of, pooled_tasks
from backtrader_walkforward.forecasting.pooled.forecast import forecast_pooled
from backtrader_walkforward.forecasting.windows import HORIZONS
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.system.cache import Cache

WALK = WalkForward(first_test=60, lookback=5, retrain_every=25)
DAYS = pd.bdate_range("2020-01-01", periods=120 + WARM_UP, name="Date")
ALL_FEATURES = DAYS[WARM_UP:]


def drawn(seed: int, ticker: str, days: pd.DatetimeIndex, move: float = 0.01) -> History:
    """A ticker with a price level and a volatility of its own."""
    random = np.random.default_rng(seed)
    close = 10.0**seed * np.exp(random.normal(0, move, len(days)).cumsum())
    frame = pd.DataFrame({"Open": 0.999 * close, "High": 1.01 * close, "Low": 0.99 * close, "Close": close}, days)
    return with_features(frame.assign(Volume=random.integers(1_000, 9_000, len(days)).astype(float)), ticker)


def with_features(prices: pd.DataFrame, ticker: str) -> History:
    return History(prices, compute_features(prices), ticker)


LONG = drawn(1, "LONG", DAYS)
LATE = drawn(2, "LATE", DAYS[50:], 0.004)  # its first window with all features ends on day 87, its 20th on day 106
ENDS = drawn(3, "ENDS", DAYS[:110], 0.03)
HOLIDAYS = drawn(4, "HOLIDAYS", DAYS.delete([60, 92, 93, 118, 140]))
PANEL = (LONG, LATE, ENDS, HOLIDAYS)


def pooled(panel: Sequence[History] = PANEL, predictor: Predictor | None = None, **options) -> dict[str, Forecasts]:
    return forecast_pooled(panel, predictor or Ridge(), WALK, **options)


def tasks_of(*members: Predictor) -> list[FoldTask]:
    return tasks_in(WALK, *members)


def tasks_in(walk_forward: WalkForward, *members: Predictor) -> list[FoldTask]:
    tickers = [CompleteRows.of(history, {member.target for member in members}) for history in PANEL]
    return pooled_tasks(
        models_of(members, tickers), np.unique(np.concatenate([one.days for one in tickers])), walk_forward
    )


def assert_same(one: dict[str, Forecasts], other: dict[str, Forecasts], until: pd.Timestamp = DAYS[-1]) -> None:
    """The same tickers, tables to the bit up to a day, and, of all days, the same fits."""
    assert list(one) == list(other)
    for ticker in one:
        before, after = one[ticker].table[:until], other[ticker].table[:until]
        pd.testing.assert_frame_equal(before, after, check_exact=True)
        if until == DAYS[-1]:
            np.testing.assert_equal(facts(one[ticker]), facts(other[ticker]))


def facts(made: Forecasts) -> tuple[object, ...]:
    """What a forecast says of its fits, whoever fitted them."""
    return made.epochs, made.out_of_range, made.learning_curves, made.train_sequences, made.fits, made.features


class Averaging(Mean):
    """The mean of the targets, halfway from that of the fit that it starts from."""

    supports_warm_start = True

    def __init__(
        self, target: str = "return", seed: int = 7, initial_weights: Sequence[np.ndarray] | None = None
    ) -> None:
        super().__init__(target, seed)
        self.initial_weights = initial_weights

    def fit(self, windows: np.ndarray, target: np.ndarray) -> "Averaging":
        super().fit(windows, target)
        if self.initial_weights is not None:
            self.mean_ = (self.mean_ + float(self.initial_weights[0])) / 2
        self.weights_, self.epochs_ = [np.array(self.mean_)], 1
        return self


MEMBERS = {
    "ridge": Ridge(target="traded"),
    "ensemble": [Mean(), Naive(), Ridge()],
    "warm starts": [Averaging()],
}


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("walk", [WALK, WalkForward(None, 10, 9, 30, 3)])
def test_a_panel_of_one_ticker_is_forecast_as_that_ticker(name: str, walk: WalkForward) -> None:
    alone = forecast(HOLIDAYS.prices, HOLIDAYS.features, MEMBERS[name], walk)
    assert_same(forecast_pooled([HOLIDAYS], MEMBERS[name], walk), {"HOLIDAYS": alone})


def test_all_tickers_are_forecast_on_the_dates_of_the_same_folds() -> None:
    made = pooled()
    assert list(made) == ["ENDS", "HOLIDAYS", "LATE", "LONG"]
    starts = ALL_FEATURES[[60, 85, 110]]
    for forecasts in made.values():
        table = forecasts.table
        assert table["fold"].tolist() == (np.searchsorted(starts, table.index, side="right") - 1).tolist()
    assert made["LONG"].table.index.equals(ALL_FEATURES[60:])
    assert made["HOLIDAYS"].table.index.equals(HOLIDAYS.prices.index[HOLIDAYS.prices.index >= starts[0]])


def test_a_ticker_joins_with_20_windows_and_is_forecast_until_it_ends() -> None:
    made = pooled()
    assert made["LATE"].table.index.equals(ALL_FEATURES[85:])  # 31 windows, where the first fold had 6
    assert made["LATE"].fits == 2
    assert made["ENDS"].table.index[-1] == DAYS[109]
    assert [[part.ticker for part in task.parts] for task in tasks_of(Ridge())] == [
        ["LONG", "ENDS", "HOLIDAYS"],
        ["LONG", "LATE", "ENDS", "HOLIDAYS"],
        ["LONG", "LATE", "ENDS", "HOLIDAYS"],  # what has ended still trains
    ]


def test_a_ticker_without_enough_history_has_no_entry() -> None:
    short = drawn(5, "SHORT", DAYS[-50:])
    assert list(pooled([LONG, short])) == ["LONG"]
    assert_same(pooled([LONG, short]), pooled([LONG]))
    with pytest.raises(DataError, match=r"^Too few days to learn from: 17 with all features"):
        pooled([short])
    early, late = drawn(6, "A", DAYS[:60]), drawn(7, "B", DAYS[93:])
    with pytest.raises(DataError, match=r"no ticker has 20 windows of 5 .* the longest has 27 days .* --lookback$"):
        forecast_pooled([early, late], Ridge(), replace(WALK, first_test=40))


@pytest.mark.parametrize("target", ["return", "traded"])
def test_every_target_is_known_when_the_fit_is_made(target: str) -> None:
    prices = {history.ticker: history.prices for history in PANEL}
    for task in tasks_of(Ridge(target=target)):
        fitted_on = ALL_FEATURES[59 + 25 * task.fold]
        for part in task.parts:
            days = prices[part.ticker].index
            known_on = days[days.get_indexer(pd.DatetimeIndex(part.days)) + HORIZONS[target]]
            assert known_on.max() <= fitted_on
            assert known_on.max() >= fitted_on - pd.Timedelta(days=4) or part.ticker == "ENDS"


def test_the_order_of_the_tickers_changes_nothing() -> None:
    assert_same(pooled(PANEL[::-1]), pooled())


@pytest.mark.parametrize("last", [ALL_FEATURES[70], ALL_FEATURES[84], DAYS[120]])
def test_what_comes_after_a_day_changes_no_forecast_before(last: pd.Timestamp) -> None:
    cut = [History(history.prices[:last], history.features[:last], history.ticker) for history in PANEL]
    made = pooled(cut)
    assert_same(made, {ticker: one for ticker, one in pooled().items() if ticker in made}, last)


@pytest.mark.parametrize("factor", [np.nan, 1e3, -1.0])
@pytest.mark.parametrize("day", [ALL_FEATURES[70], ALL_FEATURES[84], DAYS[140]])
def test_a_poisoned_future_of_one_ticker_changes_no_forecast_before(factor: float, day: pd.Timestamp) -> None:
    prices, features = (table.mul(np.where(table.index <= day, 1, factor), axis=0) for table in LONG[:2])
    assert_same(pooled([History(prices, features, "LONG"), *PANEL[1:]]), pooled(), day)


def test_the_past_of_one_ticker_changes_the_forecasts_of_all() -> None:
    """The two tests above can fail."""
    prices = LONG.prices.mul(np.where(np.arange(len(DAYS)) == 80, 1.1, 1), axis=0)
    made, before = pooled([with_features(prices, "LONG"), *PANEL[1:]]), pooled()
    assert all(
        (made[ticker].table["predicted_return"] != before[ticker].table["predicted_return"]).all() for ticker in made
    )


class Counted(Mean):
    """Counts its fits."""

    fits = 0

    def fit(self, windows: np.ndarray, target: np.ndarray) -> "Counted":
        Counted.fits += 1
        return super().fit(windows, target)


@pytest.mark.parametrize("n_tickers", [1, 2, 4])
def test_there_is_one_fit_a_fold_and_member(n_tickers: int) -> None:
    Counted.fits = 0
    told: list[tuple[int, int]] = []
    forecast_pooled(
        PANEL[:n_tickers], [Counted(), Counted(seed=8)], WALK, on_fold=lambda fit, total: told.append((*fit, total))
    )
    assert Counted.fits == 3 * 2
    assert told == [(member, fold, 6) for fold in (0, 1, 2) for member in (0, 1)]


def test_a_task_holds_the_rows_of_each_ticker_once() -> None:
    task = tasks_of(Ridge())[2]
    rows = sum(part.rows.nbytes + part.target.nbytes + part.days.nbytes for part in task.parts)
    assert len(task.parts) == 4
    assert rows < len(pickle.dumps(task)) < rows + 4_000


def test_each_ticker_is_forecast_in_units_of_its_own_target() -> None:
    made = pooled(predictor=Mean())
    [first, *_] = tasks_of(Mean())
    [unit] = {round(made[one.ticker].table["predicted_return"].iloc[0] / one.target_unit, 12) for one in first.parts}
    assert unit == pytest.approx(np.mean(np.concatenate([one.target / one.target_unit for one in first.parts])))
    for one in first.parts:
        assert made[one.ticker].table["training_mean"].iloc[0] == np.mean(one.target)


def test_a_member_that_needs_raw_inputs_is_fitted_on_each_ticker_alone() -> None:
    made = pooled(predictor=Naive())
    assert all((one.table["predicted_return"] == 0).all() for one in made.values())
    both = forecast_pooled(PANEL, [Naive(), Ridge()], WALK)
    for ticker, one in pooled().items():
        assert both[ticker].fits == 2 * one.fits
        half = 0.5 * one.table["predicted_return"]
        pd.testing.assert_series_equal(both[ticker].table["predicted_return"], half, check_exact=True)


def test_workers_and_cache_change_no_forecast(tmp_path: Path) -> None:
    members = [Ridge(), Averaging(), Naive()]
    walk, cache = replace(WALK, cold_start_every=2), Cache("forecasts", tmp_path)
    here = forecast_pooled(PANEL, members, walk)
    with process_pool(2) as executor:
        there = forecast_pooled(PANEL, members, walk, executor, cache=cache)
    with ThreadPoolExecutor(2) as executor:
        assert_same(forecast_pooled(PANEL, members[:1], walk, executor), forecast_pooled(PANEL, members[:1], walk))
    stored = forecast_pooled(PANEL, members, walk, cache=cache)
    assert_same(there, here)
    assert_same(stored, here)
    assert {ticker: (one.stored, one.fits) for ticker, one in stored.items()} == {
        ticker: (one.fits, one.fits) for ticker, one in here.items()
    }
    assert all(one.stored == 0 for one in there.values())


def test_fits_between_two_cold_starts_start_from_the_weights_of_the_first() -> None:
    walk = replace(WALK, cold_start_every=2)
    tasks = tasks_in(walk, Averaging())
    assert [task.follows for task in tasks] == [None, 0, None]
    cold, warm = (forecast_pooled(PANEL, Averaging(), one)["LONG"].table["predicted_return"] for one in (WALK, walk))
    assert (cold == warm).tolist() == [True] * 25 + [False] * 25 + [True] * 10


def test_where_the_first_fold_is_left_out_the_next_start_from_random_weights() -> None:
    """No ticker has 20 windows before day 30; the second has 31 before day 55."""
    early, late = drawn(6, "A", DAYS[: 20 + WARM_UP]), drawn(7, "B", DAYS[20:])
    walk = replace(WALK, first_test=30, cold_start_every=4)
    made = forecast_pooled([early, late], Averaging(), walk)
    assert list(made) == ["B"]
    assert made["B"].table["fold"].unique().tolist() == [1, 2, 3]
    mean = forecast_pooled([early, late], Mean(), walk)["B"].table
    assert made["B"].table["predicted_return"].equals(mean["predicted_return"])


def test_another_price_fits_again_the_folds_that_see_it_and_no_other(tmp_path: Path) -> None:
    cache = Cache("forecasts", tmp_path)
    assert [pooled(cache=cache)["LONG"].stored, pooled(cache=cache)["LONG"].stored] == [0, 3]
    prices = LONG.prices.mul(np.where(np.arange(len(DAYS)) == WARM_UP + 115, 1.1, 1), axis=0)
    assert pooled([with_features(prices, "LONG"), *PANEL[1:]], cache=cache)["HOLIDAYS"].stored == 2
    longer = pooled([LONG, LATE, ENDS], cache=cache)
    assert longer["LONG"].stored == 0
    assert pooled(cache=cache)["LONG"].stored == 3


def test_a_panel_of_one_ticker_finds_the_fits_of_that_ticker(tmp_path: Path) -> None:
    cache = Cache("forecasts", tmp_path)
    forecast(LONG.prices, LONG.features, Ridge(), WALK, cache=cache)
    assert pooled([LONG], cache=cache)["LONG"].stored == 3


def test_equal_windows_of_two_tickers_are_not_the_same_forecast(tmp_path: Path) -> None:
    """Both have the same prices from day 75 on; the inputs of one are scaled by other training rows."""
    features = LONG.features.mul(np.where(np.arange(len(DAYS)) <= 75, 2, 1), axis=0)
    twins = [LONG, History(LONG.prices, features, "TWIN")]
    cache = Cache("forecasts", tmp_path)
    made = pooled(twins, cache=cache)
    assert (made["LONG"].table["predicted_return"] != made["TWIN"].table["predicted_return"]).all()
    assert_same(pooled(twins, cache=cache), made)


@pytest.mark.parametrize(
    ("predictor", "inputs", "option"),
    [(Ridge(target="price"), "raw", "--target price"), (Ridge(), "raw", "--inputs raw")],
)
def test_raw_prices_are_refused(predictor: Predictor, inputs: str, option: str) -> None:
    with pytest.raises(
        ArgumentError, match=rf", not {option}: raw prices of two .* leave {option} out, or take --model own"
    ):
        pooled(predictor=predictor, inputs=inputs)


def test_pooled_fits_find_a_signal_that_own_fits_do_not() -> None:
    """Twenty tickers with the same AR(.1): the correlation of the true mean with the next return is .1."""
    walk = WalkForward(first_test=250, lookback=5, retrain_every=1_000)
    panel = [autoregressive(seed) for seed in range(20)]
    together = forecast_pooled(panel, Ridge(), walk)
    alone = {one.ticker: forecast(one.prices, one.features, Ridge(), walk) for one in panel}
    assert mean_correlation(together, panel) > 0.06
    assert mean_correlation(together, panel) > mean_correlation(alone, panel) + 0.03


def autoregressive(seed: int) -> History:
    random = np.random.default_rng(seed)
    returns = 0.01 * random.standard_normal(500 + WARM_UP)
    for day in range(1, len(returns)):
        returns[day] += 0.1 * returns[day - 1]
    close = 100 * np.exp(returns.cumsum())
    days = pd.bdate_range("2020-01-01", periods=len(close), name="Date")
    frame = pd.DataFrame({"Open": close, "High": 1.01 * close, "Low": 0.99 * close, "Close": close}, days)
    return with_features(frame.assign(Volume=1e4), f"T{seed:02d}")


def mean_correlation(forecasts: dict[str, Forecasts], panel: Sequence[History]) -> float:
    """Return the correlation of forecast and next return, the mean of all tickers."""
    found = []
    for history in panel:
        made = forecasts[history.ticker].table["predicted_return"]
        found.append(made.corr(history.prices["Close"].pct_change().shift(-1).reindex(made.index)))
    return float(np.mean(found))
