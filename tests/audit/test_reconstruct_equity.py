"""The ledger by hand, and beside the broker over every variant."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.audit.reconstruct_equity import ledger, unequal
from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.settings.settings import Config
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies, variants_of

DAYS = pd.bdate_range("2024-01-01", periods=4)
CLOSES = pd.Series([10.0, 11.0, 12.0, 9.0], DAYS)
VARIANTS = [*variants_of(find_strategies()), BENCHMARK]


def orders_of(*fills):
    return pd.DataFrame(fills, columns=["date", "account", "size", "price", "commission"])


def test_a_purchase_and_a_sale_by_hand():
    orders = orders_of((DAYS[1], "active", 5.0, 10.5, 1.0), (DAYS[3], "active", -5.0, 9.5, 1.0))
    books = ledger(orders, CLOSES, {"active": 100.0, "passive": 50.0})
    assert list(books["active"]) == [100, 100 - 53.5 + 55, 100 - 53.5 + 60, 100 - 53.5 + 46.5]
    assert list(books["passive"]) == [50, 50, 50, 50]


def test_a_short_and_two_fills_on_one_day_by_hand():
    orders = orders_of((DAYS[0], "active", -4.0, 10.0, 0.0), (DAYS[2], "active", 4.0, 12.0, 0.0))
    flipped = pd.concat([orders, orders_of((DAYS[2], "active", 1.0, 12.0, 0.0))])
    assert list(ledger(orders, CLOSES, {"active": 100.0})["active"]) == [100, 96, 92, 92]
    assert list(ledger(flipped, CLOSES, {"active": 100.0})["active"]) == [100, 96, 92, 89]


def test_without_orders_there_is_cash():
    assert list(ledger(orders_of(), CLOSES, {"active": 7.0})["active"]) == [7, 7, 7, 7]


def test_rounding_is_equal_and_all_else_is_not():
    expected = pd.Series([100.0, 100.0, 0.0, 100.0], DAYS)
    reported = pd.Series([100.0 + 9e-8, 100.0 + 2e-7, 9e-8, np.nan], DAYS)
    assert list(unequal(reported, expected, 100.0)) == [False, True, False, True]


def check(market, config, variants=VARIANTS):
    """Hold every account of every variant against the ledger; return the results."""
    results = run_backtest(market, variants, config)
    for variant, result in zip(variants, results, strict=True):
        shares = {"active": variant.active_share, "passive": 1 - variant.active_share}
        capital = {account: config.capital * shares[account] for account in result.accounts}
        books = ledger(result.orders, market["Close"], capital)
        np.testing.assert_allclose(books[list(capital)], result.accounts, rtol=1e-9)
        np.testing.assert_allclose(books.sum(axis=1), result.equity, rtol=1e-9)
    return results


@pytest.mark.parametrize("fill", ["next-open", "close"])
@pytest.mark.parametrize("settings", [{}, {"allow_short": False}, {"whole_shares": True}], ids=str)
def test_every_account_of_every_variant(market, fill, settings):
    results = check(market, Config(fill=fill, **settings))
    assert all(len(result.orders) for result in results)
    shorts = any((result.exposure < -0.1).any() for result in results)
    assert shorts == settings.get("allow_short", True)


class AlwaysShort(SizingStrategy):
    """Ruined by the first doubling."""

    def target_weight(self):
        return -1.0


@pytest.mark.parametrize("fill", ["next-open", "close"])
def test_ruin(market, fill):
    rising = market.assign(Close=market["Open"] * np.where(np.arange(len(market)) == 50, 2.5, 1.0))
    rising["High"] = rising[["High", "Close"]].max(axis=1)
    config = replace(Config(), fill=fill)
    [result] = check(rising, config, [Variant("always_short", AlwaysShort)])
    assert result.metrics.ruined == market.index[50].date()
    assert result.equity.iloc[50] < 0
    assert set(result.orders["date"]) <= set(market.index[:52])
