"""Whether fits on the last five years forecast as well as fits on all rows before the test.

Run as: python -m benchmarks.training_window [EVERY]
Both forecast the last 30 % of four times ten years: the S&P 500 and the Nasdaq, up to the end of 2008 and of 2018. Of
the LSTM's folds every 4th is made, as folds do not depend on each other, with the same seed by both. Judged day by day
as in `warm_starts`; t takes the days of the two indices for independent, which they are not, so it is too far from 0.
"""

import sys
from collections.abc import Iterator

import numpy as np

from backtrader_walkforward.features import compute_features
from backtrader_walkforward.forecasting import WalkForward, make_predictor
from backtrader_walkforward.forecasting.folds import FoldForecast, FoldTask, complete_rows, fit_and_forecast, fold_tasks
from backtrader_walkforward.forecasting.targets import next_target
from backtrader_walkforward.settings.choices import FIVE_YEARS
from backtrader_walkforward.system.processes import process_pool
from benchmarks.table import Row, show
from benchmarks.warm_starts import MARKETS, TEN_YEARS, Schemes, compared, prices_of, told

EVERY = {"ridge": 1, "lstm": 4}
"""Of the folds of each predictor."""

SCHEMES = {"on all rows": WalkForward(), "on the last five years": WalkForward(train_window=FIVE_YEARS)}
HISTORIES = [(signals, end) for signals in MARKETS for end in ("2008", "2018")]


def rows(every: int = EVERY["lstm"]) -> list[Row]:
    """Make the folds and compare their errors; more than an hour of processor time."""
    found = []
    for kind, own in (EVERY | {"lstm": every}).items():
        made = {history: errors_of(*history, kind, own) for history in HISTORIES}
        for (signals, end), schemes in made.items():
            shown = ", ".join(f"{name} {told(*result)}" for name, result in schemes.items())
            found.append(Row(f"{kind}: {signals}, ten years to the end of {end}", "-", shown, None))
        worse = compared(*reversed(SCHEMES), made.values())
        found.append(worse._replace(what=f"{kind}: {worse.what}"))
    return found


def errors_of(signals: str, end: str, kind: str, every: int) -> Schemes:
    """Return, for each scheme, the squared errors over the mean squared return of the same days, and the epochs."""
    prices = prices_of(signals, end, TEN_YEARS)
    features = compute_features(prices)
    returns = next_target(prices["Close"].to_numpy(), "return")[complete_rows(features)]
    result = {}
    for name, walk in SCHEMES.items():
        tests = [test for _, test in walk.split(len(returns))][::every]
        made = list(fitted(fold_tasks(prices["Close"], features, make_predictor(kind), walk)[::every]))
        actual = returns[np.concatenate(tests)]
        known = np.isfinite(actual)
        errors = (np.concatenate([fold.predicted for fold in made]) - actual)[known] ** 2
        result[name] = (errors / np.mean(actual[known] ** 2), sum(fold.epochs for fold in made))
    return result


def fitted(tasks: list[FoldTask]) -> Iterator[FoldForecast]:
    """Fit two folds at a time."""
    with process_pool(2) as pool:
        yield from (pool.map if pool else map)(fit_and_forecast, tasks)


if __name__ == "__main__":
    show(rows(*map(int, sys.argv[1:])))
