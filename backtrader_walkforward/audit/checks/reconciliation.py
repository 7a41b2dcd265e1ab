"""Reconciliation: the reported equity against the equity reconstructed from the fills."""

from collections.abc import Iterator

import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun, Results
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.audit.reconstruct_equity import as_booked, mismatch, reconstruct_equity
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.settings.choices import BASIS_POINTS
from backtrader_walkforward.trading.variants import Variant

STAGE = "equity"


def check_reconciliation(run: AuditedRun, results: Results) -> Iterator[Finding]:
    """Compare every account's equity, and the sum of each variant, with what the fills and the closes give."""
    label, capital = "fills and closes give", run.stages.settings.trading.capital
    for variant, result in traded_variants(run, results):
        expected = reconstruct_accounts(run, variant, result.fills, result.cash_flows, result.equity.index)
        for account in result.accounts:
            name = f"{variant.name}/{account}"
            yield compare_equity(STAGE, name, result.accounts[account], expected[account], capital, label)
        yield compare_equity(STAGE, variant.name, result.equity, expected.sum(axis=1), capital, label)


def traded_variants(run: AuditedRun, results: Results) -> list[tuple[Variant, BacktestResult]]:
    """Return the variants that have a result, each with it."""
    return [(variant, results[variant.name]) for variant in run.stages.variants if variant.name in results]


def reconstruct_accounts(
    run: AuditedRun, variant: Variant, fills: pd.DataFrame, cash_flows: pd.DataFrame, days: pd.Index
) -> pd.DataFrame:
    """Return the equity of each account of a variant on these days, reconstructed from its fills and cash flows."""
    shares = {"active": variant.active_share, "passive": 1 - variant.active_share}
    trading, closes = run.stages.settings.trading, run.prices["Close"].reindex(days)
    capital = {account: share * trading.capital for account, share in shares.items() if share > 0}
    if trading.fill == "close":
        fills = as_booked(fills, closes, trading.slippage_bps / BASIS_POINTS)
    return reconstruct_equity(fills, closes, capital, cash_flows)


def compare_equity(
    stage: str, name: str, reported: pd.Series, expected: pd.Series, capital: float, label: str
) -> Finding:
    """Compare a reported equity with an expected one; `label` introduces the latter: `fills and closes give`."""
    wrong = mismatch(reported, expected, capital)
    if not wrong.any():
        return Finding(stage, name, len(reported))
    day = int(wrong.to_numpy().argmax())
    failure = f"reports an equity of {reported.iloc[day]:,.2f}, but {label} {expected.iloc[day]:,.2f}"
    return Finding(stage, name, len(reported), failure, reported.index[day])
