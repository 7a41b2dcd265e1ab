"""A feature as a line of a Backtrader feed."""

from array import array
from collections.abc import Callable

import backtrader as bt
import numpy as np
import pandas as pd

from backtrader_walkforward.features.indicators import INDICATORS, WARM_UP, Bars


class SharedBars(array):
    """The values of a line once all are loaded, to be read only."""

    def __setitem__(self, *_: object) -> None:
        raise TypeError("the bars are those of all strategies and cannot be written")


class FeatureLine(bt.linebuffer.LineBuffer):
    """One of the 31 daily features of a feed's bars, computed when it is first read.

    Index 0 is the value of the current bar, known at its close, and -1 the one before; an index above 0 is refused.
    Indicators take it as any line, and wait for its warm-up. The values are those of `compute_features`, to the bit.

    Parameters
    ----------
    feed : bt.DataBase
        Feed that the line moves with.
    name : str
        One of `FEATURE_NAMES`.
    prices : callable
        Returns the bars that the feed has loaded: `Open High Low Close Volume`.
    """

    def __init__(self, feed: bt.DataBase, name: str, prices: Callable[[], pd.DataFrame]) -> None:
        self._feed, self._name, self._prices = feed, name, prices
        self._values = SharedBars("d")
        super().__init__()
        self.updateminperiod(WARM_UP + 1)
        # a strategy finds the feed of an indicator by these alone: they have no public name
        self._owner, self._clock = self, feed

    @property
    def array(self) -> array:
        """The values of all bars that the feed has loaded."""
        if len(self._values) < self._feed.buflen():
            values = INDICATORS[self._name].compute(Bars(self._prices()))
            self._values.extend(np.asarray(values, dtype=float)[len(self._values) :])
        return self._values

    @property
    def idx(self) -> int:
        """Place of the current bar."""
        return len(self._feed) - 1

    def __len__(self) -> int:
        return len(self._feed)

    def __getitem__(self, ago: int) -> float:
        """Return the value of the bar `ago` bars from the current one, 0 or below."""
        if ago > 0 or self.idx + ago < 0:
            raise IndexError(f"the line {self._name} has no bar {ago}: 0 is the current one and -1 the one before")
        return self.array[self.idx + ago]

    def __setitem__(self, ago: int, value: float) -> None:
        """Refuse: the features are those of all strategies."""
        raise TypeError(f"the line {self._name} cannot be written")

    def reset(self) -> None:
        """Prepare the buffer; its values come from the bars."""
        self.extension, self.useislice = 0, False

    def backwards(self, size: int = 1, force: bool = False) -> None:
        """Forget the values of bars that the feed has taken back, as a filter left them out after it had read them."""
        del self._values[self._feed.buflen() :]

    def home(self) -> None:
        """Stay with the feed, which alone moves."""
