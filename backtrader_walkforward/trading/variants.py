"""Variants: every strategy in `strategies/`, pure and as hybrids, and the benchmark."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import backtrader as bt
from backtrader.metabase import AutoInfoClass

import backtrader_walkforward.strategies
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.plugins import Plugins, find_subclasses, place_of
from backtrader_walkforward.settings.groups import TradingSettings
from backtrader_walkforward.settings.parameter_sets import format_parameter, parameter_sets
from backtrader_walkforward.settings.variant_names import Shares, hybrid_name
from backtrader_walkforward.trading.account_strategy import AccountStrategy, StrategyError, shares_of
from backtrader_walkforward.trading.ranking_strategy import RankingStrategy
from backtrader_walkforward.trading.sizing_strategy import SizingStrategy

Kind = TypeVar("Kind", bound=AccountStrategy)

SET_BY_THE_RUN = {
    "active_share": "write --hybrids 30,50",
    "first_day": "write --test-from DATE",
    "regime_filter": "write --regime-filter RULES",
}
"""Parameters of every strategy that no user sets, and what to write."""

DEFAULT = TradingSettings()


class BuyAndHold(SizingStrategy):
    """Buy with all cash on the first bar and hold: a passive account without an active one."""

    params = dict(active_share=0.0)
    weight = 1.0


@dataclass(frozen=True)
class Variant:
    """A strategy class with the share of the capital that it trades, and parameters in place of its defaults.

    The name counts the passive share first, the kind the active one: `kelly_hybrid_70_30` is a `30/70 split`.
    """

    plugin_name: str
    strategy: type[AccountStrategy]
    active_share: float = 1.0
    params: tuple[tuple[str, Any], ...] = ()

    @property
    def strategy_name(self) -> str:
        """Name of the strategy with its parameters: `kelly`, `kelly(cap=0.25)`."""
        values = ",".join(f"{name}={format_parameter(value)}" for name, value in self.params)
        return f"{self.plugin_name}({values})" if values else self.plugin_name

    def value_of(self, name: str) -> Any:
        """Return the value of a parameter: its own, or the default of the class."""
        return dict(self.params).get(name, default_of(self.strategy, name))

    def sets(self, name: str) -> bool:
        """Tell whether a parameter has a value of its own, which wins over the settings of the run."""
        return name in dict(self.params) or overrides_default(self.strategy, name)

    @property
    def name(self) -> str:
        """Name in tables and files."""
        if self.strategy is BuyAndHold or self.active_share == 1:
            return self.strategy_name
        return hybrid_name(self.strategy_name, self._shares)

    @property
    def kind(self) -> str:
        """Type in tables: `Pure`, `30/70 split`, `100% Long`."""
        if self.strategy is BuyAndHold:
            return "100% Long"
        return "Pure" if self.active_share == 1 else self._shares.kind

    def capital_of_accounts(self, capital: float) -> dict[str, float]:
        """Return the starting cash of each account, of a capital."""
        return {account: share * capital for account, share in shares_of(self.active_share).items()}

    @property
    def _shares(self) -> Shares:
        active = round(100 * self.active_share)
        return Shares(passive=100 - active, active=active)


BENCHMARK = Variant("buy_and_hold", BuyAndHold, active_share=0.0)


def find_strategies(names: Iterable[str] = ()) -> dict[str, type[SizingStrategy]]:
    """Return the sizing strategies found in `strategies/`, by name; only those in `names` when any are given.

    Raises
    ------
    StrategyError
        If a class is no `SizingStrategy` or `RankingStrategy`, does not decide, or has an `active_share` of its own.
    ArgumentError
        If a name is not found.
    """
    return _chosen(SizingStrategy, names)


def find_ranking_strategies(names: Iterable[str] = ()) -> dict[str, type[RankingStrategy]]:
    """Return the ranking strategies found in `strategies/`, as `find_strategies` does."""
    return _chosen(RankingStrategy, names)


def _chosen(base: type[Kind], names: Iterable[str]) -> dict[str, type[Kind]]:
    found = strategy_plugins()
    own = {name: strategy for name, strategy in found.items() if issubclass(strategy, base)}
    for name in names:
        if base is SizingStrategy and name not in own and name in found:
            raise ArgumentError(f"--strategies knows no {name!r} - it ranks many tickers: use the command panel")
        Plugins(own, found.faults).chosen(name, "--strategies knows no")
    return {name: own[name] for name in names or own}


def strategy_plugins() -> Plugins[Any]:
    """Return all strategies found in `strategies/`, with the faults of those that cannot run."""
    return find_subclasses(backtrader_walkforward.strategies, bt.Strategy, _require_decision)


def _require_decision(strategy: type[AccountStrategy]) -> None:
    """Raise StrategyError if a class has no weights or no decision of its own, or an `active_share`."""
    if not issubclass(strategy, AccountStrategy):
        raise StrategyError(
            f"{place_of(strategy)} is a plain Backtrader strategy, which runs in a Cerebro of"
            " its own: derive it from SizingStrategy and give it target_weight()"
        )
    decision = "target_weight" if issubclass(strategy, SizingStrategy) else "target_weights"
    if getattr(strategy, decision, None) is getattr(base_of(strategy), decision, None):
        raise StrategyError(f"{place_of(strategy)} has no {decision}()")
    if overrides_default(strategy, "active_share"):
        raise StrategyError(
            f"{place_of(strategy)} has an active_share of its own, which a run sets, pure and"
            f" in hybrids: leave it out, and scale {decision}() instead"
        )


def variants_of(found: Mapping[str, type[AccountStrategy]], trading: TradingSettings = DEFAULT) -> list[Variant]:
    """Return each strategy, with each set of the parameters that the settings ask for, pure and in their hybrids.

    Raises
    ------
    StrategyError
        If a strategy is named like a hybrid of another, or like the benchmark.
    ArgumentError
        If a strategy lacks a parameter, or a value has another type.
    """
    shares = (1.0, *(percent / 100 for percent in sorted(trading.hybrids or ())))
    variants = [
        Variant(name, strategy, share, tuple(params.items()))
        for name, strategy in found.items()
        for params in sets_within_limits(name, strategy, trading)
        for share in shares
    ]
    named = {BENCHMARK.name: BENCHMARK}
    for variant in variants:
        other = named.setdefault(variant.name, variant)
        if other is not variant:
            raise StrategyError(
                f"{other.strategy.__name__} and {variant.strategy.__name__} both have a variant named"
                f" {variant.name!r}: rename one of them"
            )
    return variants


def sets_within_limits(name: str, strategy: type[AccountStrategy], trading: TradingSettings) -> list[dict[str, Any]]:
    """Return the sets of parameters that are asked for; raise ArgumentError for one beyond the strategy's `limits`."""
    sets = parameter_sets(name, trading.param, defaults_of(strategy), SET_BY_THE_RUN)
    for key, (low, high) in strategy.limits.items():
        for value in (params[key] for params in sets if key in params):
            if not low <= value <= high:
                raise ArgumentError(f"--param {name}.{key} must lie between {low:g} and {high:g}: {value:g}")
    return sets


def params_of(variant: Variant, **settings: Any) -> dict[str, Any]:
    """Return the parameters of a variant: its own, and the `settings` of the run that it does not set itself.

    A default that the strategy's author has set wins, too.
    """
    return {name: value for name, value in settings.items() if not variant.sets(name)} | dict(variant.params)


def overrides_default(strategy: type[AccountStrategy], name: str) -> bool:
    """Tell whether a class has a default of its own for a parameter."""
    return bool(default_of(strategy, name) != default_of(base_of(strategy), name))


def default_of(strategy: type[AccountStrategy], name: str) -> Any:
    """Return the default that a class has for a parameter."""
    return getattr(strategy.params, name)


def defaults_of(strategy: type[AccountStrategy]) -> dict[str, Any]:
    """Return the default of every parameter of a class."""
    names = sorted(set(dir(strategy.params)) - set(dir(AutoInfoClass)))
    return {name: default_of(strategy, name) for name in names}


def base_of(strategy: type[AccountStrategy]) -> type[AccountStrategy]:
    """Return the base of the package that a strategy is derived from."""
    return next(base for base in (SizingStrategy, RankingStrategy, AccountStrategy) if issubclass(strategy, base))
