"""The construction of all strategies and analyzers, tried before anything is fetched or trained."""

from collections.abc import Iterable
from contextlib import suppress

import backtrader as bt
import numpy as np
import pandas as pd

from backtrader_walkforward.cerebro import run_cerebro
from backtrader_walkforward.data.prices import COLUMNS
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.analyzers import find_analyzers
from backtrader_walkforward.trading.forecast_feed import FORECAST_LINES
from backtrader_walkforward.trading.variants import Variant

DRY_BARS = 300
"""Bars on which strategies are constructed before there are prices: some look at them."""


def check_construction(variants: Iterable[Variant], settings: Settings) -> None:
    """Construct the strategies with all analyzers on bars of no market, so that a fault is known before the training.

    Raises
    ------
    UserError
        If a plug-in cannot be constructed.
    """
    days = pd.bdate_range("2000-01-03", periods=DRY_BARS)
    path = pd.Series(100 + np.sin(np.arange(DRY_BARS)), days)
    bars = pd.DataFrame(dict.fromkeys([*COLUMNS, "predicted_close"], path))
    bars = bars.assign(**dict.fromkeys(set(FORECAST_LINES) - set(bars), path.pct_change().fillna(0.0)))
    pure = [variant for variant in variants if variant.active_share == 1]
    with suppress(BeforeFirstBarError):
        run_cerebro(bars, pure, settings, {"constructed": Constructed} | find_analyzers())


class BeforeFirstBarError(Exception):
    """All parts of a Cerebro are constructed."""


class Constructed(bt.Analyzer):
    """Ends a run before its first bar."""

    def start(self) -> None:
        """Leave the run: Backtrader starts the analyzers when all are constructed."""
        raise BeforeFirstBarError
