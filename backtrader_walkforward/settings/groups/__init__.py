"""The settings of a run in groups, one file each: each setting has its default, its help and its rule there alone."""

from backtrader_walkforward.settings.groups.data import DataSettings
from backtrader_walkforward.settings.groups.forecast import FIVE_YEARS, ForecastSettings
from backtrader_walkforward.settings.groups.machine import MOST_WORKERS, MachineSettings
from backtrader_walkforward.settings.groups.panel import MODELS, PanelSettings
from backtrader_walkforward.settings.groups.report import ReportSettings
from backtrader_walkforward.settings.groups.trading import TradingSettings

__all__ = [
    "FIVE_YEARS",
    "MODELS",
    "MOST_WORKERS",
    "DataSettings",
    "ForecastSettings",
    "MachineSettings",
    "PanelSettings",
    "ReportSettings",
    "TradingSettings",
]
