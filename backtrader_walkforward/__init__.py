"""Walk-forward forecasts, traded in sub-accounts of Backtrader and reported plainly.

Names are imported when they are used, so that `import backtrader_walkforward` takes no time.
"""

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backtrader_walkforward.audit.cerebro import audit_cerebro as audit_cerebro
    from backtrader_walkforward.brokers import SubAccountBroker as SubAccountBroker
    from backtrader_walkforward.brokers import TradingCosts as TradingCosts
    from backtrader_walkforward.errors import ArgumentError as ArgumentError
    from backtrader_walkforward.errors import DataError as DataError
    from backtrader_walkforward.errors import UserError as UserError
    from backtrader_walkforward.forecasting import Predictor as Predictor
    from backtrader_walkforward.forecasting import WalkForward as WalkForward
    from backtrader_walkforward.metric import Metric as Metric
    from backtrader_walkforward.panels.result import PanelResult as PanelResult
    from backtrader_walkforward.panels.run import panel as panel
    from backtrader_walkforward.settings.settings import Settings as Settings
    from backtrader_walkforward.significance.any_returns import significance_of as significance_of
    from backtrader_walkforward.study import Result as Result
    from backtrader_walkforward.study import run as run
    from backtrader_walkforward.trading import PlainOrders as PlainOrders
    from backtrader_walkforward.trading import RankingStrategy as RankingStrategy
    from backtrader_walkforward.trading import SizingStrategy as SizingStrategy
    from backtrader_walkforward.trading.forecast_feed import ForecastFeed as ForecastFeed

__version__ = "0.2.0.dev0"

# Backtrader's own, told where nothing is compiled at installation: here, as each worker imports this before Backtrader.
warnings.filterwarnings("ignore", r".*invalid escape sequence", SyntaxWarning, r".*-packages/backtrader/")

HOMES = {
    "ArgumentError": "errors",
    "DataError": "errors",
    "ForecastFeed": "trading.forecast_feed",
    "Metric": "metric",
    "PanelResult": "panels.result",
    "PlainOrders": "trading.plain_orders",
    "Predictor": "forecasting.predictor",
    "RankingStrategy": "trading.ranking_strategy",
    "Result": "study.result",
    "Settings": "settings.settings",
    "SizingStrategy": "trading.sizing_strategy",
    "SubAccountBroker": "brokers.sub_account_broker",
    "TradingCosts": "brokers.commission",
    "UserError": "errors",
    "WalkForward": "forecasting.walk_forward",
    "audit_cerebro": "audit.cerebro.audit",
    "panel": "panels.run",
    "run": "study.chain",
    "significance_of": "significance.any_returns.assess",
}
"""The module that defines each public name."""

__all__ = ["__version__", *HOMES]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
