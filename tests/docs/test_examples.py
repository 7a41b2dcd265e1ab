"""The examples run."""

import runpy

import numpy as np
import pytest
from backtrader_walkforward.strategies.binary import Binary

from backtrader_walkforward import SubAccountBroker
from examples.agreement import Agreement
from examples.kelly_criterion import KellyCriterion


def test_own_cerebro(capsys):
    runpy.run_module("examples.own_cerebro", run_name="__main__")
    cautious, hybrid = capsys.readouterr().out.splitlines()
    assert cautious.startswith("CautiousKelly   {'active': ")
    assert hybrid.startswith("Kelly           {'active': ")
    assert "'passive': " in hybrid


def test_agreement_is_sized_by_the_spread(bars_of, run):
    bars = bars_of(opens=[10] * 6, closes=[10] * 6, predicted_return=[0.02, 0.02, -0.03, 0.0005, np.nan, 0.02])
    bars["forecast_spread"] = [0.0, 0.02, 0.01, 0.0, np.nan, np.nan]
    assert weights_of(run, bars, Agreement) == pytest.approx([1.0, 0.5, -0.75, 0.0, 0.0, 1.0])


def test_agreement_without_a_spread_is_binary(signals, run):
    assert weights_of(run, signals, Agreement) == weights_of(run, signals, Binary)
    single = signals.assign(forecast_spread=0.0)
    assert weights_of(run, single, Agreement, threshold=0.0) == weights_of(run, single, Binary, threshold=0.0)


def test_the_kelly_criterion_is_halved_and_capped(bars_of, run):
    bars = bars_of(opens=[10] * 5, closes=[10] * 5, predicted_return=[0.0002, -0.0004, 0.002, -0.1, 0.001])
    # half of 0.0002 / 0.01^2 is 1; volatility 0.02 makes it a quarter; none is known without a past that moved
    bars["volatility"] = [0.02, 0.02, 0.01, 0.01, 0.0]
    assert weights_of(run, bars, KellyCriterion) == pytest.approx([0.25, -0.5, 1.0, -1.0, 0.0])
    bars["volatility"] = np.nan
    assert weights_of(run, bars, KellyCriterion) == [0.0] * 5
    assert weights_of(run, bars.assign(volatility=0.02), KellyCriterion, cap=0.3) == [0.25, -0.3, 0.3, -0.3, 0.3]


def weights_of(run, bars, strategy, **params):
    """Return the weights that a strategy decides, day by day."""
    decided = []

    class Recorded(strategy):
        def next(self):
            super().next()
            decided.append(self.weight)

    run(bars, (Recorded, params), broker=SubAccountBroker(cash=1_000.0))
    return decided
