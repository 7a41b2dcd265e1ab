"""The folder that the audited run left: where it is, and whether its files say what the audited code does."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from audit.books import books_of, equal
from audit.evidence import Evidence
from audit.whole_run import Results, WholeRun
from config import Config
from feeds import Prices
from strategies.variants import Variant

STAGE = "run's files"


def find_run(config: Config, prices: Prices) -> Path | None:
    """Return the newest folder of a run with these settings and prices."""
    runs = config.out / "runs"
    same = [path.parent for path in runs.glob("*/results.json") if _is_of(path, config, prices)]
    return max(same, key=lambda folder: (folder.stat().st_mtime, folder.name), default=None)


def _is_of(results: Path, config: Config, prices: Prices) -> bool:
    try:
        told = json.loads(results.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    same = {"config": config.of_the_result(), "data_sha256": prices.sha256}
    return isinstance(told, dict) and same.items() <= told.items()


def check_files(run: WholeRun, results: Results, folder: Path) -> Iterator[Evidence]:
    """Compare `equity.csv` with what `orders.csv` and the closes add up to, and with what the audited code gives."""
    try:
        orders = pd.read_csv(folder / "orders.csv", parse_dates=["date"])
        equity = pd.read_csv(folder / "equity.csv", parse_dates=["date"])
    except (OSError, ValueError) as error:
        yield Evidence(STAGE, folder.name, 0, lack=f"they cannot be read: {' '.join(str(error).split())}")
        return
    for variant in run.stages.variants:
        if variant.name in results:
            yield from _check_variant(run, results, variant, orders, equity.set_index("date"))


def _check_variant(
    run: WholeRun, results: Results, variant: Variant, orders: pd.DataFrame, equity: pd.DataFrame
) -> Iterator[Evidence]:
    result, capital = results[variant.name], run.stages.config.capital
    books = books_of(run, variant, orders[orders["strategy"] == variant.name], result.equity.index)
    reported = equity.reindex(result.equity.index)
    for account in books:
        name = f"{variant.name}/{account}"
        if name in reported:
            yield equal(STAGE, name, reported[name], books[account], capital, "orders.csv and the closes give")
    total = reported.get(variant.name, pd.Series(index=reported.index, dtype=float))
    yield equal(STAGE, variant.name, total, books.sum(axis=1), capital, "orders.csv and the closes give")
    yield equal(STAGE, variant.name, total, result.equity, capital, "the audited code gives")
