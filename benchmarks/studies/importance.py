"""Judgements of the importance of features in drawn markets: how often any feature is named.

Run as: python -m benchmarks.studies.importance [--markets N] [--predictors NAME,...]
Each market is another draw, forecast by a walk-forward with a fit every 21 days on the last 30 % of the days. Where
nothing is planted every feature that is named is a false alarm: at most one run in twenty may have any.
"""

import argparse
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from backtrader_walkforward.evaluation import Importance, measure_importance
from backtrader_walkforward.features import compute_features
from backtrader_walkforward.forecasting import Predictor, WalkForward, forecast, make_predictor
from backtrader_walkforward.forecasting.permuted_forecasts import permuted_forecasts
from backtrader_walkforward.forecasting.windows import next_return
from backtrader_walkforward.settings.groups import FIVE_YEARS
from benchmarks.planted_market import RULES, draw_market
from benchmarks.table import Row, printed, show

MARKETS = 400
PREDICTORS = ("ridge",)
DAYS = {"2 years": 535, "5 years": 1_300, "10 years": 2_600}
SIZE = 0.05
"""Share of the runs with a false alarm that is allowed."""


class Cell(NamedTuple):
    """A planted signal, and the days that are seen of it."""

    planted: str
    data: str


CELLS = tuple(Cell(planted, data) for planted in ("nothing", "AR(.1)", "AR(.3)") for data in DAYS)


def importance_in(cell: Cell, predictor: Predictor, seed: int) -> Importance:
    """Return the importance of the features in one market."""
    prices = draw_market(RULES[cell.planted], DAYS[cell.data], [seed]).prices
    made = forecast(prices, compute_features(prices), predictor, WalkForward(train_window=FIVE_YEARS))
    returns = next_return(prices, predictor.target)
    return measure_importance(made.table, returns, permuted_forecasts(made, prices["Close"]), made.features)


def row(cell: Cell, name: str, markets: int) -> Row:
    """Return the share of the markets in which any feature is named."""
    found = [importance_in(cell, make_predictor(name), seed).table for seed in range(markets)]
    named = float(np.mean([table["beyond_noise"].any() for table in found]))
    error = 2 * np.sqrt(max(named * (1 - named), SIZE * (1 - SIZE)) / markets)
    measured = f"{named:.3f} of {markets} runs name a feature, 2 se {error:.3f}"
    if cell.planted != "nothing":
        return Row(f"{cell.planted}, {cell.data}: {name}", "-", measured, None)
    return Row(f"nothing, {cell.data}: {name}", f"<= {SIZE}", measured, bool(named - error <= SIZE))


def rows(markets: int = MARKETS, predictors: Sequence[str] = PREDICTORS) -> Iterator[Row]:
    """Yield a row for each planted signal, length and predictor."""
    for name in predictors:
        for cell in CELLS:
            yield row(cell, name, markets)


def main() -> None:
    """Print each row as it comes, then the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--markets", type=int, default=MARKETS)
    parser.add_argument("--predictors", default=",".join(PREDICTORS))
    asked = parser.parse_args()
    show(printed(rows(asked.markets, asked.predictors.split(","))))


if __name__ == "__main__":
    main()
