"""The terminal as a listener: the events of a panel."""

from contextlib import ExitStack
from typing import Self

from backtrader_walkforward.panels.progress import PanelEvent, PooledFoldFitted, TickerEnded, YahooRefused
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.study.progress import StageStarted, WorkSized


class PanelTerminal(ExitStack):
    """Shows each event on a terminal: a line a stage, a bar while tickers are studied; the result names the faults."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self.terminal = terminal
        self._bar_of, self._failed = "", 0

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def __call__(self, event: PanelEvent) -> None:
        """Show one event."""
        match event:
            case StageStarted(stage, text):
                self.close()
                self._bar_of = ""
                self.terminal.stage(stage, text)
            case WorkSized(seconds):
                self.terminal.duration(seconds)
            case YahooRefused(ticker, seconds):
                self.terminal.note(f"Yahoo refuses more requests for now: {ticker} is asked for in {seconds:.0f} s")
            case PooledFoldFitted(fits):
                self._advance("training", fits)
            case TickerEnded(_, tickers, fault, _, at_work):
                self._failed += bool(fault)
                self._advance("tickers", tickers, f"{at_work} at work, {self._failed} failed")

    def _advance(self, what: str, total: int, text: str = "") -> None:
        if what != self._bar_of:
            self.close()
            self._bar_of, self._bar = what, self.enter_context(self.terminal.progress(what))
        self._bar(text, total)
