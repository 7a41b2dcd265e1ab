"""One run as plain data: everything that its reports, and each of its tear sheets, are made from."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.frequency import tested_text
from backtrader_walkforward.evaluation import BacktestResult, Comparison, Diagnostics, ForecastSummary
from backtrader_walkforward.reports.formatting import origin_text
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance

FILL_COLUMNS = ["date", "strategy", "account", "size", "price", "commission"]
TRADE_COLUMNS = ["strategy", "opened", "closed", "size", "profit", "commission", "borrowing"]


@dataclass(frozen=True, kw_only=True, repr=False)
class RunSummary:
    """One run: all that terminal, pages and files are made from."""

    settings: Settings
    prices: Prices
    """The traded days are those of `comparison`."""
    forecasts: pd.DataFrame
    """By the date on which each was made; for an ensemble also `forecast_spread`. The last is of the next session."""
    forecast_summary: ForecastSummary
    comparison: Comparison
    significance: Significance
    diagnostics: Diagnostics
    signals: pd.DataFrame
    """Bars, forecasts and regimes as the strategies saw them."""
    study_notes: tuple[str, ...] = ()
    """On the accounts, the trials and the forecasts."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Lines that a reader should know: those on the prices, then those of the study."""
        return self.prices.notes + self.study_notes

    @property
    def origin(self) -> str:
        """Where prices and forecasts come from, and which share of the prices is tested: a line of its pages."""
        tested, frame = len(self.comparison.benchmark.returns), self.prices.frame
        share = f"{tested_text(tested, frame)} ({tested / len(frame):.0%}): a forecast learns from those before"
        return f"{origin_text(self.prices.source, self.settings.result_settings())}. Tested: {share}"

    @property
    def equity(self) -> pd.DataFrame:
        """Equity at each close: the variants as ranked, buy & hold, then `NAME/active` and `NAME/passive`."""
        columns = {result.name: result.equity for result in self.comparison.results}
        for result in self.comparison.ranked:
            columns |= {f"{result.name}/{account}": values for account, values in result.accounts.items()}
        return pd.DataFrame(columns).rename_axis("date")

    @property
    def weights(self) -> pd.DataFrame:
        """Target weight of each variant's active account, decided at each close."""
        return pd.DataFrame({result.name: result.weights for result in self.comparison.ranked}).rename_axis("date")

    @property
    def fills(self) -> pd.DataFrame:
        """Every fill of every variant and of buy & hold by date, within a day as ranked."""
        return stacked(self.comparison.results, "fills", FILL_COLUMNS).sort_values("date", kind="stable")

    @property
    def trades(self) -> pd.DataFrame:
        """Every closed trade of every variant and of buy & hold, variant after variant as ranked."""
        return stacked(self.comparison.results, "trades", TRADE_COLUMNS)


def stacked(results: Iterable[BacktestResult], table: str, columns: list[str]) -> pd.DataFrame:
    """Return a table of each result, one below the other, with a column `strategy`; an empty one if all are empty."""
    tables = [getattr(result, table).assign(strategy=result.name) for result in results if len(getattr(result, table))]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


@dataclass(frozen=True, kw_only=True)
class SheetTask:
    """All that one tear sheet needs: a result and its benchmark, of the same days."""

    ticker: str
    source: str
    result: BacktestResult
    benchmark: BacktestResult
    benchmark_name: str = "buy & hold"
    verdict: str = ""
    """The answer of the whole run, the reason that decides, and the figures, a line each."""
    warnings: tuple[str, ...] = ()
    """Those on this variant."""
    warnings_of_run: tuple[str, ...] = ()
    """Those on no variant of its own."""

    @classmethod
    def of(
        cls,
        result: BacktestResult,
        benchmark: BacktestResult,
        significance: Significance,
        *,
        ticker: str,
        source: str,
        benchmark_name: str = "buy & hold",
    ) -> Self:
        """Return a task that goes to any process: without the analyses, of which a plug-in's may not be sent."""
        subjects = {text: significance.subjects.get(text, "") for text in significance.warnings}
        return cls(
            ticker=ticker,
            source=source,
            result=replace(result, analyses={}),
            benchmark=replace(benchmark, analyses={}),
            benchmark_name=benchmark_name,
            verdict=significance.verdict,
            warnings=tuple(text for text, name in subjects.items() if name == result.name),
            warnings_of_run=tuple(text for text, name in subjects.items() if not name),
        )
