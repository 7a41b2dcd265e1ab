"""From a run folder to a `SavedRun`."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from backtrader_walkforward.errors import UserError, reason_of
from backtrader_walkforward.evaluation import by_sharpe
from backtrader_walkforward.evaluation.metrics import measure_performance
from backtrader_walkforward.reports.live_comparison import BACKTEST
from backtrader_walkforward.saved_runs.saved_run import Account, SavedRun
from backtrader_walkforward.system.files import read_regular
from backtrader_walkforward.system.text import pluralize

LARGEST_FILE = 100_000_000
"""Bytes; the figures of a panel of 500 tickers take less than one million."""

REMEDY = "run it again, or leave it out"

Entry = Mapping[str, Any]


def read_run(folder: Path) -> SavedRun:
    """Return what a run folder says.

    Raises
    ------
    UserError
        If it is no run folder, or not whole.
    """
    readers: dict[str, Callable[[Path, Entry], SavedRun]] = {"results.json": read_results, "paper.json": read_paper}
    for name, reader in readers.items():
        if (folder / name).exists():
            try:
                return reader(folder, json.loads(read_regular(folder / name, LARGEST_FILE)))
            except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
                raise UserError(f"{folder}: {name} is damaged ({reason_of(error)}) - {REMEDY}") from error
    raise UserError(f"{folder}: not a whole run, as it has no results.json - {REMEDY}")


def read_results(folder: Path, entry: Entry) -> SavedRun:
    """Return the run of a `results.json`: a panel has portfolios."""
    known = {
        "folder": folder,
        "version": entry["package_version"],
        "days": (date.fromisoformat(entry["test"]["first_date"]), date.fromisoformat(entry["test"]["last_date"])),
        "settings": entry["settings"],
        **answer_of(entry),
    }
    return SavedRun(**known, **(of_panel(entry) if "portfolios" in entry else of_ticker(entry)))


def of_ticker(entry: Entry) -> dict[str, Any]:
    """Return what belongs to the run of one ticker."""
    by_name, best = {one["name"]: one for one in entry["strategies"]}, entry["best"]
    return {
        "subject": entry["ticker"],
        "tickers": (entry["ticker"],),
        "source": entry["source"],
        "data": entry["data_sha256"],
        "best": None if best is None else account_of(by_name[best]),
        "benchmark": account_of(entry["benchmark"]),
    }


def of_panel(entry: Entry) -> dict[str, Any]:
    """Return what belongs to a panel: the best of its books and portfolios, beside the market of its verdict."""
    tickers = tuple(row["ticker"] for row in entry["tickers"])
    *portfolios, market = (account_of(one, "portfolio/") for one in entry["portfolios"])
    accounts = [*(account_of(one, "book/") for one in entry["books"]), *portfolios]
    best = min(accounts, key=lambda one: by_sharpe(one.sharpe, one.name))
    return {
        "subject": f"panel of {pluralize(len(tickers), 'ticker')}",
        "tickers": tickers,
        "source": str(entry["settings"]["source"]),
        "data": None,
        "best": None if best.sharpe is None else best,
        "benchmark": market,
    }


def read_paper(folder: Path, entry: Entry) -> SavedRun:
    """Return the run of a `paper.json`: its accounts are those that traded live."""
    live = [variant["name"] for variant in entry["variants"]]
    equity = pd.read_csv(folder / "equity.csv", index_col="date", parse_dates=["date"])
    cash_rate = float(entry["settings"].get("cash_rate", 0.0))
    best, benchmark = (
        account_of({"name": name} | measure_performance(equity[f"{name}/live"], cash_rate), end="/live")
        for name in (live[0], live[-1])
    )
    return SavedRun(
        folder=folder,
        subject=f"{entry['ticker']} on paper",
        tickers=(entry["ticker"],),
        source=f"{entry['source']}, compared with its {BACKTEST}",
        data=None,
        version="",
        days=(date.fromisoformat(entry["first_date"]), date.fromisoformat(entry["last_date"])),
        settings=entry["settings"],
        best=best,
        benchmark=benchmark,
        **answer_of(entry),
    )


def answer_of(entry: Entry) -> dict[str, Any]:
    """Return the answer of a run and the reason that decides it."""
    significance = entry["significance"]
    return {"headline": str(significance["headline"]), "reason": str(significance["reason"])}


def account_of(measures: Entry, start: str = "", end: str = "") -> Account:
    """Return the headline of an account; its column in `equity.csv` has its name between `start` and `end`."""
    figures = {name: measures[name] for name in ("total_return", "sharpe", "max_drawdown")}
    return Account(name=measures["name"], column=f"{start}{measures['name']}{end}", **figures)
