"""No honest plug-in fails an audit: those that are shipped, random ones with a seed, those that remember their past."""

import re
from textwrap import indent

import pytest

from backtrader_walkforward.audit.command import make_audit_report
from backtrader_walkforward.audit.finding import Verdict
from backtrader_walkforward.trading.variants import find_strategies

pytestmark = pytest.mark.slow

STRATEGY = """
import random

import backtrader as bt
import numpy as np
from scipy.signal import fftconvolve
from backtrader_walkforward import SizingStrategy


class {name}(SizingStrategy):
    '''Uses what is known at the close.'''

    drawn = random.Random(7)
    memory = {{}}

{code}
"""

STRATEGIES = {
    "Seeded": """
def start(self):
    self.drawn = np.random.default_rng(7)

def target_weight(self):
    return self.drawn.uniform(-1, 1)
""",
    "SeededOnce": """
def target_weight(self):
    return self.drawn.uniform(-1, 1)
""",
    "Remembering": """
def start(self):
    self.seen = []

def target_weight(self):
    self.seen.append(self.data.close[0])
    return 1.0 if self.data.close[0] >= np.mean(self.seen) else -0.5
""",
    "RememberingByDay": """
def target_weight(self):
    today = self.data.datetime.date(0)
    type(self).memory.setdefault(today, self.data.close[0])
    past = [close for day, close in type(self).memory.items() if day <= today]
    return 1.0 if self.data.close[0] >= np.mean(past[-5:]) else -0.5
""",
    "Indicators": """
def __init__(self):
    self.fast, self.slow = bt.ind.EMA(self.data.close, period=5), bt.ind.KAMA(self.data.close, period=15)
    self.strength = bt.ind.RSI(self.data.close)

def target_weight(self):
    return min(1.0, max(-1.0, (self.fast[0] / self.slow[0] - 1) * self.strength[0]))
""",
    "TaLib": """
def __init__(self):
    self.average = bt.talib.EMA(self.data.close, timeperiod=20)

def target_weight(self):
    return min(1.0, max(-1.0, 20 * (self.data.close[0] / self.average[0] - 1)))
""",
    "KnownRows": """
def target_weight(self):
    known = self.data.p.dataname.loc[: self.data.datetime.datetime(0)]
    return 1.0 if known["Close"].iloc[-1] >= known["Close"].iloc[-10:].mean() else -0.5
""",
    "MeanFromTheStart": """
def start(self):
    self.average = self.data.p.dataname["Close"].rolling(10).mean()

def target_weight(self):
    return 1.0 if self.data.close[0] >= self.average.loc[self.data.datetime.datetime(0)] else -0.5
""",
    "FilteredByFourier": """
def start(self):
    self.made = 0

def target_weight(self):
    frame = self.data.p.dataname
    if len(frame) != self.made:
        self.made = len(frame)
        returns = frame["Close"].pct_change().fillna(0.0)
        self.filtered = fftconvolve(returns, np.hanning(21) / 10)[: len(frame)] + returns.ewm(span=30).mean()
        self.filtered += np.convolve(returns, np.hanning(9) / 4)[: len(frame)]
    return float(np.tanh(50 * self.filtered.iloc[len(self.data) - 1]))
""",
}


def planted(plant, **strategies):
    """Plant strategies by their class names; return the names by which they are chosen."""
    names = {kind: re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower() for kind in strategies}
    for kind, code in strategies.items():
        plant("strategies", names[kind], STRATEGY.format(name=kind, code=indent(code.strip(), "    ")))
    return tuple(names.values())


def test_honest_strategies_pass(settings_of, plant):
    names = planted(plant, **STRATEGIES)
    report = make_audit_report(settings_of(strategies=(*names, "kelly")))
    assert [str(finding) for finding in report.not_passed] == []
    assert set(names) < {finding.name for finding in report.findings if finding.stage == "strategy"}


def test_a_strategy_without_a_seed_is_inconclusive(settings_of, plant):
    planted(plant, Honest=STRATEGIES["Seeded"].replace("default_rng(7)", "default_rng()"))
    report = make_audit_report(settings_of(strategies=("honest", "kelly")))
    reason = "trades differently each time, so that nothing can be compared: seed it"
    found = {finding.name: finding.text for finding in report.not_passed}
    assert found == dict.fromkeys(["honest", "honest_hybrid_70_30"], reason)
    assert report.verdict == Verdict.INCONCLUSIVE


PREDICTORS = {
    "a forest": """
from sklearn.ensemble import RandomForestRegressor

from backtrader_walkforward import Predictor


class Honest(Predictor):
    '''Forecast with a small forest.'''

    def fit(self, windows, target):
        self.model_ = RandomForestRegressor(5, random_state=self.seed).fit(windows[:, -1], target)
        return self

    def predict(self, windows):
        return self.model_.predict(windows[:, -1])
""",
    "a product of matrices": """
import numpy as np

from backtrader_walkforward import Predictor


class Honest(Predictor):
    '''Least squares on all values of a window, whose products round by the number of windows.'''

    def fit(self, windows, target):
        self.slopes_ = np.linalg.lstsq(self.values_of(windows), target, rcond=None)[0]
        return self

    def predict(self, windows):
        return self.values_of(windows) @ self.slopes_

    def values_of(self, windows):
        return np.column_stack([windows.reshape(len(windows), -1), np.ones(len(windows))])
""",
    "two layers of a network": """
import numpy as np

from backtrader_walkforward import Predictor


class Honest(Predictor):
    '''A random hidden layer, in single precision, and least squares on it.'''

    def fit(self, windows, target):
        random = np.random.default_rng(self.seed)
        self.hidden_ = random.normal(0, 0.1, (windows[0].size, 32)).astype("f4")
        self.slopes_ = np.linalg.lstsq(self.hidden_of(windows), target, rcond=None)[0].astype("f4")
        return self

    def predict(self, windows):
        return (self.hidden_of(windows) @ self.slopes_).astype(float)

    def hidden_of(self, windows):
        return np.tanh(windows.reshape(len(windows), -1).astype("f4") @ self.hidden_)
""",
    "noise by window": """
import numpy as np

from backtrader_walkforward import Predictor


class Honest(Predictor):
    '''Forecast at random, as a generator begun anew for each call draws; counts its fits.'''

    fits = 0

    def fit(self, windows, target):
        Honest.fits += 1
        self.spread_ = target.std()
        self.epochs_ = 2
        return self

    def predict(self, windows):
        return np.random.default_rng(self.seed).normal(0, self.spread_, len(windows))
""",
}


@pytest.mark.parametrize("how", PREDICTORS)
def test_an_honest_predictor_passes(settings_of, plant, how):
    plant("predictors", "honest", PREDICTORS[how])
    report = make_audit_report(settings_of(predictor="honest"))
    assert [str(finding) for finding in report.not_passed] == []


def test_a_predictor_without_a_seed_is_inconclusive(settings_of, plant):
    plant("predictors", "honest", PREDICTORS["noise by window"].replace("default_rng(self.seed)", "default_rng()"))
    [found] = make_audit_report(settings_of(predictor="honest")).not_passed
    assert (found.verdict, found.name) == (Verdict.INCONCLUSIVE, "honest")
    assert found.reason == "forecasts differently each time: seed it"


def test_all_strategies_and_quick_predictors_that_are_shipped_pass(settings_of):
    """None of them opens a file, either, which would be a finding."""
    report = make_audit_report(settings_of(strategies=None, predictor="ridge,mean,naive"))
    assert [str(finding) for finding in report.not_passed] == []
    names = {finding.name.partition("_hybrid")[0] for finding in report.findings if finding.stage == "strategy"}
    assert names == {*find_strategies(), "buy_and_hold"}
    assert [finding.name for finding in report.findings if finding.stage == "files"] == ["of a watched process"]
