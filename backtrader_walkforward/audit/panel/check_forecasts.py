"""Checks of a panel's forecasts: clean rooms are given the rows of all tickers day by day.

Models of all tickers are fitted in one process, in the order of time. A predictor that keeps what it has seen of one
ticker then has nothing later of it when it forecasts another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from backtrader_walkforward.audit.check_forecasts import FORECASTS, STAGE, UNSEEDED, with_what_the_run_handed_over
from backtrader_walkforward.audit.clean_room import CleanRoom, Failure, answers_of
from backtrader_walkforward.audit.finding import Finding, compare
from backtrader_walkforward.audit.panel.audited_panel import AuditedPanel
from backtrader_walkforward.audit.panel.learner import PanelFold
from backtrader_walkforward.errors import UserError
from backtrader_walkforward.forecasting import Predictor
from backtrader_walkforward.forecasting.ensemble import mean_and_spread
from backtrader_walkforward.forecasting.windows import as_return

Rows = dict[str, np.ndarray]
"""Rows by ticker."""


@dataclass(frozen=True)
class PanelDay:
    """What becomes known on a test day."""

    day: pd.Timestamp
    begun: list[tuple[PanelFold, dict[str, int]]]
    """Folds that begin, with the rows before that day, and how many rows each ticker will have."""
    rows: Rows
    """The row of each ticker that is forecast."""


@dataclass
class Made:
    """The forecasts of a clean room."""

    forecasts: list[tuple[str, int, pd.Timestamp, float]] = field(default_factory=list)
    """Ticker, member, day and forecast of the target."""
    failures: dict[str, tuple[pd.Timestamp, str]] = field(default_factory=dict)
    """Day and reason of the first failure of a model, by each of its tickers."""

    def fail(self, fold: PanelFold, day: pd.Timestamp, error: UserError) -> None:
        """Keep the failure of a fold."""
        for ticker, _ in fold.alone():
            self.failures.setdefault(ticker, (day, str(error)))


class LiveFold:
    """A fold in a clean room, whose rows come day by day."""

    def __init__(self, fold: PanelFold, sizes: Mapping[str, int]) -> None:
        self.fold, self._sizes = fold, sizes
        self._rows = {ticker: task.rows for ticker, task in fold.alone()}
        training = {ticker: task.training_rows.copy() for ticker, task in fold.alone()}
        self._fitted: Predictor = fold.with_rows(training).task.fit()

    @property
    def tickers(self) -> list[str]:
        """Tickers of the fold."""
        return list(self._rows)

    def forecast(self, rows: Rows) -> Iterator[tuple[str, float]]:
        """Take the rows of a day, and yield the forecast of each of their tickers.

        Copies of the last row stand in for later ones: a product of matrices rounds differently where it is smaller.
        """
        today = [ticker for ticker in self._rows if ticker in rows]
        self._rows |= {ticker: np.append(self._rows[ticker], rows[ticker][None], axis=0) for ticker in today}
        task = self.fold.with_rows({ticker: self._padded(ticker) for ticker in self._rows}).task
        sizes = [len(windows) for _, windows in task.tests]
        parts = np.split(task.predict(self._fitted), np.cumsum(sizes)[:-1])
        for (part, windows), predicted in zip(task.tests, parts, strict=True):
            if part.ticker in today:
                later = self._sizes[part.ticker] - len(self._rows[part.ticker])
                yield part.ticker, float(predicted[len(windows) - 1 - later])

    def _padded(self, ticker: str) -> np.ndarray:
        rows = self._rows[ticker]
        return np.append(rows, np.repeat(rows[-1:], self._sizes[ticker] - len(rows), axis=0), axis=0)


def forecast_panel_day_by_day(days: Iterator[PanelDay]) -> Made:
    """Return the forecasts of each day; a fold is fitted as it begins, and makes none from where it fails."""
    live: dict[tuple[str, int], LiveFold] = {}
    made = Made()
    with threadpool_limits(limits=1):
        for day in days:
            for fold, sizes in day.begun:
                live.pop(fold.model, None)
                try:
                    live[fold.model] = LiveFold(fold, sizes)
                except UserError as error:
                    made.fail(fold, day.day, error)
            for one in [one for one in live.values() if day.rows.keys() & set(one.tickers)]:
                try:
                    found = list(one.forecast(day.rows))
                    made.forecasts += [(ticker, one.fold.member, day.day, value) for ticker, value in found]
                except UserError as error:
                    del live[one.fold.model]
                    made.fail(one.fold, day.day, error)
    return made


def panel_forecast_rooms(panel: AuditedPanel, dates: Sequence[pd.Timestamp]) -> list[CleanRoom]:
    """Compare the forecasts of all tickers with those of processes that get the rows of each day after the day before.

    All folds share one process if a fit takes no epochs. Otherwise the folds of each date have one.
    """
    if panel.has_cheap_fits:
        return [_room(panel, panel.folds)]
    chosen = [[fold for fold in panel.folds if date in panel.days_of(fold)] for date in dates]
    first_of = {fold.key: number for number, folds in reversed(list(enumerate(chosen))) for fold in folds}
    groups = [[fold for fold in folds if first_of[fold.key] == number] for number, folds in enumerate(chosen)]
    return [_room(panel, folds) for folds in groups if folds]


def folds_compared(panel: AuditedPanel, dates: Sequence[pd.Timestamp]) -> list[PanelFold]:
    """Return the folds that are fitted again."""
    if panel.has_cheap_fits:
        return list(panel.folds)
    return [fold for fold in panel.folds if panel.days_of(fold).isin(dates).any()]


def _room(panel: AuditedPanel, folds: Sequence[PanelFold]) -> CleanRoom:
    def check(answer: Made | Failure) -> Iterator[Finding]:
        found = list(findings_on(panel, answer))
        if any(finding.failure for finding in found) and answers_of([_room(panel, folds)], 1) != [answer]:
            found = [replace(one, failure="", compared=0, reason=UNSEEDED) if one.failure else one for one in found]
        yield from found

    return CleanRoom(forecast_panel_day_by_day, days_of_folds(panel, folds), (), check)


def findings_on(panel: AuditedPanel, answer: Made | Failure) -> Iterator[Finding]:
    """Yield a finding for each ticker: its forecasts, compared with those of the panel."""
    predictor = panel.settings.forecast.predictor
    if isinstance(answer, Failure):
        yield Finding(STAGE, predictor, 0, f"fails in a process without later rows: {answer.reason}")
        return
    made = pd.DataFrame(answer.forecasts, columns=["ticker", "member", "day", "forecast"])
    for ticker, run in panel.runs.items():
        name = f"{ticker} {predictor}"
        if ticker in answer.failures:
            day, reason = answer.failures[ticker]
            yield Finding(STAGE, name, 0, f"fails in a process without later rows: {reason}", day)
        elif len(own := made[made["ticker"] == ticker]):
            after = as_table(panel, own.set_index(["day", "member"])["forecast"], run.prices["Close"])
            before = run.table.filter(items=FORECASTS).loc[after.index]
            failure = "differs in a process without later rows of any ticker"
            yield compare(STAGE, name, before, after[before.columns], failure)


def as_table(panel: AuditedPanel, made: pd.Series, close: pd.Series) -> pd.DataFrame:
    """Return predicted returns and their spread from the forecasts by day and member."""
    members = panel.learner.any.members
    targets = [made.xs(number, level="member") for number in range(len(members))]
    days = targets[0].index
    closes = close.loc[days].to_numpy(dtype=float)
    returns = [as_return(own.to_numpy(), closes, one.target) for own, one in zip(targets, members, strict=True)]
    mean, spread = mean_and_spread(returns, kinds=[type(member) for member in members])
    return pd.DataFrame(dict(zip(FORECASTS, (mean, spread), strict=True)), days)


def days_of_folds(panel: AuditedPanel, folds: Sequence[PanelFold]) -> Iterator[PanelDay]:
    """Yield what becomes known on each test day of the folds, in the order of time."""
    days_of = [panel.days_of(fold) for fold in folds]
    days = sorted({day for own in days_of for day in own})
    begin: dict[pd.Timestamp, list[PanelFold]] = {}
    tested: dict[str, set[pd.Timestamp]] = {ticker: set() for ticker in panel.runs}
    for fold, own in zip(folds, days_of, strict=True):
        begin.setdefault(own[0], []).append(fold)
        for ticker, _ in fold.alone():
            if ticker in tested:
                tested[ticker] |= set(panel.runs[ticker].days_of(fold.task.fold))
    rows = {ticker: run.features for ticker, run in panel.runs.items()}
    for day in days:
        begun = [begun_on(panel, fold, day) for fold in begin.get(day, ())]
        known = {ticker: rows[ticker].loc[day].to_numpy(dtype=float) for ticker, own in tested.items() if day in own}
        yield PanelDay(day, begun, known)


def begun_on(panel: AuditedPanel, fold: PanelFold, day: pd.Timestamp) -> tuple[PanelFold, dict[str, int]]:
    """Return a fold with the rows before its first test day and what it takes over, and its whole sizes."""
    sizes = {ticker: len(task.rows) for ticker, task in fold.alone()}
    known = {
        ticker: task.rows[: int(panel.row_days(fold, ticker, len(task.rows)).searchsorted(day))].copy()
        for ticker, task in fold.alone()
    }
    same_model = [one.task for one in panel.folds if one.model == fold.model]
    started = replace(fold, task=with_what_the_run_handed_over(fold.task, same_model, panel.cache))
    return started.with_rows(known), sizes
