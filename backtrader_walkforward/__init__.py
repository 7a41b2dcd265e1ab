"""Walk-forward forecasts, traded in sub-accounts of Backtrader and reported plainly.

Names are imported when they are used, so that `import backtrader_walkforward` takes no time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backtrader_walkforward.brokers import SubAccountBroker, TradingCosts
    from backtrader_walkforward.errors import ArgumentError, DataError, UserError
    from backtrader_walkforward.forecasting import Predictor, WalkForward
    from backtrader_walkforward.metric import Metric
    from backtrader_walkforward.settings.settings import Settings
    from backtrader_walkforward.study import Result, run
    from backtrader_walkforward.trading import SizingStrategy
    from backtrader_walkforward.trading.forecast_feed import ForecastFeed

__version__ = "0.2.0.dev0"

__all__ = [
    "ArgumentError",
    "DataError",
    "ForecastFeed",
    "Metric",
    "Predictor",
    "Result",
    "Settings",
    "SizingStrategy",
    "SubAccountBroker",
    "TradingCosts",
    "UserError",
    "WalkForward",
    "__version__",
    "run",
]

HOMES = {
    "ArgumentError": "errors",
    "DataError": "errors",
    "ForecastFeed": "trading.forecast_feed",
    "Metric": "metric",
    "Predictor": "forecasting.predictor",
    "Result": "study.result",
    "Settings": "settings.settings",
    "SizingStrategy": "trading.sizing_strategy",
    "SubAccountBroker": "brokers.sub_account_broker",
    "TradingCosts": "brokers.commission",
    "UserError": "errors",
    "WalkForward": "forecasting.walk_forward",
    "run": "study.chain",
}
"""The module that defines each public name."""


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
