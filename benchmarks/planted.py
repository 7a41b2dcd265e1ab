"""Signals planted in drawn markets, and the share of each that every predictor finds.

Run as: python -m benchmarks.planted [--predictors NAME,...] [--seeds N] [--units N,...] [CELL ...]
A cell is chosen by a part of its name: `AR(.3)`, `10 years`, `nothing`. Each seed is another market and another fit.
The fit is the project's own: the first fold of a walk-forward whose test is the last 30 % of the days. Pooled tickers
are forecast by one fit, each from its own inputs.

The share found is the forecast's correlation with the next return over that of the ideal forecast, the true mean. Its
noise is that of the returns, so the correlation of the forecast with the true mean stands beside it.
"""

import argparse
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from backtrader_walkforward.features import compute_features
from backtrader_walkforward.forecasting import History, Predictor, WalkForward, make_predictor
from backtrader_walkforward.forecasting.fold_tasks import fold_tasks
from backtrader_walkforward.forecasting.folds import FoldTask
from benchmarks.planted_market import RULES, Market, draw_market
from benchmarks.table import Row, printed, show

PREDICTORS = ("ridge", "boosting", "lstm")
SEEDS = 3
ONE_FOLD = WalkForward(retrain_every=100_000)


class Cell(NamedTuple):
    """One row of the table: a planted signal, and the days and tickers that are seen of it."""

    planted: str
    data: str
    days: int
    tickers: int = 1
    target: float | None = None
    """Share that the LSTM has to find."""

    @property
    def name(self) -> str:
        """Name by which the cell is chosen."""
        return f"{self.planted}, {self.data}"


TARGETS = {
    ("AR(.3)", "10 years"): 0.5,
    ("AR(.3)", "20 tickers of 2 years"): 0.85,
    ("AR(.1)", "20 tickers of 5 years"): 0.75,
}
DATA = {"2 years": (535, 1), "10 years": (2_600, 1), "20 tickers of 2 years": (535, 20)}
SIZES = [(planted, data, *size) for planted in RULES for data, size in DATA.items()]
SIZES.append(("AR(.1)", "20 tickers of 5 years", 1_300, 20))
CELLS = tuple(Cell(*size, TARGETS.get(size[:2])) for size in SIZES)


class Found(NamedTuple):
    """Correlations on the test days of one seed; 0 with a forecast or a true mean that is constant."""

    with_return: float
    """Of the forecast with the next return."""
    ideal: float
    """Of the true mean with the next return."""
    with_mean: float
    """Of the forecast with the true mean."""
    days: int


def tasks_of(cell: Cell, predictor: Predictor, seed: int) -> Iterator[tuple[Market, FoldTask]]:
    """Yield each ticker with the task that forecasts it; the fits of all tasks learn from the same windows."""
    markets = [draw_market(RULES[cell.planted], cell.days, [seed, ticker]) for ticker in range(cell.tickers)]
    histories = [
        History(market.prices, compute_features(market.prices), str(ticker)) for ticker, market in enumerate(markets)
    ]
    for place, (market, history) in enumerate(zip(markets, histories, strict=True)):
        peers = histories[:place] + histories[place + 1 :]
        [task] = fold_tasks(history.prices, history.features, predictor, ONE_FOLD, peers=peers)
        yield market, task


def measure(cell: Cell, predictor: Predictor, seed: int) -> Found:
    """Fit once, and forecast the test days of each ticker but the last, whose return is not drawn."""
    tasks = list(tasks_of(cell, predictor.set_params(seed=seed), seed))
    fitted = tasks[0][1].fit()
    parts = []
    for market, task in tasks:
        forecast = task.predict(fitted)[:-1]
        returns = market.prices["Close"].pct_change().shift(-1)
        days = slice(-1 - len(forecast), -1)
        parts.append(pd.DataFrame({"forecast": forecast, "return": returns[days], "mean": market.mean[days]}))
    table = pd.concat(parts)
    return Found(
        correlation(table["forecast"], table["return"]),
        correlation(table["mean"], table["return"]),
        correlation(table["forecast"], table["mean"]),
        len(table),
    )


def correlation(one: pd.Series, other: pd.Series) -> float:
    """Return the correlation: 0 for a forecast that is a constant but for rounding."""
    if one.std() < 1e-9 or other.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def row(cell: Cell, name: str, found: Sequence[Found]) -> Row:
    """Return the means over the seeds, and the spread."""
    mean = Found(*np.mean(found, axis=0))
    if not mean.ideal:
        error = 2 / np.sqrt(mean.days * len(found))
        reached = bool(abs(mean.with_return) <= error)
        return Row(f"{cell.name}: {name}", "within 2 se of 0", f"{mean.with_return:+.3f}, 2 se {error:.3f}", reached)
    share, spread = mean.with_return / mean.ideal, np.std([one.with_mean for one in found])
    measured = (
        f"{share:+.2f} ({mean.with_return:+.3f} of {mean.ideal:.3f}); with the true mean {mean.with_mean:+.2f}"
        f" +- {spread:.2f}"
    )
    wanted = cell.target if name == "lstm" else None
    return Row(
        f"{cell.name}: {name}",
        f">= {wanted}" if wanted else "-",
        measured,
        bool(share >= wanted) if wanted else None,
    )


def rows(
    cells: Sequence[Cell] = CELLS,
    predictors: Sequence[str] = PREDICTORS,
    seeds: int = SEEDS,
    **settings: object,
) -> Iterator[Row]:
    """Yield a row for each cell and predictor, which gets the settings that it takes."""
    for cell in cells:
        for name in predictors:
            yield row(cell, name, [measure(cell, make_predictor(name, **settings), seed) for seed in range(seeds)])


def main() -> None:
    """Print each row as it comes, then the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cells", nargs="*", metavar="CELL")
    parser.add_argument("--predictors", default=",".join(PREDICTORS))
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--units", help="sizes of the LSTM layers; its own by default")
    asked = parser.parse_args()
    chosen = [cell for cell in CELLS if not asked.cells or any(part in cell.name for part in asked.cells)]
    settings = {"units": tuple(map(int, asked.units.split(",")))} if asked.units else {}
    show(printed(rows(chosen, asked.predictors.split(","), asked.seeds, **settings)))


if __name__ == "__main__":
    main()
