"""Small panels in CSV files: three tickers of half a year, and twenty of fewer days."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.audit.panel.command import make_panel_report
from backtrader_walkforward.settings.settings import Settings
from tests.audit.conftest import faults_of
from tests.panel.conftest import write_prices

QUICK = {
    "predictor": "ridge",
    "lookback": 10,
    "retrain_every": 12,
    "period": 400,
    "threshold": 0.0,
    "strategies": ("binary", "long_short"),
    "hybrids": "30",
}


@pytest.fixture(scope="session")
def three(tmp_path_factory):
    """A folder of three tickers; the last one has holidays of its own."""
    folder = tmp_path_factory.mktemp("three")
    for seed, ticker in enumerate(("AAA", "BBB", "CCC")):
        write_prices(folder, ticker, days=140, seed=seed)
    without_days(folder / "CCC.csv", [60, 90, 115, 116])
    return folder


@pytest.fixture(scope="session")
def twenty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twenty")
    for seed in range(20):
        write_prices(folder, f"T{seed:02}", days=110, seed=seed)
    return folder


def without_days(path, places):
    """Take rows out of a CSV file of prices."""
    prices = pd.read_csv(path)
    prices.drop(index=np.array(places)).to_csv(path, index=False)


@pytest.fixture
def settings_of_panel(tmp_path):
    """Make the settings of a quick panel; each strategy has one hybrid."""

    def settings_of_panel(folder, **values):
        own = {"csv_folder": folder, "cache_dir": tmp_path / "cache", "out": tmp_path}
        return Settings.of(**QUICK | own | values)

    return settings_of_panel


@pytest.fixture
def found_in_panel(settings_of_panel):
    """Audit a panel; return each failure and its day by stage and name."""

    def found_in_panel(folder, **values):
        return faults_of(make_panel_report(settings_of_panel(folder, **values)))

    return found_in_panel
