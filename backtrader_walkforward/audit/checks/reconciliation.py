"""The reported equity beside the independent ledger's."""

from collections.abc import Iterator

import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun, Results
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.audit.reconstruct_equity import as_booked, mismatch, reconstruct_equity
from backtrader_walkforward.settings.choices import BASIS_POINTS
from backtrader_walkforward.trading.variants import Variant

STAGE = "reconstruct_equity"


def check_reconciliation(run: AuditedRun, results: Results) -> Iterator[Finding]:
    """Compare every account's equity, and their sum, with what its fills and the closes add up to."""
    label, capital = "fills and closes give", run.stages.settings.trading.capital
    for variant in run.stages.variants:
        if variant.name in results:
            result = results[variant.name]
            books = reconstruct_accounts(run, variant, result.fills, result.cash_flows, result.equity.index)
            for account in result.accounts:
                name = f"{variant.name}/{account}"
                yield equal(STAGE, name, result.accounts[account], books[account], capital, label)
            yield equal(STAGE, variant.name, result.equity, books.sum(axis=1), capital, label)


def reconstruct_accounts(
    run: AuditedRun, variant: Variant, fills: pd.DataFrame, cash_flows: pd.DataFrame, days: pd.Index
) -> pd.DataFrame:
    """Return the ledger of a variant: the equity of each of its accounts on these days."""
    shares = {"active": variant.active_share, "passive": 1 - variant.active_share}
    settings, closes = run.stages.settings, run.prices["Close"].reindex(days)
    capital = {account: share * settings.trading.capital for account, share in shares.items() if share > 0}
    booked = (
        as_booked(fills, closes, settings.trading.slippage_bps / BASIS_POINTS)
        if settings.trading.fill == "close"
        else fills
    )
    return reconstruct_equity(booked, closes, capital, cash_flows)


def equal(stage: str, name: str, reported: pd.Series, expected: pd.Series, capital: float, label: str) -> Finding:
    """Compare an equity that was reported with another that `label` introduces: `fills and closes give`."""
    wrong = mismatch(reported, expected, capital)
    if not wrong.any():
        return Finding(stage, name, len(reported))
    day = int(wrong.to_numpy().argmax())
    failure = f"reports an equity of {reported.iloc[day]:,.2f} where {label} {expected.iloc[day]:,.2f}"
    return Finding(stage, name, len(reported), failure, reported.index[day])
