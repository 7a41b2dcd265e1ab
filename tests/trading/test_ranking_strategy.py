"""A ranking strategy: what it may return, and how feeds that differ are traded."""

from datetime import datetime
from types import SimpleNamespace

import backtrader as bt
import pandas as pd
import pytest
from backtrader_walkforward.strategies.equal_weight import EqualWeight

from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.trading import RankingStrategy, StrategyError
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.ranking_strategy import require_weights
from backtrader_walkforward.trading.recorders import EquityCurve, Fills
from tests.panel.markets import literal_bars

DAYS = pd.bdate_range("2024-01-01", periods=4, name="date")


class Given(RankingStrategy):
    """Returns what it is given, and records the forecasts of each close."""

    params = dict(given={})

    def __init__(self):
        self.seen = []

    def target_weights(self):
        self.seen.append(dict(self.forecasts))
        return self.p.given


def bars(closes=(10, 10, 10, 10), forecasts=0.01, days=DAYS, opens=None):
    return literal_bars(opens or closes, closes, forecasts, days[: len(closes)])


def trade(panel, strategy=Given, broker=None, feed=ForecastFeed, **params):
    cerebro = bt.Cerebro(stdstats=False)
    for ticker, own in panel.items():
        cerebro.adddata(feed(dataname=own), name=ticker)
    cerebro.setbroker(broker or SubAccountBroker(cash=1_000.0))
    cerebro.addstrategy(strategy, **params)
    cerebro.addanalyzer(Fills, _name="fills")
    cerebro.addanalyzer(EquityCurve, _name="curve")
    [ran] = cerebro.run()
    return ran


def fills_of(ran):
    fills = ran.analyzers.fills.get_analysis()
    rounded = fills.assign(date=fills["date"].dt.strftime("%d"), size=fills["size"].round(6))
    return rounded[["date", "ticker", "size", "price"]].to_numpy().tolist()


def equity_of(ran):
    return ran.analyzers.curve.get_analysis()["equity"].round(6).tolist()


HERE = r"^Given.target_weights\(\) on 2024-01-01 "


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (0.5, r"must return a dict of weights by ticker: 0.5$"),
        ({"AA": 0.5}, "weights 'AA', which is no ticker - choose from A, B$"),
        ({"A": float("nan")}, r"must weight A by a number between -1 and 1: nan$"),
        ({"B": "half"}, r"must weight B by a number between -1 and 1: 'half'$"),
        ({"A": 0.6, "B": -0.6}, r"has weights whose sizes add up to 1.2, and may be 1: divide them by it$"),
    ],
)
def test_weights_that_cannot_be_traded_are_refused(given, fault):
    with pytest.raises(StrategyError, match=HERE + fault):
        trade({"B": bars(), "A": bars()}, given=given)


def test_rounding_of_the_sum_is_allowed():
    assert trade({"A": bars()}, given={"A": 1 + 1e-12}).weights == {"A": 1 + 1e-12}


@pytest.mark.parametrize("names", [("", "A"), ("A", "A")])
def test_each_feed_needs_a_ticker_of_its_own(names):
    cerebro = bt.Cerebro(stdstats=False)
    for name in names:
        cerebro.adddata(ForecastFeed(dataname=bars()), name=name)
    cerebro.addstrategy(Given)
    with pytest.raises(StrategyError, match=r"needs a ticker of its own for each feed.*name='AAPL'\)$"):
        cerebro.run()


def test_a_panel_without_forecasts_is_refused():
    with pytest.raises(StrategyError, match="Given trades a forecast, and its data has none"):
        trade(dict.fromkeys("AB", bars().drop(columns="predicted_return")))


def test_a_failure_names_the_method_and_the_day():
    class Fails(RankingStrategy):
        def target_weights(self):
            return {}["A"]

    with pytest.raises(StrategyError, match=r"^Fails.target_weights\(\) on 2024-01-01 failed: KeyError: 'A'$"):
        trade({"A": bars()}, Fails)


def test_sales_pay_for_purchases_whatever_their_order():
    # from all of B to all of A on Wednesday
    class Turns(RankingStrategy):
        def target_weights(self):
            return {"A" if len(self) > 1 else "B": 1.0}

    found = fills_of(trade({"A": bars(), "B": bars((10, 10, 20, 20))}, Turns))
    assert found == [["02", "B", 100, 10], ["03", "B", -100, 20], ["03", "A", 200, 10]]


def test_costs_make_all_purchases_smaller_by_the_same_share():
    # 25 % commission: each 500 buy 40 at 10 and pay 100
    broker = SubAccountBroker(cash=1_000.0)
    broker.setcommission(0.25)
    found = fills_of(trade({"A": bars((10, 10)), "B": bars((10, 10))}, broker=broker, given={"A": 0.5, "B": 0.5}))
    assert found == [["02", "A", 40, 10], ["02", "B", 40, 10]]


def test_costs_in_whole_shares_leave_cash():
    broker = SubAccountBroker(cash=1_000.0, whole_shares=True)
    broker.setcommission(0.25)
    panel = {"A": bars((30, 30)), "B": bars((30, 30))}
    assert fills_of(trade(panel, broker=broker, given={"A": 0.5, "B": 0.5})) == [
        ["02", "A", 13, 30],
        ["02", "B", 13, 30],
    ]


def test_a_ticker_that_begins_later_blocks_nobody():
    panel = {"A": bars(), "B": bars().iloc[2:]}
    ran = trade(panel, given={"A": 0.5, "B": 0.5})
    assert ran.seen == [{"A": 0.01}, {"A": 0.01}, {"A": 0.01, "B": 0.01}, {"A": 0.01, "B": 0.01}]
    assert fills_of(ran) == [["02", "A", 50, 10], ["04", "B", 50, 10]]
    assert equity_of(ran) == [1_000] * 4


@pytest.mark.parametrize("coc", [False, True])
def test_a_holiday_keeps_position_and_forecast(coc):
    # B lacks Wednesday, on which A doubles
    panel = {"A": bars((10, 10, 20, 20)), "B": bars().drop(DAYS[2])}
    ran = trade(panel, EqualWeight, broker=SubAccountBroker(cash=1_000.0, coc=coc))
    assert equity_of(ran) == [1_000, 1_000, 1_500, 1_500]
    last = {False: ["03", "A", -12.5, 20], True: ["03", "A", -12.5, 20]}[coc]
    first = "01" if coc else "02"
    assert fills_of(ran)[:2] == [[first, "A", 50, 10], [first, "B", 50, 10]]
    assert last in fills_of(ran)


def test_an_order_waits_for_the_next_bar_of_its_ticker():
    panel = {"A": bars(), "B": bars((10, 10, 10, 20)).drop(DAYS[1])}
    assert fills_of(trade(panel, given={"B": 1.0})) == [["03", "B", 100, 10]]


@pytest.mark.parametrize("coc", [False, True])
def test_what_has_ended_is_closed_at_its_last_price(coc):
    days = pd.bdate_range("2024-01-01", periods=6, name="date")
    panel = {"A": bars((10,) * 6, days=days), "B": bars((10, 10, 15), days=days)}
    broker = SubAccountBroker(cash=1_000.0, coc=coc)
    broker.setcommission(0.01)
    ran = trade(panel, broker=broker, given={"B": 0.5}, longest_gap=1)
    # known on Friday, more than one day after Wednesday; booked on Monday
    [bought, *_, closed] = ran.analyzers.fills.get_analysis().to_dict("records")
    assert (closed["date"], closed["booked"], closed["order"]) == (days[2], days[5], "Close")
    assert (closed["price"], closed["commission"]) == (15, pytest.approx(0.15 * -closed["size"]))
    assert ran.broker.getposition(ran.getdatabyname("B")).size == 0
    assert bought["price"] == 10


CUT = {"fromdate": {"fromdate": datetime(2024, 1, 2)}, "todate": {"todate": datetime(2024, 1, 3)}}
"""B has bars until Wednesday, 3 January; its feed leaves out those before Tuesday, or bars after Wednesday."""


@pytest.mark.parametrize("how", [{}, {"preload": False, "runonce": False}, {"exactbars": True}], ids=str)
@pytest.mark.parametrize("cut", CUT)
def test_what_ended_is_closed_where_the_feed_leaves_out_rows_of_its_frame(cut, how):
    days = pd.bdate_range("2024-01-01", periods=6, name="date")
    cerebro = bt.Cerebro(stdstats=False, **how)
    rows = {"A": (10,) * 6, "B": (10, 10, 15) if cut == "fromdate" else (10, 10, 15, 20, 20, 20)}
    for name, closes in rows.items():
        of_b = CUT[cut] if name == "B" else {}
        cerebro.adddata(ForecastFeed(dataname=bars(closes, days=days), **of_b), name=name)
    cerebro.setbroker(SubAccountBroker(cash=1_000.0))
    cerebro.addstrategy(Given, given={"B": 0.5}, longest_gap=1)
    [ran] = cerebro.run()
    assert ran.broker.getposition(ran.getdatabyname("B")).size == 0
    assert ran.broker.getvalue() == {"fromdate": 1_000, "todate": 1_250}[cut]


def test_a_long_gap_within_a_history_is_no_end():
    days = pd.bdate_range("2024-01-01", periods=6, name="date")
    panel = {"A": bars((10,) * 6, days=days), "B": bars((10,) * 6, days=days).drop(days[2:5])}
    ran = trade(panel, EqualWeight, longest_gap=1)
    # out of date from Friday on, then sold at the next open of its own
    assert [sorted(forecasts) for forecasts in trade(panel, given={}, longest_gap=1).seen] == [
        ["A", "B"],
        ["A", "B"],
        ["A", "B"],
        ["A"],
        ["A"],
        ["A", "B"],
    ]
    assert ["08", "B", -50, 10] in fills_of(ran)


def test_a_ticker_is_ranked_once_its_indicators_are_ready():
    class Averages(Given):
        def __init__(self):
            super().__init__()
            self.means = {data._name: bt.indicators.SMA(data, period=2) for data in self.datas}

    ran = trade({"A": bars(), "B": bars().iloc[2:]}, Averages)
    assert ran.seen == [{"A": 0.01}, {"A": 0.01}, {"A": 0.01, "B": 0.01}]


def test_indicators_that_need_more_bars_than_any_feed_has_are_refused():
    class Long(Given):
        def __init__(self):
            super().__init__()
            self.means = [bt.indicators.SMA(data, period=9) for data in self.datas]

    with pytest.raises(StrategyError, match="Long has indicators that need 9 bars, and there are 4"):
        trade({"A": bars(), "B": bars()}, Long)


def test_a_stop_closes_one_position_and_keeps_out_of_it_alone():
    panel = {"A": bars((10, 10, 8, 8), opens=(10, 10, 10, 8)), "B": bars()}
    found = fills_of(trade(panel, given={"A": 0.5, "B": 0.5}, stop_loss=0.1))
    assert [fill[:3] for fill in found if fill[1] == "A"] == [["02", "A", 50], ["03", "A", -50]]


def test_a_regime_filter_looks_at_each_ticker():
    panel = {"A": bars().assign(trend_regime=1.0), "B": bars().assign(trend_regime=0.0)}
    ran = trade(panel, EqualWeight, regime_filter={"downtrend": "half"})
    assert sorted(ran.weights.values()) == [0.25, 0.5]


def test_interest_on_cash_counts_the_days_of_all_feeds():
    panels = [{"A": bars(), "B": bars().iloc[2:]}, {"B": bars().iloc[2:], "A": bars()}]
    equities = [equity_of(trade(panel, broker=SubAccountBroker(cash=1_000.0, cash_rate=0.365))) for panel in panels]
    assert equities[0] == equities[1]
    assert equities[0][:2] == [1_000, 1_001]


def test_two_kinds_of_strategy_share_a_cerebro():
    cerebro = bt.Cerebro(stdstats=False)
    for ticker in ("A", "B"):
        cerebro.adddata(ForecastFeed(dataname=bars((10, 10, 20, 20))), name=ticker)
    cerebro.setbroker(SubAccountBroker(cash=1_000.0))
    cerebro.addstrategy(EqualWeight)
    cerebro.addstrategy(Given, given={"A": -1.0}, active_share=0.5)
    first, second = cerebro.run()
    assert round(first.broker.getvalue(), 6) == 2_000
    # 50 short of A at 10, and 25 of each held, which double
    assert round(second.broker.getvalue(), 6) == 1_000


def test_weights_may_exceed_1_in_sum_by_rounding_alone():
    """A billionth is rounding: twice as much is not."""
    assert require_weights({"A": 0.5, "B": -0.5 - 5e-10}, "AB", lambda: "here") == {"A": 0.5, "B": -0.5 - 5e-10}
    with pytest.raises(StrategyError, match="add up to 1, and may be 1"):
        require_weights({"A": 0.5, "B": -0.5 - 2e-9}, "AB", lambda: "here")


@pytest.mark.parametrize(("share", "tickers", "count"), [(0.29, 100, 29), (0.3, 10, 3), (0.5, 3, 1), (0.05, 10, 1)])
def test_a_share_of_the_tickers_is_rounded_down_and_not_by_a_last_bit(share, tickers, count):
    """0.29 x 100 is 28.999999999999996."""
    assert RankingStrategy.fraction(SimpleNamespace(forecasts=range(tickers)), share) == count
