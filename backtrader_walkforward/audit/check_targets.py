"""Check of the targets: each is the return after its window, and is known before the first test day of its fold."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.forecasting.folds import FoldTask

TRAINING_ROWS = "training rows"


def check_targets(run: AuditedRun) -> Iterator[Finding]:
    """Check that every target is known before the first test day of its fold, and is the return after its window.

    The dates do not come from the split under audit: the test days come from the forecasts, the days of the rows are
    counted back from the last test day, and the targets are computed here from the prices.
    """
    prices_of_peers = {peer.ticker: peer.frame for peer in run.stages.peers}
    for task in run.tasks:
        kind, first_test = task.predictor.target, run.days_of(task.fold)[0]
        own = targets_of(task, run.row_days(task))
        yield from target_findings(f"fold {task.fold}", own, run.prices, kind, first_test)
        for part in task.peers:
            target = pd.Series(part.target, pd.DatetimeIndex(part.days))
            name = f"fold {task.fold}, {part.ticker}"
            yield from target_findings(name, target, prices_of_peers[part.ticker], kind, first_test)


def target_findings(
    name: str, target: pd.Series, prices: pd.DataFrame, kind: str, first_test: pd.Timestamp
) -> Iterator[Finding]:
    """Compare targets by the last day of their windows with the prices that follow."""
    close, opens, days = prices["Close"], prices["Open"], prices.index.to_series()
    expected, bars = {
        "return": (close.shift(-1) / close - 1, 1),
        "price": (close.shift(-1), 1),
        "traded": (opens.shift(-2) / opens.shift(-1) - 1, 2),
    }[kind]
    late = ~(days.shift(-bars).reindex(target.index) < first_test).to_numpy()
    wrong = ~np.isclose(target, expected.reindex(target.index), rtol=1e-12, atol=1e-15)
    for failed, which in ((late, "is known only on a test day"), (wrong, "does not follow its window")):
        failure = f"trains on a target that {which}" if failed.any() else ""
        date = target.index[int(failed.argmax())] if failure else None
        yield Finding(TRAINING_ROWS, name, len(target), failure, date)


def targets_of(task: FoldTask, days: pd.Index) -> pd.Series:
    """Return the target of each training window by the last day of the window."""
    first = task.lookback - 1
    return pd.Series(task.target, days[first : first + len(task.target)], name="target")
