"""Trading with no bar ahead: each is loaded when its turn comes, so that a look ahead finds nothing there."""

import re
from collections.abc import Iterator
from itertools import groupby

import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun, Results
from backtrader_walkforward.audit.checks.trading import same_trading
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.trading.sizing_strategy import StrategyError

STAGE = "strategy, bar by bar"


def trade_bar_by_bar(run: AuditedRun) -> tuple[Results, list[Finding]]:
    """Trade each method by itself, bar by bar; return the results, and the methods that reached for a bar to come.

    `data.close[1]` is tomorrow where all bars are loaded beforehand, and an IndexError here.

    Raises
    ------
    StrategyError
        If a strategy fails for another reason.
    """
    results: Results = {}
    reached = []
    for method, variants in groupby(run.stages.variants, key=lambda variant: variant.method):
        try:
            traded = run.stages.results(run.signals, list(variants), bar_by_bar=True)
            results |= {result.name: result for result in traded}
        except StrategyError as error:
            if not isinstance(error.__cause__, IndexError):
                raise
            reached.append(Finding(STAGE, method, 1, f"reaches for a bar to come: {error}", _day_in(error)))
    return results, reached


def _day_in(error: StrategyError) -> pd.Timestamp | None:
    """Return the day that a strategy's error names."""
    found = re.search(r" on (\d{4}-\d\d-\d\d) ", str(error))
    return pd.Timestamp(found[1]) if found else None


def check_bar_by_bar(run: AuditedRun, past: Results, again: Results) -> Iterator[Finding]:
    """Compare all that the run traded with what was traded bar by bar."""
    failure = "trades otherwise when bars come one by one"
    for name, result in past.items():
        yield same_trading(STAGE, result, again[name], "next-open", result.weights.index[-1], failure)
