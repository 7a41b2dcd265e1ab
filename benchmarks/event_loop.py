"""All variants in one Cerebro, compared with plain Backtrader, a Cerebro each, and with backtesting.py.

Run as: python -m benchmarks.event_loop
All trade the same weights, each day at the next open: the strategies decide them from one random forecast of 5,000 days
of the S&P 500 index. Plain Backtrader and backtesting.py run the pure strategies one by one, Backtrader with its own
analyzers of the same figures. The CPU time is the least of some rounds, because other work only adds to it.
"""

import time
from collections.abc import Callable
from importlib.util import find_spec

import backtrader as bt
import numpy as np
import pandas as pd

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.data.sample import SAMPLES
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of
from benchmarks.table import Row, show

DAYS, ROUNDS, CAPITAL = 5_000, 3, 100_000.0

VARIANTS = [*variants_of(find_strategies()), BENCHMARK]

SAME_MEASURES = (
    bt.analyzers.TimeReturn,
    bt.analyzers.DrawDown,
    bt.analyzers.SharpeRatio,
    bt.analyzers.TradeAnalyzer,
    bt.analyzers.Transactions,
    bt.analyzers.PositionsValue,
)


class Rebalance(bt.Strategy):
    """The same in plain Backtrader: at each open, order the weight decided at the close before."""

    params = dict(weights=())

    def next_open(self):
        """Order."""
        if len(self):
            self.order_target_percent(target=self.p.weights[len(self) - 1])


class FractionalShares(bt.CommInfoBase):
    """No commission, and sizes that are not cut to whole shares, as ours are not."""

    def getsize(self, price, cash):
        """Return what the cash buys."""
        return cash / price


def signals() -> pd.DataFrame:
    """Return the last bars of the sample with a random forecast."""
    prices = SAMPLES["^GSPC"].load()[["Open", "High", "Low", "Close", "Volume"]].astype(float)
    volatility = prices["Close"].pct_change().rolling(20).std()
    predicted = np.random.default_rng(7).normal(0, 0.02, len(prices))
    lines = {"predicted_return": predicted, "predicted_close": prices["Close"] * (1 + predicted)}
    lines |= {"volatility": volatility, "median_volatility": volatility.expanding().median()}
    return prices.assign(**lines).iloc[-DAYS:]


def run_backtrader(bars: pd.DataFrame, weights: list[float]) -> None:
    """Run one strategy in a Cerebro of its own."""
    cerebro = bt.Cerebro(stdstats=False, cheat_on_open=True)
    cerebro.adddata(bt.feeds.PandasData(dataname=bars[["Open", "High", "Low", "Close", "Volume"]]))
    cerebro.broker.setcash(CAPITAL)
    cerebro.broker.addcommissioninfo(FractionalShares())
    cerebro.addstrategy(Rebalance, weights=weights)
    for analyzer in SAME_MEASURES:
        cerebro.addanalyzer(analyzer)
    cerebro.run()


def run_backtesting(bars: pd.DataFrame, weights: list[float]) -> None:
    """Run one strategy in backtesting.py, which trades whole shares: with a capital that makes them small."""
    from backtesting import Backtest, Strategy

    class RebalanceThere(Strategy):
        def init(self):
            """Nothing to prepare."""

        def next(self):
            wanted = weights[len(self.data) - 1] * self.equity / self.data.Close[-1]
            change = round(wanted - self.position.size)
            if change:
                (self.buy if change > 0 else self.sell)(size=abs(change))

    Backtest(bars, RebalanceThere, cash=1_000 * CAPITAL, margin=0.5, finalize_trades=True).run()


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of one call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def each(run: Callable[[pd.DataFrame, list[float]], None], bars: pd.DataFrame, weights: list[list[float]]) -> float:
    """Return the mean CPU time of a run over the pure strategies."""
    return cpu_seconds(lambda: [run(bars, one) for one in weights]) / len(weights)


def rows() -> list[Row]:
    """Measure and compare."""
    bars, settings = signals(), Settings.of(capital=CAPITAL, rebalance_band=0)
    pure = [variant for variant in VARIANTS if variant.kind == "Pure"]
    weights = [result.weights.tolist() for result in run_backtest(bars, pure, settings)]
    peers = {"backtrader": run_backtrader} | ({"backtesting": run_backtesting} if find_spec("backtesting") else {})
    ours, theirs = [], {name: [] for name in peers}
    for _ in range(ROUNDS):
        ours.append(cpu_seconds(lambda: run_backtest(bars, VARIANTS, settings)) / len(VARIANTS))
        for name, run in peers.items():
            theirs[name].append(each(run, bars, weights))
    return [row(min(ours), name, min(theirs.get(name, [0.0])), most) for name, most in WANTED.items()]


WANTED = {"backtrader": 0.25, "backtesting": 1.0}
"""Our CPU time over the peer's, at most."""


def row(ours: float, peer: str, theirs: float, most: float) -> Row:
    """Return one comparison; without the peer, only ours."""
    what, target = f"event loop, CPU a variant over {DAYS:,} days: {peer}", f"at most {most:g} of it"
    if not theirs:
        return Row(what, target, f"{ours:.2f} s; {peer} is not installed", None)
    measured = f"{ours:.2f} s, {peer} {theirs:.2f} s: {ours / theirs:.2f}"
    return Row(what, target, measured, ours / theirs <= most)


if __name__ == "__main__":
    show(rows())
