"""Trading bar by bar: each bar is loaded when its turn comes, so that no later bar can be read."""

from collections.abc import Iterator
from itertools import groupby

from backtrader_walkforward.audit.audited_run import AuditedRun, Results
from backtrader_walkforward.audit.checks.trading import compare_trading
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.trading.sizing_strategy import StrategyError

STAGE = "strategy, bar by bar"


def trade_bar_by_bar(run: AuditedRun) -> tuple[Results, list[Finding]]:
    """Trade each strategy alone, bar by bar. Return the results, and a finding for each one that reads a later bar.

    `data.close[1]` is the next close where all bars are loaded at the start, and an IndexError here.

    Raises
    ------
    StrategyError
        If a strategy fails for another reason.
    """
    results: Results = {}
    failures = []
    for strategy, variants in groupby(run.stages.variants, key=lambda variant: variant.strategy_name):
        try:
            traded = run.stages.results(run.signals, list(variants), bar_by_bar=True)
            results |= {result.name: result for result in traded}
        except StrategyError as error:
            if not isinstance(error.__cause__, IndexError):
                raise
            failures.append(Finding(STAGE, strategy, 1, f"reads a later bar: {error}"))
    return results, failures


def check_bar_by_bar(results: Results, bar_by_bar: Results) -> Iterator[Finding]:
    """Compare the results of the run with those of trading bar by bar."""
    for name, result in results.items():
        last_day = result.weights.index[-1]
        yield compare_trading(
            STAGE, result, bar_by_bar[name], "next-open", last_day, "differs when bars come one by one"
        )
