"""The terminal: the progress of a run, and its result.

On a terminal with progress bars and colour; anywhere else the same lines plain, wide enough that nothing is cut. The
words are ASCII, so that they can be shown and searched everywhere.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
)
from rich.table import Column, Table
from rich.text import Text

from backtrader_walkforward.data.frequency import bars_text
from backtrader_walkforward.evaluation import ForecastSummary
from backtrader_walkforward.reports.formatting import period_text
from backtrader_walkforward.reports.sections.forecast import forecast_figures
from backtrader_walkforward.system.text import FEW_SECONDS, rough_duration, rough_range, wrapped

WIDTH_OF_A_FILE = 120
"""Columns used where the output is no terminal, and `COLUMNS` in the environment does not say how many it has."""

WIDE = 100
"""Columns from which a table has room between its own."""

RULES = box.Box("    \n    \n -- \n    \n -- \n -- \n    \n    \n", ascii=True)
"""A table with rules below its heading and between its parts, in ASCII."""

FIGURES_OF_TRAINING = 2
"""Figures of the forecast that say what was trained; how far it missed stands in the report."""


BAR = 20
"""Columns of a progress bar."""

LONGEST_STEP = 86_400.0
"""Seconds of the steps from which the time left is estimated: two fits of a network may lie minutes apart."""


WHOLE = Column(no_wrap=True)
"""A column of a progress bar that stays on its line."""


class TimeLeft(ProgressColumn):
    """The time that is left, in rough words, and a comma where a result follows; nothing while nothing is known."""

    def render(self, task: Task) -> Text:
        """Return the words for a task."""
        known = task.time_remaining is not None and not task.finished
        end = "," if task.fields.get("result") else ""
        return Text(f"{rough_duration(task.time_remaining or 0)} left{end}" if known else "")


class StepResult(ProgressColumn):
    """The result of the last step; cut where the terminal has no room for it."""

    def render(self, task: Task) -> Text:
        """Return the result as text."""
        return Text(task.fields["result"], no_wrap=True, overflow="ellipsis")


class Terminal:
    """Prints a run line by line; with `quiet` only its result, with `details` all that the report says.

    Text is never read as rich's markup: `[bold]` in a name is shown as it is.
    """

    def __init__(self, quiet: bool = False, file: IO[str] | None = None, *, details: bool = False) -> None:
        self.quiet, self.details = quiet, details
        self.console = Console(file=file, markup=False, highlight=False, emoji=False)
        self.wraps = self.console.is_terminal or "COLUMNS" in os.environ
        if not self.wraps:
            self.console.width = WIDTH_OF_A_FILE

    @property
    def is_wide(self) -> bool:
        """Whether there is room for every column of a ranking."""
        return self.console.width >= WIDE

    def stage(self, title: str, detail: str = "") -> None:
        """Print which stage begins, and with what."""
        if not self.quiet:
            text = Text(self._wrapped(f"{title}  {detail}".rstrip()))
            text.stylize("bold", 0, len(title))
            self._print(text)

    def note(self, text: str) -> None:
        """Print a line that belongs to the stage at hand."""
        if not self.quiet:
            self._print(self._wrapped(text, "  "))

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

        A result that is text is shown beside the bar. The bar stands from the first step on, which tells how many there
        are, and disappears when all is done. Where there is no terminal nothing is shown.
        """
        name = TextColumn("  {task.description}", markup=False)
        count = MofNCompleteColumn(table_column=WHOLE)
        columns = (name, BarColumn(BAR, table_column=WHOLE), count, TimeLeft(table_column=WHOLE), StepResult())
        look: dict[str, Any] = {"transient": True, "disable": not self.console.is_terminal or self.quiet}
        with Progress(*columns, console=self.console, speed_estimate_period=LONGEST_STEP, **look) as bar:
            task = bar.add_task(description, total=None, result="", visible=False)
            yield lambda result, total: bar.update(
                task, total=total, advance=1, visible=True, result=result if isinstance(result, str) else ""
            )

    def duration(self, seconds: float) -> None:
        """Print roughly how long the run takes."""
        less = "" if seconds < FEW_SECONDS else ", less what earlier runs have stored"
        self.note(f"The run takes {rough_range(seconds)}{less}")

    def stored(self, stored: int, fits: int, notes: Iterable[str] = ()) -> None:
        """Print how many fits the cache had."""
        if stored:
            self.note(f"{stored} of {fits} fits were stored by an earlier run")
        self.notes(notes)

    def forecast(self, forecast: ForecastSummary) -> None:
        """Print how the forecasts were made and, with details, how far they missed."""
        figures = [f"{term}: {text}" for term, text in forecast_figures(forecast).items()]
        for text in figures if self.details else figures[:FIGURES_OF_TRAINING]:
            self.note(text)

    def says(self, *texts: str) -> None:
        """Print texts that are part of the result, a line each."""
        for text in texts:
            self._print(self._wrapped(text))

    def path(self, path: Path) -> None:
        """Print a path that is part of the result on one line, from which it can be copied."""
        self._print(str(path))

    def figures(self, headings: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> None:
        """Print a table that is part of the result; its first columns hold `words`."""
        self.table(self.table_of(headings, rows, words))

    def table(self, table: Table) -> None:
        """Print a table that is made already."""
        self.console.print(table)

    def heading(self, text: str) -> None:
        """Print a line in bold that is part of the result."""
        self._print(Text(self._wrapped(text), style="bold"))

    def table_of(self, headings: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> Table:
        """Return a table whose cells are never cut: its first columns, of text, at the left, figures at the right."""
        gap = 1 if self.is_wide else 0
        table = Table(box=RULES, show_edge=False, pad_edge=False, padding=(0, gap, 0, 0))
        for place, heading in enumerate(headings):
            table.add_column(Text(heading), justify="left" if place < words else "right", overflow="fold")
        for row in rows:
            table.add_row(*map(Text, row))
        return table

    def _wrapped(self, text: str, indent: str = "") -> str:
        """Return a text in lines as wide as the terminal; in one line where there is none."""
        return wrapped(text, self.console.width, indent) if self.wraps else indent + text

    def _print(self, text: str | Text) -> None:
        self.console.print(text, soft_wrap=True)
