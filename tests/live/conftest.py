"""A local Yahoo server, and a quick run: 200 days of the sample, ridge, short windows, and a threshold of 0."""

from datetime import date

import pytest

from backtrader_walkforward.settings.settings import Settings
from tests.data.conftest import no_network, yahoo
from tests.live.sessions import ledger, settings

__all__ = ["ledger", "no_network", "settings", "yahoo"]


@pytest.fixture
def settings_of(tmp_path):
    """Make the settings of the quick run, with some values replaced."""

    def settings_of(**settings):
        quick = {
            "source": "sample",
            "end": date(2018, 12, 31),
            "period": 200,
            "predictor": "ridge",
            "lookback": 10,
            "retrain_every": 10,
            "threshold": 0.0,
            "null_models": 0,
            "strategies": ("binary", "volatility_adjusted"),
            "cache_dir": tmp_path / "cache",
            "out": tmp_path / "out",
        }
        return Settings.of(**(quick | settings))

    return settings_of
