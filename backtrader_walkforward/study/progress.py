"""Progress of a study: events, which a listener may show.

A listener is any function of one event. The terminal of the command is one; a notebook can have another::

    wf.run("SPY", progress=print)
"""

from collections.abc import Callable
from dataclasses import dataclass

from backtrader_walkforward.data import Prices
from backtrader_walkforward.evaluation import ForecastSummary


@dataclass(frozen=True)
class PricesLoaded:
    """The prices are loaded."""

    prices: Prices


@dataclass(frozen=True)
class StageStarted:
    """A stage begins: `Features`, `Forecast` or `Backtest`, and what it works on, in words."""

    stage: str
    text: str


@dataclass(frozen=True)
class WorkSized:
    """The size of the work is known: the whole takes about so many seconds, less what earlier runs have stored."""

    seconds: float


@dataclass(frozen=True)
class FoldFitted:
    """One more of the `fits` of a seed is done."""

    seed: int
    fits: int


@dataclass(frozen=True)
class ForecastsMade:
    """The forecasts of the run's own seed are made; `cached` of its `fits` came from the cache."""

    summary: ForecastSummary
    cached: int
    fits: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Noted:
    """Notes on the run, a line each."""

    notes: tuple[str, ...]


Event = PricesLoaded | StageStarted | WorkSized | FoldFitted | ForecastsMade | Noted
Progress = Callable[[Event], object]
"""A listener."""


def silent(event: object) -> None:
    """Show nothing."""
