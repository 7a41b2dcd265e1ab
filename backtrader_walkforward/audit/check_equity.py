"""Reconciliation: the reported equity, in the results and in the run's files, against the one that the fills give."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.data import Prices
from backtrader_walkforward.evaluation import BacktestResult, no_flows
from backtrader_walkforward.evaluation.books.reconstruct_equity import mismatch, reconstruct_equity
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.variants import Variant

STAGE = "equity"
FILES = "run files"


def check_reconciliation(run: AuditedRun) -> Iterator[Finding]:
    """Compare the equity of every variant and its accounts with what the fills and the closes give."""
    for variant in run.traded_variants:
        capital = run.stages.settings.trading.capital
        yield from reconcile(variant, run.results[variant.name], run.prices["Close"], capital)


def reconcile(
    variant: Variant, result: BacktestResult, closes: pd.Series | pd.DataFrame, capital: float
) -> Iterator[Finding]:
    """Compare the equity of a variant and its accounts with what fills, flows of cash and closes give."""
    closes = closes.reindex(result.equity.index)
    expected = reconstruct_accounts(variant, result.booked_fills, result.cash_flows, closes, capital)
    reported = with_total(variant.name, result.accounts, result.equity)
    yield from equity_findings(STAGE, reported, expected, capital, "fills and closes give")


def check_files(run: AuditedRun, folder: Path) -> Iterator[Finding]:
    """Compare `equity.csv` with what `fills.csv`, `costs.csv` and the closes give, and with the audited results."""
    try:
        fills = pd.read_csv(folder / "fills.csv", parse_dates=["date"])
        equity = pd.read_csv(folder / "equity.csv", parse_dates=["date"], index_col="date")
        costs = folder / "costs.csv"  # a run without interest writes none
        flows = pd.read_csv(costs, parse_dates=["date"]) if costs.exists() else no_flows().assign(strategy="")
    except (OSError, ValueError) as error:
        yield Finding(FILES, folder.name, 0, reason=f"they cannot be read: {' '.join(str(error).split())}")
        return
    for variant in run.traded_variants:
        result, name = run.results[variant.name], variant.name
        own_fills, own_flows = (table[table["strategy"] == name] for table in (fills, flows))
        if len(own_fills) == len(result.fills):  # the file has no day of booking
            own_fills = own_fills.assign(date=result.booked_fills["date"].to_numpy())
        closes, capital = run.prices["Close"].reindex(result.equity.index), run.stages.settings.trading.capital
        expected = reconstruct_accounts(variant, own_fills, own_flows, closes, capital)
        reported = equity.reindex(index=result.equity.index, columns=equity.columns.union([name]))
        yield from equity_findings(FILES, reported, expected, capital, "fills.csv and the closes give")
        yield from equity_findings(FILES, reported, result.equity.to_frame(name), capital, "the audit gives")


def reconstruct_accounts(
    variant: Variant,
    fills: pd.DataFrame,
    cash_flows: pd.DataFrame,
    closes: pd.Series | pd.DataFrame,
    capital: float,
) -> pd.DataFrame:
    """Return what fills and cash flows give on the days of the closes: the equity of each account, and their sum."""
    accounts = reconstruct_equity(fills, closes, variant.capital_of_accounts(capital), cash_flows)
    return with_total(variant.name, accounts, accounts.sum(axis=1))


def with_total(name: str, accounts: pd.DataFrame, total: pd.Series) -> pd.DataFrame:
    """Return the columns `kelly/active`, `kelly/passive` and `kelly`, as in `equity.csv`."""
    return accounts.add_prefix(f"{name}/").assign(**{name: total})


def equity_findings(
    stage: str, reported: pd.DataFrame, expected: pd.DataFrame, capital: float, label: str
) -> Iterator[Finding]:
    """Compare each expected equity, which `label` introduces, with the reported one; one not reported is left out."""
    for name in expected.columns.intersection(reported.columns, sort=False):
        found, right = reported[name], expected[name]
        wrong = mismatch(found, right, capital).to_numpy()
        day, failure = int(wrong.argmax()), ""
        if wrong.any():
            failure = f"reports an equity of {found.iloc[day]:,.2f}, but {label} {right.iloc[day]:,.2f}"
        yield Finding(stage, name, len(found), failure, found.index[day] if failure else None)


def find_run(settings: Settings, prices: Prices) -> Path | None:
    """Return the newest folder of a run with these settings and prices, None if there is none."""
    runs = settings.report.out / "runs"
    same = [path.parent for path in runs.glob("*/results.json") if _is_of(path, settings, prices)]
    return max(same, key=lambda folder: (folder.stat().st_mtime, folder.name), default=None)


def _is_of(path: Path, settings: Settings, prices: Prices) -> bool:
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    same = {"settings": settings.result_settings(), "data_sha256": prices.sha256}
    return isinstance(results, dict) and same.items() <= results.items()
