"""What many tests share: real prices of the bundled sample with a made-up forecast, and a Cerebro around a strategy."""

import signal

import backtrader as bt
import numpy as np
import pandas as pd
import pytest
from arch.data import sp500

from backtrader_walkforward.trading.forecast_feed import ForecastFeed


def pytest_sessionstart():
    """Listen to Ctrl-C, which some tests press: a shell starts what it runs in the background deaf to it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """Begin with the files of slow tests, so that no worker waits at the end while the other has a long one."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory):
    """Keep what the tests store, and the trials they make, out of the user's folders; forget how wide the screen is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COLUMNS", raising=False)  # processes of pytest-xdist have it
        for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        yield


@pytest.fixture(scope="session")
def sample() -> pd.DataFrame:
    """The S&P 500 index, 1999 to 2018."""
    return sp500.load()[["Open", "High", "Low", "Close", "Volume"]].astype(float)


@pytest.fixture(scope="session")
def signals(sample) -> pd.DataFrame:
    """120 days of the autumn of 2008 with a random forecast: gaps, crashes and flips."""
    bars = sample.loc["2008-07-01":].iloc[:120].copy()
    predicted_return = np.random.default_rng(7).normal(0, 0.02, len(bars))
    volatility = sample["Close"].pct_change().rolling(20).std()
    return bars.assign(
        predicted_return=predicted_return,
        predicted_close=bars["Close"] * (1 + predicted_return),
        volatility=volatility,
        median_volatility=volatility.expanding().median(),
    )


@pytest.fixture(scope="session")
def run():
    """Run strategies over bars and return them: `run(bars, (Strategy, params), ..., broker=..., analyzers=[...])`."""

    def run(bars, *strategies, broker=None, analyzers=(), **cerebro_arguments):
        cerebro = bt.Cerebro(stdstats=False, **cerebro_arguments)
        cerebro.adddata(ForecastFeed(dataname=bars))
        if broker is not None:
            cerebro.setbroker(broker)
        for strategy, params in strategies:
            cerebro.addstrategy(strategy, **params)
        for analyzer in analyzers:
            cerebro.addanalyzer(analyzer, _name=analyzer.__name__)
        return cerebro.run()

    return run


@pytest.fixture(scope="session")
def bars_of():
    """Make bars from opens and closes: `bars_of(opens=[...], closes=[...], predicted_return=[...])`."""

    def bars_of(opens, closes, predicted_return=None):
        index = pd.bdate_range("2020-01-01", periods=len(opens), name="date")
        frame = pd.DataFrame({"Open": opens, "Close": closes}, index, dtype=float)
        frame["High"], frame["Low"] = frame.max(axis=1), frame.min(axis=1)
        frame["Volume"] = 1000.0
        frame["predicted_return"] = np.nan if predicted_return is None else np.asarray(predicted_return, dtype=float)
        return frame

    return bars_of
