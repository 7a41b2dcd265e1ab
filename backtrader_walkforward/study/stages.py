"""The stages of a study, each a function of what the one before it returned."""

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any, Self

import pandas as pd

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.features import compute_features
from backtrader_walkforward.forecasting import (
    Forecasts,
    History,
    Predictor,
    WalkForward,
    ensemble_members,
    forecast,
    walk_forward_of,
    with_typed_parameters,
)
from backtrader_walkforward.forecasting.fits import OnFold
from backtrader_walkforward.forecasting.fold_tasks import fold_tasks
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.settings.parameters import require_running
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.signals import build_signals
from backtrader_walkforward.study.construction import check_construction
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies, variants_of


@dataclass(frozen=True)
class Stages:
    """The functions of a study with its settings. They read no clock, print nothing, and write no file but a cache.

    ::

        prices -> features -> forecasts -> signals -> results
    """

    settings: Settings
    members: tuple[Predictor, ...]
    """Those whose mean forecast is traded."""
    walk_forward: WalkForward
    """How the history is cut into folds."""
    variants: tuple[Variant, ...]
    """What trades: every strategy, pure and in hybrids, and buy & hold last."""
    calendar: ExchangeCalendar | None = None
    """Sessions of the exchange, with which weeks and months close."""
    lot_size: pd.Series | None = None
    """How many shares at the prices are one share of the day, where whole shares are traded (`Prices.lot_size`)."""
    peers: tuple[Prices, ...] = ()
    """Other tickers to train with."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the stages that the settings ask for.

        Raises
        ------
        UserError
            If a predictor or a strategy is unknown, or a plug-in does not load.
        """
        found = find_strategies(settings.trading.strategies or ())
        require_running(settings.trading.param, [*found, *settings.predictor_names])
        settings = with_typed_parameters(settings)
        variants = (*variants_of(found, settings.trading), BENCHMARK)
        check_construction(variants, settings)
        return cls(settings, ensemble_members(settings), walk_forward_of(settings), variants)

    def with_settings(self, **values: Any) -> Self:
        """Return the stages of other settings, with the same variants."""
        settings = self.settings.replace(**values)
        members, walk_forward = ensemble_members(settings), walk_forward_of(settings)
        return replace(self, settings=settings, members=members, walk_forward=walk_forward)

    def with_prices(self, prices: Prices) -> Self:
        """Return the stages with the sessions, the shares and the peers of these prices."""
        lot_size = prices.lot_size if self.settings.trading.whole_shares else None
        return replace(self, calendar=prices.calendar, lot_size=lot_size, peers=prices.peers)

    @property
    def plugins(self) -> dict[str, list[type]]:
        """The strategy and the predictors of each variant, by its name."""
        return {variant.name: [variant.strategy, *map(type, self.members)] for variant in self.variants}

    def cache(self, name: str) -> Cache | None:
        """Return the cache of a name; None where the settings ask for none."""
        machine = self.settings.machine
        return Cache(name, machine.cache_dir) if machine.use_cache else None

    def features(self, prices: pd.DataFrame) -> pd.DataFrame:
        """Return the indicators of each day."""
        return compute_features(prices, self.settings.forecast.timeframes, self.calendar)

    def histories_of_peers(self) -> list[History]:
        """Return the prices and features of the tickers to train with."""
        frames = self.settings.forecast.timeframes
        return [
            History(peer.frame, compute_features(peer.frame, frames, peer.calendar), peer.ticker) for peer in self.peers
        ]

    def tasks(self, prices: pd.DataFrame, features: pd.DataFrame) -> list[FoldTask]:
        """Return the input of each fold of each member."""
        inputs, peers = self.settings.forecast.inputs, self.histories_of_peers()
        return fold_tasks(prices, features, self.members, self.walk_forward, inputs=inputs, peers=peers)

    def forecasts(
        self,
        prices: pd.DataFrame,
        features: pd.DataFrame,
        cache: Cache | None = None,
        executor: Executor | None = None,
        on_fold: OnFold | None = None,
    ) -> Forecasts:
        """Return the forecasts of every test row; without a cache every fold is fitted."""
        return forecast(
            prices,
            features,
            self.members,
            self.walk_forward,
            executor,
            on_fold,
            cache,
            inputs=self.settings.forecast.inputs,
            peers=self.histories_of_peers(),
        )

    def signals(self, prices: pd.DataFrame, features: pd.DataFrame, forecasts: pd.DataFrame) -> pd.DataFrame:
        """Return the bars with the lines of their forecasts, of the regimes that are asked for, and of whole shares."""
        made = build_signals(prices, features, forecasts, self.settings, self.variants)
        return made if self.lot_size is None else made.assign(lot_size=self.lot_size)

    def results(
        self, signals: pd.DataFrame, variants: Iterable[Variant] | None = None, *, bar_by_bar: bool = False
    ) -> list[BacktestResult]:
        """Return the result of each variant, of all by default."""
        chosen = self.variants if variants is None else variants
        return run_backtest(signals, chosen, self.settings, bar_by_bar=bar_by_bar)

    def compare(self, signals: pd.DataFrame) -> Comparison:
        """Return the results of all variants, ranked, beside buy & hold."""
        *results, benchmark = self.results(signals)
        return Comparison.of(results, benchmark)
