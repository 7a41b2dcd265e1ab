"""Notes on plug-ins that a run leaves out."""

from backtrader_walkforward.forecasting.ensemble import find_predictors
from backtrader_walkforward.trading.analyzers import analyzer_plugins
from backtrader_walkforward.trading.variants import strategy_plugins


def notes_on_plugins() -> tuple[str, ...]:
    """Return a line on each plug-in that does not load. It was not chosen: what is chosen ends the run."""
    found = strategy_plugins(), find_predictors(), analyzer_plugins()
    return tuple(note for plugins in found for note in plugins.notes)
