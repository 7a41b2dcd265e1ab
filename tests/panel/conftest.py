"""A folder of CSV files of made-up tickers, a panel of three of them, and a Yahoo on this machine."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.panels.run import run_panel
from backtrader_walkforward.settings.settings import Settings
from tests.data.conftest import no_network, yahoo

__all__ = ["no_network", "yahoo"]

QUICK = {
    "predictor": "ridge",
    "lookback": 10,
    "period": 400,
    "strategies": "binary,kelly,long_short,equal_weight",
    "hybrids": "30",
}


def write_prices(folder, ticker, days=260, seed=0, first="2019-01-02"):
    """Write the CSV file of a random walk."""
    random = np.random.default_rng(seed)
    close = 50 * np.exp(np.cumsum(random.normal(0, 0.015, days)))
    opens = np.r_[close[0], close[:-1]] * np.exp(random.normal(0, 0.003, days))
    high, low = np.maximum(opens, close) * 1.004, np.minimum(opens, close) * 0.996
    index = pd.bdate_range(first, periods=days, name="Date")
    table = {"Open": opens, "High": high, "Low": low, "Close": close, "Volume": random.integers(1e5, 1e6, days)}
    pd.DataFrame(table, index).to_csv(folder / f"{ticker}.csv")


@pytest.fixture(scope="session")
def prices_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prices")
    for seed, ticker in enumerate(("AAA", "BBB", "CCC")):
        write_prices(folder, ticker, seed=seed)
    return folder


@pytest.fixture(scope="session")
def panel_of(prices_folder, tmp_path_factory):
    """Run a panel: `panel_of(tickers="AAA,BBB", model="pooled")`; a folder of its own holds what it stores."""

    def panel_of(executor=None, progress=lambda event: None, **values):
        own = {"csv_folder": prices_folder, "cache_dir": tmp_path_factory.mktemp("cache")}
        return run_panel(Settings.of(**QUICK | own | values), executor, progress)

    return panel_of


@pytest.fixture(scope="session")
def panel(panel_of):
    return panel_of()
