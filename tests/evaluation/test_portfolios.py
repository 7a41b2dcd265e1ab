"""Portfolios, on figures that can be checked by hand, and their laws."""

from weakref import ref

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation import metrics
from backtrader_walkforward.evaluation.portfolios import pooled_portfolios

DAYS = pd.date_range("2020-01-06", periods=5)


def equity(days, **variants):
    return pd.DataFrame(variants, days, dtype=float)


def drawn(seed, days=100, start="2020-01-01"):
    random = np.random.default_rng(seed)
    index = pd.bdate_range(start, periods=days)
    values = 100 * np.cumprod(1 + random.normal(0, 0.01, (days, 2)), axis=0)
    return pd.DataFrame(values, index, ["kelly", "buy_and_hold"])


def test_the_mean_of_the_tickers_that_have_begun_and_not_ended():
    """The first ticker has a holiday on the third day, the second ends on it, the third begins on the second."""
    first = equity(DAYS[[0, 1, 3, 4]], kelly=[100, 110, 121, 121])
    second = equity(DAYS[:3], kelly=[50, 50, 40])
    third = equity(DAYS[1:], kelly=[10, 9, 9, 9.9])
    [portfolio] = pooled_portfolios([first, second, third]).values()
    assert portfolio.returns.tolist() == pytest.approx([(0.1 + 0) / 2, (0 - 0.2 - 0.1) / 3, 0.1 / 2, (0 + 0.1) / 2])
    assert portfolio.tickers.tolist() == [2, 3, 2, 2]
    assert portfolio.equity.tolist() == pytest.approx([1, 1.05, 1.05 * 0.9, 1.05**2 * 0.9, 1.05**3 * 0.9])
    assert portfolio.equity.index.tolist() == DAYS.tolist()
    assert portfolio.total_return == pytest.approx(1.05**3 * 0.9 - 1)
    assert portfolio.max_drawdown == pytest.approx(-0.1)


def test_days_of_their_own():
    """The first ticker ends before, the second begins within; on the last but one day neither is there."""
    early = equity(DAYS[:2], kelly=[100, 500])
    first, second = equity(DAYS[1:3], kelly=[100, 110]), equity(DAYS[3:], kelly=[50, 60])
    [portfolio] = pooled_portfolios([early, first, second], days=DAYS[1:]).values()
    assert portfolio.start == DAYS[1]
    assert portfolio.tickers.tolist() == [1, 0, 1]
    assert portfolio.returns.tolist() == pytest.approx([0.1, 0.0, 0.2])
    assert portfolio.equity.index.equals(DAYS[1:])


def test_a_market_that_never_closes_is_not_all_of_the_panel_at_weekends():
    days = pd.date_range("2020-01-06", periods=70)
    always = equity(days, kelly=100 * 1.01 ** np.arange(70))
    weekdays = equity(days[days.day_of_week < 5], kelly=100)
    [portfolio] = pooled_portfolios([always, weekdays, weekdays]).values()
    assert portfolio.returns.iloc[:-2].tolist() == pytest.approx([0.01 / 3] * 67)
    assert portfolio.bars_a_year == 365


def test_a_panel_of_one_ticker_is_the_ticker():
    own = drawn(1)
    for name, portfolio in pooled_portfolios([own]).items():
        assert portfolio.returns.equals(metrics.daily_returns(own[name]))
        assert portfolio.sharpe == metrics.sharpe(metrics.daily_returns(own[name]), 252)
        assert portfolio.annual_return == pytest.approx(metrics.annual_return(own[name], 252))
        assert portfolio.total_return == pytest.approx(metrics.total_return(own[name]))


def test_the_order_of_the_tickers_changes_nothing_but_rounding():
    frames = [drawn(seed, days=60 + 10 * seed) for seed in range(4)]
    found = pooled_portfolios(frames)
    turned = pooled_portfolios([frames[3], frames[2][["buy_and_hold", "kelly"]], *frames[1::-1]])
    assert list(turned) == list(found) == ["kelly", "buy_and_hold"]
    for name, portfolio in found.items():
        pd.testing.assert_series_equal(portfolio.returns, turned[name].returns, rtol=1e-12, check_freq=False)
        assert portfolio.tickers.equals(turned[name].tickers)


def test_copies_of_the_tickers_change_nothing():
    frames = [drawn(seed) for seed in range(3)]
    once, twice = pooled_portfolios(frames), pooled_portfolios([*frames, *frames])
    pd.testing.assert_series_equal(once["kelly"].returns, twice["kelly"].returns, rtol=1e-12)


def test_the_sharpe_ratio_is_that_of_the_returns_above_the_interest_on_cash():
    """A ticker after its holiday has earned the interest of two nights."""
    weekend = equity(DAYS[[0, 1, 3]], kelly=[100, 101, 103])
    daily = equity(DAYS[:4], kelly=[100, 100, 100, 101])
    [portfolio] = pooled_portfolios([weekend, daily], cash_rate=0.0365).values()
    assert (portfolio.returns - portfolio.excess_returns).tolist() == pytest.approx([0.0001, 0.00005, 0.00015])
    assert portfolio.sharpe == metrics.sharpe(portfolio.excess_returns, 252)


def test_a_bankrupt_account_stays_in_the_mean():
    lost, idle = equity(DAYS[:4], kelly=[100, 50, 0, 0]), equity(DAYS[:4], kelly=[100, 100, 100, 110])
    [portfolio] = pooled_portfolios([lost, idle]).values()
    assert portfolio.returns.tolist() == pytest.approx([-0.25, -0.5, 0.05])


def test_a_ticker_of_one_day_has_no_return():
    assert pooled_portfolios([]) == {}
    [empty] = pooled_portfolios([equity(DAYS[:1], kelly=[100])]).values()
    assert (empty.start, empty.equity.tolist(), len(empty.returns)) == (DAYS[0], [1.0], 0)
    assert (empty.total_return, empty.annual_return, empty.sharpe, empty.max_drawdown) == (0.0, None, None, 0.0)
    frames = [equity(DAYS[:1], kelly=[100]), equity(DAYS[1:], kelly=[2, 3, 4, 5])]
    [portfolio] = pooled_portfolios(frames).values()
    assert (portfolio.start, portfolio.tickers.tolist()) == (DAYS[1], [1, 1, 1])


def test_frames_are_read_one_at_a_time():
    frames, alive = [], []

    def read():
        for seed in range(4):
            alive.append(sum(frame() is not None for frame in frames))
            one = drawn(seed)
            frames.append(ref(one))
            yield one
            del one

    pooled_portfolios(read())
    assert max(alive) <= 1
