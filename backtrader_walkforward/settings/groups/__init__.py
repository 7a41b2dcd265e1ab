"""The groups of settings: each field has its default, its help and its rule here alone."""

from backtrader_walkforward.settings.groups.base import Group
from backtrader_walkforward.settings.groups.data import DataSettings
from backtrader_walkforward.settings.groups.forecast import ForecastSettings
from backtrader_walkforward.settings.groups.machine import MachineSettings
from backtrader_walkforward.settings.groups.report import ReportSettings
from backtrader_walkforward.settings.groups.trading import TradingSettings

__all__ = ["DataSettings", "ForecastSettings", "Group", "MachineSettings", "ReportSettings", "TradingSettings"]
