"""The Backtrader feed that carries prices and forecasts together."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from math import isnan, nan
from typing import Any

import backtrader as bt
import pandas as pd

from backtrader_walkforward.brokers.dividend_broker import DIVIDEND
from backtrader_walkforward.brokers.sizing import LOT_SIZE
from backtrader_walkforward.data.prices import COLUMNS
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.features.feature_line import FeatureLine, SharedBars
from backtrader_walkforward.features.indicators import INDICATORS

FORECAST_LINES = (
    *("predicted_return", "predicted_close", "forecast_spread", "volatility", "median_volatility"),
    *("trend_regime", "volatility_regime", "markov_regime"),
)

ACCOUNT_LINES = (DIVIDEND, LOT_SIZE)
"""Lines that the account reads."""


class ForecastFeed(bt.feeds.PandasData):
    """Daily bars, each with the forecast of the next bar that was made at its close.

    `ForecastFeed(dataname=frame)` takes a DataFrame with the columns Open High Low Close Volume and any of
    predicted_return, predicted_close, forecast_spread, volatility, median_volatility, and the codes of market regimes
    (`choices.REGIME_CODES`) trend_regime, volatility_regime, markov_regime. A line without a column is NaN throughout.
    The lines of a bar hold what was known at its close, never later.

    The 31 daily features of the bars are lines, too: `data.rsi`, `data.macd` (`features.FEATURE_NAMES`). Each is
    computed when it is first read (`FeatureLine`), from the bars that `fromdate`, `todate` and filters leave.
    `volatility` is the column of the DataFrame.
    """

    lines = (*FORECAST_LINES, *ACCOUNT_LINES)
    params = (("openinterest", None), *((line, -1) for line in (*FORECAST_LINES, *ACCOUNT_LINES)))

    def __getattr__(self, name):
        """Return a feature, or what Backtrader finds under the name."""
        if name in INDICATORS:
            return self._feature(name)
        try:
            return super().__getattr__(name)
        except AttributeError:
            raise AttributeError(f"the feed has no line {name!r}", name=name, obj=self) from None

    def __dir__(self):
        """Return the names that it has, those of the features among them."""
        return [*super().__dir__(), *INDICATORS]

    def _feature(self, name):
        """Return the line of a feature, made at its first use for all strategies."""
        features = self.__dict__.setdefault("_features", {})
        if name not in features:
            features[name] = FeatureLine(self, name, self.prices)
            features[name]._opstage = self._opstage
        return features[name]

    def _stage2(self):
        """Let comparisons of features be those of values from now on, as Backtrader does with its own lines."""
        super()._stage2()
        for line in self.__dict__.get("_features", {}).values():
            line._stage2()

    def prices(self):
        """Return the bars that are loaded, as a DataFrame with the columns Open High Low Close Volume.

        They are those of the lines: dates and filters may leave out rows of the DataFrame that the feed was given.
        """
        return pd.DataFrame({name: getattr(self.lines, name.lower()).array[: self.buflen()] for name in COLUMNS})

    def backwards(self, size=1, force=False):
        """Take back bars that a date or a filter leaves out, and their features."""
        super().backwards(size, force)
        for line in self.__dict__.get("_features", {}).values():
            line.backwards(size, force)

    def qbuffer(self, savemem=0, replaying=False):
        """Keep all bars where Cerebro saves memory (`exactbars`): the DataFrame has them, and features need them."""

    def start(self):
        """Take the columns out of the DataFrame: `PandasData` reads it cell by cell, which takes a second for 5,000.

        The lines become attributes: Backtrader would look for `close` in three places each time it is asked.
        """
        super().start()
        for name in self.getlinealiases():
            setattr(self, name, getattr(self.lines, name))
        self._columns = self._columns_of(self.p.dataname)
        self._bars: Iterator[Sequence[Any]] = zip(*self._columns, strict=True)

    def _columns_of(self, frame):
        """Return the values of each line."""
        columns = (
            self._dates(frame) if line == "datetime" else self._column(frame, line) for line in self.getlinealiases()
        )
        return [array("d", column) for column in columns]

    def preload(self):
        """Load all bars, which no strategy can write to from then on."""
        super().preload()
        self._bars = iter(())  # bar by bar, Backtrader asks again at the end: rows after `todate` may be left
        for line in self.itersize():
            line.array = SharedBars("d", line.array)

    def changed_lines(self):
        """Return the names of the lines whose values are not the bytes that were loaded."""
        loaded = zip(self.getlinealiases(), self.itersize(), self._columns, strict=True)
        return [name for name, line, column in loaded if line.array.tobytes() != column.tobytes()]

    def resample(self, **_):
        """Refuse, as `cerebro.resampledata(feed)` asks for it: Backtrader would keep the prices alone."""
        raise ArgumentError(
            "a ForecastFeed is not resampled or replayed, as each forecast belongs to its bar: give it days"
        )

    replay = resample

    def _load(self):
        """Put the next bar into the lines. Every feed of Backtrader's defines this method."""
        bar = next(self._bars, None)
        if bar is None:
            return False
        for line, value in zip(self.itersize(), bar, strict=True):
            line[0] = value
        return True

    @property
    def lacks_forecast(self):
        """Whether all bars are loaded, and neither the DataFrame nor a subclass has put a forecast into them."""
        if self._place("predicted_return") is not None or not self.buflen():
            return False
        return all(map(isnan, self.predicted_return.array))

    def _dates(self, frame):
        index = frame.index if self.p.datetime is None else self._column(frame, "datetime")
        return map(bt.date2num, pd.DatetimeIndex(index).to_pydatetime())

    def _column(self, frame, line):
        place = self._place(line)
        return [nan] * len(frame) if place is None else frame.iloc[:, place]

    def _place(self, line, named=None):
        """Return the place of a line's column. Its parameter is that, a name, -1 for the line's own name, or None."""
        where = getattr(self.p, line)
        if where != -1 and not isinstance(where, str):
            return where
        places = self._named_places() if named is None else named
        name = line if where == -1 else where
        as_compared = name.lower() if self.p.nocase else name
        return places.get(as_compared) if where == -1 else places[as_compared]

    def _named_places(self):
        """Return the place of each column of the DataFrame by its name, as names are compared."""
        names = [str(name) for name in self.p.dataname]
        return {name.lower() if self.p.nocase else name: place for place, name in enumerate(names)}


class GrowingFeed(ForecastFeed):
    """A feed whose DataFrame grows: it asks for each row once all strategies have decided on the one before.

    Run it with `preload=False`. A strategy finds no later row in it, by whatever name it asks.

    Parameters
    ----------
    more : iterator of Series
        The rows that follow those of `dataname`, each named by its date; None where there is none on a day of others.
    """

    params: tuple = (("more", iter(())),)

    def _load(self):
        """Put the next bar into the lines; ask for it where the DataFrame has ended. None means no bar today."""
        if super()._load():
            return True
        if not (following := list(islice(self.p.more, 1))):
            return False
        [row] = following
        if row is None:
            return None
        self.p.dataname.loc[row.name] = row
        latest = self._latest_bar()
        for column, value in zip(self._columns, latest, strict=True):
            column.append(value)
        self._bars = zip(*([value] for value in latest), strict=True)
        return super()._load()

    def _latest_bar(self):
        """Return the value of each line in the last row, which is read once: Pandas takes long to find each cell."""
        [day] = self._dates(self.p.dataname.iloc[-1:])
        row, named = self.p.dataname.iloc[-1].to_numpy(), self._named_places()
        places = {line: self._place(line, named) for line in self.getlinealiases() if line != "datetime"}
        values = {line: nan if place is None else float(row[place]) for line, place in places.items()}
        return [values.get(line, day) for line in self.getlinealiases()]
