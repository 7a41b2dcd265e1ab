"""The Backtrader feed that carries prices and forecasts together."""

from array import array
from math import inf, nan

import backtrader as bt
import pandas as pd

FORECAST_LINES = (
    *("predicted_return", "predicted_close", "forecast_spread", "volatility", "median_volatility"),
    *("trend_regime", "volatility_regime", "markov_regime"),
)

PRICE_LINES = ("close", "low", "high", "open", "volume", "openinterest")
NO_TICK = dict.fromkeys([*(f"tick_{line}" for line in PRICE_LINES), "tick_last"])


class ForecastFeed(bt.feeds.PandasData):
    """Daily bars with, on the bar at whose close it was made, the forecast of the next one.

    `ForecastFeed(dataname=frame)` takes a DataFrame with the columns Open High Low Close Volume and any of
    predicted_return, predicted_close, forecast_spread, volatility, median_volatility, and the codes of market regimes
    (`choices.REGIME_CODES`) trend_regime, volatility_regime, markov_regime. A line without a column is NaN throughout.
    The lines of a bar hold what was known at its close, never later.
    """

    lines = FORECAST_LINES
    params = (("openinterest", None), *((line, -1) for line in FORECAST_LINES))

    def start(self):
        """Take the columns out of the DataFrame: `PandasData` reads it cell by cell, which takes a second for 5,000."""
        super().start()
        frame, absent = self.p.dataname, array("d", [nan]) * len(self.p.dataname)
        self._columns = dict.fromkeys(self.getlinealiases(), absent) | {
            line: array("d", frame.iloc[:, place])
            for line, place in self._colmapping.items()
            if place is not None and line != "datetime"
        }
        place = self._colmapping["datetime"]
        dates = pd.DatetimeIndex(frame.index if place is None else frame.iloc[:, place])
        self._columns["datetime"] = array("d", map(bt.date2num, dates.to_pydatetime()))

    def preload(self):
        """Put whole columns into the lines, unless each bar has to be looked at."""
        if self._filters or self._tzinput or self.fromdate > -inf or self.todate < inf:
            super().preload()
            return
        for name, values in self._columns.items():
            getattr(self.lines, name).array[:0] = values
        self._idx = len(self.p.dataname)
        self.home()

    def _tick_nullify(self):
        """Forget the bar's ticks. The forecast lines have none; Backtrader would set theirs at each bar, too."""
        self.__dict__.update(NO_TICK)

    def _tick_fill(self, force=False):
        """Take the bar for its own tick, unless there was one."""
        if force or self.tick_close is None:
            prices = {f"tick_{line}": getattr(self.lines, line)[0] for line in PRICE_LINES}
            self.__dict__.update(prices, tick_last=prices["tick_close"])

    def _load(self):
        self._idx += 1
        if self._idx >= len(self.p.dataname):
            return False
        for name, values in self._columns.items():
            getattr(self.lines, name)[0] = values[self._idx]
        return True
