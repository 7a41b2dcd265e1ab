"""Verdicts on artificial forecasts of real prices."""

import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import Comparison, measure_forecast
from backtrader_walkforward.features import compute_features
from backtrader_walkforward.forecasting.windows import next_return
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.signals import signals_frame
from backtrader_walkforward.significance import assess_significance
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of

METHODS = ["binary", "fixed", "kelly", "proportional", "volatility_adjusted"]


@pytest.fixture(scope="session")
def forecasts_of():
    """Make a table of forecasts from predicted returns."""

    def forecasts_of(predicted_return, close):
        columns = {"predicted_return": predicted_return, "fold": 0, "training_mean": 0.0}
        columns["predicted_close"] = close * (1 + predicted_return)
        return pd.DataFrame(columns, close.index)

    return forecasts_of


@pytest.fixture(scope="session")
def assessed(sample, forecasts_of):
    """Return the verdict on a forecast that is made from the actual next returns of a year with a rising market."""

    def assessed(forecast, year="2017", **summary):
        prices = sample.loc[f"{int(year) - 1}-11-01" : f"{year}-12-31"]
        close = prices.loc[year, "Close"]
        following = (close.shift(-1) / close - 1).fillna(0.0)
        forecasts = forecasts_of(forecast(following), close)
        market = signals_frame(prices, compute_features(prices), forecasts)
        *results, benchmark = run_backtest(market, [*variants_of(find_strategies(METHODS)), BENCHMARK], Settings.of())
        return assess_significance(
            Comparison.of(results, benchmark), measure_forecast(forecasts, next_return(prices, "return"), 1), **summary
        )

    return assessed
