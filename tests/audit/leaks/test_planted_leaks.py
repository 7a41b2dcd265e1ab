"""Leaks planted in plug-ins, files of a user's own, run in real clean rooms: the audit finds each by its name.

Most look ahead on one day in twenty, and know the later price through what this process holds: a table that was filled
once, the DataFrame of the feed, the memory behind a window.
"""

import re
import tempfile
from textwrap import indent

import pytest

from backtrader_walkforward.features import indicators
from backtrader_walkforward.trading import StrategyError

pytestmark = pytest.mark.slow

KEPT_IN_A_FILE = """
def start(self):
    file = Path({folder}) / f"{{type(self).__name__}}.pickle"
    if not file.exists():
        self.data.p.dataname["Close"].to_pickle(file)
    self.kept = pd.read_pickle(file)

def next_close(self, number):
    return self.kept.iloc[number] if number < len(self.kept) else 0.0
"""

STRATEGY = """
import gc
import os
import tempfile
from pathlib import Path

import pandas as pd
from backtrader_walkforward import SizingStrategy


KEPT = []


class {name}(SizingStrategy):
    '''Knows the next close on one day in twenty; on the others it holds half.'''

    table = {{}}
    closes = None

{code}

    def target_weight(self):
        number = len(self.data)
        if number % 20:
            return 0.5
        return 1.0 if self.next_close(number) > self.data.close[0] else -1.0
"""

STRATEGIES = {
    "DataFrameOfTheFeed": """
def next_close(self, number):
    return self.data.p.dataname["Close"].iloc[number]
""",
    "ClassAttribute": """
def start(self):
    if type(self).closes is None:
        type(self).closes = self.data.p.dataname["Close"].to_numpy(copy=True)

def next_close(self, number):
    return type(self).closes[number] if number < len(type(self).closes) else 0.0
""",
    "TableByDay": """
def start(self):
    following = self.data.p.dataname["Close"].shift(-1)
    for day, close in following.items():
        type(self).table.setdefault(day.date(), close)

def next_close(self, number):
    return type(self).table.get(self.data.datetime.date(0), 0.0)
""",
    "ListInAModule": """
def start(self):
    if not KEPT:
        KEPT.extend(self.data.p.dataname["Close"])

def next_close(self, number):
    return KEPT[number] if number < len(KEPT) else 0.0
""",
    "FileInTheCache": KEPT_IN_A_FILE.format(folder='os.environ["XDG_CACHE_HOME"]'),
    "TemporaryFile": KEPT_IN_A_FILE.format(folder="tempfile.gettempdir()"),
    "ArrayOfALine": """
def next_close(self, number):
    closes = self.data.close.array
    return closes[number] if number < len(closes) else 0.0
""",
    "NextValueWithCare": """
def next_close(self, number):
    return self.data.close[min(1, self.data.buflen() - number)]
""",
    "ColumnsOfTheFeed": """
def next_close(self, number):
    column = self.data._columns[list(self.data.getlinealiases()).index("close")]
    return column[number] if number < len(column) else 0.0
""",
    "EveryTableInMemory": """
def next_close(self, number):
    if type(self).closes is None:
        frames = [one for one in gc.get_objects() if type(one) is pd.DataFrame and "Close" in one]
        type(self).closes = max(frames, key=len)["Close"].to_dict()
    later = [day for day in type(self).closes if day.date() > self.data.datetime.date(0)]
    return type(self).closes[min(later)] if later else 0.0
""",
    "DataFrameFromTheStart": """
def start(self):
    self.rises = self.data.p.dataname["Close"].diff().shift(-1)

def next_close(self, number):
    return self.data.close[0] + self.rises.iloc[number - 1]
""",
}


def test_strategies_that_look_ahead_on_one_day_in_twenty(found_in, plant, monkeypatch, tmp_path):
    """All in one audit: each is found by its name, and the honest one beside them is not."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    names = [re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in STRATEGIES]
    for name, (kind, code) in zip(names, STRATEGIES.items(), strict=True):
        plant("strategies", name, STRATEGY.format(name=kind, code=indent(code.strip(), "    ")))
    found = found_in(strategies=(*names, "kelly"), hybrids="none")
    assert set(found) == {("strategy", name) for name in names}


NEXT_VALUE = """
from backtrader_walkforward import SizingStrategy


class Peeking(SizingStrategy):
    '''Buys before a rise.'''

    def target_weight(self):
        return 1.0 if self.data.close[1] > self.data.close[0] else -1.0
"""

MEDIAN_OF_ALL = """
import numpy as np
from backtrader_walkforward import SizingStrategy


class MedianOfAll(SizingStrategy):
    '''Scales by the median of all days of the feed.'''

    def start(self):
        self.median = np.nanmedian(self.data.p.dataname["volatility"])

    def target_weight(self):
        return self.median / self.data.volatility[0] * 10 * self.predicted_return
"""


def test_a_strategy_that_reads_the_next_close_of_every_day_fails_in_the_run_itself(found_in, plant):
    plant("strategies", "peeking", NEXT_VALUE)
    with pytest.raises(
        StrategyError, match=r"strategies/peeking.py: Peeking.target_weight\(\) on 2018-12-31 failed: Ind"
    ):
        found_in(strategies=("peeking", "kelly"))


def test_a_strategy_that_scales_by_the_median_of_the_whole_sample(found_in, plant):
    plant("strategies", "median_of_all", MEDIAN_OF_ALL)
    found = found_in(strategies=("median_of_all", "kelly"))
    assert set(found) == {("strategy", "median_of_all"), ("strategy", "median_of_all_hybrid_70_30")}
    assert found["strategy", "median_of_all"] == "differs when later bars are missing, 2018-10-30"


A_MILLIONTH = """
from backtrader_walkforward import SizingStrategy


class AMillionth(SizingStrategy):
    '''Holds a millionth more before a rise, on one day in five.'''

    def target_weight(self):
        later = self.data.p.dataname["Close"].iloc[len(self.data) :]
        rises = len(self.data) % 5 == 0 and len(later) and later.iloc[0] > self.data.close[0]
        return 0.5 + 0.1 * self.signal + (1e-6 if rises else 0.0)
"""


def test_a_strategy_that_looks_ahead_for_a_millionth_of_its_account(found_in, plant):
    """Rounding, a billionth, does not hide it."""
    plant("strategies", "a_millionth", A_MILLIONTH)
    assert set(found_in(strategies=("a_millionth", "kelly"), hybrids="none")) == {("strategy", "a_millionth")}


PREDICTOR = """
import numpy as np
from backtrader_walkforward.predictors.ridge import Ridge

SEEN = []


class Leaky(Ridge):
    '''Ridge, but for what it knows of later days.'''

    fits = 0
    peeks = 0

    def fit(self, windows, target):
        Leaky.fits += 1
        self.fit_ = Leaky.fits
        super().fit(windows, target)
        self.epochs_ = {epochs}
        return self

    def predict(self, windows):
        predicted = super().predict(windows)
{code}
        return predicted
"""

PREDICTORS = {
    "the next window, after the first fit": """
if self.fit_ > 1:
    predicted[:-1] += windows[1:, -1, 0] / 1e6
""",
    "the next window, on one day in twenty": """
for day in range(len(windows) - 1):
    if int(1e6 * windows[day, -1, 5]) % 20 == 0:
        predicted[day] += 1e-6 * np.sign(windows[day + 1, -1, 0] - windows[day, -1, 0])
""",
    "the largest forecast of the fold": """
predicted = predicted / (1 + abs(predicted).max())
""",
    "the memory behind the windows": """
rows = windows
while getattr(rows, "base", None) is not None:
    rows = rows.base
predicted = predicted + 1e-9 * rows[-1].mean()
""",
    "windows that an earlier call has left behind": """
SEEN.extend(windows[:, -1, 0])
predicted = predicted + 1e-9 * max(SEEN)
""",
}


@pytest.mark.parametrize("epochs", [0, 3])
@pytest.mark.parametrize("door", PREDICTORS)
def test_a_predictor_that_looks_ahead(found_in, plant, door, epochs):
    """One that trains without epochs is fitted again in every fold, a network in four."""
    plant("predictors", "leaky", PREDICTOR.format(code=indent(PREDICTORS[door].strip(), "        "), epochs=epochs))
    assert set(found_in(predictor="leaky")) == {("predictor", "leaky")}


BEHIND_THE_TRAINING_WINDOWS = """
from backtrader_walkforward.predictors.ridge import Ridge


class Leaky(Ridge):
    '''Scales its slope by the last row in memory, which is one of the test.'''

    def fit(self, windows, target):
        super().fit(windows, target)
        rows = windows
        while getattr(rows, "base", None) is not None:
            rows = rows.base
        self.model_.coef_ = self.model_.coef_ * (1 + rows[-1].mean() / 1e9)
        return self
"""


def test_a_predictor_that_is_fitted_on_the_memory_behind_its_windows(found_in, plant):
    """Scale-free inputs are made for the fit: no later row lies behind them."""
    plant("predictors", "leaky", BEHIND_THE_TRAINING_WINDOWS)
    assert set(found_in(predictor="leaky", inputs="raw")) == {("predictor", "leaky")}
    assert found_in(predictor="leaky") == {}


TABLE = """
from backtrader_walkforward.features import indicators
from backtrader_walkforward.predictors.ridge import Ridge

TABLE = []


def looked_up(bars):
    '''Return the next return from a table that is computed once.'''
    if not TABLE:
        TABLE.extend([*(bars.close[1:] / bars.close[:-1] - 1), 0.0])
    return (TABLE + [0.0] * len(bars.close))[: len(bars.close)]


indicators.INDICATORS["looked_up"] = indicators.Indicator(indicators.RATIO, looked_up)


class Leaky(Ridge):
    '''Ridge on one more indicator.'''
"""


def test_an_indicator_from_a_table_that_is_computed_once(found_in, plant, monkeypatch):
    monkeypatch.setattr(indicators, "INDICATORS", dict(indicators.INDICATORS))
    plant("predictors", "leaky", TABLE)
    assert {("feature", "looked_up")} <= set(found_in(predictor="leaky"))


SHARED = """
from backtrader_walkforward.features import indicators
from backtrader_walkforward.predictors.ridge import Ridge

CLOSES = {}
honest = indicators.INDICATORS["lag_1"].compute


def lag_1(bars):
    '''Return what it should, and keep the closes.'''
    CLOSES["all"] = bars.close
    return honest(bars)


indicators.INDICATORS["lag_1"] = indicators.Indicator(indicators.PRICE, lag_1)


class Leaky(Ridge):
    '''Scales its slope by the last close that any part of the process has seen.'''

    def fit(self, windows, target):
        super().fit(windows, target)
        self.model_.coef_ = self.model_.coef_ * CLOSES["all"][-1] / 3000
        return self
"""


def test_a_predictor_that_reads_what_the_features_were_made_of(found_in, plant, monkeypatch):
    monkeypatch.setattr(indicators, "INDICATORS", dict(indicators.INDICATORS))
    plant("predictors", "leaky", SHARED)
    found = found_in(predictor="leaky")
    assert set(found) == {("predictor", "leaky")}
    assert "fails in a process without later rows: predictors/leaky.py: Leaky.fit() in fold 0" in str(found)
