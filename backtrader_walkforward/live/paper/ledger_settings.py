"""What a ledger was opened with, and whether what is asked for now goes with it."""

from collections.abc import Iterator
from typing import Any

from backtrader_walkforward.data import Prices
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.live.paper.ledger import LedgerError
from backtrader_walkforward.live.paper.record import LedgerHeader, Record
from backtrader_walkforward.settings.settings import Config
from backtrader_walkforward.settings.validation import option
from backtrader_walkforward.system.text import format_setting
from backtrader_walkforward.trading.variants import Variant, find_strategies, variants_of

OF_NO_ACCOUNT = ("end", "source", "seeds", "null_models")
"""Settings that change no paper account: until when, where the prices come from (what they are is kept apart), and what
a run is repeated and compared with."""

ANOTHER = "begin another ledger with --cache-dir DIR"


def header_of(config: Config, prices: Prices) -> LedgerHeader:
    """Return what a ledger is opened with."""
    return LedgerHeader(
        config.ticker, prices.origin, ledger_settings_of(config), tuple(find_strategies(config.strategies))
    )


def ledger_settings_of(config: Config) -> dict[str, Any]:
    """Return the settings that decide a paper account, as plain JSON values."""
    return {name: value for name, value in config.of_the_result().items() if name not in OF_NO_ACCOUNT}


def variants_in(header: LedgerHeader, config: Config) -> list[Variant]:
    """Return the variants that a ledger trades.

    Raises
    ------
    LedgerError
        If the file of a strategy is gone.
    """
    found = find_strategies(config.strategies)
    for name in header.strategies:
        if name not in found:
            raise LedgerError(
                f"the ledger trades {name!r}, which strategies/ no longer has - put it back, or {ANOTHER}"
            )
    return variants_of({name: found[name] for name in header.strategies})


def strategies_left_out(header: LedgerHeader, config: Config) -> Iterator[str]:
    """Yield a line on the strategies that came after the ledger was opened."""
    later = [name for name in find_strategies(config.strategies) if name not in header.strategies]
    if later:
        yield f"{', '.join(later)}: not in this ledger, which was opened without"


def require_same_settings(record: Record, config: Config) -> None:
    """Raise unless the settings are those that the ledger was opened with, and do not end before it does.

    A setting that the program did not have then is taken for its default.
    """
    usual, opened, asked = ledger_settings_of(Config()), record.header.settings, ledger_settings_of(config)
    for name, value in asked.items():
        then = opened.get(name, usual[name])
        if value != then:
            raise ArgumentError(
                f"{option(name)} is {format_setting(name, value)}, and the ledger was opened with"
                f" {format_setting(name, then)} - ask for the same, or {ANOTHER}"
            )
    if config.end and config.end < record.last_day.date():
        raise ArgumentError(
            f"--end {config.end} lies before {record.last_day:%Y-%m-%d}, the ledger's last day, and nothing is ever"
            f" taken back - choose a later one, or {ANOTHER}"
        )


def require_same_source(record: Record, prices: Prices) -> None:
    """Raise unless the prices come from where the ledger's came from."""
    if prices.origin != record.header.source:
        raise LedgerError(
            f"these prices are {prices.origin}, and the ledger holds {record.header.source}: they do not mix - try"
            f" later, or {ANOTHER}"
        )
