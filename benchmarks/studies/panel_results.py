"""Panels of 20 US stocks, 1995 to 2022: each predictor, each book, before and after costs, by decade.

Run as: python -m benchmarks.studies.panel_results FOLDER [PREDICTOR ...]
FOLDER holds the CSV files of the stocks: python -m benchmarks.studies.stock_files FOLDER
The files have closes alone, so that orders fill at the close of the decision and the target is the return to the next
close: in truth nobody knows a close before it is made. One model for all stocks is fitted once a year. Prints Markdown.
What was fitted is in the user's cache: a second call continues where the first one stopped.
"""

import sys
from collections.abc import Iterator
from typing import Any

import backtrader_walkforward as wf
from backtrader_walkforward.data.frequency import TRADING_DAYS
from backtrader_walkforward.evaluation.forecast.forecast_tests import mean_test
from backtrader_walkforward.evaluation.metrics import annual_return, sharpe
from backtrader_walkforward.panels.result import PanelResult

ALL = ("mean", "ridge", "boosting", "lstm")
SMALL: dict[str, dict[str, Any]] = {
    "lstm": {
        "units": (32, 16),
        "lookback": 10,
        "epochs": 3,
        "search_every": 1,
        "param": {"lstm.batch_size": 256, "lstm.min_epochs": 1},
    }
}
"""A small network, few passes, short windows: the full one would take days on two cores. Each fit searches."""

PERIODS = {
    "1995-99": ("1995", "1999"),
    "2000-09": ("2000", "2009"),
    "2010-19": ("2010", "2019"),
    "2020-22": ("2020", "2022"),
    "all": ("1995", "2022"),
}
COSTS = (0, 5)
"""Basis points a trade."""

JOB: dict[str, Any] = {
    "period": 12_100,
    "test_from": "1995-01-03",
    "retrain_every": TRADING_DAYS,
    "model": "pooled",
    "fill": "close",
    "target": "return",
    "strategies": "binary,long_short,top,equal_weight",
}


def lines(folder: str, *names: str) -> Iterator[str]:
    """Yield the lines of the tables, those of each predictor as soon as it was studied."""
    for name in names or ALL:
        settings = JOB | SMALL.get(name, {})
        made = {bps: wf.panel(csv_folder=folder, predictor=name, commission_bps=bps, **settings) for bps in COSTS}
        before, after = made.values()
        yield f"\n### {name}\n"
        yield f"{before.significance.headline} before costs, {lowered(after.significance.headline)} after 5 bp.\n"
        yield f"| | {' | '.join(PERIODS)} |\n|---{'|---:' * len(PERIODS)}|"
        yield row("rank IC (t)", [ic_text(before, *days) for days in PERIODS.values()])
        for book in before.books:
            if book.kind != "Pure":
                continue
            for bps, one in made.items():
                own = next(other for other in one.books if other.name == book.name)
                yield row(f"{book.name}, {bps} bp", [book_text(own.equity[slice(*days)]) for days in PERIODS.values()])


def lowered(headline: str) -> str:
    """Return a headline as part of a sentence."""
    return headline[0].lower() + headline[1:]


def row(name: str, cells: list[str]) -> str:
    """Return a row of a table."""
    return f"| {name} | {' | '.join(cells)} |"


def ic_text(panel: PanelResult, first: str, last: str) -> str:
    """Return the mean rank IC of a period and its t-ratio."""
    ic = panel.ranking.ic[first:last]
    return f"{ic.mean():+.4f} ({mean_test(ic).statistic or 0:+.1f})"


def book_text(equity: Any) -> str:
    """Return the yearly return of a book in a period, and its Sharpe ratio."""
    return (
        f"{annual_return(equity, TRADING_DAYS):+.1%} ({sharpe(equity.pct_change().iloc[1:], TRADING_DAYS) or 0:+.2f})"
    )


if __name__ == "__main__":
    for line in lines(*sys.argv[1:]):
        print(line, flush=True)
