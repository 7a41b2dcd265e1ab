"""Forecast error of fits on the last five years, compared with fits on all rows before the test.

Run as: python -m benchmarks.studies.training_window [EVERY]
Both schemes forecast the last 30 % of four histories of ten years: the S&P 500 and the Nasdaq, up to the end of 2008
and of 2018. Folds do not depend on each other, so only every 4th fold of the LSTM is fitted, with one seed for both
schemes. The test is that of `cold_starts`. It treats the days of the two indices as independent, which they are not, so
t is too far from 0.
"""

import sys
from collections.abc import Iterator

import numpy as np

from backtrader_walkforward.features import complete_rows, compute_features
from backtrader_walkforward.forecasting import WalkForward, make_predictor
from backtrader_walkforward.forecasting.fold_tasks import fold_tasks
from backtrader_walkforward.forecasting.folds import FoldForecast, FoldTask, fit_and_forecast
from backtrader_walkforward.forecasting.windows import next_target
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.settings.groups import FIVE_YEARS
from benchmarks.studies.cold_starts import INDICES, TEN_YEARS, Schemes, compare, format_skill, prices_of
from benchmarks.table import Row, show

EVERY = {"ridge": 1, "lstm": 4}
"""Every n-th fold of a predictor is fitted."""

SCHEMES = {"on all rows": WalkForward(), "on the last five years": WalkForward(train_window=FIVE_YEARS)}
HISTORIES = [(index, end) for index in INDICES for end in ("2008", "2018")]


def rows(every: int = EVERY["lstm"]) -> list[Row]:
    """Fit the folds and compare their errors. Takes more than an hour of processor time."""
    found = []
    for kind, own in (EVERY | {"lstm": every}).items():
        made = {history: errors_of(*history, kind, own) for history in HISTORIES}
        for (index, end), schemes in made.items():
            shown = ", ".join(f"{name} {format_skill(*result)}" for name, result in schemes.items())
            found.append(Row(f"{kind}: {index}, ten years to the end of {end}", "-", shown, None))
        worse = compare(*reversed(SCHEMES), made.values())
        found.append(worse._replace(what=f"{kind}: {worse.what}"))
    return found


def errors_of(index: str, end: str, kind: str, every: int) -> Schemes:
    """Return the squared errors over the mean squared return of the same days, and the epochs, by scheme."""
    prices = prices_of(index, end, TEN_YEARS)
    features = compute_features(prices)
    returns = next_target(prices, "return")[complete_rows(features)]
    result = {}
    for name, walk in SCHEMES.items():
        tests = [test for _, test in walk.split(len(returns))][::every]
        made = list(fitted(fold_tasks(prices, features, make_predictor(kind), walk)[::every]))
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
