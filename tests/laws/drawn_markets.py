"""What the tests of laws share: small markets drawn by hypothesis, the same ones in every run, and what trades them."""

import numpy as np
import pandas as pd
import pytest
from arch.data import sp500
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backtrader_walkforward.trading.variants import Variant, find_strategies

PRICES = ["Open", "High", "Low", "Close"]
SAMPLE = sp500.load()[[*PRICES, "Volume"]].astype(float)
METHODS = find_strategies(["binary", "fixed", "kelly", "proportional", "volatility_adjusted"])
"""Those that trade the forecast and nothing else, so that the laws are theirs."""

PURE = [Variant(name, strategy) for name, strategy in METHODS.items()]
PURE_AND_A_HYBRID = [*PURE, Variant("kelly", METHODS["kelly"], active_share=0.3)]

law = settings(derandomize=True, database=None, max_examples=10, deadline=None, phases=[Phase.generate, Phase.shrink])
both_fills = pytest.mark.parametrize("fill", ["next-open", "close"])


def columns(rows: int, width: int, low: float, high: float) -> st.SearchStrategy[np.ndarray]:
    """Draw a table of numbers with six decimals."""
    return arrays(float, (rows, width), elements=st.floats(low, high)).map(lambda table: table.round(6))


def made_up(steps: np.ndarray) -> pd.DataFrame:
    """Make bars from the gap before each, its move, and its shadows: no day moves more than 11 %, so none ruins."""
    gaps, moves, upper, lower = steps.T
    close = 100 * np.cumprod((1 + gaps) * (1 + moves))
    bars = pd.DataFrame({"Open": close / (1 + moves), "Close": close}, SAMPLE.index[: len(steps)])
    bars["High"], bars["Low"] = bars.max(axis=1) * (1 + abs(upper)), bars.min(axis=1) * (1 - abs(lower))
    return bars.assign(Volume=1_000.0)


@st.composite
def markets(draw: st.DrawFn) -> pd.DataFrame:
    """Draw 30 to 45 bars, real or made up, with forecasts that begin on one of the first four days."""
    days = draw(st.integers(30, 45))
    real = st.integers(0, len(SAMPLE) - days).map(lambda start: SAMPLE.iloc[start : start + days])
    bars = draw(real | columns(days, 4, -0.05, 0.05).map(made_up))
    [predicted], [volatility] = draw(columns(days, 1, -0.05, 0.05)).T, draw(columns(days, 1, 0.001, 0.05)).T
    predicted[: draw(st.integers(0, 3))] = np.nan
    return bars.assign(
        predicted_return=predicted,
        predicted_close=bars["Close"] * (1 + predicted),
        volatility=volatility,
        median_volatility=pd.Series(volatility).expanding().median().to_numpy(),
    )
