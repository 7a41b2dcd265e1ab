"""Defaults that a strategy's author has set: they win over the settings of the run."""

from typing import Any

from backtrader_walkforward.trading.sizing_strategy import SizingStrategy


def without_class_defaults(strategy: type[SizingStrategy], **settings: Any) -> dict[str, Any]:
    """Return `settings` without those for which the class has a default of its own."""
    return {name: value for name, value in settings.items() if not overrides_default(strategy, name)}


def overrides_default(strategy: type[SizingStrategy], name: str) -> bool:
    """Tell whether a class has a default of its own for a parameter."""
    return bool(default_of(strategy, name) != default_of(SizingStrategy, name))


def default_of(strategy: type[SizingStrategy], name: str) -> Any:
    """Return the default that a class has for a parameter."""
    return getattr(strategy.params, name)
