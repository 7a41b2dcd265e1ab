"""The rules of the settings, each with its message."""

from collections.abc import Iterable, Sequence

from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.settings.choices import ISIN_PATTERN, REGIME_ACTIONS, REGIME_CODES, TICKER_PATTERN


def option(name: str) -> str:
    """Return the option that sets a field: `retrain_every` is `--retrain-every`."""
    return "--" + name.replace("_", "-")


def check_ticker(ticker: str) -> None:
    """Raise unless `ticker` is one symbol as Yahoo writes them: AAPL, BRK-B, ^GSPC, EURUSD=X, 7203.T."""
    shown = ticker if len(ticker) <= 30 else ticker[:27] + "..."
    if ISIN_PATTERN.fullmatch(ticker.upper()):
        raise ArgumentError(f"--ticker must be a symbol, not an ISIN: {shown!r} - look its symbol up, for example AAPL")
    if not TICKER_PATTERN.fullmatch(ticker):
        raise ArgumentError(
            f"--ticker must be one symbol of up to 15 capital letters, digits and .^=- : {shown!r} - for example AAPL"
        )


def check_range(name: str, value: float | None, low: float, high: float) -> None:
    """Raise unless `value` is None or lies in [low, high]; NaN lies nowhere."""
    if value is not None and not low <= value <= high:
        raise ArgumentError(f"{option(name)} must lie between {low:,.15g} and {high:,.15g}: {value}")


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Raise unless `value` is one of `choices`."""
    if value not in choices:
        raise ArgumentError(
            f"{option(name)} must be one of {', '.join(choices)}: {value!r}{did_you_mean(value, choices)}"
        )


def check_choices(name: str, values: Iterable[str], choices: tuple[str, ...]) -> None:
    """Raise unless each of `values` is one of `choices`."""
    for value in values:
        check_choice(name, value, choices)


def check_regime_filter(label: str, rules: Sequence[tuple[str, str]]) -> None:
    """Raise unless each of `rules` is a regime and what to do in it, and none is named twice; `label` is its name."""
    named = [regime for regime, _ in rules]
    for regime, action in rules:
        if regime not in list(REGIME_CODES):  # which asks of no value that it can be hashed
            raise ArgumentError(f"{label} knows no regime {regime!r}{did_you_mean(str(regime), REGIME_CODES)}")
        if action not in list(REGIME_ACTIONS):
            raise ArgumentError(
                f"{label} must say out or half of {regime}: {action!r}{did_you_mean(str(action), REGIME_ACTIONS)}"
            )
        if named.count(regime) > 1:
            raise ArgumentError(f"{label} names {regime} twice - leave one of them out")
