"""The five methods at values that can be checked by hand."""

import numpy as np
import pytest
from backtrader_walkforward.strategies.binary import Binary
from backtrader_walkforward.strategies.fixed import Fixed
from backtrader_walkforward.strategies.kelly import Kelly, half_kelly_weight
from backtrader_walkforward.strategies.proportional import Proportional
from backtrader_walkforward.strategies.volatility_adjusted import VolatilityAdjusted, volatility_adjusted_weight

CALM, WILD = 0.005, 0.04
MEDIAN = 0.01


@pytest.mark.parametrize(
    ("strategy", "predicted_return", "volatility", "weight"),
    [
        (Binary, 0.002, MEDIAN, 1),
        (Binary, 0.0005, MEDIAN, 0),
        (Binary, -0.002, MEDIAN, -1),
        (Fixed, 0.002, MEDIAN, 0.5),
        (Fixed, 0.001, MEDIAN, 0),
        (Fixed, -0.002, MEDIAN, -0.5),
        (Proportional, 0.02, MEDIAN, 0.02),
        (Proportional, -0.0005, MEDIAN, -0.0005),
        (Proportional, 1.5, MEDIAN, 1),
        (Kelly, 0.02, MEDIAN, 0.04),
        (Kelly, 0.3, MEDIAN, 0.5),
        (Kelly, -0.3, MEDIAN, -0.5),
        (VolatilityAdjusted, 0.01, MEDIAN, 0.1),
        (VolatilityAdjusted, 0.01, CALM, 0.2),
        (VolatilityAdjusted, 0.01, WILD, 0.025),
        (VolatilityAdjusted, -0.5, CALM, -1),
        (VolatilityAdjusted, 0.01, 0.0, 0.1),
    ],
)
def test_weight(bars_of, run, strategy, predicted_return, volatility, weight):
    bars = bars_of([10.0], [10.0], [predicted_return]).assign(volatility=volatility, median_volatility=MEDIAN)
    [ran] = run(bars, (strategy, {}))
    assert ran.weight == pytest.approx(weight, rel=1e-12)


def test_formulas_are_odd():
    for predicted_return in np.linspace(0, 1, 11):
        assert half_kelly_weight(-predicted_return) == -half_kelly_weight(predicted_return)
        assert volatility_adjusted_weight(-predicted_return, 0.02, 0.01) == -volatility_adjusted_weight(
            predicted_return, 0.02, 0.01
        )
