"""Each measure at values that can be checked by hand, and beside empyrical and QuantStats."""

import warnings

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation import metrics as measures

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # both import with deprecation warnings of their own
    import empyrical
    import quantstats


def curve(*values):
    return pd.Series(values, pd.bdate_range("2020-01-01", periods=len(values)), dtype=float)


@pytest.fixture(scope="module", params=["2008", "2013", "2017"])
def equity(request, sample):
    """A year of the index as if it were an account."""
    return 100_000 * sample.loc[request.param, "Close"] / sample.loc[request.param, "Close"].iloc[0]


def test_by_hand():
    equity = curve(100, 110, 99, 99, 121)
    returns = measures.daily_returns(equity)
    assert returns.tolist() == pytest.approx([0.1, -0.1, 0.0, 22 / 99])
    assert measures.total_return(equity) == pytest.approx(0.21)
    assert measures.annual_return(equity, 252) == pytest.approx(1.21**63 - 1)
    assert measures.max_drawdown(equity) == pytest.approx(-0.1)
    assert measures.max_drawdown_days(equity) == 3
    assert measures.winning_days(returns) == pytest.approx(2 / 3)
    mean, sd = 2 / 36, np.std([0.1, -0.1, 0, 2 / 9], ddof=1)
    assert measures.sharpe(returns, 252) == pytest.approx(mean / sd * 252**0.5)
    assert measures.sortino(returns, 252) == pytest.approx(mean / 0.05 * 252**0.5)
    assert measures.annual_volatility(returns, 252) == pytest.approx(sd * 252**0.5)
    assert measures.calmar(equity, 252) == pytest.approx((1.21**63 - 1) / 0.1)


def test_what_cash_bears_is_no_excess_return():
    days = pd.DatetimeIndex(["2020-01-02", "2020-01-03", "2020-01-06"])
    idle = pd.Series([100_000.0, 100_010.0, 100_010 * 1.0003], days)
    assert measures.excess_returns(idle, 0.0365).tolist() == pytest.approx([0.0, 0.0], abs=1e-15)
    assert measures.sharpe(measures.excess_returns(idle, 0.0365), 252) is None
    traded = pd.Series([100.0, 101.0, 102.01], days)
    assert measures.excess_returns(traded, 0.0365).tolist() == pytest.approx([0.0099, 0.0097])
    both = measures.excess_returns(pd.DataFrame({"idle": idle, "traded": traded}), 0.0365)
    assert both["traded"].tolist() == pytest.approx([0.0099, 0.0097])
    pd.testing.assert_series_equal(
        measures.excess_returns(traded, 0.0), measures.daily_returns(traded), check_exact=True
    )


def test_a_drawdown_that_does_not_recover_lasts_to_the_end():
    assert measures.max_drawdown_days(curve(100, 120, 90, 95, 100)) == 3


def test_undefined_is_none():
    flat, rising = curve(100, 100, 100), curve(100, 101, 103)
    returns = measures.daily_returns(flat)
    assert measures.sharpe(returns, 252) is measures.sortino(returns, 252) is measures.winning_days(returns) is None
    assert measures.calmar(flat, 252) is measures.calmar(rising, 252) is None
    assert measures.sortino(measures.daily_returns(rising), 252) is None
    assert measures.win_rate(pd.Series([], dtype=float)) is None
    assert measures.max_drawdown(flat) == measures.max_drawdown_days(flat) == 0


def test_constant_growth_has_no_sharpe_ratio_rather_than_a_huge_one():
    assert measures.sharpe(measures.daily_returns(curve(*100 * 1.0001 ** np.arange(50))), 252) is None


def test_a_single_day_has_no_annual_figures():
    lone = curve(100)
    returns = measures.daily_returns(lone)
    assert (
        measures.annual_return(lone, 252)
        is measures.annual_volatility(returns, 252)
        is measures.sharpe(returns, 252)
        is None
    )


def test_ruin():
    equity = curve(100, 50, -20, -20)
    assert measures.daily_returns(equity).tolist() == pytest.approx([-0.5, -1.4, 0.0])
    assert measures.total_return(equity) == pytest.approx(-1.2)
    assert measures.annual_return(equity, 252) == -1
    assert measures.max_drawdown(equity) == pytest.approx(-1.2)


def test_trades_and_turnover():
    assert measures.win_rate(pd.Series([5.0, -1.0, 0.0, 2.0])) == 0.5
    fills = pd.DataFrame({"size": [2.0, -2.0], "price": [50.0, 50.0]})
    assert measures.turnover(fills, curve(*[100] * 253), 252) == pytest.approx(2.0)
    assert measures.mean_exposure(pd.Series([0.5, -0.5, 0.0, 1.0])) == 0.5


def test_empyrical_agrees(equity, monkeypatch):
    monkeypatch.setattr(np, "NINF", -np.inf, raising=False)  # the release that yfinance allows uses NumPy 1's name
    returns = measures.daily_returns(equity)
    assert measures.total_return(equity) == pytest.approx(empyrical.cum_returns_final(returns), rel=1e-9)
    assert measures.annual_return(equity, 252) == pytest.approx(empyrical.annual_return(returns), rel=1e-9)
    assert measures.annual_volatility(returns, 252) == pytest.approx(empyrical.annual_volatility(returns), rel=1e-9)
    assert measures.sharpe(returns, 252) == pytest.approx(empyrical.sharpe_ratio(returns), rel=1e-9)
    assert measures.sortino(returns, 252) == pytest.approx(empyrical.sortino_ratio(returns), rel=1e-9)
    assert measures.max_drawdown(equity) == pytest.approx(empyrical.max_drawdown(returns), rel=1e-9)
    assert measures.calmar(equity, 252) == pytest.approx(empyrical.calmar_ratio(returns), rel=1e-9)


def test_quantstats_agrees(equity):
    returns, stats = measures.daily_returns(equity), quantstats.stats
    assert measures.total_return(equity) == pytest.approx(stats.comp(returns), rel=1e-9)
    assert measures.annual_return(equity, 252) == pytest.approx(stats.cagr(returns), rel=1e-9)
    assert measures.annual_volatility(returns, 252) == pytest.approx(stats.volatility(returns), rel=1e-9)
    assert measures.sharpe(returns, 252) == pytest.approx(stats.sharpe(returns), rel=1e-9)
    assert measures.sortino(returns, 252) == pytest.approx(stats.sortino(returns), rel=1e-9)
    assert measures.max_drawdown(equity) == pytest.approx(stats.max_drawdown(returns), rel=1e-9)
    assert measures.calmar(equity, 252) == pytest.approx(stats.calmar(returns), rel=1e-9)
    assert measures.winning_days(returns) == pytest.approx(stats.win_rate(returns), rel=1e-9)


def test_scale_changes_nothing_but_the_final_value(equity):
    returns, scaled = measures.daily_returns(equity), measures.daily_returns(7 * equity)
    assert measures.sharpe(scaled, 252) == pytest.approx(measures.sharpe(returns, 252), rel=1e-12)
    assert measures.max_drawdown(7 * equity) == pytest.approx(measures.max_drawdown(equity), rel=1e-12)


@pytest.mark.parametrize(("freq", "per_year"), [("D", 365), ("B", 252), ("W-FRI", 52), ("ME", 12)])
def test_a_year_has_the_bars_of_its_market(freq, per_year):
    steps = np.where(np.arange(60) % 2, 0.021, -0.019)
    equity = pd.Series(np.cumprod([100, *(1 + steps)]), pd.date_range("2020-01-03", periods=61, freq=freq))
    figures = measures.measure_performance(equity)
    assert figures["sharpe"] == pytest.approx(0.001 / (0.02 * (60 / 59) ** 0.5) * per_year**0.5)
    assert figures["annual_volatility"] == pytest.approx(0.02 * (60 / 59) ** 0.5 * per_year**0.5)
    assert figures["annual_return"] == pytest.approx((0.981 * 1.021) ** (per_year / 2) - 1)
    assert figures["sortino"] == pytest.approx(0.001 / (0.019 / 2**0.5) * per_year**0.5)
    flat = pd.Series(100.0, equity.index)
    fills = pd.DataFrame({"size": [1.0, -1.0], "price": [30.0, 30.0]})
    assert measures.turnover(fills, flat, per_year) == pytest.approx(0.6 * per_year / 60)


def test_interest_is_that_of_the_days_between_two_bars():
    weekly = pd.Series([100.0, 100.0], pd.DatetimeIndex(["2020-01-03", "2020-01-10"]))
    assert measures.excess_returns(weekly, 0.0365).tolist() == pytest.approx([-0.0007])


def test_months_by_hand():
    """Two months, and the 31st on which the account began: it has no return, so its month is empty, not 0."""
    days = pd.to_datetime(["2019-12-31", "2020-01-02", "2020-01-31", "2020-03-02", "2021-03-01"])
    months = measures.monthly_returns(pd.Series([100.0, 110.0, 99.0, 99.0, 198.0], days))
    assert months.columns.tolist() == list(range(1, 13))
    assert months.index.tolist() == [2020, 2021]
    assert months.loc[2020, [1, 3]].tolist() == pytest.approx([-0.01, 0.0])
    assert months.loc[2021, 3] == pytest.approx(1.0)
    assert months.notna().to_numpy().sum() == 3


def test_months_give_the_total(equity):
    months = measures.monthly_returns(equity)
    assert np.nanprod(1 + months.to_numpy()) - 1 == pytest.approx(measures.total_return(equity))
    assert months.notna().to_numpy().sum() == 12


def test_there_is_no_return_from_an_equity_of_nothing():
    """November begins with 100, December with -1 and January with 50: the year is -50 %, and December has no return."""
    days = pd.to_datetime(["2018-10-31", "2018-11-30", "2018-12-03", "2018-12-31", "2019-01-31"])
    equity = pd.Series([100.0, -1.0, 20.0, 50.0, 55.0], days)
    months = measures.monthly_returns(equity)
    assert months.loc[2018, 11] == pytest.approx(-1.01)
    assert np.isnan(months.loc[2018, 12])
    assert months.loc[2019, 1] == pytest.approx(0.1)
    assert measures.yearly_returns(equity).to_dict() == pytest.approx({2018: -0.5, 2019: 0.1})
    figures = measures.measure_performance(equity)
    assert (figures["total_return"], figures["final_value"]) == (pytest.approx(-0.45), 55.0)
    assert [figures[name] for name in ("annual_volatility", "sharpe", "sortino", "winning_days")] == [None] * 4


def test_a_bankrupt_account_that_moves_no_more_has_its_ratios():
    figures = measures.measure_performance(curve(100, 90, -1, -1, -1))
    assert figures["sharpe"] is not None
    assert figures["total_return"] == pytest.approx(-1.01)
