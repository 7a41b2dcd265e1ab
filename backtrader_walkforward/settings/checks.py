"""Rules of single settings that are more than a range or a choice."""

import re
from collections.abc import Sequence

from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.settings.choices import CSV_COLUMNS, REGIME_ACTIONS, REGIME_CODES
from backtrader_walkforward.settings.file_ticker import TICKER_PATTERN

ISIN_PATTERN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")


def check_symbol(label: str, ticker: str) -> None:
    """Raise unless `ticker` is one symbol as Yahoo writes them: AAPL, BRK-B, ^GSPC, EURUSD=X, 7203.T."""
    ticker = ticker.upper()
    shown = ticker if len(ticker) <= 30 else ticker[:27] + "..."
    if not TICKER_PATTERN.fullmatch(ticker):
        several = [symbol.strip() for symbol in ticker.split(",")]
        are_symbols = len(several) > 1 and all(map(TICKER_PATTERN.fullmatch, several))
        remedy = f"for several write panel --tickers {','.join(several)}" if are_symbols else "for example AAPL"
        raise ArgumentError(
            f"{label} must be one symbol of up to 15 capital letters, digits and .^=- : {shown!r} - {remedy}"
        )


def refuse_isin(label: str, ticker: str) -> None:
    """Raise if `ticker` is an ISIN, which Yahoo does not know. A file of one's own may be named by it."""
    if ISIN_PATTERN.fullmatch(ticker.upper()):
        raise ArgumentError(
            f"{label} must be a symbol, not an ISIN: {ticker.upper()!r} - look its symbol up, for example AAPL"
        )


def check_ticker(label: str, ticker: str) -> None:
    """Raise unless `ticker` is one symbol that Yahoo may know."""
    refuse_isin(label, ticker)
    check_symbol(label, ticker)


def check_peers(label: str, tickers: tuple[str, ...]) -> None:
    """Raise unless each of `tickers` is one symbol."""
    for ticker in tickers:
        check_ticker(label, ticker)


def check_universe(label: str, tickers: tuple[str, ...]) -> None:
    """Raise unless each of `tickers` is one symbol, or the name of a file of symbols: `@universe.txt`."""
    for ticker in tickers:
        if not ticker.startswith("@") or ticker == "@":
            check_symbol(label, ticker)


def check_units(label: str, units: tuple[int, ...]) -> None:
    """Raise unless there are 1 to 5 layers of 1 to 1,024 units."""
    if not 1 <= len(units) <= 5 or not all(1 <= size <= 1_024 for size in units):
        shown = ",".join(map(str, units))
        raise ArgumentError(f"{label} must be one to five sizes from 1 to 1024: {shown!r} - for example 32,16")


def check_hybrids(label: str, hybrids: tuple[int, ...]) -> None:
    """Raise unless each of `hybrids` is a share from 1 to 99 percent, and none is named twice."""
    shown = ",".join(map(str, hybrids))
    if not hybrids or not all(1 <= percent <= 99 for percent in hybrids):
        raise ArgumentError(f"{label} must be shares from 1 to 99 percent, or none: {shown!r} - for example 30,50,70")
    if len(set(hybrids)) < len(hybrids):
        raise ArgumentError(f"{label} names a share twice: {shown!r} - leave one of them out")


def check_daily(label: str, timeframes: tuple[str, ...]) -> None:
    """Raise unless the days are among the time frames."""
    if "daily" not in timeframes:
        raise ArgumentError(f"{label} must hold daily: {','.join(timeframes)!r} - put daily before the rest")


def check_csv_columns(label: str, columns: Sequence[tuple[str, str]]) -> None:
    """Raise unless each key is one of `CSV_COLUMNS`, named once, and each name can stand on a command line."""
    keys = [key for key, _ in columns]
    for key, name in columns:
        if key not in CSV_COLUMNS:
            raise ArgumentError(f"{label} knows no column {key!r}{did_you_mean(key, CSV_COLUMNS)}")
        if keys.count(key) > 1:
            raise ArgumentError(f"{label} names {key} twice - leave one of them out")
        if not name or "," in name:
            raise ArgumentError(f"{label} must name the column of {key} without a comma: {name!r} - rename it there")


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
