"""Progress of a panel: events, which a listener may show, as those of a study (`study.progress`)."""

from collections.abc import Callable
from dataclasses import dataclass

from backtrader_walkforward.study.progress import StageStarted, WorkSized


@dataclass(frozen=True)
class TickerEnded:
    """One more of the `tickers` of a panel is studied, or has failed: then `fault` says why."""

    ticker: str
    tickers: int = 0
    fault: str = ""
    stored: bool = False
    """Whether an earlier run had stored the study."""
    at_work: int = 0
    """Number of tickers that wait for a worker or are with one."""


@dataclass(frozen=True)
class YahooRefused:
    """Yahoo refuses more requests for now: it is asked for the ticker again after so many seconds."""

    ticker: str
    seconds: float


@dataclass(frozen=True)
class PooledFoldFitted:
    """One more of the `fits` of a pooled model is done."""

    fits: int


PanelEvent = StageStarted | WorkSized | YahooRefused | TickerEnded | PooledFoldFitted
PanelProgress = Callable[[PanelEvent], object]
"""A listener."""
