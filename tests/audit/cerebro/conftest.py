"""Factories of Cerebros around a strategy, and their audit in this process."""

from functools import partial

import backtrader as bt
import cloudpickle
import pandas as pd
import pytest

from backtrader_walkforward.audit.cerebro.audit import report_on
from backtrader_walkforward.audit.cerebro.clean_run import CleanRuns, run_histories
from backtrader_walkforward.audit.cerebro.histories import checked
from backtrader_walkforward.audit.finding import Verdict
from backtrader_walkforward.audit.opened_files import run_watched


class RunsHere(CleanRuns):
    """Runs in this process, which is quick. Leaks through what a process keeps need processes of their own."""

    def of(self, *groups, bar_by_bar=False):
        answers = [run_watched(run_histories, iter(group), self._factory, bar_by_bar) for group in groups]
        self.opened += [file for _, opened in answers for file in opened]
        return [runs for runs, _ in answers]


@pytest.fixture(scope="session")
def prices(sample) -> pd.DataFrame:
    """120 days of the autumn of 2008."""
    return sample.loc["2008-07-01":].iloc[:120]


def build(prices, strategy, broker=None, **options):
    """Return a Cerebro with a strategy, a feed for each frame, and settings of the broker."""
    cerebro = bt.Cerebro(**options)
    for frame in prices.values() if isinstance(prices, dict) else [prices]:
        cerebro.adddata(bt.feeds.PandasData(dataname=frame))
    cerebro.addstrategy(strategy)
    cerebro.broker.set_cash(100_000)
    for method, arguments in (broker or {}).items():
        getattr(cerebro.broker, method)(**arguments)
    return cerebro


def factory_of(strategy, **options):
    return partial(build, strategy=strategy, **options)


def audited_here(factory, prices, n_dates=15):
    """Audit in this process."""
    return report_on(RunsHere(cloudpickle.dumps(factory), 1), prices, checked(prices), n_dates, 0)


def faults_of(report):
    """Return each failure by stage and name."""
    return {(one.stage, one.name): one.failure for one in report.findings if one.verdict == Verdict.FAIL}


def doubts_of(report):
    """Return why something is inconclusive, by stage and name."""
    return {(one.stage, one.name): one.reason for one in report.findings if one.verdict == Verdict.INCONCLUSIVE}
