"""The terminal: the progress of a run, and its result.

On a terminal with progress bars and colour; anywhere else the same lines plain, wide enough that nothing is cut. The
words are ASCII, so that they can be shown and searched everywhere.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pandas as pd
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from backtrader_walkforward.data.frequency import bars_text
from backtrader_walkforward.evaluation import ForecastSummary
from backtrader_walkforward.reports.columns import ranking_table
from backtrader_walkforward.reports.formatting import number, percent, period_text
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.sections import sections_of
from backtrader_walkforward.reports.sections.forecast import forecast_figures

WIDTH_OF_A_FILE = 120
"""Columns used where the output is no terminal, and `COLUMNS` in the environment does not say how many it has."""

WIDE = 100
"""Columns from which a table has room between its own."""

RULES = box.Box("    \n    \n -- \n    \n -- \n -- \n    \n    \n", ascii=True)
"""A table with rules below its heading and between its parts, in ASCII."""

IN_NARROW = 4
"""Metrics of the ranking that fit a narrow terminal."""


class Terminal:
    """Prints a run line by line; with `quiet` only its result: ranking, best strategy, sections and files.

    Text is never read as rich's markup: `[bold]` in a name is shown as it is.
    """

    def __init__(self, quiet: bool = False, file: IO[str] | None = None, *, details: bool = False) -> None:
        self.quiet, self.details = quiet, details
        self.console = Console(file=file, markup=False, highlight=False, emoji=False)
        self.wraps = self.console.is_terminal or "COLUMNS" in os.environ
        if not self.wraps:
            self.console.width = WIDTH_OF_A_FILE

    def stage(self, title: str, detail: str = "") -> None:
        """Print which stage begins, and with what."""
        if not self.quiet:
            self._lines(Text.assemble((title, "bold"), f"  {detail}" if detail else ""))

    def note(self, text: str) -> None:
        """Print a line that belongs to the stage at hand."""
        if not self.quiet:
            self._lines(f"  {text}")

    def prices(self, ticker: str, source: str, prices: pd.DataFrame, notes: Iterable[str] = ()) -> None:
        """Print the prices of the run, and their notes."""
        self.stage("Prices", f"{ticker}, {bars_text(prices)}, {period_text(prices)}")
        self.note(f"Source: {source}")
        self.notes(notes)

    def notes(self, notes: Iterable[str]) -> None:
        """Print notes, a line each."""
        for note in notes:
            self.note(f"Note: {note}")

    @contextmanager
    def progress(self, description: str) -> Iterator[Callable[[object, int], None]]:
        """Yield a function to call after each step with the result of the step and the number of all steps.

        A result that is text is shown beside the bar. The bar disappears when all is done. Where there is no terminal
        nothing is shown.
        """
        name = TextColumn("  {task.description}", markup=False)
        left = TextColumn("left{task.fields[result]}", markup=False)
        columns = (name, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(), left)
        shown = self.console.is_terminal and not self.quiet
        with Progress(*columns, console=self.console, transient=True, disable=not shown) as bar:
            task = bar.add_task(description, total=None, result="")
            yield lambda result, total: bar.update(
                task, total=total, advance=1, result=f", {result}" if isinstance(result, str) else ""
            )

    def stored(self, stored: int, fits: int, notes: Iterable[str] = ()) -> None:
        """Print how many fits the cache had."""
        if stored:
            self.note(f"{stored} of {fits} fits were stored by an earlier run")
        self.notes(notes)

    def forecast(self, forecast: ForecastSummary) -> None:
        """Print how the forecasts were made, and how far they missed."""
        for term, text in forecast_figures(forecast).items():
            self.note(f"{term}: {text}")

    def summary(self, summary: RunSummary) -> None:
        """Print the answer and its reason, the ranking, the best strategy, figures, warnings, and the sections."""
        verdict = summary.significance.verdict.splitlines()
        self._lines("", Text(summary.significance.headline, style="bold"))
        self.says(*verdict[1:2], "")
        self.console.print(self._ranking(summary))
        self._best(summary)
        self.says("", *verdict[2:], *(f"Warning: {text}" for text in summary.significance.warnings))
        for section in sections_of(summary):
            self.says(*section.sentences)
            for table in section.tables:
                if table.on_terminal:
                    self.figures(table.headings, table.rows)

    def says(self, *texts: str) -> None:
        """Print texts that are part of the result, a line each."""
        for text in texts:
            self.console.print(text, soft_wrap=not self.wraps)

    def path(self, path: Path) -> None:
        """Print a path that is part of the result on one line, from which it can be copied."""
        self._lines(str(path))

    def figures(self, headings: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> None:
        """Print a table that is part of the result; its first columns hold `words`."""
        self.console.print(self._table(headings, rows, words))

    def _ranking(self, summary: RunSummary) -> Table:
        """Return the ranking; below a rule each what never traded, and buy & hold.

        In 80 columns the longest names take two lines.
        """
        prices, dates = summary.prices, period_text(summary.comparison.benchmark.equity)
        ranking = ranking_table(summary.comparison, None if self.console.width >= WIDE else IN_NARROW)
        table = self._table(ranking.headings, ranking.rows, words=2)
        table.title = Text(f"{prices.ticker}, {dates}, ranked by Sharpe ratio\n{prices.source}", style="bold")
        table.title_justify = "left"
        if traded := len(summary.comparison.traded):
            table.rows[0].style = "bold"
            table.rows[traded - 1].end_section = True
        table.rows[-2].end_section = True
        table.columns[-1].justify = "left"
        for column in table.columns[1:]:
            column.no_wrap = True
        return table

    def _best(self, summary: RunSummary) -> None:
        if not summary.comparison.traded:
            self._lines("", Text("NO VARIANT TRADED, AND NONE HAS A RANK", style="bold"))
            return
        best = summary.comparison.best
        metrics = best.metrics
        doubt = "ACTIVE ACCOUNT HARDLY INVESTED" if metrics.trades else "NO CLOSED TRADE"
        title = "BEST STRATEGY" if summary.comparison.best_has_traded else f"HIGHEST SHARPE RATIO, {doubt}"
        closed = f"{percent(metrics.win_rate, 1)} of {metrics.trades} closed trades"
        self._lines(
            "",
            Text(f"{title}: {best.name.upper()}", style="bold"),
            f"  Type:         {best.kind}",
            f"  Total Return: {percent(metrics.total_return)}",
            f"  Sharpe Ratio: {number(metrics.sharpe)}",
            f"  Max Drawdown: {percent(metrics.max_drawdown)}",
            f"  Win Rate:     {closed if metrics.trades else 'n/a, no closed trade'}",
        )

    def _table(self, headings: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> Table:
        """Return a table whose cells are never cut: its first columns, of text, at the left, figures at the right."""
        gap = 1 if self.console.width >= WIDE else 0
        table = Table(box=RULES, show_edge=False, pad_edge=False, padding=(0, gap, 0, 0))
        for place, heading in enumerate(headings):
            table.add_column(Text(heading), justify="left" if place < words else "right", overflow="fold")
        for row in rows:
            table.add_row(*map(Text, row))
        return table

    def _lines(self, *lines: str | Text) -> None:
        for line in lines:
            self.console.print(line, soft_wrap=True)
