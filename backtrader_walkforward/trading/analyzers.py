"""The analyzers attached to every variant, what they return, and the errors of plug-ins while they run."""

import inspect
from collections.abc import Mapping
from reprlib import repr as short_repr
from traceback import walk_tb
from typing import Any

import backtrader as bt

import backtrader_walkforward.analyzers
from backtrader_walkforward.errors import UserError, did_you_mean, reason_of
from backtrader_walkforward.metric import Metric, metrics_of
from backtrader_walkforward.plugins import PluginCall, Plugins, find_subclasses, place_of, snake_case
from backtrader_walkforward.trading.account_strategy import AccountStrategy, StrategyError
from backtrader_walkforward.trading.ranking_strategy import RankingStrategy
from backtrader_walkforward.trading.recorders import EquityCurve, Fills
from backtrader_walkforward.trading.sizing_strategy import SizingStrategy

RECORDERS: dict[str, type[bt.Analyzer]] = {"equity_curve": EquityCurve, "fills": Fills}
"""Analyzers that other analyzers read, so that each variant is recorded once."""

REQUIRED = ("closed_trades", "costs", "exposure", "orders", "performance")
"""Analyzers that every result is made of."""

BASES = {kind.__module__ for kind in (AccountStrategy, SizingStrategy, RankingStrategy)}
"""Modules of the bases of strategies, whose failures are not a plug-in's."""

RESERVED = (
    *("name", "type", "beats_benchmark", "beats_benchmark_sharpe", "costs", "stops", "never_traded"),
    *("above_shuffled", "above_shifted_positions"),
    *("sharpe_interval", "in_confidence_set"),
    *("total_return_by_seed", "sharpe_by_seed"),
)
"""Names that a variant has in `results.json` beside its metrics.

The sections of the report add them. No import points from here to there; a test compares them with the golden runs.
"""


class AnalyzerError(UserError):
    """An analyzer that cannot be attached, that fails, or that returns something other than its metrics."""


def find_analyzers() -> dict[str, type[bt.Analyzer]]:
    """Return the analyzers of a backtest by name: the recorders, then those found in `analyzers/`.

    Raises
    ------
    UserError
        If one of those that every result is made of cannot be used.
    """
    found = analyzer_plugins()
    for name in REQUIRED:
        found.chosen(name, "there is no analyzer")
    return RECORDERS | found


def analyzer_plugins() -> Plugins[bt.Analyzer]:
    """Return all analyzers found in `analyzers/`, with the faults of those that cannot be used.

    One that declares the metric of another is a fault. Those that every result is made of have their metrics first.
    """
    found = find_subclasses(backtrader_walkforward.analyzers, bt.Analyzer, _require_attachable)
    kept: dict[str, type[bt.Analyzer]] = {}
    for name in sorted(found, key=lambda name: name not in REQUIRED):
        try:
            declared_metrics(kept | {name: found[name]})
            kept[name] = found[name]
        except AnalyzerError as fault:
            found.faults[name] = fault
            del found[name]
    return found


def _require_attachable(analyzer: type[bt.Analyzer]) -> None:
    """Raise AnalyzerError if an analyzer has the name of a recorder, needs arguments, or declares no proper metrics."""
    if snake_case(analyzer.__name__) in RECORDERS:
        raise AnalyzerError(f"{place_of(analyzer)} has the name of a recorder of the package: rename it")
    try:
        inspect.signature(analyzer.__init__).bind(None)
    except TypeError as error:
        raise AnalyzerError(
            f"{place_of(analyzer)}.__init__() must need no arguments ({error}): use params = dict(name=value)"
        ) from error
    declared_metrics({analyzer.__name__: analyzer})


def declared_metrics(analyzers: Mapping[str, type[bt.Analyzer]]) -> dict[str, Metric]:
    """Return the metrics of all `analyzers` by name, in the order in which reports show them.

    Raises
    ------
    AnalyzerError
        If two declare the same metric, one takes a name that results have already, or is declared wrongly.
    """
    owners: dict[str, type[bt.Analyzer]] = {}
    metrics: dict[str, Metric] = {}
    for analyzer in analyzers.values():
        try:
            declared = metrics_of(analyzer)
        except (TypeError, ValueError) as error:
            raise AnalyzerError(f"{place_of(analyzer)}: {error}") from error
        for name in declared:
            if name in owners or name in RESERVED:
                other = f"{place_of(owners[name])} declares, too" if name in owners else "results have already"
                raise AnalyzerError(f"{place_of(analyzer)} declares the metric {name!r}, which {other}: rename it")
        owners |= dict.fromkeys(declared, analyzer)
        metrics |= declared
    return dict(sorted(metrics.items(), key=lambda item: item[1].position))


def analyses_of(strategy: bt.Strategy, analyzers: Mapping[str, type[bt.Analyzer]]) -> dict[str, Any]:
    """Return what each analyzer of a strategy returns, by the analyzer's name.

    Raises
    ------
    AnalyzerError
        If `get_analysis()` fails.
    """
    return {name: _analysis(strategy.analyzers.getbyname(name)) for name in analyzers}


def _analysis(analyzer: bt.Analyzer) -> Any:
    with PluginCall(lambda: f"{place_of(type(analyzer))}.get_analysis()", AnalyzerError):
        return analyzer.get_analysis()


def figures_of(analyses: Mapping[str, Any], analyzers: Mapping[str, type[bt.Analyzer]]) -> dict[str, Any]:
    """Return the figure of every metric that `analyzers` declare, by the metric's name.

    Raises
    ------
    AnalyzerError
        If an analysis lacks a metric of its analyzer, or has something other than a number or None for one.
    """
    return {
        metric: _figure(analyses[name], analyzer, metric, how)
        for name, analyzer in analyzers.items()
        for metric, how in metrics_of(analyzer).items()
    }


def _figure(analysis: Any, analyzer: type[bt.Analyzer], name: str, metric: Metric) -> Any:
    here = f"{place_of(analyzer)}.get_analysis()"
    if not isinstance(analysis, Mapping):
        raise AnalyzerError(f"{here} must return a dict with its metric {name!r}: {short_repr(analysis)}")
    if name not in analysis:
        raise AnalyzerError(f"{here} returns no {name!r}, which is one of its metrics{did_you_mean(name, analysis)}")
    if not metric.allows(analysis[name]):
        kind = "date" if metric.form == "date" else "number"
        raise AnalyzerError(f"{here} must return a {kind} or None as {name!r}: {short_repr(analysis[name])}")
    return analysis[name]


def failure_of_a_plugin(error: BaseException) -> UserError | None:
    """Return an error that names the plug-in and the method that raised `error`.

    None if it is no plug-in's, if it names one already, and for Ctrl-C.
    """
    if isinstance(error, StrategyError | AnalyzerError | KeyboardInterrupt):
        return None
    analyzers = f"{backtrader_walkforward.analyzers.__name__}."
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    owners = [frame.f_locals.get("self") for frame in frames]
    strategy = next((owner for owner in owners if isinstance(owner, AccountStrategy)), None)
    for frame, owner in zip(reversed(frames), reversed(owners), strict=True):
        method = frame.f_code.co_name
        if isinstance(owner, bt.Analyzer) and type(owner).__module__.startswith(analyzers):
            return AnalyzerError(f"{place_of(type(owner))}.{method}() failed: {reason_of(error)}")
        if strategy is not None and isinstance(owner, bt.Indicator):
            return StrategyError(
                f"{place_of(type(strategy))}: its indicator {type(owner).__name__} failed: {reason_of(error)}"
            )
        own = {kind.__module__ for kind in type(owner).__mro__ if issubclass(kind, AccountStrategy)}
        if frame.f_globals.get("__name__") in own - BASES:
            return StrategyError(f"{place_of(type(owner))}.{method}() failed: {reason_of(error)}")
    return None
