"""Strategies, analyzers and the broker in a Cerebro of your own, with data of your own.

Run it from the root of the project: python -m examples.own_cerebro
"""

import backtrader as bt
import numpy as np
import pandas as pd
from backtrader_walkforward.analyzers.costs import Costs
from backtrader_walkforward.analyzers.performance import Performance
from backtrader_walkforward.strategies.kelly import Kelly

from backtrader_walkforward import ForecastFeed, SizingStrategy, SubAccountBroker, TradingCosts


class CautiousKelly(SizingStrategy):
    """Twice the predicted return, but only while the price is above its average of 20 days."""

    params = dict(period=20)

    def __init__(self) -> None:
        self.average = bt.indicators.SMA(self.data.close, period=self.p.period)

    def target_weight(self) -> float:
        """Return twice the predicted return above the average, else 0."""
        above = self.data.close[0] > self.average[0]
        return 2 * self.predicted_return if above else 0.0


def bars_with_forecasts() -> pd.DataFrame:
    """Return a year of random bars with a forecast that is right a little more often than wrong."""
    generator = np.random.default_rng(1)
    returns = generator.normal(0.0003, 0.01, 252)
    close = 100 * np.cumprod(1 + returns)
    opens = np.concatenate([[100.0], close[:-1]])
    bars = pd.DataFrame({"Open": opens, "Close": close}, pd.bdate_range("2024-01-01", periods=252))
    bars["High"], bars["Low"] = bars.max(axis=1), bars.min(axis=1)
    bars["Volume"] = 1_000_000.0
    bars["predicted_return"] = 0.2 * np.append(returns[1:], 0.0) + generator.normal(0, 0.01, 252)
    return bars


def main() -> None:
    """Trade the forecast with one strategy alone and another in a hybrid, and print the results."""
    cerebro = bt.Cerebro()
    cerebro.adddata(ForecastFeed(dataname=bars_with_forecasts()))
    cerebro.setbroker(SubAccountBroker(cash=50_000, cash_rate=0.02))
    cerebro.broker.addcommissioninfo(TradingCosts(commission=0.0005, minimum=1.0, interest=0.03))
    cerebro.broker.set_slippage_perc(0.0002, slip_out=True)
    cerebro.addstrategy(CautiousKelly)
    cerebro.addstrategy(Kelly, cap=0.25, active_share=0.3)
    cerebro.addanalyzer(Performance, _name="performance")
    cerebro.addanalyzer(Costs, _name="costs")
    cerebro.addanalyzer(bt.analyzers.DrawDown, _name="drawdown")
    for strategy in cerebro.run():
        performance = strategy.analyzers.performance.get_analysis()
        accounts = {name: round(account.getvalue()) for name, account in strategy.broker.accounts.items()}
        print(
            f"{type(strategy).__name__:15} {accounts}",
            f"return {performance['total_return']:.2%}",
            f"Sharpe {performance['sharpe']:.2f}",
            f"drawdown {-strategy.analyzers.drawdown.get_analysis().max.drawdown:.2f}%",
            f"commission {strategy.analyzers.costs.get_analysis()['commission']:.2f}",
        )


if __name__ == "__main__":
    main()
