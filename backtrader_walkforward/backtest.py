"""One ticker, one Cerebro, one pass over the data: every variant trades the same forecasts in accounts of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import backtrader as bt
import pandas as pd

from backtrader_walkforward.cerebro import first_day_of, run_cerebro
from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation import BacktestResult, CostTotals, Metrics
from backtrader_walkforward.evaluation.books.self_checks import PanelBars, fault_of_days, first_fault
from backtrader_walkforward.evaluation.metrics import daily_returns
from backtrader_walkforward.plugins import place_of
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.trading import AccountStrategy, StrategyError
from backtrader_walkforward.trading.analyzers import (
    analyses_of,
    declared_metrics,
    figures_of,
    find_analyzers,
)
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.recorders import EquityCurve, cash_rate_of
from backtrader_walkforward.trading.untraded import notes_on_weights, why_never_traded
from backtrader_walkforward.trading.variants import Variant


def run_backtest(
    signals: pd.DataFrame,
    variants: Iterable[Variant],
    settings: Settings,
    *,
    bar_by_bar: bool = False,
    without_stops: bool = False,
    feed: ForecastFeed | None = None,
) -> list[BacktestResult]:
    """Run all `variants` over `signals` and return their results in the same order.

    They begin on the first day that has a forecast; the bars before it let their indicators warm up.

    Parameters
    ----------
    signals : DataFrame
        As `build_signals` returns it.
    variants : iterable of Variant
        Variants to run; each starts with `settings.trading.capital` of its own.
    settings : Settings
        Its trading settings apply.
    bar_by_bar : bool
        Load each bar when it is due and compute indicators bar by bar: slower, with the same results, and no strategy
        can read a bar of the future.
    without_stops : bool
        Close no position early, whatever `settings` and the strategies' own defaults say.
    feed : ForecastFeed, optional
        Feed of `signals`, where that is more than their bars.
    """
    variants, analyzers = list(variants), find_analyzers()
    how = {"bar_by_bar": bar_by_bar, "without_stops": without_stops}
    ran = run_cerebro(signals, variants, settings, analyzers, **how, feed=feed)
    results = [
        with_reason(result_of(variant, strategy, analyzers), variant, strategy, signals, settings)
        for variant, strategy in zip(variants, ran, strict=True)
    ]
    for variant, result in zip(variants, results, strict=True):
        require_sound(variant, result, signals, settings, first_day_of(signals))
    return results


def require_sound(
    variant: Variant,
    result: BacktestResult,
    signals: pd.DataFrame | PanelBars,
    settings: Settings,
    first_day: date | None,
) -> None:
    """Raise StrategyError unless a result has all days of the bars from a day on, and its figures follow from them."""
    capital = variant.capital_of_accounts(settings.trading.capital)
    if fault := fault_of_days(result, signals, first_day):
        raise StrategyError(
            f"{place_of(variant.strategy)}: the record of {variant.name} has gaps: {fault} - its prenext() and next()"
            " must call those of super()"
        )
    if fault := first_fault(result, signals, capital, settings.trading):
        raise StrategyError(
            f"{place_of(variant.strategy)}: the books of {variant.name} do not add up: {fault} - change cash and"
            " positions by orders alone"
        )


def equity_curves(signals: pd.DataFrame, variants: Iterable[Variant], settings: Settings) -> list[pd.Series]:
    """Run all `variants` over `signals` as `run_backtest` does, and return only the equity at each close."""
    ran = run_cerebro(signals, variants, settings, {"equity_curve": EquityCurve})
    return [strategy.analyzers.equity_curve.get_analysis()["equity"] for strategy in ran]


def run_without_stops(
    signals: pd.DataFrame, variants: Iterable[Variant], results: Iterable[BacktestResult], settings: Settings
) -> dict[str, BacktestResult]:
    """Return the result without stops of each variant that has some, by name."""
    stopped = {result.name for result in results if result.stopped}
    protected = [variant for variant in variants if variant.name in stopped]
    without = run_backtest(signals, protected, settings, without_stops=True) if protected else []
    return {result.name: result for result in without}


def notes_on(results: Iterable[BacktestResult], settings: Settings) -> tuple[str, ...]:
    """Return a line on each event in an account that the reader should know."""
    results = list(results)
    notes = [
        f"{name_text(result.name)}: an account went bankrupt on {result.metrics.bankrupt} and closed"
        for result in results
        if result.metrics.bankrupt
    ]
    bar = name_of_bar(results[0].bars_a_year)
    notes += notes_on_weights({result.name: result.beyond for result in results}, bar)
    if settings.trading.cash_rate:
        notes.append("interest on cash counts as return; Sharpe ratios and the tests of luck look at what is above it")
    if settings.trading.whole_shares and all(result.fills.empty for result in results):
        notes.append("no variant could pay for a whole share: raise --capital, or leave out --whole-shares")
    return tuple(notes)


def result_of(
    variant: Variant, strategy: AccountStrategy, analyzers: Mapping[str, type[bt.Analyzer]]
) -> BacktestResult:
    """Collect what the analyzers recorded of one variant."""
    analyses = analyses_of(strategy, analyzers)
    curve, fills, exposure, costs = (analyses[name] for name in ("equity_curve", "fills", "exposure", "costs"))
    fills = fills.drop(columns=["booked", "ticker", "order"])
    fills.insert(1, "strategy", variant.name)
    return BacktestResult(
        name=variant.name,
        kind=variant.kind,
        equity=curve["equity"],
        accounts=curve["accounts"],
        returns=daily_returns(curve["equity"]),
        weights=exposure["weights"],
        exposure=exposure["daily"],
        fills=fills,
        trades=analyses["closed_trades"]["closed"].drop(columns="ticker"),
        metrics=Metrics(figures_of(analyses, analyzers), declared_metrics(analyzers)),
        analyses=analyses,
        costs=CostTotals.of(costs),
        cash_flows=costs["cash_flows"],
        stopped=analyses["orders"]["stopped"],
        cash_rate=cash_rate_of(strategy),
        beyond=strategy.decisions.beyond,
        bars_a_year=curve["bars_a_year"],
    )


def with_reason(
    result: BacktestResult,
    variant: Variant,
    strategy: AccountStrategy,
    signals: pd.DataFrame,
    settings: Settings,
) -> BacktestResult:
    """Return the result; with the reason, if its active account never traded."""
    capital = variant.capital_of_accounts(settings.trading.capital)
    if "active" not in capital or (result.fills["account"] == "active").any():
        return result
    amounts = {"capital": capital["active"], "threshold": strategy.p.threshold}
    reason = why_never_traded(result.weights, strategy.decisions, signals, settings, **amounts)
    return replace(result, never_traded=reason)
