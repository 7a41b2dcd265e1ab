"""Checks of the files of the audited run."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun, Results
from backtrader_walkforward.audit.checks.reconciliation import (
    compare_accounts,
    compare_equity,
    reconstruct_accounts,
    traded_variants,
)
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.data import Prices
from backtrader_walkforward.evaluation import no_flows
from backtrader_walkforward.settings.settings import Settings

STAGE = "run files"


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


def check_files(run: AuditedRun, results: Results, folder: Path) -> Iterator[Finding]:
    """Compare `equity.csv` with what `fills.csv`, `costs.csv` and the closes give, and with the audited results."""
    try:
        fills = pd.read_csv(folder / "fills.csv", parse_dates=["date"])
        equity = pd.read_csv(folder / "equity.csv", parse_dates=["date"], index_col="date")
        cash_flows = read_cash_flows(folder / "costs.csv")
    except (OSError, ValueError) as error:
        yield Finding(STAGE, folder.name, 0, reason=f"they cannot be read: {' '.join(str(error).split())}")
        return
    capital = run.stages.settings.trading.capital
    for variant, result in traded_variants(run, results):
        own_fills, own_flows = (table[table["strategy"] == variant.name] for table in (fills, cash_flows))
        expected = reconstruct_accounts(run, variant, own_fills, own_flows, result.equity.index)
        reported = equity.reindex(index=result.equity.index, columns=equity.columns.union([variant.name]))
        yield from compare_accounts(STAGE, variant.name, reported, expected, capital, "fills.csv and the closes give")
        yield compare_equity(STAGE, variant.name, reported[variant.name], result.equity, capital, "the audit gives")


def read_cash_flows(path: Path) -> pd.DataFrame:
    """Return the interest that a run booked; a run without interest writes no such file."""
    if not path.exists():
        return no_flows().assign(strategy="")
    return pd.read_csv(path, parse_dates=["date"])
