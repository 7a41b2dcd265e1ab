from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.features import compute_features
from backtrader_walkforward.forecasting import History, Predictor, forecast, make_predictor
from backtrader_walkforward.forecasting.fold_cache import fit_key
from backtrader_walkforward.forecasting.fold_tasks import fold_tasks
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.forecasting.inputs import InputScale
from backtrader_walkforward.forecasting.windows import make_windows
from tests.forecasting.pooled.drawn_tickers import CALM, DAYS, OWN, WILD, drawn
from tests.forecasting.seen import Seen
from tests.forecasting.walks import WALK


def tasks_with(*peers: History, predictor: Predictor | None = None) -> list[FoldTask]:
    return fold_tasks(OWN.prices, OWN.features, predictor or Seen(), WALK, peers=peers)


def test_a_fit_sees_all_tickers_in_the_order_of_time() -> None:
    task = tasks_with(CALM, WILD)[0]
    fitted = task.fit()
    assert isinstance(fitted, Seen)
    assert fitted.windows_.shape == (3 * 55, 5, 31)
    assert [part.ticker for part in task.peers] == ["CALM", "WILD"]
    for place, part in enumerate([task.own, *task.peers]):
        np.testing.assert_array_equal(part.days, task.days)
        assert fitted.target_[place::3] == pytest.approx(part.target / np.std(part.target))
        rows = part.training_rows(task.lookback)
        own = InputScale.of(make_windows(rows, task.lookback), task.units).inputs(rows, task.lookback)
        np.testing.assert_array_equal(fitted.windows_[place::3], own)


def test_a_forecast_is_in_units_of_the_ticker_itself() -> None:
    task = tasks_with(WILD)[0]
    assert task.predict(task.fit()) == pytest.approx(np.std(task.target))
    alone = tasks_with()[0]
    assert alone.predict(alone.fit()) == pytest.approx(1)


def test_no_row_of_a_peer_is_later_than_the_fit() -> None:
    for task in tasks_with(CALM):
        fitted_on = OWN.features.dropna().index[60 + 25 * task.fold - 1]
        known_on = DAYS[DAYS.get_indexer(pd.DatetimeIndex(task.peers[0].days)) + 1]
        assert known_on.max() == fitted_on


@pytest.mark.parametrize("spoil", [lambda values: np.nan * values, lambda values: 1e3 * values, lambda values: -values])
def test_the_future_of_a_peer_changes_nothing(spoil: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    last_fold = tasks_with(CALM)[-1]
    cut = OWN.features.dropna().index[60 + 25 * last_fold.fold - 1]
    poisoned = History(*(pd.concat([table[:cut], spoil(table[table.index > cut])]) for table in CALM[:2]))
    for before, after in zip(tasks_with(CALM), tasks_with(poisoned), strict=True):
        assert fit_key(replace(before, predictor=make_predictor("mean"))) == fit_key(
            replace(after, predictor=make_predictor("mean"))
        )


def test_the_future_of_a_peer_that_is_known_changes_the_fit() -> None:
    """The test above can fail."""
    cut = OWN.features.dropna().index[58]
    prices = CALM.prices
    poisoned = History(pd.concat([prices[:cut], 2 * prices[prices.index > cut]]), CALM.features)
    [before, *_], [after, *_] = tasks_with(CALM), tasks_with(poisoned)
    assert before.peers[0].target[-1] != after.peers[0].target[-1]


def test_a_peer_with_other_days_joins_by_the_calendar() -> None:
    saturdays = drawn(4, 50, 0.01, "DAILY", pd.date_range(DAYS[0], DAYS[-1], name="Date"))
    late = drawn(5, 50, 0.01, "LATE", DAYS[-60:])
    task = tasks_with(saturdays, late)[0]
    assert [part.ticker for part in task.peers] == ["DAILY"]  # the other has 27 days with features, all in the test
    assert task.peers[0].days[0] >= task.days[0]
    fitted = task.fit()
    assert isinstance(fitted, Seen)
    assert len(fitted.target_) == len(task.target) + len(task.peers[0].target)


def test_peers_and_units_are_part_of_the_key() -> None:
    mean = make_predictor("mean")
    keys = {fit_key(tasks_with(*peers, predictor=mean)[0]) for peers in ((), (CALM,), (WILD,), (CALM, WILD))}
    raw = fold_tasks(OWN.prices, OWN.features, mean, WALK, inputs="raw")[0]
    assert len(keys | {fit_key(raw)}) == 5


def test_a_pattern_that_only_peers_show_is_learned() -> None:
    """The ticker itself has too few days; twelve peers have the same AR(1)."""

    def autoregressive(seed: int) -> History:
        random = np.random.default_rng(seed)
        returns = np.zeros(len(DAYS))
        for day in range(1, len(DAYS)):
            returns[day] = 0.6 * returns[day - 1] + 0.008 * random.standard_normal()
        close = 100 * np.exp(returns.cumsum())
        frame = pd.DataFrame({"Open": close, "High": 1.01 * close, "Low": 0.99 * close, "Close": close}, DAYS)
        return History(frame.assign(Volume=1e4), compute_features(frame.assign(Volume=1e4)), str(seed))

    own, *peers = (autoregressive(seed) for seed in range(13))
    ridge = make_predictor("ridge")
    realised = own.prices["Close"].pct_change().shift(-1)

    def correlation(peers: list[History]) -> float:
        made = forecast(own.prices, own.features, ridge, WALK, peers=peers).table["predicted_return"]
        return float(made.corr(realised.reindex(made.index)))

    assert correlation(peers) > 0.4
