"""The folder that the audited run left: where it is, and whether its files say what the audited code does."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun, Results
from backtrader_walkforward.audit.checks.reconciliation import equal, reconstruct_accounts
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.data import Prices
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.evaluation.result import no_flows
from backtrader_walkforward.settings.settings import Settings

STAGE = "run's files"


def find_run(settings: Settings, prices: Prices) -> Path | None:
    """Return the newest folder of a run with these settings and prices."""
    runs = settings.report.out / "runs"
    same = [path.parent for path in runs.glob("*/results.json") if _is_of(path, settings, prices)]
    return max(same, key=lambda folder: (folder.stat().st_mtime, folder.name), default=None)


def _is_of(results: Path, settings: Settings, prices: Prices) -> bool:
    try:
        label = json.loads(results.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    same = {"settings": settings.of_the_result(), "data_sha256": prices.sha256}
    return isinstance(label, dict) and same.items() <= label.items()


def check_files(run: AuditedRun, results: Results, folder: Path) -> Iterator[Finding]:
    """Compare `equity.csv` with what `fills.csv`, `costs.csv` and the closes add up to, and with the code's."""
    try:
        fills = pd.read_csv(folder / "fills.csv", parse_dates=["date"])
        equity = pd.read_csv(folder / "equity.csv", parse_dates=["date"])
        cash_flows = read_cash_flows(folder / "costs.csv")
    except (OSError, ValueError) as error:
        yield Finding(STAGE, folder.name, 0, reason=f"they cannot be read: {' '.join(str(error).split())}")
        return
    for variant in run.stages.variants:
        if variant.name in results:
            own_orders, own_flows = (table[table["strategy"] == variant.name] for table in (fills, cash_flows))
            books = reconstruct_accounts(run, variant, own_orders, own_flows, results[variant.name].equity.index)
            yield from _check_variant(run, results[variant.name], books, equity.set_index("date"))


def read_cash_flows(path: Path) -> pd.DataFrame:
    """Return the interest that a run booked; a run without any writes no such file."""
    if not path.exists():
        return no_flows().assign(strategy="")
    return pd.read_csv(path, parse_dates=["date"])


def _check_variant(
    run: AuditedRun, result: BacktestResult, books: pd.DataFrame, equity: pd.DataFrame
) -> Iterator[Finding]:
    capital = run.stages.settings.trading.capital
    reported = equity.reindex(result.equity.index)
    for account in books:
        name = f"{result.name}/{account}"
        if name in reported:
            yield equal(STAGE, name, reported[name], books[account], capital, "fills.csv and the closes give")
    total = reported.get(result.name, pd.Series(index=reported.index, dtype=float))
    yield equal(STAGE, result.name, total, books.sum(axis=1), capital, "fills.csv and the closes give")
    yield equal(STAGE, result.name, total, result.equity, capital, "the audited code gives")
