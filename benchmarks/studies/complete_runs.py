"""Complete runs on random walks: how often the verdict reports skill, and whether it reports real skill.

Run as: python -m benchmarks.studies.complete_runs [number of random walks]
A random walk is a sequence of days of the bundled sample, drawn at random: gaps, ranges and volumes are real, the order
cannot be predicted. Each walk goes through a complete run: features, a ridge forecast refitted every 21 days, 20
variants and the verdict. The oracle knows the return of tomorrow; one day late it knows the return of today.
"""

import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from arch.data import sp500

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import Comparison, measure_forecast
from backtrader_walkforward.features import compute_features
from backtrader_walkforward.forecasting import WalkForward, forecast, make_predictor
from backtrader_walkforward.forecasting.windows import next_return
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.signals import signals_frame
from backtrader_walkforward.significance import Significance, assess_significance
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of
from benchmarks.table import Row, show

COLUMNS = ["Open", "High", "Low", "Close", "Volume"]
STRATEGIES = ("binary", "fixed", "kelly", "proportional", "volatility_adjusted")
WALKS, WARM_UP, DAYS, TESTED = 200, 33, 480, 150

Forecaster = Callable[[pd.DataFrame], pd.DataFrame]
"""A function from prices to the table of forecasts."""


def sample() -> pd.DataFrame:
    """Return the index from 2006 to 2018. Before 2006 its open mostly repeats the close of the day before."""
    return sp500.load()[COLUMNS].loc["2006":].astype(float)


def random_walk(seed: int, days: int = WARM_UP + DAYS) -> pd.DataFrame:
    """Return prices whose days are drawn from the sample at random, with replacement."""
    prices = sample()
    before = prices["Close"].shift(1)
    bars = prices[COLUMNS[:4]].div(before, axis=0).assign(Volume=prices["Volume"]).iloc[1:]
    drawn = bars.iloc[np.random.default_rng(seed).integers(0, len(bars), days)]
    close = 1000 * drawn["Close"].cumprod()
    scale = (close / drawn["Close"]).to_numpy()
    index = pd.bdate_range("2000-01-03", periods=days, name="date")
    return drawn.assign(**{name: drawn[name] * scale for name in COLUMNS[:4]}).set_axis(index, axis=0)


def table_of(predicted_return: pd.Series, close: pd.Series) -> pd.DataFrame:
    """Return forecasts in the form of `forecasting.forecast`."""
    predicted_close = close * (1 + predicted_return)
    return pd.DataFrame({"predicted_return": predicted_return, "predicted_close": predicted_close, "fold": 0})


def ridge(prices: pd.DataFrame) -> pd.DataFrame:
    """Forecast as a run with `--predictor ridge` does."""
    pattern = make_predictor("ridge", target="return", seed=7, epochs=1)
    return forecast(prices, compute_features(prices), pattern, WalkForward()).table


def coin(prices: pd.DataFrame) -> pd.DataFrame:
    """Forecast the last days at random, with a volatility like that of the prices."""
    close = prices["Close"].iloc[-TESTED:]
    seed = int(prices["Close"].iloc[-1] * 1e6)
    drawn = np.random.default_rng(seed).normal(0, 0.005, len(close))
    return table_of(pd.Series(drawn, close.index), close)


def oracle(late: int) -> Forecaster:
    """Return a forecaster that knows the actual next returns of the last days, `late` days late."""

    def forecaster(prices: pd.DataFrame) -> pd.DataFrame:
        close = prices["Close"]
        following = (close.shift(-1) / close - 1).shift(late).fillna(0.0)
        return table_of(following.iloc[-TESTED:], close.iloc[-TESTED:])

    return forecaster


def assessed(prices: pd.DataFrame, forecaster: Forecaster, strategies: tuple[str, ...] = STRATEGIES) -> Significance:
    """Return the verdict on a run over `prices` with the forecasts of `forecaster`."""
    table = forecaster(prices)
    signals = signals_frame(prices, compute_features(prices), table)
    *results, benchmark = run_backtest(signals, [*variants_of(find_strategies(strategies)), BENCHMARK], Settings.of())
    skill = measure_forecast(table, next_return(prices, "return"), 1)
    return assess_significance(Comparison.of(results, benchmark), skill, seed=7)


def on_random_walk(seed: int, forecaster: Forecaster = ridge, strategies: tuple[str, ...] = STRATEGIES) -> Significance:
    """Return the verdict on a run over one random walk, without the figures of each variant."""
    return replace(assessed(random_walk(seed), forecaster, strategies), variants={})


def share(verdicts: list[bool]) -> str:
    """Return a share in per cent and as a fraction."""
    return f"{np.mean(verdicts):.1%} ({sum(verdicts)} of {len(verdicts)})"


def rows(walks: int = WALKS, workers: int = 2) -> list[Row]:
    """Assess runs on random walks, and two oracles on the sample."""
    with process_pool(workers) as pool:
        found = list((pool.map if pool else map)(on_random_walk, range(walks)))
    skilled = [significance.shows_skill for significance in found]
    gates = {
        "deflated Sharpe ratio above .95": [
            (significance.deflated_sharpe_ratio or 0.0) > 0.95 for significance in found
        ],
        "SPA below .05": [
            (1.0 if (p := significance.superior_predictive_ability) is None else p) < 0.05 for significance in found
        ],
    }
    prices = sample().loc["2017":]
    knows, knew = (assessed(prices, oracle(late)).shows_skill for late in (0, 1))
    return [
        Row("random walks on which skill is reported", "<= 5 %", share(skilled), sum(skilled) <= 0.05 * walks),
        *(Row(f"  of them: {gate}", "<= 5 %", share(passed), None) for gate, passed in gates.items()),
        Row("oracle on the sample, 2018: skill is reported", "yes", "yes" if knows else "no", knows),
        Row("the same oracle, a day late", "no", "yes" if knew else "no", not knew),
    ]


if __name__ == "__main__":
    show(rows(*map(int, sys.argv[1:2])))
