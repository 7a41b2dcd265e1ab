"""A strategy that reads later bars is refused by every run; one that only seems to is not."""

import random

import backtrader as bt
import numpy as np
import pytest
from scipy.signal import fftconvolve

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study.look_ahead import require_no_look_ahead
from backtrader_walkforward.trading import SizingStrategy, StrategyError
from backtrader_walkforward.trading.variants import Variant

SETTINGS = Settings.of(capital=1_000.0)


class NextClose(SizingStrategy):
    """Reads it on all days but the last, on which there is none."""

    def target_weight(self):
        try:
            return 1.0 if self.data.close[1] > self.data.close[0] else -1.0
        except IndexError:
            return -1.0


class NextCloseOrLong(SizingStrategy):
    """Is long where the next bar is missing, as on each day on which it takes a position."""

    def target_weight(self):
        try:
            return 1.0 if self.data.close[1] > self.data.close[0] else 0.0
        except IndexError:
            return 1.0


class NextOfThePast(SizingStrategy):
    """Reads a later bar in summer alone, unguarded."""

    def target_weight(self):
        return 1.0 if self.data.datetime.date(0).month < 9 and self.data.close[1] > self.data.close[0] else 0.0


class NextCloseWhereThereIsOne(SizingStrategy):
    def target_weight(self):
        following = self.data.close[1] if len(self.data) < self.data.buflen() else self.data.close[0]
        return 1.0 if following > self.data.close[0] else 0.0


class NextOfAnIndicator(SizingStrategy):
    def __init__(self):
        self.mean = bt.indicators.SMA(self.data, period=3)

    def target_weight(self):
        return 1.0 if len(self) < 100 and self.mean[1] > self.mean[0] else 0.0


class MeanOfAllCloses(SizingStrategy):
    def __init__(self):
        self.mean = np.mean(self.data.close.array) if len(self.data.close.array) else 0.0

    def target_weight(self):
        return 1.0 if self.data.close[0] < self.mean else 0.0


class NextRowOfTheFrame(SizingStrategy):
    def __init__(self):
        self.following = self.data.p.dataname["Close"].shift(-1).to_numpy()

    def target_weight(self):
        return 1.0 if self.following[len(self.data) - 1] > self.data.close[0] else 0.0


class NextCloseOrFlat(SizingStrategy):
    """Is short before the market rises, so that it is never the best."""

    def target_weight(self):
        following = self.data.close.get(ago=1)
        return -0.5 if not following or following[0] > self.data.close[0] else 0.0


class AlwaysHalf(SizingStrategy):
    def target_weight(self):
        return 0.5


class Unseeded(SizingStrategy):
    def target_weight(self):
        return random.random()


class NeedsAllDays(SizingStrategy):
    def start(self):
        if self.data.buflen() < 100:
            raise ValueError("too few days")

    def target_weight(self):
        return 1.0


class RoundsBarByBar(bt.Indicator):
    """A mean whose last digits depend on how it is computed, as those of TA-Lib's indicators do."""

    lines = ("mean",)

    def next(self):
        self.lines.mean[0] = self.data[0] / 3 * 1.0000000001

    def once(self, start, end):
        for bar in range(start, end):
            self.lines.mean.array[bar] = self.data.array[bar] / 3


class OnRounding(SizingStrategy):
    def __init__(self):
        self.third = RoundsBarByBar(self.data)

    def target_weight(self):
        return self.third[0] / self.data.close[0]


class FilteredByFourier(SizingStrategy):
    """A causal filter, whose rounding depends on the number of bars."""

    def start(self):
        super().start()
        returns = self.data.p.dataname["Close"].pct_change().fillna(0.0).to_numpy()
        self.filtered = fftconvolve(returns, np.hanning(21) / 10)[: len(returns)]

    def target_weight(self):
        return float(np.tanh(50 * self.filtered[len(self.data) - 1]))


class PeeksALittle(FilteredByFourier):
    """A millionth more where the next close is higher."""

    def target_weight(self):
        later = self.data.p.dataname["Close"].iloc[len(self.data) :]
        return 0.9 * super().target_weight() + (1e-6 if len(later) and later.iloc[0] > self.data.close[0] else 0.0)


class Seeded(SizingStrategy):
    def __init__(self):
        self.random = random.Random(3)

    def target_weight(self):
        return self.random.random()


def looked_at(signals, *strategies, settings=SETTINGS):
    variants = [Variant(strategy.__name__, strategy, share) for strategy in strategies for share in (1.0, 0.5)]
    return require_no_look_ahead(signals, variants, run_backtest(signals, variants, settings), settings)


@pytest.mark.parametrize("fill", ["next-open", "close"])
@pytest.mark.parametrize(
    ("strategy", "found"),
    [
        (NextOfThePast, "NextOfThePast.target_weight() on 2008-07-01 failed: IndexError: array index out of range"),
        (
            NextOfAnIndicator,
            "NextOfAnIndicator.target_weight() on 2008-07-03 failed: IndexError: array index out of range",
        ),
        (NextClose, "NextClose trades differently on"),
        (NextCloseOrLong, "NextCloseOrLong trades differently on 2008-07-01 without the bars after 2008-07-01 -"),
        (NextCloseWhereThereIsOne, "NextCloseWhereThereIsOne trades differently on"),
        (MeanOfAllCloses, "MeanOfAllCloses trades differently on"),
        (NextRowOfTheFrame, "NextRowOfTheFrame trades differently on"),
        (PeeksALittle, "PeeksALittle trades differently on"),
    ],
)
def test_a_read_of_later_bars_is_refused(signals, strategy, found, fill):
    with pytest.raises(StrategyError) as refused:
        looked_at(signals, Seeded, strategy, settings=SETTINGS.replace(fill=fill))
    assert str(refused.value).startswith(f"a strategy reads later bars: {found}")
    assert str(refused.value).endswith(
        "- index 0 is the latest bar that a strategy knows, and data.close[1] the next one"
    )


@pytest.mark.parametrize("beside", [AlwaysHalf, NeedsAllDays])
def test_a_read_is_refused_whatever_others_do(signals, beside):
    """The best takes its only position on the first day, or one fails on a shorter history."""
    with pytest.raises(StrategyError, match="reads later bars: NextCloseOrFlat trades differently"):
        looked_at(signals, beside, NextCloseOrFlat)


@pytest.mark.parametrize("strategy", [Seeded, OnRounding, FilteredByFourier])
def test_what_does_not_depend_on_later_bars_passes(signals, strategy):
    assert looked_at(signals, strategy) == []


def test_random_numbers_without_a_seed_are_told(signals):
    assert looked_at(signals, Unseeded) == [
        "Unseeded trades differently each time, so that reads of later bars cannot be seen: seed it"
    ]


def test_what_fails_on_a_shorter_history_is_told(signals):
    assert looked_at(signals, NeedsAllDays) == [
        "reads of later bars by NeedsAllDays were not looked for: NeedsAllDays.start() failed: ValueError: too few days"
    ]
