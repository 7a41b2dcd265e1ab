"""Checks of what a panel learns from: the later prices of all tickers are perturbed at once.

Features, the rows of every fold, and signals up to a day must stay as they are, for every ticker.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.check_learning import (
    FEATURE,
    compare_columns,
    compare_rows,
    compare_signals,
    fingerprints,
    rooms_of_histories,
)
from backtrader_walkforward.audit.check_targets import target_findings, targets_of
from backtrader_walkforward.audit.clean_room import CleanRoom, Failure
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.audit.panel.audited_panel import AuditedPanel, union_of
from backtrader_walkforward.audit.panel.learner import PanelLearner
from backtrader_walkforward.audit.perturbed_history import drawn, perturb, splice

MOST_DAYS = 60
"""Most days whose features are computed from histories that end on that day, of all tickers; drawn at random."""

FoldKey = tuple[str, int, int, str]
"""Model, its number, fold and ticker."""


def check_panel_targets(panel: AuditedPanel) -> Iterator[Finding]:
    """Check that every target of every ticker is known before the first test day of its fold."""
    for fold in panel.folds:
        first_test = panel.days_of(fold)[0]
        for ticker, task in fold.alone():
            target = targets_of(task, panel.row_days(fold, ticker, len(task.rows)))
            prices, kind = panel.histories[ticker][0], task.predictor.target
            yield from target_findings(f"{ticker} fold {task.fold}", target, prices, kind, first_test)


def panel_features_day_by_day(panel: AuditedPanel) -> CleanRoom:
    """Compare features with those of histories that end on the day; those of all tickers end on it together."""
    days = feature_days(panel)

    def check(answer: dict[str, pd.DataFrame] | Failure) -> Iterator[Finding]:
        if isinstance(answer, Failure):
            yield Finding(FEATURE, "of any name", 0, f"fails when the histories end early: {answer.reason}")
        else:
            for ticker, made in answer.items():
                before = panel.histories[ticker][1].loc[made.index]
                found = compare_columns(FEATURE, before, made, "differs when the history ends on that day")
                yield from named(ticker, found)

    prices = {ticker: prices for ticker, (prices, _) in panel.histories.items()}
    known = ({ticker: one.loc[:day] for ticker, one in prices.items() if day in one.index} for day in days)
    return CleanRoom(latest_features, known, (panel.learner,), check)


def feature_days(panel: AuditedPanel) -> pd.DatetimeIndex:
    """Return the days whose features are compared day by day."""
    days = union_of(prices.index for prices, _ in panel.histories.values())
    return pd.DatetimeIndex(drawn(list(days), MOST_DAYS, panel.settings.forecast.seed))


def latest_features(histories: Iterator[dict[str, pd.DataFrame]], learner: PanelLearner) -> dict[str, pd.DataFrame]:
    """Return the features of the last day of each history, by ticker."""
    made: dict[str, list[pd.DataFrame]] = {}
    for prices in histories:
        for ticker, known in prices.items():
            made.setdefault(ticker, []).append(learner.stages[ticker].features(known).iloc[-1:])
    return {ticker: pd.concat(rows) for ticker, rows in made.items()}


@dataclass(frozen=True)
class PanelHistory:
    """The histories of all tickers up to a date, followed by perturbed rows of some of them."""

    prices: Mapping[str, pd.DataFrame]
    past_features: Mapping[str, pd.DataFrame]
    """The panel's own up to the date."""
    forecasts: Mapping[str, pd.DataFrame]
    date: pd.Timestamp

    @classmethod
    def of(
        cls, panel: AuditedPanel, date: pd.Timestamp, name: str, tickers: Collection[str] | None = None
    ) -> "PanelHistory":
        """Perturb the later rows of these tickers, of all by default."""

        def perturbed(ticker: str, table: pd.DataFrame) -> pd.DataFrame:
            return perturb(table, date, name) if tickers is None or ticker in tickers else table

        histories = panel.histories.items()
        return cls(
            {ticker: perturbed(ticker, prices) for ticker, (prices, _) in histories},
            {ticker: features.loc[:date] for ticker, (_, features) in histories},
            {ticker: perturbed(ticker, run.table) for ticker, run in panel.runs.items()},
            date,
        )


@dataclass(frozen=True)
class Recomputed:
    """Features, the fingerprints of the rows of every fold, and signals of perturbed histories."""

    features: Mapping[str, pd.DataFrame]
    rows: Mapping[FoldKey, np.ndarray]
    signals: Mapping[str, pd.DataFrame]


def recompute(histories: Iterator[PanelHistory], learner: PanelLearner) -> list[Recomputed]:
    """Compute the stages of each history, each from the true past of the stage before it.

    Tickers that do not begin by the date are left out.
    """
    made = []
    for history in histories:
        begun = {ticker: prices for ticker, prices in history.prices.items() if len(history.past_features[ticker])}
        features = {ticker: learner.stages[ticker].features(prices) for ticker, prices in begun.items()}
        known = {ticker: splice(history.past_features[ticker], own, history.date) for ticker, own in features.items()}
        folds = learner.folds({ticker: (begun[ticker], own) for ticker, own in known.items()})
        rows = {(*fold.key, ticker): fingerprints(task) for fold in folds for ticker, task in fold.alone()}
        signals = {
            ticker: learner.stages[ticker].signals(begun[ticker].ffill(), known[ticker], forecasts)
            for ticker, forecasts in history.forecasts.items()
            if len(forecasts.loc[: history.date])
        }
        made.append(Recomputed(features, rows, signals))
    return made


def perturbed_panel_rooms(panel: AuditedPanel, dates: Sequence[pd.Timestamp]) -> list[CleanRoom]:
    """Compare features, rows of folds and signals up to each date with those of the perturbed histories."""
    history_of, compared = partial(PanelHistory.of, panel), partial(compare_panel, panel)
    return rooms_of_histories(dates, history_of, recompute, panel.learner, compared)


def compare_panel(panel: AuditedPanel, made: Recomputed, date: pd.Timestamp, failure: str) -> Iterator[Finding]:
    """Compare every ticker's features, rows and signals up to the date."""
    for ticker, after in made.features.items():
        before = panel.histories[ticker][1].loc[:date]
        yield from named(ticker, compare_columns(FEATURE, before, after, failure))
    yield from compare_folds(panel, made.rows, date, failure)
    for ticker, after in made.signals.items():
        before = panel.runs[ticker].signals.loc[:date]
        yield from named(ticker, compare_signals(before, after, failure))


def compare_folds(
    panel: AuditedPanel, rows: Mapping[FoldKey, np.ndarray], date: pd.Timestamp, failure: str
) -> Iterator[Finding]:
    """Compare the rows of each fold that starts by the date, ticker by ticker."""
    for fold in panel.folds:
        if panel.days_of(fold)[0] <= date:
            for ticker, task in fold.alone():
                days = panel.row_days(fold, ticker, len(task.rows))
                others = rows.get((*fold.key, ticker), np.empty(0))
                yield compare_rows(f"{ticker} fold {task.fold}", task, days, others, date, failure)


def named(ticker: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """Yield the findings under the name of a ticker."""
    return (replace(finding, name=f"{ticker} {finding.name}") for finding in findings)
