"""Whether fits on the last five years forecast as well as fits on all rows before the test.

Run as: python -m benchmarks.training_window [EVERY]
Both forecast the last 30 % of four times ten years: the S&P 500 and the Nasdaq, up to the end of 2008 and of 2018.
Every 4th fold is made, as folds do not depend on each other, with the same seed by both; judged as in `warm_starts`.
"""

import sys
from collections.abc import Iterator

import numpy as np

from benchmarks.table import Row, show
from benchmarks.warm_starts import MARKETS, NO_WORSE, TEN_YEARS, prices_of
from choices import FIVE_YEARS
from features import compute_features
from predictors import WalkForward, make_predictor
from predictors.folds import FoldForecast, FoldTask, fit_and_forecast, fold_tasks, usable_rows
from predictors.targets import next_target
from processes import process_pool

EVERY = 4
HISTORIES = [(market, end) for market in MARKETS for end in ("2008", "2018")]
WALKS = (WalkForward(), WalkForward(train_window=FIVE_YEARS))


def rows(every: int = EVERY) -> list[Row]:
    """Make the folds and compare their errors; more than an hour of processor time."""
    found, worse = [], []
    for market, end in HISTORIES:
        on_all, on_five_years = errors_of(market, end, every)
        worse.append(on_five_years[0] - on_all[0])
        told = f"on all rows {shown(*on_all)}; on the last {FIVE_YEARS} {shown(*on_five_years)}"
        found.append(Row(f"{market}, ten years to the end of {end}: skill", "-", told, None))
        print(found[-1].what, told, flush=True)
    return [*found, compared(np.concatenate(worse))]


def errors_of(market: str, end: str, every: int) -> list[tuple[np.ndarray, list[int]]]:
    """Return, for each walk, the squared errors over the mean squared return of the same days, and the epochs."""
    prices = prices_of(market, end, TEN_YEARS)
    features = compute_features(prices)
    returns = next_target(prices["Close"].to_numpy(), "return")[usable_rows(features)]
    result = []
    for walk in WALKS:
        tests = [test for _, test in walk.split(len(returns))][::every]
        made = list(fitted(fold_tasks(prices["Close"], features, make_predictor("lstm"), walk)[::every]))
        actual = returns[np.concatenate(tests)]
        known = np.isfinite(actual)
        errors = (np.concatenate([fold.predicted for fold in made]) - actual)[known] ** 2
        result.append((errors / np.mean(actual[known] ** 2), [fold.epochs for fold in made]))
    return result


def fitted(tasks: list[FoldTask]) -> Iterator[FoldForecast]:
    """Fit two folds at a time."""
    with process_pool(2) as pool:
        yield from (pool.map if pool else map)(fit_and_forecast, tasks)


def shown(errors: np.ndarray, epochs: list[int]) -> str:
    """Return skill against the naive forecast and the work it took."""
    return f"{1 - errors.mean():+.2%} in {sum(epochs)} epochs"


def compared(worse: np.ndarray) -> Row:
    """Judge the differences of the errors, day by day."""
    t = worse.mean() / (worse.std(ddof=1) / np.sqrt(len(worse)))
    text = f"error {worse.mean():+.2%}, t = {t:+.2f} over {len(worse)} days"
    return Row(f"the last {FIVE_YEARS} rows, beside all", f"t <= {NO_WORSE:g}", text, t <= NO_WORSE)


if __name__ == "__main__":
    show(rows(*map(int, sys.argv[1:])))
