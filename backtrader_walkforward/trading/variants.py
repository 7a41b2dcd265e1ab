"""Variants: every strategy in `strategies/`, pure and as hybrids, and the benchmark."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import backtrader as bt

import backtrader_walkforward.strategies
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.plugins import Plugins, find_subclasses, place_of
from backtrader_walkforward.trading.account_strategy import AccountStrategy, StrategyError, shares_of
from backtrader_walkforward.trading.ranking_strategy import RankingStrategy
from backtrader_walkforward.trading.sizing_strategy import SizingStrategy

Kind = TypeVar("Kind", bound=AccountStrategy)

HYBRID = "_hybrid_"
"""What stands between strategy and shares in the name of a hybrid."""

HYBRID_ACTIVE_SHARES = (0.3, 0.5, 0.7)


class BuyAndHold(SizingStrategy):
    """Buy with all cash on the first bar and hold: a passive account without an active one."""

    params = dict(active_share=0.0)
    weight = 1.0


@dataclass(frozen=True)
class Variant:
    """A strategy class with the share of the capital that it trades.

    The name counts the passive share first, the kind the active one: `kelly_hybrid_70_30` is a `30/70 split`.
    """

    strategy_name: str
    strategy: type[AccountStrategy]
    active_share: float = 1.0

    @property
    def name(self) -> str:
        """Name in tables and files."""
        if self.strategy is BuyAndHold or self.active_share == 1:
            return self.strategy_name
        active, passive = self._percent
        return f"{self.strategy_name}{HYBRID}{passive}_{active}"

    @property
    def kind(self) -> str:
        """Type in tables: `Pure`, `30/70 split`, `100% Long`."""
        if self.strategy is BuyAndHold:
            return "100% Long"
        active, passive = self._percent
        return "Pure" if self.active_share == 1 else f"{active}/{passive} split"

    def capital_of_accounts(self, capital: float) -> dict[str, float]:
        """Return the starting cash of each account, of a capital."""
        return {account: share * capital for account, share in shares_of(self.active_share).items()}

    @property
    def _percent(self) -> tuple[int, int]:
        active = round(100 * self.active_share)
        return active, 100 - active


def strategy_of(variant_name: str) -> str:
    """Return the name of the strategy of a variant.

    >>> strategy_of("kelly_hybrid_70_30"), strategy_of("kelly")
    ('kelly', 'kelly')
    """
    return variant_name.partition(HYBRID)[0]


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


def variants_of(found: Mapping[str, type[AccountStrategy]]) -> list[Variant]:
    """Return each strategy pure and in all hybrids.

    Raises
    ------
    StrategyError
        If a strategy is named like a hybrid of another, or like the benchmark.
    """
    variants = [
        Variant(name, strategy, share) for name, strategy in found.items() for share in (1.0, *HYBRID_ACTIVE_SHARES)
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


def without_class_defaults(strategy: type[AccountStrategy], **settings: Any) -> dict[str, Any]:
    """Return the `settings` of a run without those for which the strategy's author has set a default, which wins."""
    return {name: value for name, value in settings.items() if not overrides_default(strategy, name)}


def overrides_default(strategy: type[AccountStrategy], name: str) -> bool:
    """Tell whether a class has a default of its own for a parameter."""
    return bool(default_of(strategy, name) != default_of(base_of(strategy), name))


def default_of(strategy: type[AccountStrategy], name: str) -> Any:
    """Return the default that a class has for a parameter."""
    return getattr(strategy.params, name)


def base_of(strategy: type[AccountStrategy]) -> type[AccountStrategy]:
    """Return the base of the package that a strategy is derived from."""
    return next(base for base in (SizingStrategy, RankingStrategy, AccountStrategy) if issubclass(strategy, base))
