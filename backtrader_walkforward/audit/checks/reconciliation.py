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
    """Compare the equity of every variant and its accounts with what the fills and the closes give."""
    capital = run.stages.settings.trading.capital
    for variant, result in traded_variants(run, results):
        expected = reconstruct_accounts(run, variant, result.fills, result.cash_flows, result.equity.index)
        reported = result.accounts.add_prefix(f"{variant.name}/").assign(**{variant.name: result.equity})
        yield from compare_accounts(STAGE, variant.name, reported, expected, capital, "fills and closes give")


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


def compare_accounts(
    stage: str, name: str, reported: pd.DataFrame, expected: pd.DataFrame, capital: float, label: str
) -> Iterator[Finding]:
    """Compare the reported equity of each account of a variant, and of the variant, with the expected equity.

    Parameters
    ----------
    reported : DataFrame (n_days, columns)
        Columns `kelly` and `kelly/active`, as in `equity.csv`. An account without a column is not compared.
    expected : DataFrame (n_days, n_accounts)
    label : str
        Introduction of the expected equity: `fills and closes give`.
    """
    columns = {f"{name}/{account}": expected[account] for account in expected}
    for column, account in columns.items():
        if column in reported:
            yield compare_equity(stage, column, reported[column], account, capital, label)
    yield compare_equity(stage, name, reported[name], expected.sum(axis=1), capital, label)


def compare_equity(
    stage: str, name: str, reported: pd.Series, expected: pd.Series, capital: float, label: str
) -> Finding:
    """Compare a reported equity with the expected one."""
    wrong = mismatch(reported, expected, capital)
    if not wrong.any():
        return Finding(stage, name, len(reported))
    day = int(wrong.to_numpy().argmax())
    failure = f"reports an equity of {reported.iloc[day]:,.2f}, but {label} {expected.iloc[day]:,.2f}"
    return Finding(stage, name, len(reported), failure, reported.index[day])
