"""The audit itself: every check, in the order of the flow."""

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
from backtrader_walkforward.audit.checks.trading import check_market, check_strategies, fewest_fills, perturbed_signals
from backtrader_walkforward.audit.checks.training_rows import check_targets, check_training_rows
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.audit.perturbed_history import FEWEST_DATES, PerturbedHistory, perturbed_histories
from backtrader_walkforward.audit.synthetic_forecast import synthetic_forecast
from backtrader_walkforward.forecasting import ForecastCache


@dataclass(frozen=True)
class Trading:
    """What the variants of a run did in its market, and what bars that come one by one say of that."""

    run: AuditedRun
    results: Results
    """Of all variants but those that reached for a bar to come."""
    findings: Sequence[Finding]

    @classmethod
    def of(cls, run: AuditedRun) -> Self:
        """Trade bar by bar, then as the run does."""
        slowly, reached = trade_bar_by_bar(run)
        variants = [variant for variant in run.stages.variants if variant.name in slowly]
        results = {result.name: result for result in run.stages.results(run.signals, variants)}
        compared = [*check_bar_by_bar(run, results, slowly), *check_reconciliation(run, results)]
        return cls(run, results, [*reached, *compared])

    def silent_by(self, date: pd.Timestamp) -> list[str]:
        """Return the variants of which an account has no fill by `date`."""
        fill = self.run.stages.settings.trading.fill
        return [name for name, result in self.results.items() if not fewest_fills(result, date, fill)]


def evidence_on(
    run: AuditedRun, dates: Sequence[pd.Timestamp], store: ForecastCache, folder: Path | None = None
) -> Iterator[Finding]:
    """Look at everything, the run's folder included if there is one, and yield what is found."""
    reason = f"{FEWEST_DATES} test days with two days after them are needed: {len(dates)}"
    yield Finding("dates", "of the audit", len(dates) if len(dates) >= FEWEST_DATES else 0, reason=reason)
    yield from check_features_day_by_day(run)
    yield from check_targets(run)
    trading = [Trading.of(run)]
    if dates and (silent := trading[0].silent_by(max(dates))):
        trading.append(Trading.of(synthetic_forecast(run, silent)))
        yield from (Finding("only on a drawn forecast", name, 1) for name in silent)
    for history in perturbed_histories(run, dates):
        yield from evidence_in(history, run, store)
        for traded in trading:
            yield from trading_evidence_in(history, traded)
    for traded in trading:
        yield from traded.findings
    if folder:
        yield from check_files(run, trading[0].results, folder)


def evidence_in(history: PerturbedHistory, run: AuditedRun, store: ForecastCache) -> Iterator[Finding]:
    """Compute features and forecasts again from a history with another future.

    Each stage is given the true past by the one before, so that a fault is found where it is made.
    """
    yield from check_features(run, history)
    rows = list(check_training_rows(run, history))
    yield from rows
    yield from check_forecasts(run, history, store, trained_alike=not any(piece.failure for piece in rows))


def trading_evidence_in(history: PerturbedHistory, trading: Trading) -> Iterator[Finding]:
    """Trade again in a market with another future."""
    signals = perturbed_signals(trading.run, history)
    yield from check_market(trading.run, signals, history)
    yield from check_strategies(trading.run, trading.results, signals, history)
