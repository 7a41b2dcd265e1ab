"""Forecasts of networks on two processes, which all tests here share: each imports TensorFlow for seconds."""

from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.forecasting import WalkForward, forecast, make_predictor
from backtrader_walkforward.forecasting.ensemble import mean_and_spread
from backtrader_walkforward.forecasting.fold_tasks import fold_tasks
from backtrader_walkforward.forecasting.folds import fit_and_forecast
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.system.cache import Cache
from tests.forecasting.pooled.drawn_tickers import CALM, OWN, WILD
from tests.forecasting.walks import SEARCH_WALK, WARM_WALK, History, assert_same, small_lstm

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def two_processes() -> Iterator[Executor | None]:
    with process_pool(2) as executor:
        yield executor


@pytest.mark.parametrize("walk", [WARM_WALK, SEARCH_WALK], ids=["warm starts", "one search"])
def test_a_fold_alone_equals_the_fold_after_others_on_other_processes_and_from_the_cache(
    history: History, tmp_path: Path, two_processes: Executor, walk: WalkForward
) -> None:
    lstm = small_lstm()
    here = forecast(*history, lstm, walk)
    first, _, last = fold_tasks(*history, lstm, walk)
    last_alone = fit_and_forecast(last.following(fit_and_forecast(first).handed_over))
    np.testing.assert_array_equal(last_alone.predicted, here.table["predicted_return"][-10:])
    there = forecast(*history, lstm, walk, two_processes, cache=Cache("forecasts", tmp_path))
    stored = forecast(*history, lstm, walk, cache=Cache("forecasts", tmp_path))
    pd.testing.assert_frame_equal(there.table, here.table, check_exact=True)
    pd.testing.assert_frame_equal(stored.table, here.table, check_exact=True)
    assert stored.epochs == there.epochs == here.epochs
    assert here.epochs[0] == 4  # two to find the best number, two on all windows
    assert (here.stored, there.stored, stored.stored) == (0, 0, 3)


@pytest.mark.parametrize("walk", [WARM_WALK, SEARCH_WALK], ids=["warm starts", "one search"])
def test_the_workers_change_nothing_and_what_is_taken_over_stays_with_its_member(
    history: History, two_processes: Executor, walk: WalkForward
) -> None:
    members = [small_lstm(1), small_lstm(2), make_predictor("ridge")]
    here = forecast(*history, members, walk)
    assert_same(forecast(*history, members, walk, two_processes), here)
    alone = [forecast(*history, member, walk).table["predicted_return"].to_numpy() for member in members]
    mean, spread = mean_and_spread(alone, [type(member) for member in members])
    np.testing.assert_array_equal(here.table["predicted_return"], mean)
    np.testing.assert_array_equal(here.table["forecast_spread"], spread)
    assert here.epochs[0] == 8  # of each network, two to find the best number and two on all windows


def test_processes_and_cache_change_no_pooled_forecast(tmp_path: Path, two_processes: Executor) -> None:
    members = [make_predictor("ridge"), small_lstm()]
    arguments = OWN.prices, OWN.features, members, SEARCH_WALK
    here = forecast(*arguments, peers=[CALM, WILD])
    there = forecast(*arguments, two_processes, cache=Cache("forecasts", tmp_path), peers=[CALM, WILD])
    stored = forecast(*arguments, cache=Cache("forecasts", tmp_path), peers=[CALM, WILD])
    for other in (there, stored):
        pd.testing.assert_frame_equal(other.table, here.table, check_exact=True)
    assert (there.stored, stored.stored) == (0, 6)
