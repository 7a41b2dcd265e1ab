"""Checks of the settings: each raises ArgumentError with the argument, the rule, the value found and the remedy."""

from collections.abc import Callable, Sequence
from dataclasses import Field
from typing import Any

from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.settings.choices import ISIN_PATTERN, REGIME_ACTIONS, REGIME_CODES, TICKER_PATTERN
from backtrader_walkforward.settings.field import option_of, rule_of
from backtrader_walkforward.settings.kinds import format_value, kind_of


def value_of(one: Field[Any], text: str) -> Any:
    """Return the value of a field that an option gives as text."""
    kind, _ = kind_of(one.type)
    return convert(one, option_of(one), text, kind.read)


def checked(one: Field[Any], value: Any) -> Any:
    """Return a value of a field in the field's own type, within its range and choices."""
    if value is one.default:
        return value
    kind, _ = kind_of(one.type)
    found = convert(one, one.name, value, kind.take)
    rule, option = rule_of(one), option_of(one)
    if found is None:
        return None
    if rule.low is not None and rule.high is not None:
        check_range(option, found, rule.low, rule.high)
    for name in (found if isinstance(found, tuple) else [found]) if rule.choices else ():
        check_choice(option, name, rule.choices)
    return found


def convert(one: Field[Any], label: str, value: Any, how: Callable[[Any], Any]) -> Any:
    """Return the value in the field's own type; the word for None is None where the field may be None."""
    kind, optional = kind_of(one.type)
    word = rule_of(one).none
    if optional and (value is None or (isinstance(value, str) and value == word)):
        return None
    try:
        return how(value)
    except (TypeError, ValueError, OverflowError):
        example = kind.example if one.default in (None, ()) else format_value(kind.to_json(one.default))
        rule = f"{kind.noun}, or {word}" if optional else kind.noun
        raise ArgumentError(f"{label} must be {rule}: {value!r} - for example {example}") from None


def check_ticker(ticker: str) -> None:
    """Raise unless `ticker` is one symbol as Yahoo writes them: AAPL, BRK-B, ^GSPC, EURUSD=X, 7203.T."""
    shown = ticker if len(ticker) <= 30 else ticker[:27] + "..."
    if ISIN_PATTERN.fullmatch(ticker.upper()):
        raise ArgumentError(f"--ticker must be a symbol, not an ISIN: {shown!r} - look its symbol up, for example AAPL")
    if not TICKER_PATTERN.fullmatch(ticker):
        raise ArgumentError(
            f"--ticker must be one symbol of up to 15 capital letters, digits and .^=- : {shown!r} - for example AAPL"
        )


def check_range(label: str, value: float, low: float, high: float) -> None:
    """Raise unless `value` lies in [low, high]. NaN lies nowhere."""
    if not low <= value <= high:
        raise ArgumentError(f"{label} must lie between {low:,.15g} and {high:,.15g}: {value}")


def check_choice(label: str, value: str, choices: tuple[str, ...]) -> None:
    """Raise unless `value` is one of `choices`."""
    if value not in choices:
        raise ArgumentError(f"{label} must be one of {', '.join(choices)}: {value!r}{did_you_mean(value, choices)}")


def check_regime_filter(label: str, rules: Sequence[tuple[str, str]]) -> None:
    """Raise unless each of `rules` is a regime and its action, and no regime is named twice; `label` is their name."""
    named = [regime for regime, _ in rules]
    for regime, action in rules:
        if regime not in list(REGIME_CODES):  # a list, since a value that cannot be hashed may be looked for
            raise ArgumentError(f"{label} knows no regime {regime!r}{did_you_mean(str(regime), REGIME_CODES)}")
        if action not in list(REGIME_ACTIONS):
            raise ArgumentError(
                f"{label} must say out or half of {regime}: {action!r}{did_you_mean(str(action), REGIME_ACTIONS)}"
            )
        if named.count(regime) > 1:
            raise ArgumentError(f"{label} names {regime} twice - leave one of them out")
