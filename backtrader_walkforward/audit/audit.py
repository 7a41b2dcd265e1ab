"""The audit: every check, in the order of the flow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun, Results
from backtrader_walkforward.audit.checks.bar_by_bar import check_bar_by_bar, trade_bar_by_bar
from backtrader_walkforward.audit.checks.forecasts import check_features, check_features_day_by_day, check_forecasts
from backtrader_walkforward.audit.checks.reconciliation import check_reconciliation
from backtrader_walkforward.audit.checks.run_files import check_files
from backtrader_walkforward.audit.checks.trading import check_signals, check_strategies, fewest_fills, perturbed_signals
from backtrader_walkforward.audit.checks.training_rows import check_targets, check_training_rows
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.audit.perturbed_history import FEWEST_DATES, PerturbedHistory, perturbed_histories
from backtrader_walkforward.audit.synthetic_forecast import with_synthetic_forecast
from backtrader_walkforward.system.cache import Cache


@dataclass(frozen=True)
class TradedRun:
    """An audited run and its results, with the findings on them."""

    run: AuditedRun
    results: Results
    """Results of all variants but those that read a later bar."""
    findings: Sequence[Finding]

    @classmethod
    def of(cls, run: AuditedRun) -> Self:
        """Trade bar by bar, then as the run does, and compare."""
        bar_by_bar, failures = trade_bar_by_bar(run)
        variants = [variant for variant in run.stages.variants if variant.name in bar_by_bar]
        results = {result.name: result for result in run.stages.results(run.signals, variants)}
        compared = [*check_bar_by_bar(results, bar_by_bar), *check_reconciliation(run, results)]
        return cls(run, results, [*failures, *compared])

    def without_fills(self, date: pd.Timestamp) -> list[str]:
        """Return the variants that have an account without a fill by `date`."""
        fill = self.run.stages.settings.trading.fill
        return [name for name, result in self.results.items() if not fewest_fills(result, date, fill)]


def audit_run(
    run: AuditedRun, dates: Sequence[pd.Timestamp], cache: Cache, folder: Path | None = None
) -> Iterator[Finding]:
    """Yield the findings of every check, those of the run's files included if it has a folder.

    A variant that the run's forecasts leave in cash is traded a second time, with a synthetic forecast.
    """
    enough = len(dates) >= FEWEST_DATES
    reason = f"{FEWEST_DATES} test days, each with two later days, are needed, and there are {len(dates)}"
    yield Finding("audit", "dates", len(dates) if enough else 0, reason=reason)
    yield from check_features_day_by_day(run)
    yield from check_targets(run)
    traded_runs = [TradedRun.of(run)]
    if dates and (names := traded_runs[0].without_fills(max(dates))):
        traded_runs.append(TradedRun.of(with_synthetic_forecast(run, names)))
        yield from (Finding("synthetic forecast", name, 1) for name in names)
    for history in perturbed_histories(run, dates):
        yield from check_learning(run, history, cache)
        for traded in traded_runs:
            yield from check_trading(traded, history)
    for traded in traded_runs:
        yield from traded.findings
    if folder:
        yield from check_files(run, traded_runs[0].results, folder)


def check_learning(run: AuditedRun, history: PerturbedHistory, cache: Cache) -> Iterator[Finding]:
    """Compute features, training rows and forecasts from a perturbed history, and compare.

    Each stage gets the true past from the stage before it, so that a failure is found where it is made.
    """
    yield from check_features(run, history)
    rows = list(check_training_rows(run, history))
    yield from rows
    yield from check_forecasts(run, history, cache, same_rows=not any(finding.failure for finding in rows))


def check_trading(traded: TradedRun, history: PerturbedHistory) -> Iterator[Finding]:
    """Trade on the signals of a perturbed history, and compare."""
    signals = perturbed_signals(traded.run, history)
    yield from check_signals(traded.run, signals, history)
    yield from check_strategies(traded.run, traded.results, signals, history)
