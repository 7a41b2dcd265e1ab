"""Our analyzers where a run of ours has no part: in an optimization, and on bars that are no days."""

import backtrader as bt
import pandas as pd
import pytest
from backtrader_walkforward.analyzers.exposure import Exposure
from backtrader_walkforward.analyzers.performance import Performance
from backtrader_walkforward.strategies.kelly import Kelly

from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.trading.analyzers import find_analyzers
from backtrader_walkforward.trading.forecast_feed import ForecastFeed


def cerebro_of(feed, analyzers):
    """Return a Cerebro with a broker of ours."""
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(feed)
    cerebro.setbroker(SubAccountBroker())
    for analyzer in analyzers:
        cerebro.addanalyzer(analyzer, _name=analyzer.__name__)
    return cerebro


def analyses(strategy):
    """Return what every analyzer says, by name, in words that can be compared."""
    return {analyzer.__class__.__name__: str(analyzer.get_analysis()) for analyzer in strategy.analyzers}


# A Cerebro forks, and sends itself with iterators of itertools: Backtrader's way, which Python 3.14 ends.
@pytest.mark.filterwarnings(
    "ignore:Pickle, copy, and deepcopy support will be removed from itertools:DeprecationWarning:multiprocessing",
    r"ignore:This process \(pid=\d+\) is multi-threaded, use of fork:DeprecationWarning:multiprocessing",
)
@pytest.mark.parametrize(("processes", "optreturn"), [(1, True), (1, False), (2, True)])
def test_an_optimization_gives_what_each_run_does(signals, processes, optreturn):
    cerebro = cerebro_of(ForecastFeed(dataname=signals), find_analyzers().values())
    cerebro.optstrategy(Kelly, cap=[0.1, 0.5])
    found = [analyses(strategy) for [strategy] in cerebro.run(maxcpus=processes, optreturn=optreturn)]
    for cap, one in zip([0.1, 0.5], found, strict=True):
        alone = cerebro_of(ForecastFeed(dataname=signals), find_analyzers().values())
        alone.addstrategy(Kelly, cap=cap)
        assert one == analyses(alone.run()[0])
    assert found[0] != found[1]


def test_bars_of_hours_are_refused(signals):
    hours = signals.set_axis(pd.date_range("2024-01-01 09:00", periods=len(signals), freq="h"))
    cerebro = cerebro_of(bt.feeds.PandasData(dataname=hours), [Performance])
    cerebro.addstrategy(bt.Strategy)
    with pytest.raises(ArgumentError, match=r"those of daily bars, found two bars on 2024-01-01: make days of them"):
        cerebro.run()[0].analyzers.Performance.get_analysis()


@pytest.mark.parametrize(
    ("timeframe", "compression", "named"),
    [
        (bt.TimeFrame.Weeks, 1, "bars of weeks"),
        (bt.TimeFrame.Minutes, 60, "bars of 60 minutes"),
        (bt.TimeFrame.Days, 2, "bars of 2 days"),
    ],
)
def test_bars_that_say_they_are_no_days_are_refused(signals, timeframe, compression, named):
    feed = bt.feeds.PandasData(dataname=signals, timeframe=timeframe, compression=compression)
    cerebro = cerebro_of(feed, [Performance])
    cerebro.addstrategy(bt.Strategy)
    with pytest.raises(ArgumentError, match=f"those of daily bars, found {named}: make days of them"):
        cerebro.run()


def test_days_made_of_hours_are_measured(signals):
    hours = signals.set_axis(pd.date_range("2024-01-01", periods=len(signals), freq="h"))
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.resampledata(
        bt.feeds.PandasData(dataname=hours, timeframe=bt.TimeFrame.Minutes), timeframe=bt.TimeFrame.Days
    )
    cerebro.addanalyzer(Performance, _name="performance")
    cerebro.addstrategy(bt.Strategy)
    [strategy] = cerebro.run()
    assert strategy.analyzers.performance.get_analysis()["total_return"] == 0


def test_a_second_feed_with_more_days_repeats_no_bar(signals):
    days = pd.date_range(signals.index[0], signals.index[-1])
    cerebro = cerebro_of(bt.feeds.PandasData(dataname=signals), [Performance])
    cerebro.adddata(bt.feeds.PandasData(dataname=signals.reindex(days).ffill()))
    cerebro.addstrategy(bt.Strategy)
    [strategy] = cerebro.run()
    assert strategy.analyzers.Performance.get_analysis()["total_return"] == 0


def test_an_analysis_is_handed_out_anew(signals):
    cerebro = cerebro_of(ForecastFeed(dataname=signals), find_analyzers().values())
    cerebro.addstrategy(Kelly)
    [strategy] = cerebro.run()
    costs = strategy.analyzers.Costs
    assert costs.get_analysis().pop("cash_flows").empty
    assert "cash_flows" in costs.get_analysis()


def test_a_feed_that_forecasts_by_itself_is_traded(signals):
    class Forecasts(ForecastFeed):
        def _load(self):
            loaded = super()._load()
            if loaded:
                self.lines.predicted_return[0] = 0.01
            return loaded

        preload = bt.feeds.PandasData.preload

    cerebro = cerebro_of(Forecasts(dataname=signals.drop(columns="predicted_return")), [Performance])
    cerebro.addstrategy(Kelly)
    assert cerebro.run()[0].position.size > 0


class BuysOne(bt.Strategy):
    def next(self):
        if not self.position:
            self.buy(size=1)


@pytest.mark.parametrize("scheme", [{"mult": 10.0}, {"mult": 10.0, "margin": 200.0}], ids=["shares", "futures"])
def test_the_exposure_of_a_multiplier_is_refused(signals, run, scheme):
    broker = bt.brokers.BackBroker(cash=1_000.0)
    broker.setcommission(**scheme)
    with pytest.raises(ArgumentError, match=r"^exposure and turnover are those of size x price, found mult=10: leave"):
        run(signals, (BuysOne, {}), broker=broker, analyzers=[Exposure])


def test_a_multiplier_of_data_that_are_not_traded_does_not_matter(signals, run):
    broker = bt.brokers.BackBroker(cash=1_000.0)
    broker.setcommission(mult=10.0)
    [ran] = run(signals, (bt.Strategy, {}), broker=broker, analyzers=[Exposure])
    assert ran.analyzers.Exposure.get_analysis()["exposure"] == 0
