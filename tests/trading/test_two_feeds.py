"""A second feed with days of its own: the first one is the calendar of decisions, fills and records."""

import backtrader as bt
import pandas as pd
import pytest
from backtrader_walkforward.analyzers.exposure import Exposure
from backtrader_walkforward.analyzers.performance import Performance

from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.recorders import EquityCurve, Fills
from backtrader_walkforward.trading.variants import BuyAndHold

WAYS = [{}, {"preload": False, "runonce": False}]


class Half(SizingStrategy):
    """Hold half; record the days of the decisions."""

    def __init__(self):
        self.days = []

    def target_weight(self):
        self.days.append(f"{self.data.datetime.date(0):%d}")
        return 0.5


class Both(Half):
    """Hold a half of each."""

    def next(self):
        super().next()
        self.broker.accounts["active"].order_target_weight(self.data1, 0.5)


def bars(index, prices):
    frame = pd.DataFrame(dict.fromkeys(["Open", "High", "Low", "Close"], prices), index, dtype=float)
    return frame.assign(Volume=1.0, predicted_return=0.01)


def trade(first, second, strategy, broker=None, way=WAYS[0], **params):
    cerebro = bt.Cerebro(stdstats=False, **way)
    cerebro.adddata(ForecastFeed(dataname=first))
    cerebro.adddata(bt.feeds.PandasData(dataname=second))
    cerebro.setbroker(broker or SubAccountBroker(cash=1000.0))
    cerebro.addstrategy(strategy, **params)
    for analyzer in (EquityCurve, Fills, Exposure, Performance):
        cerebro.addanalyzer(analyzer, _name=analyzer.__name__)
    return cerebro.run()[0]


WEEK = pd.to_datetime(["2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09"])
"""Thursday, Friday, Monday, Tuesday."""

EVERY_DAY = pd.date_range("2024-01-01", "2024-01-09")


@pytest.mark.parametrize("way", WAYS, ids=["preloaded", "bar by bar"])
@pytest.mark.parametrize("params", [{}, {"first_day": WEEK[0].date()}], ids=str)
def test_buy_and_hold_buys_though_another_feed_begins_earlier(way, params):
    ran = trade(bars(WEEK, [100, 100, 110, 120]), bars(EVERY_DAY, [10] * 9), BuyAndHold, way=way, **params)
    fills, equity = (ran.analyzers.getbyname(name).get_analysis() for name in ("Fills", "EquityCurve"))
    assert fills[["date", "size", "price"]].to_numpy().tolist() == [[WEEK[1], pytest.approx(10), 100]]
    assert equity["equity"].round(6).to_dict() == dict(zip(WEEK, [1000, 1000, 1100, 1200], strict=True))


@pytest.mark.parametrize("way", WAYS, ids=["preloaded", "bar by bar"])
def test_the_days_of_another_feed_are_no_decisions_and_no_days_of_the_record(way):
    ran = trade(bars(WEEK, [100, 100, 110, 120]), bars(EVERY_DAY, [10] * 9), Half, way=way)
    assert ran.days == ["04", "05", "08", "09"]
    exposure = ran.analyzers.Exposure.get_analysis()["daily"]
    assert exposure.index.tolist() == WEEK.tolist()
    alone = trade(bars(WEEK, [100, 100, 110, 120]), bars(WEEK, [10] * 4), Half)
    assert ran.analyzers.Performance.get_analysis() == alone.analyzers.Performance.get_analysis()


def test_what_another_feed_gains_on_days_of_its_own_is_in_the_next_bar():
    # both are bought on Friday, 5 at 100 and 50 at 10; the second rises to 12 on Saturday
    second = bars(EVERY_DAY, [10] * 5 + [12] * 4)
    equity = trade(bars(WEEK, [100] * 4), second, Both).analyzers.EquityCurve.get_analysis()["equity"]
    assert equity.round(6).tolist() == [1000, 1000, 1100, 1100]


def test_gross_exposure_adds_what_net_exposure_sets_off():
    class LongAndShort(Half):
        def next(self):
            super().next()
            self.broker.accounts["active"].order_target_weight(self.data1, -0.3)

    found = trade(bars(WEEK, [100] * 4), bars(WEEK, [10] * 4), LongAndShort).analyzers.Exposure.get_analysis()
    assert found["daily"].round(9).tolist() == [0, 0.2, 0.2, 0.2]
    assert found["gross"].round(9).tolist() == [0, 0.8, 0.8, 0.8]
    figures = [round(found[name], 9) for name in ("exposure", "net_exposure", "gross_exposure")]
    assert figures == [0.15, 0.15, 0.6]


def test_the_accounts_of_a_hybrid_are_exposed_each_by_itself():
    class Short(Half):
        def target_weight(self):
            return -1.0

    found = trade(
        bars(WEEK, [100] * 4), bars(WEEK, [10] * 4), Short, active_share=0.3
    ).analyzers.Exposure.get_analysis()
    assert found["daily"].round(9).tolist() == [0, 0.4, 0.4, 0.4]
    assert found["gross"].round(9).tolist() == [0, 1, 1, 1]


def test_a_later_hour_of_the_same_day_is_part_of_that_day():
    second = bars(WEEK + pd.Timedelta(hours=23), [10, 10, 12, 12])
    equity = trade(bars(WEEK, [100] * 4), second, Both).analyzers.EquityCurve.get_analysis()["equity"]
    assert equity.index.tolist() == WEEK.tolist()
    assert equity.round(6).tolist() == [1000, 1000, 1100, 1100]


def test_a_stop_does_not_see_the_day_of_the_entry_again_when_another_feed_has_a_day_more():
    first = bars(WEEK, [100] * 4)
    first.loc[WEEK[1], "Low"] = 80.0
    ran = trade(first, bars(EVERY_DAY, [10] * 9), Half, stop_loss=0.1)
    assert len(ran.analyzers.Fills.get_analysis()) == 1


def test_interest_on_cash_is_paid_once_for_each_night():
    broker = SubAccountBroker(cash=1000.0, cash_rate=0.365)
    ran = trade(bars(WEEK, [100] * 4), bars(EVERY_DAY, [10] * 9), Half, broker=broker)
    flows = ran.broker.accounts["active"].cash_flows
    # 1,000 for one night, then about 500 on each day of any feed
    paid = [("05", 1.0), ("06", 0.5), ("07", 0.5), ("08", 0.5), ("09", 0.5)]
    assert [(f"{flow.date:%d}", round(flow.amount, 1)) for flow in flows][: len(paid)] == paid
