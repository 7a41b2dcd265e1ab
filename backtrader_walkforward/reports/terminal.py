"""What a run says while it goes on and when it is done.

On a terminal with progress bars and colour; anywhere else the same lines plain, wide enough that nothing is cut. The
words are ASCII, so that they can be shown and searched everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from backtrader_walkforward.reports.formatting import (
    format_test,
    json_value,
    measures_of,
    number,
    percent,
    price,
    readable_date,
)
from backtrader_walkforward.reports.run_folder import WrittenFiles
from backtrader_walkforward.reports.run_summary import ForecastSummary, RunSummary
from backtrader_walkforward.reports.sections.costs import costs_text
from backtrader_walkforward.reports.sections.nulls_and_seeds import null_models_text, seeds_text
from backtrader_walkforward.reports.sections.regimes import regimes_by_kind, regimes_text
from backtrader_walkforward.reports.sections.stops import stops_text
from backtrader_walkforward.reports.terminal_tables import (
    WIDE,
    costs_table,
    figures_table,
    ranking_table,
    regimes_table,
    seeds_table,
)

WIDTH_OF_A_FILE = 120
"""Columns used where the output is no terminal."""


class Terminal:
    """The run told line by line. With `quiet` only the result: table, best strategy and files.

    Text is never read as rich's markup: `[bold]` in a name is shown as it is.
    """

    def __init__(self, quiet: bool = False, file: IO[str] | None = None) -> None:
        self.quiet = quiet
        self.console = Console(file=file, markup=False, highlight=False, emoji=False)
        if not self.console.is_terminal:
            self.console = Console(file=file, markup=False, highlight=False, emoji=False, width=WIDTH_OF_A_FILE)

    def stage(self, title: str, detail: str = "") -> None:
        """Say which stage begins, and with what."""
        if not self.quiet:
            self._line(Text(title, style="bold"), f"  {detail}" if detail else "")

    def note(self, text: str) -> None:
        """Say something that belongs to the stage at hand."""
        if not self.quiet:
            self._line(f"  {text}")

    def prices(self, ticker: str, source: str, prices: pd.DataFrame, notes: Iterable[str] = ()) -> None:
        """Say which prices the run is on, and what is to be known about them."""
        first, last = (readable_date(day.date()) for day in prices.index[[0, -1]])
        self.stage("Prices", f"{ticker}, {len(prices)} days, {first} to {last}")
        self.note(f"Source: {source}")
        self.notes(notes)

    def notes(self, notes: Iterable[str]) -> None:
        """Say what a reader must know."""
        for note in notes:
            self.note(f"Note: {note}")

    @contextmanager
    def progress(self, description: str) -> Iterator[Callable[[object, int], None]]:
        """Yield a function to call after each step with what the step left and the number of all steps.

        The bar goes away when all is done. Where there is no terminal nothing is shown.
        """
        columns = (
            TextColumn("  {task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        shown = self.console.is_terminal and not self.quiet
        with Progress(*columns, console=self.console, transient=True, disable=not shown) as bar:
            task = bar.add_task(description, total=None)
            yield lambda _, total: bar.update(task, total=total, advance=1)

    def stored(self, stored: int, folds: int, notes: Iterable[str] = ()) -> None:
        """Say how many folds needed no training because a store had them."""
        if stored:
            self.note(f"{stored} of {folds} folds were stored by an earlier run")
        self.notes(notes)

    def forecast(self, forecast: ForecastSummary) -> None:
        """Say what was trained and tested on, and how far the forecasts missed."""
        skill = forecast.skill
        self.note(f"Training sequences: {forecast.train_sequences}")
        self.note(f"Test sequences:     {forecast.test_sequences}, {forecast.folds} folds")
        if any(forecast.epochs):
            self.note(f"Epochs trained:     {', '.join(map(str, forecast.epochs))}")
        self.note(f"RMSE: {price(skill.rmse)} (naive {price(skill.naive_rmse)})")
        self.note(f"MAE:  {price(skill.mae)} (naive {price(skill.naive_mae)})")
        self.note(f"Direction right: {percent(skill.directional_accuracy, 1)}, skill {percent(skill.skill)}")
        self.note(f"MASE: {number(skill.mase)}, Theil's U2: {number(skill.theils_u2, 3)}")
        self.note(f"Clark-West: {format_test(skill.clark_west)}")
        self.note(f"Pesaran-Timmermann: {format_test(skill.pesaran_timmermann)}")
        self.note(
            f"Mean error / RMSE: {number(skill.mean_error_share)}, "
            f"month by month {number(skill.persistent_bias)}; "
            f"long on {percent(skill.long_ratio, 0)} of the days, short on {percent(skill.short_ratio, 0)}"
        )
        self.note(f"Test features outside the training range: {percent(forecast.out_of_range, 1)}")

    def summary(self, summary: RunSummary) -> None:
        """Print the ranking, the best strategy spelled out, the verdict on luck and the next session's forecast."""
        comparison = summary.comparison
        self.console.print()
        self.console.print(ranking_table(summary, self.console.width))
        best = measures_of(comparison.best)
        self._line()
        self._line(Text(f"BEST STRATEGY: {best['name'].upper()}", style="bold"))
        self._line(f"  Type:         {best['type']}")
        self._line(f"  Total Return: {percent(best['total_return'])}")
        self._line(f"  Sharpe Ratio: {number(best['sharpe'])}")
        self._line(f"  Max Drawdown: {percent(best['max_drawdown'])}")
        closed = (
            f"{percent(best['win_rate'], 1)} of {best['trades']} closed trades"
            if best["trades"]
            else "n/a, no closed trade"
        )
        self._line(f"  Win Rate:     {closed}")
        self._line()
        for sentence in (summary.significance.verdict, summary.forecast.skill.verdict):
            self._wrapped(sentence)
        for warning in summary.significance.warnings:
            self._wrapped(f"Warning: {warning}")
        if summary.costs:
            self._wrapped(costs_text(comparison, summary.costs))
            self.console.print(costs_table(comparison, summary.costs))
        if summary.null_models:
            self._wrapped(null_models_text(comparison, summary.null_models))
        if summary.stops:
            self._wrapped(stops_text(comparison, summary.stops))
        for kind, parts in regimes_by_kind(summary.regimes or ()):
            self._wrapped(regimes_text(comparison, kind, parts))
            self.console.print(regimes_table(comparison, parts))
        if summary.seeds:
            self._wrapped(seeds_text(summary.seeds))
            self.console.print(seeds_table(comparison, summary.seeds))
        self._line()
        following = summary.forecast.next_session
        self._line(
            f"Next session, seen from {json_value(following.get('forecast_date'))}: "
            f"{percent(following.get('predicted_return'))}, close {price(following.get('predicted_close'))}"
        )

    def says(self, *texts: str) -> None:
        """Print texts that are part of the result, a line each."""
        for text in texts:
            self._wrapped(text)

    def figures(self, headings: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> None:
        """Print a table that is part of the result; its first columns hold `words`."""
        self.console.print(figures_table(headings, rows, words, gap=2 if self.console.width >= WIDE else 0))

    def files(self, written: WrittenFiles) -> None:
        """Say where everything is."""
        self._line()
        self._line(f"Report: {written.index}")
        self._line(f"Chart:  {written.chart}")
        self._line(f"Files:  {written.run_folder}")

    def _wrapped(self, text: str) -> None:
        """Print a text between whose words a terminal may break the line."""
        self.console.print(text, soft_wrap=not self.console.is_terminal)

    def _line(self, *parts: Any) -> None:
        self.console.print(*parts, sep="", soft_wrap=True)
