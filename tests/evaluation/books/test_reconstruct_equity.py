"""Reconstructed equity: by hand, and compared with the broker for every variant."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation.books.reconstruct_equity import mismatch, reconstruct_equity
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies, variants_of

DAYS = pd.bdate_range("2024-01-01", periods=4)
CLOSES = pd.Series([10.0, 11.0, 12.0, 9.0], DAYS)
VARIANTS = [*variants_of(find_strategies()), BENCHMARK]


def orders_of(*fills):
    return pd.DataFrame(fills, columns=["date", "account", "size", "price", "commission"])


def test_a_purchase_and_a_sale_by_hand():
    fills = orders_of((DAYS[1], "active", 5.0, 10.5, 1.0), (DAYS[3], "active", -5.0, 9.5, 1.0))
    books = reconstruct_equity(fills, CLOSES, {"active": 100.0, "passive": 50.0})
    assert list(books["active"]) == [100, 100 - 53.5 + 55, 100 - 53.5 + 60, 100 - 53.5 + 46.5]
    assert list(books["passive"]) == [50, 50, 50, 50]


def test_a_short_and_two_fills_on_one_day_by_hand():
    fills = orders_of((DAYS[0], "active", -4.0, 10.0, 0.0), (DAYS[2], "active", 4.0, 12.0, 0.0))
    flipped = pd.concat([fills, orders_of((DAYS[2], "active", 1.0, 12.0, 0.0))])
    assert list(reconstruct_equity(fills, CLOSES, {"active": 100.0})["active"]) == [100, 96, 92, 92]
    assert list(reconstruct_equity(flipped, CLOSES, {"active": 100.0})["active"]) == [100, 96, 92, 89]


def test_without_orders_there_is_cash():
    assert list(reconstruct_equity(orders_of(), CLOSES, {"active": 7.0})["active"]) == [7, 7, 7, 7]


def test_only_rounding_is_no_mismatch():
    expected = pd.Series([100.0, 100.0, 0.0, 100.0], DAYS)
    reported = pd.Series([100.0 + 9e-8, 100.0 + 2e-7, 9e-8, np.nan], DAYS)
    assert list(mismatch(reported, expected, 100.0)) == [False, True, False, True]


def check(signals, settings, variants=VARIANTS):
    """Compare every account of every variant with its reconstructed equity; return the results."""
    results = run_backtest(signals, variants, settings)
    for variant, result in zip(variants, results, strict=True):
        shares = {"active": variant.active_share, "passive": 1 - variant.active_share}
        capital = {account: settings.trading.capital * shares[account] for account in result.accounts}
        books = reconstruct_equity(result.fills, signals["Close"], capital, result.cash_flows)
        np.testing.assert_allclose(books[list(capital)], result.accounts, rtol=1e-9)
        np.testing.assert_allclose(books.sum(axis=1), result.equity, rtol=1e-9)
    return results


@pytest.mark.parametrize("fill", ["next-open", "close"])
@pytest.mark.parametrize("settings", [{}, {"allow_short": False}, {"whole_shares": True}], ids=str)
def test_every_account_of_every_variant(signals, fill, settings):
    results = check(signals, Settings.of(fill=fill, **settings))
    assert all(len(result.fills) for result in results)
    shorts = any((result.exposure < -0.1).any() for result in results)
    assert shorts == settings.get("allow_short", True)


class AlwaysShort(SizingStrategy):
    """Goes bankrupt when the price doubles."""

    def target_weight(self):
        return -1.0


@pytest.mark.parametrize("borrow_rate", [0.0, 0.03])
@pytest.mark.parametrize("fill", ["next-open", "close"])
def test_bankruptcy(signals, fill, borrow_rate):
    """Shares that are bought back at the close are not borrowed over the night after it."""
    rising = signals.assign(Close=signals["Open"] * np.where(np.arange(len(signals)) == 50, 2.5, 1.0))
    rising["High"] = rising[["High", "Close"]].max(axis=1)
    settings = Settings.of(fill=fill, borrow_rate=borrow_rate)
    [result] = check(rising, settings, [Variant("always_short", AlwaysShort)])
    assert result.metrics.bankrupt == signals.index[50].date()
    assert result.equity.iloc[50] < 0
    assert set(result.fills["date"]) <= set(signals.index[:52])
