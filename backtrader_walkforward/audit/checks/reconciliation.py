"""The reported equity beside the independent ledger's."""

from collections.abc import Iterator

import pandas as pd

from backtrader_walkforward.audit.audited_run import Results, WholeRun
from backtrader_walkforward.audit.finding import Evidence
from backtrader_walkforward.audit.reconstruct_equity import as_booked, ledger, unequal
from backtrader_walkforward.settings.choices import BASIS_POINTS
from backtrader_walkforward.trading.variants import Variant

STAGE = "ledger"


def check_books(run: WholeRun, results: Results) -> Iterator[Evidence]:
    """Compare every account's equity, and their sum, with what its fills and the closes add up to."""
    told, capital = "fills and closes give", run.stages.config.capital
    for variant in run.stages.variants:
        if variant.name in results:
            result = results[variant.name]
            books = books_of(run, variant, result.orders, result.cash_flows, result.equity.index)
            for account in result.accounts:
                name = f"{variant.name}/{account}"
                yield equal(STAGE, name, result.accounts[account], books[account], capital, told)
            yield equal(STAGE, variant.name, result.equity, books.sum(axis=1), capital, told)


def books_of(
    run: WholeRun, variant: Variant, orders: pd.DataFrame, cash_flows: pd.DataFrame, days: pd.Index
) -> pd.DataFrame:
    """Return the ledger of a variant: the equity of each of its accounts on these days."""
    shares = {"active": variant.active_share, "passive": 1 - variant.active_share}
    config, closes = run.stages.config, run.prices["Close"].reindex(days)
    capital = {account: share * config.capital for account, share in shares.items() if share > 0}
    booked = as_booked(orders, closes, config.slippage_bps / BASIS_POINTS) if config.fill == "close" else orders
    return ledger(booked, closes, capital, cash_flows)


def equal(stage: str, name: str, reported: pd.Series, expected: pd.Series, capital: float, told: str) -> Evidence:
    """Compare an equity that was reported with another that `told` introduces: `fills and closes give`."""
    wrong = unequal(reported, expected, capital)
    if not wrong.any():
        return Evidence(stage, name, len(reported))
    day = int(wrong.to_numpy().argmax())
    fault = f"reports an equity of {reported.iloc[day]:,.2f} where {told} {expected.iloc[day]:,.2f}"
    return Evidence(stage, name, len(reported), fault, reported.index[day])
