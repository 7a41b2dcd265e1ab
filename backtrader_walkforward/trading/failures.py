"""Errors that come out of a plug-in while a backtest runs."""

from traceback import walk_tb

import backtrader as bt

from backtrader_walkforward.errors import UserError, reason_of
from backtrader_walkforward.trading.analyzers import AnalyzerError, place_of
from backtrader_walkforward.trading.sizing_strategy import SizingStrategy, StrategyError

ANALYZERS = "backtrader_walkforward.analyzers."


def failure_of_a_plugin(error: BaseException) -> UserError | None:
    """Return an error that names the plug-in and the method that raised `error`, None if it is no plug-in's."""
    for frame, _ in reversed(list(walk_tb(error.__traceback__))):
        owner, method = frame.f_locals.get("self"), frame.f_code.co_name
        if isinstance(owner, bt.Analyzer) and type(owner).__module__.startswith(ANALYZERS):
            return AnalyzerError(f"{place_of(type(owner))}.{method}() failed: {reason_of(error)}")
        own = [kind.__module__ for kind in type(owner).__mro__ if issubclass(kind, SizingStrategy)]
        if frame.f_globals.get("__name__") in own[:-1]:
            return StrategyError(f"{type(owner).__name__}.{method}() failed: {reason_of(error)}")
    return None
