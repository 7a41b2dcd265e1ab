"""The audit itself: every check, in the order of the flow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pandas as pd

from backtrader_walkforward.audit.audited_run import Results, WholeRun
from backtrader_walkforward.audit.checks.bar_by_bar import check_bar_by_bar, trade_bar_by_bar
from backtrader_walkforward.audit.checks.forecasts import check_features, check_features_day_by_day, check_forecasts
from backtrader_walkforward.audit.checks.reconciliation import check_books
from backtrader_walkforward.audit.checks.run_files import check_files
from backtrader_walkforward.audit.checks.trading import check_market, check_strategies, fewest_fills, other_market
from backtrader_walkforward.audit.checks.training_rows import check_targets, check_training_rows
from backtrader_walkforward.audit.finding import Evidence
from backtrader_walkforward.audit.perturbed_history import FEWEST_DATES, OtherHistory, other_histories
from backtrader_walkforward.audit.synthetic_forecast import drill
from backtrader_walkforward.forecasting import ForecastStore


@dataclass(frozen=True)
class Trading:
    """What the variants of a run did in its market, and what bars that come one by one say of that."""

    run: WholeRun
    results: Results
    """Of all variants but those that reached for a bar to come."""
    evidence: Sequence[Evidence]

    @classmethod
    def of(cls, run: WholeRun) -> Self:
        """Trade bar by bar, then as the run does."""
        slowly, reached = trade_bar_by_bar(run)
        variants = [variant for variant in run.stages.variants if variant.name in slowly]
        results = {result.name: result for result in run.stages.results(run.market, variants)}
        compared = [*check_bar_by_bar(run, results, slowly), *check_books(run, results)]
        return cls(run, results, [*reached, *compared])

    def silent_by(self, date: pd.Timestamp) -> list[str]:
        """Return the variants of which an account has no fill by `date`."""
        fill = self.run.stages.config.fill
        return [name for name, result in self.results.items() if not fewest_fills(result, date, fill)]


def evidence_on(
    run: WholeRun, dates: Sequence[pd.Timestamp], store: ForecastStore, folder: Path | None = None
) -> Iterator[Evidence]:
    """Look at everything, the run's folder included if there is one, and yield what is found."""
    lack = f"{FEWEST_DATES} test days with two days after them are needed: {len(dates)}"
    yield Evidence("dates", "of the audit", len(dates) if len(dates) >= FEWEST_DATES else 0, lack=lack)
    yield from check_features_day_by_day(run)
    yield from check_targets(run)
    trading = [Trading.of(run)]
    if dates and (silent := trading[0].silent_by(max(dates))):
        trading.append(Trading.of(drill(run, silent)))
        yield from (Evidence("only on a drawn forecast", name, 1) for name in silent)
    for history in other_histories(run, dates):
        yield from evidence_in(history, run, store)
        for traded in trading:
            yield from trading_evidence_in(history, traded)
    for traded in trading:
        yield from traded.evidence
    if folder:
        yield from check_files(run, trading[0].results, folder)


def evidence_in(history: OtherHistory, run: WholeRun, store: ForecastStore) -> Iterator[Evidence]:
    """Compute features and forecasts again from a history with another future.

    Each stage is given the true past by the one before, so that a fault is found where it is made.
    """
    yield from check_features(run, history)
    rows = list(check_training_rows(run, history))
    yield from rows
    yield from check_forecasts(run, history, store, trained_alike=not any(piece.fault for piece in rows))


def trading_evidence_in(history: OtherHistory, trading: Trading) -> Iterator[Evidence]:
    """Trade again in a market with another future."""
    market = other_market(trading.run, history)
    yield from check_market(trading.run, market, history)
    yield from check_strategies(trading.run, trading.results, market, history)
