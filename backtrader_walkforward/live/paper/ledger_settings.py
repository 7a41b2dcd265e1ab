"""What a ledger was opened with, and whether what is asked for now goes with it."""

from collections.abc import Iterator

from backtrader_walkforward.data import Prices
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.live.paper.ledger import LedgerError
from backtrader_walkforward.live.paper.record import LedgerHeader, Record
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.validation import option
from backtrader_walkforward.system.text import format_setting
from backtrader_walkforward.trading.variants import Variant, find_strategies, variants_of

ANOTHER = "begin another ledger with --cache-dir DIR"


def header_of(settings: Settings, prices: Prices) -> LedgerHeader:
    """Return what a ledger is opened with."""
    return LedgerHeader(
        settings.data.ticker,
        prices.origin,
        settings.of_the_ledger(),
        tuple(find_strategies(settings.trading.strategies)),
    )


def variants_in(header: LedgerHeader, settings: Settings) -> list[Variant]:
    """Return the variants that a ledger trades.

    Raises
    ------
    LedgerError
        If the file of a strategy is gone.
    """
    found = find_strategies(settings.trading.strategies)
    for name in header.strategies:
        if name not in found:
            raise LedgerError(
                f"the ledger trades {name!r}, which strategies/ no longer has - put it back, or {ANOTHER}"
            )
    return variants_of({name: found[name] for name in header.strategies})


def strategies_left_out(header: LedgerHeader, settings: Settings) -> Iterator[str]:
    """Yield a line on the strategies that came after the ledger was opened."""
    later = [name for name in find_strategies(settings.trading.strategies) if name not in header.strategies]
    if later:
        yield f"{', '.join(later)}: not in this ledger, which was opened without"


def require_same_settings(record: Record, settings: Settings) -> None:
    """Raise unless the settings are those that the ledger was opened with, and do not end before it does.

    A setting that the program did not have then is taken for its default.
    """
    usual, opened, asked = Settings().of_the_ledger(), record.header.settings, settings.of_the_ledger()
    for name, value in asked.items():
        then = opened.get(name, usual[name])
        if value != then:
            raise ArgumentError(
                f"{option(name)} is {format_setting(name, value)}, and the ledger was opened with"
                f" {format_setting(name, then)} - ask for the same, or {ANOTHER}"
            )
    if settings.data.end and settings.data.end < record.last_day.date():
        raise ArgumentError(
            f"--end {settings.data.end} lies before {record.last_day:%Y-%m-%d}, the ledger's last day, and nothing is"
            f" ever taken back - choose a later one, or {ANOTHER}"
        )


def require_same_source(record: Record, prices: Prices) -> None:
    """Raise unless the prices come from where the ledger's came from."""
    if prices.origin != record.header.source:
        raise LedgerError(
            f"these prices are {prices.origin}, and the ledger holds {record.header.source}: they do not mix - try"
            f" later, or {ANOTHER}"
        )
