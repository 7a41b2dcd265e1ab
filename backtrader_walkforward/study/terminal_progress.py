"""The terminal as a listener: the events of a study, a line each."""

from contextlib import ExitStack
from typing import Self

from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.study.progress import (
    Event,
    FoldFitted,
    ForecastsMade,
    Noted,
    PricesLoaded,
    StageStarted,
    WorkSized,
)


class TerminalProgress(ExitStack):
    """Shows each event on a terminal; a bar while a seed is trained. Bars end with the `with` block."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self.terminal = terminal
        self._seed: int | None = None

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def __call__(self, event: Event) -> None:
        """Show one event."""
        terminal = self.terminal
        match event:
            case PricesLoaded(prices):
                terminal.prices(prices.ticker, prices.source, prices.frame, prices.notes)
            case StageStarted(stage, text):
                terminal.stage(stage, text)
            case WorkSized(seconds):
                terminal.duration(seconds)
            case FoldFitted(seed, fits):
                self._advance(seed, fits)
            case ForecastsMade(summary, cached, fits, notes):
                self.close()
                terminal.stored(cached, fits, notes)
                terminal.forecast(summary)
            case Noted(notes):
                terminal.notes(notes)

    def _advance(self, seed: int, fits: int) -> None:
        if seed != self._seed:
            self.close()
            self._seed, self._bar = seed, self.enter_context(self.terminal.progress(f"training, seed {seed}"))
        self._bar(seed, fits)
