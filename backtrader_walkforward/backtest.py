"""One ticker, one Cerebro, one pass over the data: every variant trades the same forecasts in accounts of its own."""

from collections.abc import Iterable
from traceback import walk_tb

import backtrader as bt
import pandas as pd

from backtrader_walkforward.analyzers.closed_trades import ClosedTrades
from backtrader_walkforward.analyzers.costs import Costs
from backtrader_walkforward.analyzers.exposure import Exposure
from backtrader_walkforward.analyzers.stops import Stopped
from backtrader_walkforward.brokers import SubAccountBroker, TradingCosts
from backtrader_walkforward.errors import UserError, reason_of
from backtrader_walkforward.evaluation import BacktestResult, CostTotals, Metrics
from backtrader_walkforward.evaluation.metrics import daily_returns
from backtrader_walkforward.evaluation.performance import measure_performance
from backtrader_walkforward.evaluation.stops_effect import StopsEffect
from backtrader_walkforward.settings.choices import BASIS_POINTS, STOPS
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading import SizingStrategy, StrategyError
from backtrader_walkforward.trading.class_defaults import without_class_defaults
from backtrader_walkforward.trading.equity_curve import EquityCurve
from backtrader_walkforward.trading.fills import Fills, RejectedOrders
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.recording_analyzer import cash_rate_of
from backtrader_walkforward.trading.variants import Variant

ANALYZERS = (EquityCurve, Fills, Exposure, ClosedTrades, RejectedOrders, Costs, Stopped)


def run_backtest(
    signals: pd.DataFrame,
    variants: Iterable[Variant],
    settings: Settings,
    *,
    bar_by_bar: bool = False,
    without_stops: bool = False,
) -> list[BacktestResult]:
    """Run all `variants` over `signals` and return their results in the same order.

    They begin on the first day that has a forecast; the bars before it let their indicators warm up.

    Parameters
    ----------
    market : DataFrame
        As `build_signals` makes it.
    variants : iterable of Variant
        What to run; each starts with `settings.trading.capital` of its own.
    config : Settings
        Of it, the trading settings.
    bar_by_bar : bool
        Load each bar when its turn comes, and compute no indicator in one go: slower, the same results, and no bar to
        come is there to be looked at.
    without_stops : bool
        Close no position early, whatever `settings` and the strategies' own defaults say.
    """
    variants = list(variants)
    played = run_cerebro(signals, variants, settings, ANALYZERS, bar_by_bar=bar_by_bar, without_stops=without_stops)
    return [result_of(variant, strategy) for variant, strategy in zip(variants, played, strict=True)]


def equity_curves(signals: pd.DataFrame, variants: Iterable[Variant], settings: Settings) -> list[pd.Series]:
    """Run all `variants` over `signals` as `run_backtest` does, and return nothing but the equity at each close."""
    played = run_cerebro(signals, variants, settings, [EquityCurve])
    return [strategy.analyzers.EquityCurve.get_analysis()["equity"] for strategy in played]


def run_cerebro(
    signals: pd.DataFrame,
    variants: Iterable[Variant],
    settings: Settings,
    analyzers: Iterable[type[bt.Analyzer]],
    *,
    bar_by_bar: bool = False,
    without_stops: bool = False,
) -> list[SizingStrategy]:
    """Build the Cerebro, run it and return the strategies, with their analyzers, in the order of `variants`."""
    first_day = signals["predicted_return"].first_valid_index()
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(ForecastFeed(dataname=signals))
    cerebro.setbroker(broker_of(settings))
    shared = {name: getattr(settings.trading, name) for name in ("allow_short", "threshold", "regime_filter", *STOPS)}
    for variant in variants:
        params = without_class_defaults(variant.strategy, **shared) | (dict.fromkeys(STOPS) if without_stops else {})
        cerebro.addstrategy(variant.strategy, active_share=variant.active_share, first_day=first_day, **params)
    for analyzer in analyzers:
        cerebro.addanalyzer(analyzer, _name=analyzer.__name__)
    try:
        played = cerebro.run(preload=not bar_by_bar, runonce=not bar_by_bar)
    except UserError:
        raise
    except (Exception, SystemExit) as error:
        if failure := failure_of_a_strategy(error):
            raise failure from error
        raise
    for strategy in played:
        if not strategy.has_begun:
            raise StrategyError(
                f"{type(strategy).__name__} never begins: its next() must call super().next(), or leave the trading to"
                " target_weight()"
            )
    return played


def failure_of_a_strategy(error: BaseException) -> StrategyError | None:
    """Return an error that names the strategy and the method that `error` comes out of, None if it is no strategy's."""
    for frame, _ in reversed(list(walk_tb(error.__traceback__))):
        owner = frame.f_locals.get("self")
        own = [kind.__module__ for kind in type(owner).__mro__ if issubclass(kind, SizingStrategy)]
        if frame.f_globals.get("__name__") in own[:-1]:
            return StrategyError(f"{type(owner).__name__}.{frame.f_code.co_name}() failed: {reason_of(error)}")
    return None


def broker_of(settings: Settings) -> SubAccountBroker:
    """Return the broker with its capital and costs. A market order pays its slippage beyond the bar's range, too."""
    broker = SubAccountBroker(
        cash=settings.trading.capital,
        coc=settings.trading.fill == "close",
        whole_shares=settings.trading.whole_shares,
        cash_rate=settings.trading.cash_rate,
    )
    costs = TradingCosts(
        commission=settings.trading.commission_bps / BASIS_POINTS,
        minimum=settings.trading.commission_min,
        interest=settings.trading.borrow_rate,
    )
    broker.addcommissioninfo(costs)
    broker.set_slippage_perc(settings.trading.slippage_bps / BASIS_POINTS, slip_out=True)
    return broker


def effects_of_stops(
    signals: pd.DataFrame, variants: Iterable[Variant], results: Iterable[BacktestResult], settings: Settings
) -> dict[str, StopsEffect] | None:
    """Return what stops did to each variant that has some, against the same run without; None where none has."""
    by_name = {result.name: result for result in results if result.stopped}
    protected = [variant for variant in variants if variant.name in by_name]
    if not protected:
        return None
    again = run_backtest(signals, protected, settings, without_stops=True)
    return {without.name: StopsEffect.of(by_name[without.name], without) for without in again}


def notes_on(results: Iterable[BacktestResult], settings: Settings) -> tuple[str, ...]:
    """Return a line on everything that happened to an account which a reader must know."""
    results = list(results)
    notes = [
        f"{result.name}: an account was ruined on {result.metrics.bankrupt} and closed"
        for result in results
        if result.metrics.bankrupt
    ]
    if settings.trading.cash_rate:
        notes.append("interest on cash counts as return; Sharpe ratios and the tests of luck look at what is above it")
    if settings.trading.whole_shares and all(result.fills.empty for result in results):
        notes.append("no variant could pay for a whole share: raise --capital, or leave out --whole-shares")
    return tuple(notes)


def result_of(variant: Variant, strategy: SizingStrategy) -> BacktestResult:
    """Collect what the analyzers saw of one variant."""
    curve, fills, exposure, trades, rejected, costs, stopped = (
        getattr(strategy.analyzers, analyzer.__name__).get_analysis() for analyzer in ANALYZERS
    )
    fills.insert(1, "strategy", variant.name)
    cash_rate = cash_rate_of(strategy)
    metrics = Metrics(
        **measure_performance(curve["equity"], cash_rate),
        **rejected,
        win_rate=trades["win_rate"],
        trades=len(trades["trades"]),
        exposure=exposure["mean_exposure"],
        turnover=exposure["turnover"],
        bankrupt=strategy.broker.bankrupt,
    )
    return BacktestResult(
        name=variant.name,
        kind=variant.kind,
        equity=curve["equity"],
        accounts=curve["accounts"],
        returns=daily_returns(curve["equity"]),
        weights=exposure["weights"],
        exposure=exposure["exposure"],
        fills=fills,
        trades=trades["trades"],
        metrics=metrics,
        cash_flows=costs.pop("cash_flows"),
        costs=CostTotals(**costs),
        stopped=stopped,
        cash_rate=cash_rate,
    )
